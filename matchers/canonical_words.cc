#include "matchers/canonical_words.h"

#include <algorithm>
#include <cstddef>

#include "core/text/fold.h"
#include "matchers/tokens.h"

namespace schoolwatch::matchers {

Words CanonicalWords(std::string_view text) {
  const std::string folded = core::Fold(text).text;
  std::vector<Token> tokens;
  Tokenise(folded, Spelling::kPlain, tokens);
  Words words;
  for (const Token& token : tokens) {
    words.push_back(CanonicalToken(folded, token, Spelling::kPlain, TokenPart::kWhole));
  }
  return words;
}

std::string JoinWords(const Words& words) {
  std::string joined;
  for (const std::string& word : words) {
    joined += (joined.empty() ? "" : " ") + word;
  }
  return joined;
}

std::string SkeletonOf(std::string_view words) {
  std::string skeleton;
  for (char byte : words) {
    byte = byte == 'l' ? 'i' : byte;
    if (skeleton.empty() || skeleton.back() != byte) {
      skeleton += byte;
    }
  }
  return skeleton;
}

Words SplitWords(std::string_view joined) {
  Words words;
  std::size_t at = 0;
  while (at < joined.size()) {
    const std::size_t end = std::min(joined.find(' ', at), joined.size());
    words.emplace_back(joined.substr(at, end - at));
    at = end + 1;
  }
  return words;
}

bool StartsAt(const Words& words, std::size_t at, const Words& part) {
  return at + part.size() <= words.size() &&
         std::equal(part.begin(), part.end(), words.begin() + static_cast<std::ptrdiff_t>(at));
}

bool ContainsWords(const Words& words, const Words& part) {
  for (std::size_t at = 0; !part.empty() && at + part.size() <= words.size(); ++at) {
    if (StartsAt(words, at, part)) {
      return true;
    }
  }
  return false;
}

std::string WithoutSpaces(const Words& words) {
  std::string joined;
  for (const std::string& word : words) {
    joined += word;
  }
  return joined;
}

}  // namespace schoolwatch::matchers
