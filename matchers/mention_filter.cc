#include "matchers/mention_filter.h"

#include <algorithm>
#include <array>
#include <bit>
#include <cstring>
#include <string>

#include "core/text/ascii.h"
#include "core/text/byte_block.h"
#include "core/text/fold.h"
#include "matchers/tokens.h"
#include "matchers/word_block.h"
#include "matchers/word_hash.h"

namespace schoolwatch::matchers {
namespace {

using Mask = std::uint64_t;

bool IsSpaceByte(char c) { return static_cast<unsigned char>(c) <= ' '; }
bool IsWordByte(char c) {
  const auto low = static_cast<unsigned char>(c | 0x20);
  return (low >= 'a' && low <= 'z') || (c >= '0' && c <= '9');
}

// Whether letters spaced apart may go on behind `end`, or come from before `start`: a letter stands
// there by itself, or a sign, which may be a letter's stand-in or part of what is between them.
bool MayEndSpaced(std::string_view text, std::size_t end) {
  return !IsWordByte(text[end - 1]) || end == 1 || !IsWordByte(text[end - 2]);
}
bool MayStartSpaced(std::string_view text, std::size_t start) {
  return !IsWordByte(text[start]) || start + 1 == text.size() || !IsWordByte(text[start + 1]);
}

// One pass over one text.
class FilterWalk {
 public:
  FilterWalk(const StartTable& starts, std::string_view text) : starts_(starts), text_(text) {}

  bool FindsStart() {
    std::array<char, WordBlock::kReadAhead> last;
    while (at_ < text_.size()) {
      const char* bytes = text_.data() + at_;
      const std::size_t left = text_.size() - at_;
      if (left < last.size()) {
        last.fill(' ');
        std::memcpy(last.data(), bytes, left);
        bytes = last.data();
      }
      const WordBlock block = LookAtWords(bytes);
      const Mask odd = block.odd & Below(block.end);
      if (block.end == 0) {
        // Sixty-four letters, figures and signs on end: no word of a language.
        if (TakeOddRun(at_)) {
          return true;
        }
      } else if (odd == 0) [[likely]] {
        if (TakeWords(bytes, block, block.end)) {
          return true;
        }
        at_ += block.end;
      } else {
        const auto first = static_cast<std::size_t>(std::countr_zero(odd));
        const Mask spaces = block.space & Below(first);
        const auto run = static_cast<std::size_t>(64 - std::countl_zero(spaces));
        if (TakeWords(bytes, block, run)) {
          return true;
        }
        const std::size_t at = at_ + first;
        at_ += run;
        if (TakeOddRun(at)) {
          return true;
        }
      }
    }
    return false;
  }

 private:
  // The words of a block that start before `end`, which are the same in both views.
  bool TakeWords(const char* bytes, const WordBlock& block, std::size_t end) {
    const Mask words = block.word | block.quotes;
    // Each word's first byte, and the byte behind its last.
    Mask starts = ((words & ~(words << 1)) | block.ampersand) & Below(end);
    Mask ends = (~words & (words << 1)) | block.ampersand << 1;
    const Mask quoted = block.quotes == 0 ? 0 : StartsOf(block.quotes & Below(end), starts);
    const Mask special = quoted | block.ampersand;
    // First all words, then what those may be that may be anything: few are, so that the questions
    // about them are one branch for all. Bit i is the block's word i.
    std::size_t count = 0;
    Mask ending = 0;
    while (starts != 0) {
      const auto start = static_cast<std::size_t>(std::countr_zero(starts));
      const std::size_t size = static_cast<std::size_t>(std::countr_zero(ends)) - start;
      HashedWord& word = words_[count];
      if ((starts & (~starts + 1) & special) != 0) [[unlikely]] {
        if (TakeSpecialWord({bytes + start, size}, count, word)) {
          return true;
        }
      } else {
        word = HashAsciiWord(bytes + start, size);
      }
      ending |= Mask{starts_.MayEndStart(word.front)} << count;
      ++count;
      starts &= starts - 1;
      ends &= ends - 1;
    }
    return count != 0 && TakeEndings(ending, count);
  }

  // Of the block's `count` words, `ending` may be the last of what a phrase starts with.
  bool TakeEndings(Mask ending, std::size_t count) {
    for (; ending != 0; ending &= ending - 1) {
      const auto i = static_cast<std::size_t>(std::countr_zero(ending));
      const HashedWord& word = words_[i];
      const std::uint64_t roles = starts_.RolesOf(word.hash, word.length);
      if ((roles & kAlone) != 0 && starts_.Has(word.hash)) {
        return true;
      }
      if ((roles & kSecond) == 0) {
        continue;
      }
      if (i == 0) {
        if (MayEndPair(word.hash)) {
          return true;
        }
      } else if (const HashedWord& first = words_[i - 1];
                 (starts_.RolesOf(first.hash, first.length) & kFirst) != 0 &&
                 starts_.Has(CombineHashes(first.hash, word.hash))) {
        return true;
      }
    }
    plain_ = evaded_ = words_[count - 1].hash;
    return false;
  }

  // Of the words that begin at `starts`, those with a quote inside.
  static Mask StartsOf(Mask quotes, Mask starts) {
    Mask quoted = 0;
    for (; quotes != 0; quotes &= quotes - 1) {
      const auto quote = static_cast<std::size_t>(std::countr_zero(quotes));
      quoted |= std::bit_floor(starts & Below(quote));
    }
    return quoted;
  }

  // '&', which is "and", and "Mary's", of which also "Mary" counts where a name ends: as Tokenise
  // has them. `count` words of the block stand before it.
  bool TakeSpecialWord(std::string_view word, std::size_t count, HashedWord& hashed) const {
    if (word[0] == '&') {
      static const std::uint64_t kAnd = HashWord("and", false);
      hashed = {kAnd, kAnd};
      return false;
    }
    WordHash whole(false);
    std::uint64_t stem = 0;
    std::size_t letters = 0;
    char before = '\0';
    for (std::size_t i = 0; i < word.size(); ++i) {
      if (!IsWordByte(word[i])) {
        if (i + 2 == word.size() && (word[i + 1] | 0x20) == 's' && word.size() > 3) {
          stem = whole.Value();
        }
        continue;
      }
      char byte = static_cast<char>(word[i] | 0x20);
      byte = byte == 'l' ? 'i' : byte;
      if (byte != before) {
        whole.Add(byte);
        ++letters;
      }
      before = byte;
    }
    hashed = {whole.Value(), whole.Front(), letters > 8 ? WordLength::kLong : WordLength::kShort};
    if (stem == 0) {
      return false;
    }
    return starts_.Has(stem) ||
           (count > 0 ? starts_.Has(CombineHashes(words_[count - 1].hash, stem))
                      : MayEndPair(stem));
  }

  bool MayEndPair(std::uint64_t hash) const {
    return starts_.Has(CombineHashes(plain_, hash)) ||
           (plain_ != evaded_ && starts_.Has(CombineHashes(evaded_, hash)));
  }

  // All between the white space around `at`, and what letters spaced apart may join to it.
  bool TakeOddRun(std::size_t at) {
    std::size_t start = at;
    std::size_t end = at;
    StartOfRun(start);
    EndOfRun(end);
    for (std::size_t before = start;
         PassSpaceBack(before) && MayStartSpaced(text_, start) && MayEndSpaced(text_, before);) {
      start = before;
      StartOfRun(start);
      before = start;
    }
    for (std::size_t behind = end;
         PassSpace(behind) && MayEndSpaced(text_, end) && MayStartSpaced(text_, behind);) {
      end = behind;
      EndOfRun(end);
      behind = end;
    }
    // Words already taken are taken again, so the word before them must be there, too.
    bool has_word = start >= at_;
    while (!has_word && start > 0) {
      --start;
      has_word = IsWordByte(text_[start]);
      if (has_word) {
        StartOfRun(start);
      }
    }
    // With the space before: a mark may join it, and a run of marks alone leaves something.
    start -= start > 0 ? 1 : 0;
    at_ = end;
    return TakeBothViews(text_.substr(start, end - start));
  }

  void StartOfRun(std::size_t& at) const {
    while (at > 0 && !IsSpaceByte(text_[at - 1])) {
      --at;
    }
  }
  void EndOfRun(std::size_t& at) const {
    while (at < text_.size() && !IsSpaceByte(text_[at])) {
      ++at;
    }
  }
  // Over one to three bytes of white space; more never stand between spaced letters.
  bool PassSpaceBack(std::size_t& at) const {
    const std::size_t from = at;
    while (at > 0 && from - at < 4 && IsSpaceByte(text_[at - 1])) {
      --at;
    }
    return at > 0 && from - at > 0 && from - at < 4;
  }
  bool PassSpace(std::size_t& at) const {
    const std::size_t from = at;
    while (at < text_.size() && at - from < 4 && IsSpaceByte(text_[at])) {
      ++at;
    }
    return at < text_.size() && at - from > 0 && at - from < 4;
  }

  bool TakeBothViews(std::string_view run) {
    core::FoldText(run, folded_);
    const bool same_before = plain_ == evaded_;
    if (TakeView(folded_, plain_)) {
      return true;
    }
    if (core::MayHideWords(folded_)) {
      const core::FoldedText evasion = core::EvasionView(core::Fold(run));
      if (!evasion.text.empty()) {
        return TakeView(evasion.text, evaded_);
      }
    }
    if (same_before) {
      evaded_ = plain_;
      return false;
    }
    return TakeView(folded_, evaded_);  // The same words, after another one.
  }

  bool TakeView(std::string_view view, std::uint64_t& before) {
    tokens_.clear();
    Tokenise(view, Spelling::kSkeleton, tokens_);
    for (const Token& token : tokens_) {
      if (starts_.Has(token.hash) || starts_.Has(CombineHashes(before, token.hash)) ||
          (token.stem_hash != 0 &&
           (starts_.Has(token.stem_hash) || starts_.Has(CombineHashes(before, token.stem_hash))))) {
        return true;
      }
      before = token.hash;
    }
    return false;
  }

  const StartTable& starts_;
  std::string_view text_;
  std::size_t at_ = 0;
  // The word before, in each view; 0: none.
  std::uint64_t plain_ = 0;
  std::uint64_t evaded_ = 0;
  std::array<HashedWord, core::ByteBlock::kSize> words_;  // Of a block.
  std::string folded_;
  std::vector<Token> tokens_;
};

}  // namespace

bool MentionFilter::MayHold(std::string_view text) const {
  if (core::SizeOfAsciiPrefix(text) == text.size()) {
    return FilterWalk(starts_, text).FindsStart();
  }
  // Most of what is not ASCII are apostrophes and quotation marks, which need no closer look.
  std::string plain;
  core::FoldSigns(text, plain);
  return FilterWalk(starts_, plain).FindsStart();
}

}  // namespace schoolwatch::matchers
