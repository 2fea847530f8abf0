#pragma once

#include <cstddef>
#include <string_view>

// What single characters can hide, for the two halves of the evasion view: evasion_search.cc asks
// whether there is anything, evasion.cc undoes it.
namespace schoolwatch::core {

constexpr bool IsLetter(char32_t c) { return c >= 'a' && c <= 'z'; }
constexpr bool IsDigit(char32_t c) { return c >= '0' && c <= '9'; }
constexpr bool IsWordPart(char32_t c) { return IsLetter(c) || IsDigit(c) || c >= 0x80; }
constexpr bool IsVowel(char32_t c) {
  return c == 'a' || c == 'e' || c == 'i' || c == 'o' || c == 'u';
}

// The letter that a digit or symbol stands for inside a word; 0 where it stands for none.
constexpr char32_t LeetLetter(char32_t c) {
  switch (c) {
    case '0':
      return 'o';
    case '1':
    case '!':
    case '|':
      return 'i';
    case '3':
      return 'e';
    case '4':
    case '@':
      return 'a';
    case '5':
    case '$':
      return 's';
    case '7':
      return 't';
    default:
      return 0;
  }
}

constexpr bool IsLetterLike(char32_t c) { return IsLetter(c) || LeetLetter(c) != 0; }

// What may stand between letters that are written apart.
bool IsSeparator(char32_t c);

// Marks that strike a letter out or sit on it, drawn over words to hide them.
constexpr bool IsOverlay(char32_t c) {
  return (c >= 0x0300 && c <= 0x036F) || c == 0x0489 || (c >= 0x20D0 && c <= 0x20F0);
}

// The word that an emoji stands for, or null.
const std::string_view* FindEmojiWord(char32_t c);

// The letter inside a box or circle, or of a small capital; 0 for all else.
char32_t DecoratedLetter(char32_t c);

// A run of leet characters inside a token and what stands around it.
struct LeetRun {
  char32_t first = 0;
  char32_t second = 0;
  std::size_t size = 0;
  bool starts_token = false;
  bool after_letter = false;
  std::size_t letters_behind = 0;

  bool IsDoubleL() const { return size == 2 && after_letter && first == '1' && second == '1'; }
  // k1ll; 5uicide, but not 4pm or 3rd; a$$, but not year7; ki11.
  bool IsHidden() const {
    return (after_letter && letters_behind > 0) ||
           (starts_token && size == 1 && letters_behind >= 4 && first != '@' && first != '!') ||
           (after_letter && (first == '$' || (first == '@' && size == 1))) || IsDoubleL();
  }
};

// Mail and web addresses, in which figures are figures. `at` gives the token's characters.
template <class At>
bool IsAddress(std::size_t start, std::size_t end, At at) {
  bool has_at = false;
  for (std::size_t i = start; i < end; ++i) {
    if ((has_at && at(i) == '.') || (at(i) == ':' && at(i + 1) == '/') ||
        (at(i) == 'w' && at(i + 1) == 'w' && at(i + 2) == 'w')) {
      return true;
    }
    has_at |= at(i) == '@';
  }
  return false;
}

}  // namespace schoolwatch::core
