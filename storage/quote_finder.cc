#include "storage/quote_finder.h"

#include <algorithm>

#include "core/text/fold.h"

namespace schoolwatch::storage {
namespace {

constexpr std::size_t kNothing = std::string_view::npos;

// Where the tag, entity or escape ends that begins at `at`: its last byte. kNothing: there is none.
std::size_t EndOfMark(std::string_view text, std::size_t at, Reading reading) {
  constexpr std::size_t kLongestEntity = 10;
  if (reading == Reading::kText) {
    return kNothing;
  }
  switch (text[at]) {
    case '<':
      return text.find('>', at);
    case '&':
      return text.substr(0, std::min(text.size(), at + kLongestEntity)).find(';', at);
    case '\\':
      return at + 1 == text.size() ? kNothing
                                   : std::min(at + (text[at + 1] == 'u' ? 5 : 1), text.size() - 1);
    default:
      return kNothing;
  }
}

// Of a folded text. Other scripts are no letters here: HTML may have them as entities.
bool IsLetter(char c) { return (c >= 'a' && c <= 'z') || (c >= '0' && c <= '9'); }

bool IsWordByte(char c) {
  return IsLetter(c) || (c >= 'A' && c <= 'Z') || c == '_' ||
         static_cast<unsigned char>(c) >= 0x80U;
}

}  // namespace

std::string LettersOf(std::string_view text, Reading reading) {
  std::string bare;
  bare.reserve(text.size());
  for (std::size_t i = 0; i < text.size(); ++i) {
    const std::size_t end = EndOfMark(text, i, reading);
    if (end != kNothing) {
      i = end;
    } else {
      bare += text[i];
    }
  }
  std::string letters = core::Fold(bare).text;
  std::erase_if(letters, [](char c) { return !IsLetter(c); });
  return letters;
}

QuoteFinder::QuoteFinder(std::string_view text, Reading reading) : is_inside_(text.size()) {
  std::string bare;
  std::vector<std::size_t> at;  // Where each byte of it stands in the text.
  for (std::size_t i = 0; i < text.size(); ++i) {
    at.push_back(i);
    const std::size_t end = EndOfMark(text, i, reading);
    if (end == kNothing) {
      bare += text[i];
      continue;
    }
    bare += ' ';  // Words end at a tag.
    std::fill(is_inside_.begin() + static_cast<std::ptrdiff_t>(i),
              is_inside_.begin() + static_cast<std::ptrdiff_t>(end + 1), true);
    i = end;
  }
  const core::FoldedText folded = core::Fold(bare);
  const std::string& letters = folded.text;
  for (std::size_t i = 0; i < letters.size(); ++i) {
    if (IsLetter(letters[i])) {
      const core::FoldedText::Range range = folded.Original(i, i + 1);
      letters_ += letters[i];
      places_.push_back({.start = at[range.start],
                         .end = at[std::max(range.end, range.start + 1) - 1] + 1,
                         .begins_word = i == 0 || !IsWordByte(letters[i - 1]),
                         .ends_word = i + 1 == letters.size() || !IsWordByte(letters[i + 1])});
    }
  }
}

std::size_t QuoteFinder::Find(std::string_view letters, std::size_t from) const {
  if (letters.empty()) {
    return kNothing;
  }
  for (std::size_t at = letters_.find(letters, from); at != kNothing;
       at = letters_.find(letters, at + 1)) {
    if (places_[at].begins_word && places_[at + letters.size() - 1].ends_word) {
      return at;
    }
  }
  return kNothing;
}

bool QuoteFinder::Mask(std::string_view letters, std::string& text) const {
  bool masked = false;
  for (std::size_t at = Find(letters, 0); at != kNothing; at = Find(letters, at + letters.size())) {
    for (std::size_t i = places_[at].start; i < places_[at + letters.size() - 1].end; ++i) {
      if (!is_inside_[i] && IsWordByte(text[i])) {
        text[i] = '*';
      }
    }
    masked = true;
  }
  return masked;
}

}  // namespace schoolwatch::storage
