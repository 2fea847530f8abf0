#include "crawler/readers/date_tokens.h"

#include <algorithm>
#include <utility>

#include "crawler/readers/text.h"

namespace schoolwatch::crawler {
namespace {

// Text is cut after this many tokens: no date is that far in, and hostile text is endless.
constexpr std::size_t kMaxTokens = 400;

}  // namespace

std::vector<DateToken> TokenizeForDates(std::string_view text) {
  std::vector<DateToken> tokens;
  bool space = false;
  std::size_t i = 0;
  while (i < text.size() && tokens.size() < kMaxTokens) {
    if (const std::size_t length = SpaceLength(text, i); length != 0) {
      space = true;
      i += length;
      continue;
    }
    DateToken token;
    token.start = i;
    token.space_before = std::exchange(space, false);
    if (IsAsciiDigit(text[i])) {
      token.kind = DateToken::Kind::kNumber;
      while (i < text.size() && IsAsciiDigit(text[i])) {
        token.value = std::min(token.value * 10 + (text[i] - '0'), 100'000'000);
        ++i;
      }
    } else if (IsAsciiAlpha(text[i]) || static_cast<unsigned char>(text[i]) >= 0x80) {
      token.kind = DateToken::Kind::kWord;
      while (i < text.size() &&
             (IsAsciiAlpha(text[i]) ||
              (static_cast<unsigned char>(text[i]) >= 0x80 && SpaceLength(text, i) == 0))) {
        ++i;
      }
    } else {
      ++i;
    }
    token.text = text.substr(token.start, i - token.start);
    tokens.push_back(token);
  }
  return tokens;
}

const DateToken* DateCursor::Peek(std::size_t ahead) const {
  return at + ahead < tokens.size() ? &tokens[at + ahead] : nullptr;
}

bool DateCursor::IsPunctuation(std::size_t ahead, std::string_view any_of) const {
  const DateToken* token = Peek(ahead);
  return token != nullptr && token->kind == DateToken::Kind::kPunctuation &&
         any_of.find(token->text[0]) != std::string_view::npos;
}

const DateToken* DateCursor::Number(std::size_t ahead, std::size_t min_digits,
                                    std::size_t max_digits) const {
  const DateToken* token = Peek(ahead);
  return token != nullptr && token->kind == DateToken::Kind::kNumber &&
                 token->digits() >= min_digits && token->digits() <= max_digits
             ? token
             : nullptr;
}

bool DateCursor::IsWord(std::size_t ahead, std::initializer_list<std::string_view> words) const {
  const DateToken* token = Peek(ahead);
  return token != nullptr && token->kind == DateToken::Kind::kWord &&
         std::any_of(words.begin(), words.end(),
                     [&](std::string_view w) { return EqualsIgnoreCase(w, token->text); });
}

}  // namespace schoolwatch::crawler
