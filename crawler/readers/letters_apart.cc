#include "crawler/readers/letters_apart.h"

#include <unicode/uchar.h>

#include <algorithm>
#include <array>
#include <utility>

#include "core/text/ascii.h"
#include "core/text/evasion_chars.h"
#include "core/text/fold.h"
#include "core/text/utf8.h"
#include "crawler/readers/text.h"

namespace schoolwatch::crawler {
namespace {

constexpr std::size_t kAround = 64;       // Bytes before and behind a row: names are no longer.
constexpr std::size_t kMostLetters = 16;  // Of a word that is spelt apart.
constexpr std::size_t kMaxBytes = 1'000'000;

// What compares as one letter: "l" and "i", "4" and "a", small and capital; 0 for what is none.
constexpr std::array<char, 128> kPlain = [] {
  std::array<char, 128> plain{};
  for (std::size_t byte = 0; byte < plain.size(); ++byte) {
    const char c = static_cast<char>(byte);
    const char32_t leet = core::LeetLetter(static_cast<char32_t>(byte));
    if (leet != 0) {
      plain[byte] = static_cast<char>(leet);
    } else if (IsAsciiAlpha(c) || IsAsciiDigit(c)) {
      plain[byte] = ToAsciiLower(c) == 'l' ? 'i' : ToAsciiLower(c);
    }
  }
  return plain;
}();

// One letter, figure or sign that may stand for one, and how long it is; else only that.
struct Letter {
  char32_t plain = 0;  // 0: something else.
  std::size_t size = 1;
};

Letter LetterAt(std::string_view text, std::size_t at) {
  const char c = text[at];
  if (static_cast<unsigned char>(c) < 0x80) {
    return {static_cast<unsigned char>(kPlain[static_cast<unsigned char>(c)]), 1};
  }
  const core::Utf8Step step = core::DecodeUtf8(text, at);
  const char32_t decorated = core::DecoratedLetter(step.code_point);
  if (decorated != 0) {
    return {decorated, step.size};
  }
  return {u_isalnum(static_cast<UChar32>(step.code_point)) != 0 ? step.code_point : 0, step.size};
}

std::string_view EndOf(std::string_view text) {
  return text.substr(text.size() - std::min(text.size(), kAround));
}

}  // namespace

void LettersApart::Rows::Gather(std::string_view text) {
  if (!rows.empty() && !rows.back().open && rows.back().behind.size() < kAround) {
    Row& row = rows.back();
    row.behind.append(text.substr(0, kAround - row.behind.size())).append(" ");
  }
}

void LettersApart::Rows::AddLetter(std::string letter, std::string_view before,
                                   std::string_view text_before) {
  if (rows.empty() || !rows.back().open) {
    rows.push_back({.before = std::string(EndOf(before)), .letters = {}, .behind = {}});
    rows.back().before.append(" ").append(EndOf(text_before));
  }
  rows.back().letters.push_back(std::move(letter));
}

void LettersApart::Rows::Close(std::string_view behind) {
  if (rows.empty() || !rows.back().open) {
    return;
  }
  if (rows.back().letters.size() < 2) {
    rows.pop_back();
    return;
  }
  rows.back().open = false;
  rows.back().behind.assign(behind.substr(0, kAround)).append(" ");
}

void LettersApart::AddTo(Rows& rows, std::string_view text, std::string_view before) const {
  rows.Gather(text);
  for (std::size_t i = 0; i < text.size();) {
    const std::size_t start = i;
    const Letter first = LetterAt(text, i);
    i += first.size;
    if (first.plain == 0) {
      continue;
    }
    bool is_word = false;
    while (i < text.size()) {
      const Letter next = LetterAt(text, i);
      if (next.plain == 0) {
        break;
      }
      is_word = is_word || next.plain != first.plain;
      i += next.size;
    }
    if (is_word) {
      rows.Close(text.substr(start));
    } else {  // However often it is written.
      rows.AddLetter(std::string(text.substr(start, first.size)), before, text.substr(0, start));
    }
  }
}

void LettersApart::Add(std::string_view text, std::string_view before, bool hidden) {
  if (core::SizeOfAsciiPrefix(text) < text.size()) {
    // Of what is not ASCII some is no letter, some is nothing at all, and some is a space.
    core::FoldText(text, folded_);
    text = folded_;
  }
  AddTo(all_, text, before);
  if (!hidden) {
    AddTo(shown_, text, before);
  }
}

bool LettersApart::AppendWords(std::string& out) const {
  const std::size_t limit = out.size() + kMaxBytes;
  for (const Rows* rows : {&all_, &shown_}) {
    for (const Row& row : rows->rows) {
      const std::size_t count = row.letters.size();
      for (std::size_t first = 0; first + 1 < count; ++first) {
        std::string word = row.letters[first];
        for (std::size_t last = first + 1; last < count && last < first + kMostLetters; ++last) {
          word += row.letters[last];
          out += '\n';
          out += CollapseSpace((first == 0 ? row.before : "") + " " + word + " " +
                               (last + 1 == count ? row.behind : ""));
        }
        if (out.size() > limit) {
          return false;
        }
      }
    }
  }
  return true;
}

}  // namespace schoolwatch::crawler
