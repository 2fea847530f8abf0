#pragma once

#include <cstdint>
#include <optional>
#include <span>
#include <string_view>

namespace schoolwatch::core {

// Word tables for MakeCopyForm. All words are folded, without apostrophes.

// The full word or words for a spelling by sound or a short form ("2nite", "thurs", "cant"); empty
// for words that come and go between copies of a text ("the", "has"); nullopt for all others.
std::optional<std::string_view> Respell(std::string_view word);

// The number in "seven", "seventh", "forty", "hundred".
std::optional<std::uint64_t> NumberWordValue(std::string_view word);

bool IsNegation(std::string_view word);
bool IsDay(std::string_view word);    // Weekdays, months, today and its neighbours.
bool IsTitle(std::string_view word);  // "mr", "miss", …: a name follows.

// What people put before or behind to have a text passed on ("please share"), in canonical words.
std::span<const std::string_view> CallsToShare();

}  // namespace schoolwatch::core
