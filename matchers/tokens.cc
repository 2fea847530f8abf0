#include "matchers/tokens.h"

#include "matchers/word_hash.h"

namespace schoolwatch::matchers {
namespace {

bool IsWordByte(unsigned char byte) {
  return (byte >= 'a' && byte <= 'z') || (byte >= '0' && byte <= '9') || byte >= 0x80 ||
         (byte >= 'A' && byte <= 'Z');
}

// How many bytes of punctuation or symbol start at `at`, 0 where a word byte does. Folding has
// made the common typographic signs ASCII; what remains are the blocks of signs and emoji.
std::size_t SeparatorSize(std::string_view text, std::size_t at) {
  const auto byte = static_cast<unsigned char>(text[at]);
  if (byte < 0x80) {
    return IsWordByte(byte) ? 0 : 1;
  }
  const auto next = at + 1 < text.size() ? static_cast<unsigned char>(text[at + 1])
                                         : static_cast<unsigned char>(0);
  if (byte == 0xC2) {
    return 2;  // U+0080 … U+00BF.
  }
  if (byte == 0xE2 && next < 0xB0) {
    return 3;  // U+2000 … U+2BFF: punctuation, arrows, mathematics, dingbats.
  }
  if (byte == 0xE3 && next == 0x80) {
    return 3;  // CJK punctuation.
  }
  if (byte == 0xEF && (next == 0xBF || next == 0xB8)) {
    return 3;  // U+FFFD; variation selectors.
  }
  if (byte == 0xF0 && next == 0x9F) {
    return 4;  // Emoji.
  }
  return 0;
}

// Feeds the bytes of a token, as they are compared, to `sink`.
template <class Sink>
void Spell(std::string_view bytes, Spelling spelling, bool is_tag, Sink sink) {
  char before = '\0';
  for (char byte : bytes) {
    if (byte == '\'' || (is_tag && (byte == '_' || byte == '@' || byte == '#'))) {
      continue;
    }
    if (spelling == Spelling::kSkeleton) {
      byte = byte == 'l' ? 'i' : byte;
      if (byte == before) {
        continue;
      }
      before = byte;
    }
    sink(byte);
  }
}

std::uint64_t HashBytes(std::string_view bytes, Spelling spelling, bool is_tag) {
  WordHash hash(is_tag);
  Spell(bytes, spelling, is_tag, [&hash](char byte) { hash.Add(byte); });
  return hash.Value();
}

// The part of a token without possessive or server; the whole where there is none.
std::string_view StemOf(std::string_view bytes, bool is_tag) {
  if (is_tag) {
    const std::size_t stop = bytes.find_first_of(".@", 1);
    return stop == std::string_view::npos ? bytes : bytes.substr(0, stop);
  }
  if (bytes.size() > 3 && bytes.ends_with("'s")) {
    return bytes.substr(0, bytes.size() - 2);
  }
  return bytes;
}

bool IsTagByte(unsigned char byte) { return IsWordByte(byte) || byte == '_'; }

// The end of a handle that starts at `at` with '@' or '#'; `at` where there is none. A dot or
// second '@' belongs to it when a letter follows (name.bsky.social, name@server.example).
std::size_t FindTagEnd(std::string_view text, std::size_t at) {
  std::size_t end = at + 1;
  while (end < text.size()) {
    const auto byte = static_cast<unsigned char>(text[end]);
    if (IsTagByte(byte) && SeparatorSize(text, end) <= (byte == '_' ? 1U : 0U)) {
      ++end;
    } else if ((byte == '.' || byte == '-' || (byte == '@' && text[at] == '@')) && end > at + 1 &&
               end + 1 < text.size() && IsWordByte(static_cast<unsigned char>(text[end + 1])) &&
               SeparatorSize(text, end + 1) == 0 && text[at] == '@') {
      ++end;
    } else {
      break;
    }
  }
  return end == at + 1 ? at : end;
}

}  // namespace

void Tokenise(std::string_view folded, Spelling spelling, std::vector<Token>& tokens) {
  const auto add = [&](std::size_t start, std::size_t end, bool is_tag) {
    const std::string_view bytes = folded.substr(start, end - start);
    const std::string_view stem = StemOf(bytes, is_tag);
    tokens.push_back({static_cast<std::uint32_t>(start), static_cast<std::uint32_t>(end),
                      HashBytes(bytes, spelling, is_tag),
                      stem.size() == bytes.size() ? 0 : HashBytes(stem, spelling, is_tag), is_tag});
  };
  std::size_t at = 0;
  while (at < folded.size()) {
    if (const std::size_t skip = SeparatorSize(folded, at); skip > 0) {
      const char byte = folded[at];
      if (byte == '@' || byte == '#') {
        if (const std::size_t end = FindTagEnd(folded, at); end > at) {
          add(at, end, true);
          at = end;
          continue;
        }
      } else if (byte == '&') {
        tokens.push_back({static_cast<std::uint32_t>(at), static_cast<std::uint32_t>(at + 1),
                          HashWord("and", false), 0, false});
      }
      at += skip;
      continue;
    }
    const std::size_t start = at;
    while (at < folded.size()) {
      if (SeparatorSize(folded, at) == 0) {
        ++at;
      } else if (folded[at] == '\'' && at + 1 < folded.size() &&
                 SeparatorSize(folded, at + 1) == 0) {
        at += 2;
      } else {
        break;
      }
    }
    add(start, at, false);
  }
}

std::string CanonicalToken(std::string_view folded, const Token& token, Spelling spelling,
                           TokenPart part) {
  const std::string_view bytes = folded.substr(token.start, token.end - token.start);
  if (bytes == "&") {
    return "and";
  }
  std::string canonical;
  Spell(part == TokenPart::kStem ? StemOf(bytes, token.is_tag) : bytes, spelling, token.is_tag,
        [&canonical](char byte) { canonical += byte; });
  return canonical;
}

std::uint64_t HashWord(std::string_view canonical, bool is_tag) {
  return HashBytes(canonical, Spelling::kPlain, is_tag);
}

std::vector<std::size_t> FindSentenceStarts(std::string_view folded) {
  std::vector<std::size_t> starts{0};
  for (std::size_t at = 0; at < folded.size(); ++at) {
    const char byte = folded[at];
    const bool stop = byte == '.' || byte == '!' || byte == '?';
    if (byte != '\n' && !(stop && at + 1 < folded.size() &&
                          (folded[at + 1] == ' ' || folded[at + 1] == '"' ||
                           folded[at + 1] == '\'' || folded[at + 1] == ')'))) {
      continue;
    }
    // "mr. reed" is no end of a sentence.
    if (byte == '.' && at >= 2) {
      const std::size_t space = folded.find_last_of(" \n", at - 1);
      const std::string_view word =
          folded.substr(space == std::string_view::npos ? 0 : space + 1,
                        at - (space == std::string_view::npos ? 0 : space + 1));
      if (word == "mr" || word == "mrs" || word == "ms" || word == "dr" || word == "st" ||
          word == "rev" || word == "no" || word == "e.g" || word == "i.e") {
        continue;
      }
    }
    if (at + 1 < folded.size() && starts.back() != at + 1) {
      starts.push_back(at + 1);
    }
  }
  return starts;
}

}  // namespace schoolwatch::matchers
