#pragma once

#include <cstdint>
#include <optional>
#include <span>
#include <string_view>

namespace schoolwatch::core {

// What MakeCopyForm knows of a word. All words are folded, without apostrophes.
struct KnownWord {
  // The full word or words for a spelling by sound or a short form ("2nite", "thurs", "cant");
  // empty for words that come and go between copies of a text ("the", "has").
  std::optional<std::string_view> respelled;
  // The number in "seven", "seventh", "forty", "hundred".
  std::optional<std::uint64_t> number;
  bool is_negation = false;
  bool is_day = false;    // Weekdays, months, today and its neighbours.
  bool is_title = false;  // "mr", "miss", …: a name follows.
};

// Nothing is known of most words. One look for all, as every word of a post is looked up.
const KnownWord& FindWord(std::string_view word);

// What people put before or behind to have a text passed on ("please share"), in canonical words.
std::span<const std::string_view> CallsToShare();

}  // namespace schoolwatch::core
