#pragma once

#include <cstddef>
#include <initializer_list>
#include <string_view>
#include <vector>

namespace schoolwatch::crawler {

// A number, a word or one other character of a text that may hold a date.
struct DateToken {
  enum class Kind { kNumber, kWord, kPunctuation } kind = Kind::kPunctuation;
  std::string_view text;
  std::size_t start = 0;
  int value = 0;  // Of a number.
  bool space_before = false;
  std::size_t digits() const { return text.size(); }
};

// `text` must outlive the tokens. Only the first few hundred are taken.
std::vector<DateToken> TokenizeForDates(std::string_view text);

// A place among tokens, and what stands from there on.
struct DateCursor {
  const std::vector<DateToken>& tokens;
  std::size_t at = 0;

  // The token `ahead` of the place; null behind the end.
  const DateToken* Peek(std::size_t ahead = 0) const;
  // The one before the place, which must not be the first.
  const DateToken& Before() const { return tokens[at - 1]; }
  bool IsPunctuation(std::size_t ahead, std::string_view any_of) const;
  // The number there, if it has so many digits; else null.
  const DateToken* Number(std::size_t ahead, std::size_t min_digits, std::size_t max_digits) const;
  // In any letter case.
  bool IsWord(std::size_t ahead, std::initializer_list<std::string_view> words) const;
};

}  // namespace schoolwatch::crawler
