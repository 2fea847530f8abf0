#pragma once

#include <array>
#include <compare>
#include <cstddef>
#include <string>
#include <string_view>
#include <utility>

namespace schoolwatch::matchers {

inline constexpr std::array<bool, 256> kWordBytes = [] {
  std::array<bool, 256> is_word{};
  for (const auto& [first, last] : {std::pair('a', 'z'), {'A', 'Z'}, {'0', '9'}, {'_', '_'}}) {
    for (char byte = first; byte <= last; ++byte) {
      is_word[static_cast<unsigned char>(byte)] = true;
    }
  }
  return is_word;
}();

// RE2's \w, and what \b stands beside.
constexpr bool IsWordByte(char byte) { return kWordBytes[static_cast<unsigned char>(byte)]; }

constexpr bool IsSpaceByte(char byte) { return byte == ' ' || (byte >= '\t' && byte <= '\r'); }

// Bytes that a pattern cannot match without, and what is known of their edges.
struct Literal {
  std::string text;         // Never empty.
  bool word_start = false;  // Begins with a word byte that has none before it.
  bool word_end = false;    // Ends with a word byte that has none after it.
  auto operator<=>(const Literal&) const = default;
};

// The part of a literal by which it is looked for: its rarest word, or a word's beginning.
struct LiteralKey {
  enum class Kind {
    kWord,    // All of a word of the text.
    kPrefix,  // A word of the text begins so.
    kNone,    // It begins inside a word, or has no word.
  } kind = Kind::kNone;
  std::size_t offset = 0;  // Into the literal's text.
  std::size_t length = 0;
  // How often the literal occurs in posts, by the word: counted for the common words of ordinary
  // posts (ordinary_counts.h), guessed from the length for all others. Only the order matters.
  double frequency = 1;
};
LiteralKey KeyOf(const Literal& literal);

}  // namespace schoolwatch::matchers
