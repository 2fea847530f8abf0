#include "crawler/readers/letters_apart.h"

#include <unicode/uchar.h>

#include <algorithm>
#include <array>
#include <optional>
#include <utility>

#include "core/text/evasion_chars.h"
#include "core/text/fold.h"
#include "core/text/utf8.h"
#include "crawler/readers/text.h"

namespace schoolwatch::crawler {
namespace {

constexpr std::size_t kAround = 64;       // Bytes before and behind a row: names are no longer.
constexpr std::size_t kMostLetters = 16;  // Of a word that is spelt apart.
constexpr std::size_t kMostBytes = 12;  // Of one letter, its marks and what is invisible beside it.
constexpr std::size_t kMaxBytes = 1'000'000;

// Of words as they may be hidden: "4" and "$" are letters, too.
constexpr std::array<bool, 256> kIsWordByte = [] {
  std::array<bool, 256> word{};
  for (std::size_t byte = 0; byte < word.size(); ++byte) {
    const char c = static_cast<char>(byte);
    word[byte] = IsAsciiAlpha(c) || IsAsciiDigit(c) || byte >= 0x80 ||
                 core::LeetLetter(static_cast<char32_t>(byte)) != 0;
  }
  return word;
}();
bool IsWordByte(char c) { return kIsWordByte[static_cast<unsigned char>(c)]; }

enum class Run { kLetter, kWord, kSign };

// What a run with bytes beyond ASCII is; a letter replaces `letter`.
Run LookClosely(std::string_view run, std::string& letter) {
  if (run.size() > kMostBytes) {
    return Run::kWord;
  }
  std::string folded;
  core::FoldText(run, folded);
  letter.clear();
  for (std::size_t at = 0; at < folded.size();) {
    const core::Utf8Step step = core::DecodeUtf8(folded, at);
    char32_t code = step.code_point;
    if (const char32_t plain = core::DecoratedLetter(code); plain != 0) {
      code = plain;
    }
    at += step.size;
    if (u_isalnum(static_cast<UChar32>(code)) == 0 && core::LeetLetter(code) == 0) {
      continue;
    }
    std::string one;
    core::AppendUtf8(code, one);
    if (!letter.empty() && letter != one) {
      return Run::kWord;
    }
    letter = std::move(one);
  }
  return letter.empty() ? Run::kSign : Run::kLetter;
}

// What compares as one letter: "l" and "i", "4" and "a", small and capital.
constexpr std::array<char, 128> kPlain = [] {
  std::array<char, 128> plain{};
  for (std::size_t byte = 0; byte < plain.size(); ++byte) {
    const char c = ToAsciiLower(static_cast<char>(byte));
    const char32_t leet = core::LeetLetter(static_cast<char32_t>(byte));
    const char letter = leet != 0 ? static_cast<char>(leet) : c;
    plain[byte] = letter == 'l' ? 'i' : letter;
  }
  return plain;
}();

// One letter however often it is written, or a word. `run` is not empty.
Run Look(std::string_view run, std::string& letter) {
  const auto is_ascii = [](char c) { return static_cast<unsigned char>(c) < 0x80; };
  const auto plain = [](char c) { return kPlain[static_cast<unsigned char>(c)]; };
  if (run.size() > 1 && is_ascii(run[0]) && is_ascii(run[1]) && plain(run[0]) != plain(run[1])) {
    return Run::kWord;  // As nearly all are.
  }
  if (!std::ranges::all_of(run, is_ascii)) {
    return LookClosely(run, letter);
  }
  if (std::ranges::any_of(run, [&](char c) { return plain(c) != plain(run[0]); })) {
    return Run::kWord;
  }
  letter = run[0];
  return Run::kLetter;
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
  std::string letter;
  for (std::size_t i = 0; i < text.size();) {
    if (!IsWordByte(text[i])) {
      ++i;
      continue;
    }
    const std::size_t start = i;
    while (i < text.size() && IsWordByte(text[i])) {
      ++i;
    }
    switch (Look(text.substr(start, i - start), letter)) {
      case Run::kLetter:
        rows.AddLetter(letter, before, text.substr(0, start));
        break;
      case Run::kWord:
        rows.Close(text.substr(start));
        break;
      case Run::kSign:
        break;
    }
  }
}

void LettersApart::Add(std::string_view text, std::string_view before, bool hidden) {
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
