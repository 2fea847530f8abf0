#include "matchers/mention_filter.h"

#include <algorithm>
#include <array>
#include <bit>
#include <cstring>
#include <string>

#include "core/text/byte_block.h"
#include "core/text/fold.h"
#include "matchers/variants.h"
#include "matchers/word_hash.h"

namespace schoolwatch::matchers {
namespace {

using Mask = std::uint64_t;

// A block is read with the eight bytes behind it, so that a word's bytes may be loaded eight at a
// time wherever it starts.
constexpr std::size_t kReadAhead = core::ByteBlock::kSize + 8;

constexpr std::uint64_t Repeat(unsigned char byte) { return byte * 0x0101010101010101ULL; }

bool IsSpaceByte(char c) { return static_cast<unsigned char>(c) <= ' '; }
bool IsWordByte(char c) {
  const auto low = static_cast<unsigned char>(c | 0x20);
  return (low >= 'a' && low <= 'z') || (c >= '0' && c <= '9');
}

// What a block of text holds.
struct BlockMasks {
  Mask word;        // ASCII letters and figures.
  Mask ampersand;   // A word of its own: "and".
  Mask space;       // What never stands inside a token that is unmasked as one.
  Mask odd;         // Where the views may differ from the lower-cased bytes, or from each other.
  std::size_t end;  // Behind the last byte that no such thing reaches across; 0: there is none.
};

// Pairs of letters or figures that stand alone with one to three separators between, one a letter.
Mask SpacedLetters(const core::ByteBlock& block, Mask alone, Mask letters) {
  Mask pairs = 0;
  for (const int distance : {2, 3, 4}) {
    const Mask other = alone >> distance;
    pairs |= alone & other & (letters | letters >> distance);
  }
  if (pairs == 0) {
    return 0;
  }
  const Mask separators = block.Equal(' ') | block.Equal('.') | block.Equal('*') |
                          block.Between('+', '/') | block.Equal('_') | block.Equal('~') |
                          block.Equal('|');
  Mask between = ~Mask{0};
  Mask spaced = 0;
  for (const int distance : {2, 3, 4}) {
    between &= separators >> (distance - 1);
    spaced |= alone & (alone >> distance) & between;
  }
  return spaced & pairs;
}

BlockMasks LookAt(const char* bytes) {
  const core::ByteBlock block(bytes);
  const Mask letters = block.Letters();
  const Mask figures = block.Between('0', '9');
  const Mask word = letters | figures;
  const Mask high = block.NotAscii();
  const Mask at_sign = block.Equal('@');
  const Mask dollar = block.Equal('$');
  // All figures, though only some are used for letters.
  const Mask leet = figures | at_sign | dollar | block.Equal('!') | block.Equal('|');
  const Mask quote = block.Equal('\'') | block.Equal('`');
  const Mask hash_sign = block.Equal('#');
  const Mask underscore = block.Equal('_');
  const Mask ones = block.Equal('1');

  Mask odd = high;
  const Mask twice = block.EqualIgnoringCase(core::ByteBlock(bytes + 1)) & letters;
  if (const Mask thrice = twice & (twice >> 1); thrice != 0) {
    // But for "www.", which no view changes and every other address has.
    const Mask w = block.Equal('w') | block.Equal('W');
    odd |= thrice & ~(w & ~(w << 1) & (block.Equal('.') >> 3));
  }
  // "k1ll": leet between letters. The sum carries from each run that follows a letter to behind it.
  const Mask after_letter = leet & (letters << 1);
  odd |= (leet + after_letter) & ~leet & letters;
  // "5uicide", "a$$", "ki11".
  odd |= leet & ~((leet | word) << 1) & (letters >> 1) & (letters >> 2) & (letters >> 3) &
         (letters >> 4);
  odd |= (at_sign | dollar) & (letters << 1);
  odd |= ones & (ones >> 1) & (letters << 1);
  const Mask alone = (letters | leet) & ~(word << 1) & ~(word >> 1);
  odd |= SpacedLetters(block, alone, letters);
  // Not hidden, but told apart with care: "mary's", "@handle", "#tag".
  odd |= quote & (word << 1) & (word >> 1);
  odd |= (at_sign | hash_sign) & ((word | underscore) >> 1);

  const Mask reaching = word | leet | high | quote | hash_sign | underscore;
  return {.word = word,
          .ampersand = block.Equal('&'),
          .space = block.UpTo(' '),
          .odd = odd,
          .end = core::ByteBlock::kSize - static_cast<std::size_t>(std::countl_one(reaching))};
}

Mask Below(std::size_t bit) { return bit >= 64 ? ~Mask{0} : (Mask{1} << bit) - 1; }

// The hash of the ASCII word of `size` bytes at `bytes` in skeleton spelling: small letters, "i"
// for "l", one letter of equal ones. Seven bytes behind the word are read.
std::uint64_t HashAsciiWord(const char* bytes, std::size_t size) {
  if (size <= 8) {
    std::uint64_t word = 0;
    std::memcpy(&word, bytes, sizeof(word));
    if constexpr (std::endian::native == std::endian::big) {
      word = __builtin_bswap64(word);
    }
    const std::uint64_t used = ~std::uint64_t{0} >> (64 - 8 * size);
    word = (word | Repeat(0x20)) & used;  // Figures have the bit already.
    // Of bytes below 0x80, adding 0x7F leaves the top bit clear in those that are zero.
    const std::uint64_t is_l = ~((word ^ Repeat('l')) + Repeat(0x7F)) & Repeat(0x80);
    word ^= (is_l >> 7) * ('l' ^ 'i');
    const std::uint64_t differs = (word ^ (word >> 8)) | (~used & Repeat(0x7F));
    if ((~(differs + Repeat(0x7F)) & Repeat(0x80)) == 0) {
      return WordHash::OfShort(word);
    }
  }
  WordHash hash(false);
  char before = '\0';
  for (std::size_t i = 0; i < size; ++i) {
    char byte = static_cast<char>(bytes[i] | 0x20);
    byte = byte == 'l' ? 'i' : byte;
    if (byte != before) {
      hash.Add(byte);
    }
    before = byte;
  }
  return hash.Value();
}

// Whether letters spaced apart may go on behind `end`, or come from before `start`: a letter stands
// there by itself, or a sign, which may be a letter's stand-in or part of what is between them.
bool MayEndSpaced(std::string_view text, std::size_t end) {
  return !IsWordByte(text[end - 1]) || end == 1 || !IsWordByte(text[end - 2]);
}
bool MayStartSpaced(std::string_view text, std::size_t start) {
  return !IsWordByte(text[start]) || start + 1 == text.size() || !IsWordByte(text[start + 1]);
}

}  // namespace

// One pass of a filter over one text.
class FilterWalk {
 public:
  FilterWalk(const MentionFilter& filter, std::string_view text) : filter_(filter), text_(text) {}

  bool FindsStart() {
    std::array<char, kReadAhead> last;
    while (at_ < text_.size()) {
      const char* bytes = text_.data() + at_;
      const std::size_t left = text_.size() - at_;
      if (left < kReadAhead) {
        last.fill(' ');
        std::memcpy(last.data(), bytes, left);
        bytes = last.data();
      }
      const BlockMasks masks = LookAt(bytes);
      const Mask odd = masks.odd & Below(masks.end);
      if (masks.end == 0) {
        // Sixty-four letters, figures and signs on end: no word of a language.
        if (TakeOddRun(at_)) {
          return true;
        }
      } else if (odd == 0) {
        if (TakeWords(bytes, masks, masks.end)) {
          return true;
        }
        at_ += masks.end;
      } else {
        const auto first = static_cast<std::size_t>(std::countr_zero(odd));
        const Mask spaces = masks.space & Below(first);
        const auto run = static_cast<std::size_t>(64 - std::countl_zero(spaces));
        if (TakeWords(bytes, masks, run)) {
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
  // The words of a block that start before `end`.
  bool TakeWords(const char* bytes, const BlockMasks& masks, std::size_t end) {
    static const std::uint64_t kAnd = HashAsciiWord("and\0\0\0\0\0", 3);
    Mask starts = ((masks.word & ~(masks.word << 1)) | masks.ampersand) & Below(end);
    while (starts != 0) {
      const auto start = static_cast<std::size_t>(std::countr_zero(starts));
      starts &= starts - 1;
      const auto size = static_cast<std::size_t>(std::countr_one(masks.word >> start));
      if (TakeWord(size == 0 ? kAnd : HashAsciiWord(bytes + start, size))) {
        return true;
      }
    }
    return false;
  }

  // A word that is the same in both views.
  bool TakeWord(std::uint64_t hash) {
    if (filter_.IsStart(hash) || filter_.IsStart(CombineHashes(plain_, hash)) ||
        (plain_ != evaded_ && filter_.IsStart(CombineHashes(evaded_, hash)))) {
      return true;
    }
    plain_ = evaded_ = hash;
    return false;
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
      if (filter_.IsStart(token.hash) || filter_.IsStart(CombineHashes(before, token.hash)) ||
          (token.stem_hash != 0 && (filter_.IsStart(token.stem_hash) ||
                                    filter_.IsStart(CombineHashes(before, token.stem_hash))))) {
        return true;
      }
      before = token.hash;
    }
    return false;
  }

  const MentionFilter& filter_;
  std::string_view text_;
  std::size_t at_ = 0;
  // The word before, in each view; 0: none.
  std::uint64_t plain_ = 0;
  std::uint64_t evaded_ = 0;
  std::string folded_;
  std::vector<Token> tokens_;
};

MentionFilter::MentionFilter(std::span<const Phrase> phrases) {
  std::vector<std::uint64_t> starts;
  starts.reserve(phrases.size());
  for (const Phrase& phrase : phrases) {
    const std::string skeleton = SkeletonOf(phrase.words);
    const std::string_view words = skeleton;
    const std::size_t first_end = std::min(words.find(' '), words.size());
    std::uint64_t start = HashWord(words.substr(0, first_end), phrase.is_tag);
    if (first_end < words.size()) {
      const std::string_view rest = words.substr(first_end + 1);
      start = CombineHashes(start, HashWord(rest.substr(0, rest.find(' ')), phrase.is_tag));
    }
    starts.push_back(start);
  }
  // The names of a school share few starts: the tables are a third of what phrases would need.
  std::ranges::sort(starts);
  starts.erase(std::ranges::unique(starts).begin(), starts.end());
  const std::size_t count = std::max<std::size_t>(starts.size(), 16);
  bitmap_.assign(std::bit_ceil(count * 16) / 64, 0);
  bitmap_mask_ = bitmap_.size() - 1;
  starts_.assign(std::bit_ceil(count * 2), 0);
  starts_mask_ = starts_.size() - 1;
  for (const std::uint64_t start : starts) {
    Insert(start);
  }
}

void MentionFilter::Insert(std::uint64_t start) {
  bitmap_[(start >> 32) & bitmap_mask_] |= std::uint64_t{1} << (start & 63) |
                                           std::uint64_t{1} << (start >> 6 & 63) |
                                           std::uint64_t{1} << (start >> 12 & 63);
  std::uint64_t slot = (start >> 18) & starts_mask_;
  while (starts_[slot] != 0 && starts_[slot] != start) {
    slot = (slot + 1) & starts_mask_;
  }
  starts_[slot] = start;
}

bool MentionFilter::IsInTable(std::uint64_t hash) const {
  for (std::uint64_t slot = (hash >> 18) & starts_mask_; starts_[slot] != 0;
       slot = (slot + 1) & starts_mask_) {
    if (starts_[slot] == hash) {
      return true;
    }
  }
  return false;
}

bool MentionFilter::MayHold(std::string_view text) const {
  return FilterWalk(*this, text).FindsStart();
}

}  // namespace schoolwatch::matchers
