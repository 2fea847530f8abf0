#include "core/text/fold.h"

#include <unicode/uchar.h>
#include <unicode/uscript.h>

#include <algorithm>
#include <cassert>
#include <utility>

#include "core/text/fold_table.h"
#include "core/text/utf8.h"

namespace schoolwatch::core {
namespace {

// Marks on one base past this are dropped: no language stacks so many (UAX 15 allows 30), and
// ordering them costs ICU the square of their number.
constexpr std::size_t kMaxJoined = 32;

// Writes folded text with its map.
class Folder {
 public:
  explicit Folder(std::string_view text) : text_(text), table_(FoldTable::Get()) {
    folded_.text.reserve(text.size());
    folded_.map.reserve(text.size() + 1);
  }

  FoldedText Run() {
    while (position_ < text_.size()) {
      const std::size_t run = SizeOfAsciiRun();
      if (run > 0) {
        FoldAscii(run);
      } else {
        FoldCharacter();
      }
    }
    folded_.map.push_back(static_cast<std::uint32_t>(text_.size()));
    if (has_lookalikes_) {
      ReplaceLookalikes();
    }
    return std::move(folded_);
  }

 private:
  // ASCII up to the next other character, less the one before it: a mark may join that.
  std::size_t SizeOfAsciiRun() const {
    std::size_t end = position_;
    while (end < text_.size() && static_cast<unsigned char>(text_[end]) < 0x80) {
      ++end;
    }
    return end == text_.size() || end == position_ ? end - position_ : end - position_ - 1;
  }

  void FoldAscii(std::size_t size) {
    const std::size_t start = folded_.text.size();
    folded_.text.append(text_, position_, size);
    folded_.map.resize(start + size);
    for (std::size_t i = 0; i < size; ++i) {
      char& c = folded_.text[start + i];
      c = static_cast<char>(c + (c >= 'A' && c <= 'Z' ? 'a' - 'A' : 0));
      c = c == '`' ? '\'' : c;
      folded_.map[start + i] = static_cast<std::uint32_t>(position_ + i);
    }
    position_ += size;
  }

  void Put(std::string_view bytes) {
    folded_.text += bytes;
    folded_.map.resize(folded_.text.size(), static_cast<std::uint32_t>(position_));
  }

  // One character and what joins it.
  void FoldCharacter() {
    const Utf8Step step = DecodeUtf8(text_, position_);
    const FoldEntry entry = table_.Find(step.code_point);
    Note(entry);
    std::size_t end = position_ + step.size;
    bool needs_icu = false;
    std::u32string joined(1, step.code_point);
    while (end < text_.size() && static_cast<unsigned char>(text_[end]) >= 0x80) {
      const Utf8Step next = DecodeUtf8(text_, end);
      const FoldEntry next_entry = table_.Find(next.code_point);
      if (!next_entry.Has(FoldEntry::kJoins)) {
        break;
      }
      // What is only removed (variation selectors after emoji, mostly) needs no ICU.
      needs_icu |= !next_entry.Has(FoldEntry::kChanged) || next_entry.size() != 0;
      Note(next_entry);
      if (joined.size() < kMaxJoined) {
        joined += next.code_point;
      }
      end += next.size;
    }
    if (needs_icu) {
      PutAtMost(FoldSequence(joined));
    } else if (entry.Has(FoldEntry::kChanged)) {
      Put(table_.BytesOf(entry));
    } else if (step.valid) {
      Put(text_.substr(position_, step.size));
    } else {
      Put("\xEF\xBF\xBD");
    }
    position_ = end;
  }

  // A sequence may fold to more code points than went in; held to the same limit, so that folding
  // again finds nothing to cut.
  void PutAtMost(std::string_view folded) {
    std::size_t size = 0;
    for (std::size_t count = 0; count < kMaxJoined && size < folded.size(); ++count) {
      size += DecodeUtf8(folded, size).size;
    }
    Put(folded.substr(0, size));
  }

  void Note(FoldEntry entry) {
    if (entry.Has(FoldEntry::kLookalike)) {
      has_lookalikes_ = true;
    }
    if (entry.Has(FoldEntry::kStyled)) {
      styled_.push_back(folded_.text.size());
    }
  }

  struct Word {
    std::size_t start = 0;
    bool has_latin = false;
    bool has_lookalike = false;
  };

  // Rare: only texts with a letter that could stand for a Latin one come here.
  void ReplaceLookalikes() {
    FoldedText out;
    out.text.reserve(folded_.text.size());
    out.map.reserve(folded_.map.size());
    const std::string_view text = folded_.text;
    Word word;
    for (std::size_t i = 0; i < text.size();) {
      const Utf8Step step = DecodeUtf8(text, i);
      const auto c = static_cast<UChar32>(step.code_point);
      if ((U_GET_GC_MASK(c) & (U_GC_L_MASK | U_GC_M_MASK | U_GC_N_MASK)) == 0) {
        CopyWord(word, i, out);
        Copy(i, i + step.size, out);
        word = {.start = i + step.size};
      } else {
        UErrorCode status = U_ZERO_ERROR;
        word.has_latin |= uscript_getScript(c, &status) == USCRIPT_LATIN;
        word.has_lookalike |= table_.LookalikeOf(step.code_point) != 0;
      }
      i += step.size;
    }
    CopyWord(word, text.size(), out);
    out.map.push_back(folded_.map.back());
    folded_ = std::move(out);
  }

  bool IsStyled(std::size_t start, std::size_t end) const {
    const auto first = std::ranges::lower_bound(styled_, start);
    return first != styled_.end() && *first < end;
  }

  void Copy(std::size_t start, std::size_t end, FoldedText& out) const {
    out.text.append(folded_.text, start, end - start);
    const auto map = folded_.map.begin();
    out.map.insert(out.map.end(), map + static_cast<std::ptrdiff_t>(start),
                   map + static_cast<std::ptrdiff_t>(end));
  }

  void CopyWord(const Word& word, std::size_t end, FoldedText& out) const {
    if (!word.has_lookalike || (!word.has_latin && !IsStyled(word.start, end))) {
      Copy(word.start, end, out);
      return;
    }
    const std::string_view text = std::string_view(folded_.text).substr(0, end);
    for (std::size_t i = word.start; i < end;) {
      const Utf8Step step = DecodeUtf8(text, i);
      const std::size_t next = i + step.size;
      // A letter with a mark stays: the Latin one might compose with it, and folding the result
      // again would give another text.
      const bool has_mark =
          next < end && table_.Find(DecodeUtf8(text, next).code_point).Has(FoldEntry::kJoins);
      const char letter = has_mark ? '\0' : table_.LookalikeOf(step.code_point);
      if (letter != '\0') {
        out.text += letter;
        out.map.push_back(folded_.map[i]);
      } else {
        Copy(i, next, out);
      }
      i = next;
    }
  }

  std::string_view text_;
  const FoldTable& table_;
  std::size_t position_ = 0;
  FoldedText folded_;
  bool has_lookalikes_ = false;
  std::vector<std::size_t> styled_;  // Where styled letters stand in folded_.text.
};

}  // namespace

FoldedText::Range FoldedText::Original(std::size_t start, std::size_t end) const {
  assert(start <= end && end < map.size());
  if (start == end) {
    return {map[start], map[start]};
  }
  // To the start of the next character that left anything behind.
  const auto last = map.begin() + static_cast<std::ptrdiff_t>(end - 1);
  const auto next = std::upper_bound(last, map.end(), *last);
  return {map[start], next == map.end() ? map.back() : *next};
}

FoldedText Fold(std::string_view text) { return Folder(text).Run(); }

}  // namespace schoolwatch::core
