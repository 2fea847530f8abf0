#include "crawler/readers/letters_look.h"

#include <algorithm>
#include <array>
#include <bit>
#include <cstdint>

#include "core/text/byte_block.h"

namespace schoolwatch::crawler {
namespace {

using core::ByteBlock;
using Mask = std::uint64_t;

// A block is looked at with two bytes before and behind those whose turn it is: bit k is the byte
// at `from` - kEdge + k.
constexpr std::size_t kEdge = 2;
constexpr std::size_t kStep = ByteBlock::kSize - 2 * kEdge;
constexpr Mask kTurn = ((Mask{1} << kStep) - 1) << kEdge;

constexpr Mask Bit(std::size_t bit) { return Mask{1} << bit; }
constexpr Mask Below(std::size_t bit) { return Bit(bit) - 1; }

// What of the characters beyond ASCII is known without folding.
enum class Kind {
  kLetter,  // Of two bytes, like no letter of ASCII and no other.
  kSign,
  kOther,
};
Kind KindAt(std::string_view text, std::size_t at) {
  const auto byte = [&](std::size_t behind) {
    return at + behind < text.size() ? static_cast<unsigned char>(text[at + behind]) : 0U;
  };
  if (byte(0) == 0xC3) {
    // Two signs, and the letter that folds to two.
    const bool is_letter = byte(1) >= 0x80 && byte(1) != 0x97 && byte(1) != 0xB7 && byte(1) != 0x9F;
    return is_letter ? Kind::kLetter : Kind::kOther;
  }
  // Dashes, quotation marks, dots: U+2010 to U+2027, without U+2017, which holds a mark.
  const bool is_sign = byte(0) == 0xE2 && byte(1) == 0x80 && byte(2) >= 0x90 && byte(2) <= 0xA7;
  return is_sign && byte(2) != 0x97 ? Kind::kSign : Kind::kOther;
}

class Look {
 public:
  Look(std::string_view shown, std::span<ShownText> texts) : shown_(shown), texts_(texts) {}

  void Run() {
    for (std::size_t from = 0; from < shown_.size(); from += kStep) {
      LookAt(from);
    }
    for (const std::size_t pending : {plain_.pending, signed_.pending}) {
      if (pending > 0) {
        texts_[pending - 1].may_stand_apart = true;
      }
    }
  }

 private:
  // One reading of the page: signs that look like letters are letters, or they are nothing.
  struct Reading {
    std::size_t pending = 0;  // How many texts begin up to the last run, if that may be a letter.
  };

  void LookAt(std::size_t from) {
    std::array<char, ByteBlock::kSize + 1> room;
    const char* bytes = room.data();
    if (from >= kEdge && from - kEdge + room.size() <= shown_.size()) {
      bytes = shown_.data() + from - kEdge;
    } else {
      room.fill(' ');
      const std::size_t missing = from < kEdge ? kEdge - from : 0;
      const std::string_view part = shown_.substr(from - (kEdge - missing), room.size() - missing);
      std::ranges::copy(part, room.begin() + static_cast<std::ptrdiff_t>(missing));
    }
    const ByteBlock block(bytes);
    const Mask borders = BordersAt(from);
    const Mask letters = block.Letters();
    const Mask figures = block.Between('0', '9');
    const Mask ascii = letters | figures;
    Mask accented = 0;  // First bytes.
    if (const Mask high = block.NotAscii(); high != 0) [[unlikely]] {
      accented = TakeNotAscii(from, high, borders);
    }
    const Mask plain = ascii | accented | accented << 1;
    const Mask like_i = block.OneOf('i', 'I', 'l', 'L');
    // Bit k: that byte and the next one are of two letters, or two figures, and different ones.
    const Mask same = block.EqualIgnoringCase(ByteBlock(bytes + 1)) | (like_i & like_i >> 1);
    const Mask differ = ((((letters & letters >> 1) | (figures & figures >> 1)) & ~same) |
                         (ascii & accented >> 1) | (accented << 1 & ascii >> 1)) &
                        ~(borders >> 1);
    // What begins there is a word; nearly all have two different letters in front.
    const Mask word = differ | (differ >> 1 & plain & ~(borders >> 1));
    Take(plain, word, borders, plain_);
    const Mask signs = block.OneOf('!', '|', '@', '$');
    Take(plain | signs, word, borders, signed_);
    while (before_ < texts_.size() && texts_[before_].start + kEdge < from + kStep) {
      ++before_;
    }
  }

  // Where a text begins. All texts before_ begin before the block.
  Mask BordersAt(std::size_t from) const {
    Mask borders = 0;
    for (std::size_t i = before_; i < texts_.size(); ++i) {
      const std::size_t bit = texts_[i].start + kEdge - from;
      if (bit >= ByteBlock::kSize) {
        break;
      }
      borders |= Bit(bit);
    }
    return borders;
  }

  // How many texts begin up to this bit.
  std::size_t TextsAt(Mask borders, std::size_t bit) const {
    return before_ + static_cast<std::size_t>(std::popcount(borders & (Below(bit) | Bit(bit))));
  }
  void Mark(std::size_t count) {
    if (count > 0) {
      texts_[count - 1].may_stand_apart = true;
    }
  }

  // Gives the first bytes of letters; a text with a character that only folding tells about is
  // marked.
  Mask TakeNotAscii(std::size_t from, Mask high, Mask borders) {
    Mask letters = 0;
    for (; high != 0; high &= high - 1) {
      const auto bit = static_cast<std::size_t>(std::countr_zero(high));
      const std::size_t at = from + bit - kEdge;
      if (static_cast<unsigned char>(shown_[at]) < 0xC0) {
        continue;  // Belongs to the one before.
      }
      switch (KindAt(shown_, at)) {
        case Kind::kLetter:
          letters |= Bit(bit);
          break;
        case Kind::kSign:
          break;
        case Kind::kOther:
          Mark(TextsAt(borders, bit));
          break;
      }
    }
    return letters;
  }

  // A text is marked in which a run that may be a letter has no word behind it.
  void Take(Mask letters, Mask word, Mask borders, Reading& reading) {
    const Mask starts = letters & (~(letters << 1) | borders) & kTurn;
    const Mask odd = starts & ~word;
    if (reading.pending > 0) {
      const Mask events = (starts | borders) & ~Below(kEdge);
      if (events == 0) {
        return;
      }
      const Mask first = events & (~events + 1);
      if ((first & (odd | borders)) != 0) {
        Mark(reading.pending);
      }
      reading.pending = 0;
    }
    for (Mask left = odd; left != 0; left &= left - 1) {
      const auto bit = static_cast<std::size_t>(std::countr_zero(left));
      const Mask events = (starts | borders) & ~(Below(bit) | Bit(bit));
      if (events == 0) {
        reading.pending = TextsAt(borders, bit);
      } else if ((events & (~events + 1) & (odd | borders)) != 0) {
        Mark(TextsAt(borders, bit));
      }
    }
  }

  std::string_view shown_;
  std::span<ShownText> texts_;
  std::size_t before_ = 0;
  Reading plain_;
  Reading signed_;
};

}  // namespace

void FindLettersApart(std::string_view shown, std::span<ShownText> texts) {
  Look(shown, texts).Run();
}

}  // namespace schoolwatch::crawler
