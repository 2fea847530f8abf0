#pragma once

#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

namespace schoolwatch::matchers {

// One word of a folded text. Apostrophes inside a word are no part of it ("mary's" is "marys"),
// '&' is the word "and", and a handle or hashtag is one token without its underscores.
struct Token {
  std::uint32_t start = 0;  // Bytes of the folded text, the '@' or '#' included.
  std::uint32_t end = 0;
  std::uint64_t hash = 0;       // Of CanonicalToken.
  std::uint64_t stem_hash = 0;  // Without a possessive 's, or a handle without its server; 0: none.
  bool is_tag = false;          // Begins with '@' or '#'.
};

// How letters are compared. kSkeleton makes "i" of "l" and one letter of doubled ones, so that a
// name is known again after the evasion view has read "haz1itt" as "haziitt".
enum class Spelling { kPlain, kSkeleton };

// Appends the tokens of `folded` (core::Fold) to `tokens`.
void Tokenise(std::string_view folded, Spelling spelling, std::vector<Token>& tokens);

// What a token's hash was made of; `stem` asks for what stem_hash was made of.
enum class TokenPart { kWhole, kStem };
std::string CanonicalToken(std::string_view folded, const Token& token, Spelling spelling,
                           TokenPart part);

// The hash of a word already in canonical form, as in Token::hash.
std::uint64_t HashWord(std::string_view canonical, bool is_tag);

// Places where a sentence of folded text starts: after . ! ? … with white space, after a new line
// and at 0. Always sorted, never empty.
std::vector<std::size_t> FindSentenceStarts(std::string_view folded);

}  // namespace schoolwatch::matchers
