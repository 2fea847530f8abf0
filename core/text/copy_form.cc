#include "core/text/copy_form.h"

#include <unicode/normalizer2.h>
#include <unicode/uchar.h>
#include <unicode/unistr.h>

#include <algorithm>
#include <array>
#include <cstddef>
#include <cstdint>
#include <optional>
#include <utility>

#include "core/text/copy_words.h"
#include "core/text/fold.h"
#include "core/text/utf8.h"

namespace schoolwatch::core {
namespace {

using Kind = FingerprintWord::Kind;
bool IsAsciiDigit(char c) { return c >= '0' && c <= '9'; }

// A word as written, folded, and what its surroundings say of it.
struct RawWord {
  std::string text;
  bool is_capitalised = false;  // "Holt", but not "HOLT" or "H".
  bool starts_sentence = false;
};

// Cuts folded text into words.
class Splitter {
 public:
  explicit Splitter(std::string_view original)
      : original_(original), folded_(Fold(original)), text_(folded_.text) {}

  std::vector<RawWord> Run() {
    while (position_ < text_.size()) {
      if (const std::size_t skipped = SizeOfAddress(); skipped > 0) {
        position_ += skipped;
      } else if (IsWordPart(position_)) {
        ReadWord();
      } else {
        const char c = text_[position_];
        starts_sentence_ = starts_sentence_ || std::string_view(".!?:;\n\"(").contains(c);
        position_ += SizeAt(position_);
      }
    }
    return std::move(words_);
  }

  // "…" is three dots by now. What follows may only be a call to read on.
  bool IsCut() const {
    const std::size_t dots = text_.rfind("...");
    if (dots == std::string_view::npos) {
      return false;
    }
    const std::size_t letters = static_cast<std::size_t>(
        std::ranges::count_if(text_.substr(dots), [](char c) { return c >= 'a' && c <= 'z'; }));
    return letters <= std::string_view("readmore").size() + 1;
  }

 private:
  static bool IsLetterOrDigit(char32_t c) {
    return (U_GET_GC_MASK(static_cast<UChar32>(c)) & (U_GC_L_MASK | U_GC_N_MASK | U_GC_M_MASK)) !=
           0;
  }
  bool IsWordPart(std::size_t position) const {
    if (position >= text_.size()) {
      return false;
    }
    const char c = text_[position];  // Folded: no capitals.
    if (static_cast<unsigned char>(c) < 0x80) {
      return (c >= 'a' && c <= 'z') || IsAsciiDigit(c);
    }
    return IsLetterOrDigit(DecodeUtf8(text_, position).code_point);
  }
  std::size_t SizeAt(std::size_t position) const {
    return static_cast<unsigned char>(text_[position]) < 0x80 ? 1
                                                              : DecodeUtf8(text_, position).size;
  }
  char At(std::size_t position) const { return position < text_.size() ? text_[position] : ' '; }

  // A link, an @handle or a #tag; 0 where there is none.
  std::size_t SizeOfAddress() const {
    const std::string_view rest = text_.substr(position_);
    const bool is_fresh = position_ == 0 || !IsWordPart(position_ - 1);
    std::size_t size = 0;
    if (is_fresh &&
        (rest.starts_with("http://") || rest.starts_with("https://") || rest.starts_with("www."))) {
      size = rest.find_first_of(" \n\t\r");
    } else if (is_fresh && (rest.front() == '@' || rest.front() == '#') &&
               IsWordPart(position_ + 1)) {
      size = 1;
      while (position_ + size < text_.size() &&
             (IsWordPart(position_ + size) || rest[size] == '_' || rest[size] == '-')) {
        size += SizeAt(position_ + size);
      }
    }
    return std::min(size, rest.size());
  }

  void ReadWord() {
    RawWord word;
    word.starts_sentence = std::exchange(starts_sentence_, false) || words_.empty();
    const std::size_t start = position_;
    std::size_t unread = start;
    for (;;) {
      position_ += SizeAt(position_);
      if (IsWordPart(position_)) {
        continue;
      }
      // 3.15, 2,600 and 8:30 are one number; can't and o'neill one word.
      const char mark = At(position_);
      const bool between_digits = IsAsciiDigit(text_[position_ - 1]) &&
                                  IsAsciiDigit(At(position_ + 1)) &&
                                  std::string_view(".,:").contains(mark);
      if (!between_digits && (mark != '\'' || !IsWordPart(position_ + 1))) {
        break;
      }
      if (mark != '\'') {
        word.text += text_.substr(unread, position_ - unread);
        unread = position_ + 1;
      }
      ++position_;
    }
    word.text += text_.substr(unread, position_ - unread);
    word.is_capitalised = IsCapitalised(start, position_);
    words_.push_back(std::move(word));
  }

  bool IsCapitalised(std::size_t start, std::size_t end) const {
    const FoldedText::Range range = folded_.Original(start, end);
    const std::string_view written = original_.substr(range.start, range.end - range.start);
    const auto first = static_cast<unsigned char>(written.empty() ? ' ' : written.front());
    if (first < 0x80 && (first < 'A' || first > 'Z')) {
      return false;  // Most words.
    }
    if (u_isupper(static_cast<UChar32>(DecodeUtf8(written, 0).code_point)) == 0) {
      return false;
    }
    for (std::size_t i = 0; i < written.size();) {
      const Utf8Step step = DecodeUtf8(written, i);
      if (u_islower(static_cast<UChar32>(step.code_point)) != 0) {
        return true;
      }
      i += step.size;
    }
    return false;
  }

  std::string_view original_;
  FoldedText folded_;
  std::string_view text_;
  std::size_t position_ = 0;
  bool starts_sentence_ = true;
  std::vector<RawWord> words_;
};

std::string WithoutAccents(const std::string& word) {
  if (std::ranges::all_of(word, [](char c) { return static_cast<unsigned char>(c) < 0x80; })) {
    return word;
  }
  UErrorCode status = U_ZERO_ERROR;
  const icu::Normalizer2* const nfd = icu::Normalizer2::getNFDInstance(status);
  if (U_FAILURE(status)) {
    return word;
  }
  const icu::UnicodeString apart = nfd->normalize(icu::UnicodeString::fromUTF8(word), status);
  icu::UnicodeString plain;
  for (int32_t i = 0; i < apart.length(); i = apart.moveIndex32(i, 1)) {
    if (u_charType(apart.char32At(i)) != U_NON_SPACING_MARK) {
      plain.append(apart.char32At(i));
    }
  }
  std::string out;
  plain.toUTF8String(out);
  return out;
}

// "he's" is "he", "can't" is "cant", "o'neill" is "oneill".
std::string WithoutApostrophes(std::string word) {
  if (!word.contains('\'')) {
    return word;
  }
  for (const std::string_view ending : {"'s", "'re", "'ve", "'ll", "'d", "'m"}) {
    if (word.ends_with(ending)) {
      word.resize(word.size() - ending.size());
      break;
    }
  }
  std::erase(word, '\'');
  return word;
}

// True where there was a plural's -s.
bool CutPlural(std::string& word) {
  const bool is_plural = word.size() > 3 && word.ends_with('s') && !word.ends_with("ss") &&
                         !word.ends_with("us") && !word.ends_with("is");
  if (is_plural) {
    word.pop_back();
  }
  return is_plural;
}

// Figures with what may stand after them: 3rd, 5am, 92k, 10s. Empty where the word is more.
std::optional<std::uint64_t> ReadFigures(std::string_view word) {
  std::uint64_t value = 0;
  std::size_t size = 0;
  while (size < word.size() && IsAsciiDigit(word[size])) {
    if (size == 18) {
      return std::nullopt;
    }
    value = value * 10 + static_cast<std::uint64_t>(word[size++] - '0');
  }
  const std::string_view rest = word.substr(size);
  constexpr auto kEndings =
      std::to_array<std::string_view>({"", "k", "st", "nd", "rd", "th", "am", "pm", "s", "p"});
  if (size == 0 || std::ranges::find(kEndings, rest) == kEndings.end()) {
    return std::nullopt;
  }
  return rest == "k" && size <= 6 ? value * 1000 : value;
}

// Adds number words up: "two thousand six hundred" is 2600.
class NumberReader {
 public:
  // True where a number word of this value starts a number or goes on with it.
  bool Add(std::uint64_t value) {
    if (value >= 100) {
      // "Hundreds of" is no number.
      if (part_ == 0 || part_ > 1000 || total_ > 1'000'000'000) {
        return false;
      }
      if (value == 100) {
        part_ *= value;
      } else {
        total_ += part_ * value;
        part_ = 0;
      }
      has_unit_ = has_tens_ = false;
    } else {
      const bool is_tens = value >= 20;
      if (has_unit_ || (has_tens_ && (is_tens || value > 9))) {
        return false;
      }
      part_ += value;
      (is_tens ? has_tens_ : has_unit_) = true;
    }
    is_open_ = true;
    return true;
  }
  bool IsOpen() const { return is_open_; }
  std::uint64_t value() const { return total_ + part_; }

 private:
  std::uint64_t total_ = 0;
  std::uint64_t part_ = 0;
  bool has_unit_ = false;
  bool has_tens_ = false;
  bool is_open_ = false;
};

// Writes plain words for raw ones.
class Writer {
 public:
  void Add(const RawWord& raw) {
    std::string word = WithoutApostrophes(WithoutAccents(raw.text));
    if (word.empty()) {
      return;
    }
    const KnownWord* known = &FindWord(word);
    if (AddToNumber(*known)) {
      if (word == "one" && !words_.empty() && words_.back().text == "no") {
        number_ = {};
        words_.back().text = "nobody";  // "No one", "no-one".
      }
      after_title_ = false;
      return;
    }
    if (const auto figures = ReadFigures(word)) {
      Put(Kind::kNumber, std::to_string(*figures));
      return;
    }
    if (SplitYearGroup(word)) {
      return;
    }
    if (word == "to" || word == "too" || word == "for") {
      // Also written 2 and 4; so they are those, but may be missing.
      Put(Kind::kMinor, word == "for" ? "4" : "2");
      return;
    }
    if (!known->respelled && CutPlural(word)) {
      known = &FindWord(word);
    }
    if (!known->respelled) {
      return PutWord(raw, *known, std::move(word));
    }
    const std::string_view text = *known->respelled;
    for (std::size_t start = 0; start < text.size();) {
      const std::size_t end = std::min(text.find(' ', start), text.size());
      std::string part(text.substr(start, end - start));
      const KnownWord& known_part = FindWord(part);
      PutWord(raw, known_part, std::move(part));
      start = end + 1;
    }
  }

  std::vector<CopyWord> Finish() {
    FlushNumber();
    return std::move(words_);
  }

 private:
  // True where the word goes on with a number or starts the next; else the last one is written.
  bool AddToNumber(const KnownWord& known) {
    if (known.number && number_.Add(*known.number)) {
      return true;
    }
    FlushNumber();
    return known.number && number_.Add(*known.number);
  }

  void FlushNumber() {
    if (number_.IsOpen()) {
      Put(Kind::kNumber, std::to_string(number_.value()));
      number_ = {};
    }
  }

  // "Y7", "Yr10" and "Year11s" name a year group.
  bool SplitYearGroup(std::string_view word) {
    for (const std::string_view start : {"year", "yr", "y"}) {
      if (word.starts_with(start)) {
        if (const auto figures = ReadFigures(word.substr(start.size()))) {
          Put(Kind::kPlain, "year");
          Put(Kind::kNumber, std::to_string(*figures));
          return true;
        }
      }
    }
    return false;
  }

  void PutWord(const RawWord& raw, const KnownWord& known, std::string text) {
    Kind kind = Kind::kPlain;
    if (known.is_negation) {
      kind = Kind::kNegation;
    } else if (known.is_day) {
      kind = Kind::kDay;
    } else if (after_title_ || (raw.is_capitalised && !raw.starts_sentence)) {
      kind = Kind::kName;
    }
    Put(known.is_title ? Kind::kPlain : kind, std::move(text));
    after_title_ = known.is_title;
  }

  void Put(Kind kind, std::string text) {
    words_.push_back({kind, std::move(text)});
    after_title_ = false;
  }

  std::vector<CopyWord> words_;
  NumberReader number_;
  bool after_title_ = false;
};

// Whether `words` from `start` on read `phrase`; gives how many words it takes, or 0.
std::size_t MatchPhrase(const std::vector<CopyWord>& words, std::size_t start,
                        std::string_view phrase) {
  std::size_t count = 0;
  for (std::size_t at = 0; at < phrase.size(); ++count) {
    const std::size_t end = std::min(phrase.find(' ', at), phrase.size());
    if (start + count >= words.size() || words[start + count].text != phrase.substr(at, end - at)) {
      return 0;
    }
    at = end + 1;
  }
  return count;
}

// Cuts calls to share off both ends, unless nothing else was said.
void DropCalls(std::vector<CopyWord>& words) {
  std::size_t first = 0;
  std::size_t last = words.size();
  for (bool changed = true; changed;) {
    changed = false;
    for (const std::string_view call : CallsToShare()) {
      const auto size = static_cast<std::size_t>(std::ranges::count(call, ' ')) + 1;
      if (last - first < size) {
        continue;
      }
      // After each find the longest is looked for again: "please share" before "share".
      if (MatchPhrase(words, first, call) != 0) {
        first += size;
        changed = true;
        break;
      }
      if (MatchPhrase(words, last - size, call) != 0) {
        last -= size;
        changed = true;
        break;
      }
    }
  }
  if (first < last) {
    words.erase(words.begin() + static_cast<std::ptrdiff_t>(last), words.end());
    words.erase(words.begin(), words.begin() + static_cast<std::ptrdiff_t>(first));
  }
}

}  // namespace

CopyForm MakeCopyForm(std::string_view text) {
  Splitter splitter(text);
  Writer writer;
  CopyForm form;
  form.is_cut = splitter.IsCut();
  for (const RawWord& word : splitter.Run()) {
    writer.Add(word);
  }
  form.words = writer.Finish();
  DropCalls(form.words);
  return form;
}

}  // namespace schoolwatch::core
