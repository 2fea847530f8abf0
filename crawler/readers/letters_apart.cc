#include "crawler/readers/letters_apart.h"

#include <unicode/uchar.h>

#include <algorithm>
#include <array>
#include <cstdint>
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
constexpr std::uint16_t kLetterMask = 0xFF;
constexpr std::uint16_t kSign = 0x100;      // Looks like a letter, but may as well be none.
constexpr std::uint16_t kNotAscii = 0x200;  // Only its code point tells.
constexpr std::array<std::uint16_t, 256> kPlain = [] {
  std::array<std::uint16_t, 256> plain{};
  for (std::size_t byte = 0; byte < plain.size(); ++byte) {
    const char c = static_cast<char>(byte);
    const char32_t leet = core::LeetLetter(static_cast<char32_t>(byte));
    const bool is_alnum = byte < 0x80 && (IsAsciiAlpha(c) || IsAsciiDigit(c));
    if (byte >= 0x80) {
      plain[byte] = kNotAscii;
    } else if (leet != 0) {
      plain[byte] = static_cast<std::uint16_t>(leet | (is_alnum ? 0U : kSign));
    } else if (is_alnum) {
      plain[byte] = static_cast<unsigned char>(ToAsciiLower(c) == 'l' ? 'i' : ToAsciiLower(c));
    }
  }
  return plain;
}();
std::uint16_t PlainOf(char c) { return kPlain[static_cast<unsigned char>(c)]; }

// A letter or figure of ASCII.
bool IsPlain(char c) { return static_cast<std::uint16_t>(PlainOf(c) - 1) < kLetterMask; }
bool IsSign(char c) { return (PlainOf(c) & kSign) != 0; }

// One letter, figure or sign that may stand for one, and how long it is; else only that.
struct Letter {
  char32_t plain = 0;  // 0: something else.
  std::size_t size = 1;
};

Letter LetterAt(std::string_view text, std::size_t at) {
  const std::uint16_t plain = PlainOf(text[at]);
  if (plain != kNotAscii) {
    return {static_cast<char32_t>(plain & kLetterMask), 1};
  }
  const core::Utf8Step step = core::DecodeUtf8(text, at);
  const char32_t decorated = core::DecoratedLetter(step.code_point);
  if (decorated != 0) {
    return {decorated, step.size};
  }
  return {u_isalnum(static_cast<UChar32>(step.code_point)) != 0 ? step.code_point : 0, step.size};
}

}  // namespace

// Letters and figures with nothing between; with `signs`, these too.
LettersApart::Run LettersApart::RunAt(std::string_view text, std::size_t at, bool signs) {
  const Letter first = LetterAt(text, at);
  Run run{.start = at, .end = at, .first = first.size};
  while (run.end < text.size()) {
    const std::uint16_t plain = PlainOf(text[run.end]);
    if (plain == kNotAscii) {
      const Letter next = LetterAt(text, run.end);
      if (next.plain == 0) {
        break;
      }
      run.is_word = run.is_word || next.plain != first.plain;
      run.end += next.size;
    } else if (plain == 0 || (plain & kSign) != 0) {
      if (plain == 0 || !signs) {
        break;
      }
      run.has_signs = true;
      run.is_word = run.is_word || (plain & kLetterMask) != first.plain;
      ++run.end;
    } else {
      run.is_word = run.is_word || plain != first.plain;
      ++run.end;
      if (run.is_word) {  // As nearly all are: only its end is wanted.
        while (run.end < text.size() && IsPlain(text[run.end])) {
          ++run.end;
        }
      }
    }
  }
  return run;
}

namespace {

std::string_view EndOf(std::string_view text) {
  return text.substr(text.size() - std::min(text.size(), kAround));
}

}  // namespace

void LettersApart::Reading::BeginText(std::string_view text, std::string_view before) {
  text_ = text;
  before_ = before;
  if (!is_open_ && IsWaiting()) {
    Row& row = rows_.back();
    row.behind.append(text.substr(0, kAround - row.behind.size())).append(" ");
  }
}

bool LettersApart::Reading::IsWaiting() const {
  return is_open_ || (!rows_.empty() && rows_.back().behind.size() < kAround);
}

void LettersApart::Reading::Open() {
  Row& row = rows_.emplace_back();
  row.before.append(EndOf(before_)).append(" ").append(EndOf(text_.substr(0, single_)));
  row.letters.emplace_back(text_.substr(single_, single_size_));
  is_open_ = true;
  single_ = kNone;
}

void LettersApart::Reading::AddLetter(std::size_t start, std::size_t size) {
  if (single_ != kNone) {
    Open();
  }
  if (is_open_) {
    rows_.back().letters.emplace_back(text_.substr(start, size));
  } else {
    single_ = start;
    single_size_ = size;
  }
}

void LettersApart::Reading::AddWord(std::size_t start) {
  single_ = kNone;
  if (!is_open_) {
    return;
  }
  is_open_ = false;
  if (rows_.back().letters.size() < 2) {
    rows_.pop_back();
  } else {
    rows_.back().behind.assign(text_.substr(start, kAround)).append(" ");
  }
}

void LettersApart::Reading::EndText() {
  if (single_ != kNone) {
    Open();
  }
  text_ = before_ = {};
}

void LettersApart::Take(std::string_view text, const Run& run, bool hidden) {
  const auto take = [&](const Run& part, bool with_signs, bool without) {
    for (Reading& reading : readings_) {
      if ((!hidden || !reading.skips_hidden()) && (reading.skips_signs() ? without : with_signs)) {
        part.is_word ? reading.AddWord(part.start) : reading.AddLetter(part.start, part.first);
      }
    }
  };
  take(run, true, !run.has_signs);
  for (std::size_t at = run.start; run.has_signs && at < run.end;) {
    if (IsSign(text[at])) {
      ++at;
      continue;
    }
    const Run part = RunAt(text, at, false);
    take(part, false, true);
    at = part.end;
  }
}

void LettersApart::Walk(std::string_view text, bool hidden) {
  for (std::size_t i = 0; i < text.size();) {
    if (const Letter letter = LetterAt(text, i); letter.plain == 0) {
      i += letter.size;
      continue;
    }
    const Run run = RunAt(text, i, true);
    Take(text, run, hidden);
    i = run.end;
  }
}

void LettersApart::Add(std::string_view text, std::string_view before, bool hidden) {
  if (std::ranges::all_of(text, IsAsciiSpace)) {
    return;
  }
  if (core::SizeOfAsciiPrefix(text) != text.size()) {
    // Of what is not ASCII some is no letter, some is nothing at all, and some is a space.
    core::FoldText(text, folded_);
    text = folded_;
  }
  for (Reading& reading : readings_) {
    if (!hidden || !reading.skips_hidden()) {
      reading.BeginText(text, before);
    }
  }
  Walk(text, hidden);
  is_waiting_ = false;
  for (Reading& reading : readings_) {
    reading.EndText();
    is_waiting_ = is_waiting_ || reading.IsWaiting();
  }
}

bool LettersApart::AppendWords(std::string& out) const {
  const std::size_t limit = out.size() + kMaxBytes;
  for (std::size_t i = 0; i < readings_.size(); ++i) {
    if (std::any_of(readings_.begin(), readings_.begin() + static_cast<std::ptrdiff_t>(i),
                    [&](const Reading& before) { return before.rows() == readings_[i].rows(); })) {
      continue;
    }
    for (const Row& row : readings_[i].rows()) {
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
