#include "matchers/word_block.h"

namespace schoolwatch::matchers {
namespace {

using core::ByteBlock;
using Mask = std::uint64_t;

// Pairs of letters or figures that stand alone with one to three separators between, one a letter.
Mask SpacedLetters(const ByteBlock& block, Mask alone, Mask letters) {
  if ((alone & (alone - 1)) == 0) [[likely]] {
    return 0;
  }
  Mask pairs = 0;
  for (const int distance : {2, 3, 4}) {
    const Mask other = alone >> distance;
    pairs |= alone & other & (letters | letters >> distance);
  }
  if (pairs == 0) [[likely]] {
    return 0;
  }
  const Mask separators = block.Between('+', '/') | block.OneOf(' ', '.', '*', '_', '~', '|');
  Mask between = ~Mask{0};
  Mask spaced = 0;
  for (const int distance : {2, 3, 4}) {
    between &= separators >> (distance - 1);
    spaced |= alone & (alone >> distance) & between;
  }
  return spaced & pairs;
}

// Threefold letters, but for "www.", which no view changes and every other address has.
Mask DrawnOut(const ByteBlock& block, const char* bytes, Mask letters) {
  const Mask twice = block.EqualIgnoringCase(ByteBlock(bytes + 1)) & letters;
  const Mask thrice = twice & (twice >> 1);
  if (thrice == 0) [[likely]] {
    return 0;
  }
  const Mask w = block.Equal('w') | block.Equal('W');
  return thrice & ~(w & ~(w << 1) & (block.Equal('.') >> 3));
}

std::size_t EndBefore(Mask reaching) {
  return ByteBlock::kSize - static_cast<std::size_t>(std::countl_one(reaching));
}

}  // namespace

WordBlock LookAtWords(const char* bytes) {
  const ByteBlock block(bytes);
  const Mask letters = block.Letters();
  const Mask figures = block.Between('0', '9');
  const Mask word = letters | figures;
  const Mask space = block.UpTo(' ');
  WordBlock result{.word = word, .space = space};
  const Mask drawn_out = DrawnOut(block, bytes, letters);

  // Most blocks are words, white space and stops: of what follows only few questions concern them.
  const Mask mixed = figures & (letters << 1 | letters >> 1);
  if ((~(word | space | block.Between(',', '.')) | mixed) == 0) {
    const Mask alone = word & ~(word << 1) & ~(word >> 1);
    result.odd = drawn_out | SpacedLetters(block, alone, letters);
    result.end = EndBefore(word);
    return result;
  }

  const Mask high = block.NotAscii();
  const Mask at_sign = block.Equal('@');
  const Mask dollar = block.Equal('$');
  const Mask figures_for_letters = figures == 0 ? 0 : figures & ~block.OneOf('2', '6', '8', '9');
  const Mask leet = figures_for_letters | at_sign | dollar | block.OneOf('!', '|');
  const Mask quote = block.OneOf('\'', '`');
  const Mask hash_sign = block.Equal('#');
  const Mask underscore = block.Equal('_');
  const Mask ones = block.Equal('1');

  Mask odd = high | drawn_out;
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
  // Not hidden, but words that are told apart with care: "@handle", "#tag".
  odd |= (at_sign | hash_sign) & ((word | underscore) >> 1);

  result.quotes = quote & (word << 1) & (word >> 1);
  result.ampersand = block.Equal('&');
  result.odd = odd;
  result.end = EndBefore(word | leet | high | quote | hash_sign | underscore);
  return result;
}

HashedWord HashLongWord(const char* bytes, std::size_t size) {
  WordHash hash(false);
  if (size > 16) {
    std::size_t letters = 0;
    char before = '\0';
    for (std::size_t i = 0; i < size; ++i) {
      char byte = static_cast<char>(bytes[i] | 0x20);
      byte = byte == 'l' ? 'i' : byte;
      if (byte != before) {
        hash.Add(byte);
        ++letters;
      }
      before = byte;
    }
    return {hash.Value(), hash.Front(), letters > 8 ? WordLength::kLong : WordLength::kShort};
  }
  // As HashAsciiWord, over two registers.
  const std::uint64_t used = ~std::uint64_t{0} >> (128 - 8 * size);
  std::uint64_t low = LoadPlain(bytes, ~std::uint64_t{0});
  std::uint64_t high = LoadPlain(bytes + 8, used);
  std::uint64_t twice_low = ZeroBytes(low ^ (low >> 8 | high << 56));
  std::uint64_t twice_high = ZeroBytes(high ^ (high >> 8)) & (used >> 8);
  while (twice_low != 0) {
    const std::uint64_t kept = twice_low ^ (twice_low - 1);
    low = (low & kept) | ((low >> 8 | high << 56) & ~kept);
    high >>= 8;
    twice_low = ((twice_low & (twice_low - 1)) >> 8) | twice_high << 56;
    twice_high >>= 8;
  }
  while (twice_high != 0) {
    const std::uint64_t kept = twice_high ^ (twice_high - 1);
    high = (high & kept) | ((high >> 8) & ~kept);
    twice_high = (twice_high & (twice_high - 1)) >> 8;
  }
  const std::uint64_t front = WordHash::OfShort(low);
  return high == 0 ? HashedWord{front, front, WordLength::kShort}
                   : HashedWord{WordHash::OfTwo(low, high), front, WordLength::kLong};
}

}  // namespace schoolwatch::matchers
