#include "core/text/fold.h"

#include <unicode/uchar.h>
#include <unicode/uscript.h>

#include <algorithm>
#include <cassert>
#include <utility>

#include "core/text/ascii.h"
#include "core/text/fold_table.h"
#include "core/text/utf8.h"

namespace schoolwatch::core {
namespace {

// Marks on one base past this are dropped: no language stacks so many (UAX 15 allows 30), and
// ordering them costs ICU the square of their number.
constexpr std::size_t kMaxJoined = 32;

// Writes folded text, and its map where one is wanted.
class Folder {
 public:
  Folder(std::string_view text, std::string& folded, std::vector<std::uint32_t>* map)
      : text_(text), table_(FoldTable::Get()), folded_(folded), map_(map) {
    folded_.reserve(text.size());
    if (map_ != nullptr) {
      map_->reserve(text.size() + 1);
    }
  }

  void Run() {
    while (position_ < text_.size()) {
      if (const std::size_t run = SizeOfAsciiPrefix(text_.substr(position_)); run > 0) {
        FoldAscii(run);
      } else {
        FoldCharacter();
      }
    }
    if (map_ != nullptr) {
      map_->push_back(static_cast<std::uint32_t>(text_.size()));
    }
    if (has_lookalikes_) {
      ReplaceLookalikes();
    }
  }

 private:
  void FoldAscii(std::size_t size) {
    const std::size_t start = folded_.size();
    folded_.append(text_, position_, size);
    char* const run = folded_.data() + start;
    LowerAscii({run, size});
    if (text_.substr(position_, size).find('`') != std::string_view::npos) {
      std::replace(run, run + size, '`', '\'');
    }
    if (map_ != nullptr) {
      map_->resize(start + size);
      std::uint32_t* const from = map_->data() + start;
      const auto first = static_cast<std::uint32_t>(position_);
      // Eight at a time: a count that is known is what the compiler makes vectors of.
      std::size_t i = 0;
      for (; i + 8 <= size; i += 8) {
        for (std::uint32_t k = 0; k < 8; ++k) {
          from[i + k] = first + static_cast<std::uint32_t>(i) + k;
        }
      }
      for (; i < size; ++i) {
        from[i] = first + static_cast<std::uint32_t>(i);
      }
    }
    position_ += size;
  }

  void Put(std::string_view bytes) {
    folded_ += bytes;
    if (map_ != nullptr) {
      map_->resize(folded_.size(), static_cast<std::uint32_t>(position_));
    }
  }

  // One character and what joins it.
  void FoldCharacter() {
    Utf8Step step = DecodeUtf8(text_, position_);
    FoldEntry entry = table_.Find(step.code_point);
    if (entry.Has(FoldEntry::kJoins) && position_ > 0 &&
        static_cast<unsigned char>(text_[position_ - 1]) < 0x80) {
      // Joins the ASCII character before it, which is written already, as one byte.
      --position_;
      folded_.pop_back();
      if (map_ != nullptr) {
        map_->pop_back();
      }
      step = DecodeUtf8(text_, position_);
      entry = table_.Find(step.code_point);
    }
    Note(entry);
    std::size_t end = position_ + step.size;
    if (JoinerAt(end)) {
      FoldJoined(step.code_point, entry, end);
      return;
    }
    PutOne(step, entry);
    position_ = end;
  }

  void PutOne(const Utf8Step& step, FoldEntry entry) {
    if (entry.Has(FoldEntry::kChanged)) {
      Put(table_.BytesOf(entry));
    } else if (step.valid) {
      Put(text_.substr(position_, step.size));
    } else {
      Put("\xEF\xBF\xBD");
    }
  }

  bool JoinerAt(std::size_t at) const {
    return at < text_.size() && static_cast<unsigned char>(text_[at]) >= 0x80 &&
           table_.Find(DecodeUtf8(text_, at).code_point).Has(FoldEntry::kJoins);
  }

  void FoldJoined(char32_t base, FoldEntry entry, std::size_t end) {
    const Utf8Step first = DecodeUtf8(text_, position_);
    bool needs_icu = false;
    std::u32string joined(1, base);
    while (JoinerAt(end)) {
      const Utf8Step next = DecodeUtf8(text_, end);
      const FoldEntry next_entry = table_.Find(next.code_point);
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
    } else {
      PutOne(first, entry);
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
      styled_.push_back(folded_.size());
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
    out.text.reserve(folded_.size());
    const std::string_view text = folded_;
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
    folded_ = std::move(out.text);
    if (map_ != nullptr) {
      out.map.push_back(map_->back());
      *map_ = std::move(out.map);
    }
  }

  bool IsStyled(std::size_t start, std::size_t end) const {
    const auto first = std::ranges::lower_bound(styled_, start);
    return first != styled_.end() && *first < end;
  }

  void Copy(std::size_t start, std::size_t end, FoldedText& out) const {
    out.text.append(folded_, start, end - start);
    if (map_ != nullptr) {
      out.map.insert(out.map.end(), map_->begin() + static_cast<std::ptrdiff_t>(start),
                     map_->begin() + static_cast<std::ptrdiff_t>(end));
    }
  }

  void CopyWord(const Word& word, std::size_t end, FoldedText& out) const {
    if (!word.has_lookalike || (!word.has_latin && !IsStyled(word.start, end))) {
      Copy(word.start, end, out);
      return;
    }
    const std::string_view text = std::string_view(folded_).substr(0, end);
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
        if (map_ != nullptr) {
          out.map.push_back((*map_)[i]);
        }
      } else {
        Copy(i, next, out);
      }
      i = next;
    }
  }

  std::string_view text_;
  const FoldTable& table_;
  std::size_t position_ = 0;
  std::string& folded_;
  std::vector<std::uint32_t>* map_;  // Null: none is wanted.
  bool has_lookalikes_ = false;
  std::vector<std::size_t> styled_;  // Where styled letters stand in folded_.
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

FoldedText Fold(std::string_view text) {
  FoldedText folded;
  Folder(text, folded.text, &folded.map).Run();
  return folded;
}

void FoldText(std::string_view text, std::string& folded) {
  folded.clear();
  Folder(text, folded, nullptr).Run();
}

void FoldSigns(std::string_view text, std::string& plain) {
  const FoldTable& table = FoldTable::Get();
  plain.clear();
  plain.reserve(text.size());
  const auto joins = [&](std::size_t at) {
    return at < text.size() && static_cast<unsigned char>(text[at]) >= 0x80 &&
           table.Find(DecodeUtf8(text, at).code_point).Has(FoldEntry::kJoins);
  };
  for (std::size_t at = 0; at < text.size();) {
    if (const std::size_t run = SizeOfAsciiPrefix(text.substr(at)); run > 0) {
      plain.append(text, at, run);
      at += run;
      continue;
    }
    const Utf8Step step = DecodeUtf8(text, at);
    const FoldEntry entry = table.Find(step.code_point);
    const std::size_t next = at + step.size;
    const bool stands_alone = step.valid && entry.Has(FoldEntry::kChanged) &&
                              !entry.Has(FoldEntry::kJoins) && !entry.Has(FoldEntry::kStyled) &&
                              !entry.Has(FoldEntry::kLookalike) && !joins(next);
    const std::string_view folded = stands_alone ? table.BytesOf(entry) : std::string_view();
    if (!folded.empty() && SizeOfAsciiPrefix(folded) == folded.size()) {
      plain += folded;
    } else {
      plain.append(text, at, step.size);
    }
    at = next;
  }
}

}  // namespace schoolwatch::core
