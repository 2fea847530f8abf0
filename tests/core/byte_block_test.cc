#include "core/text/byte_block.h"

#include <gtest/gtest.h>

#include <array>
#include <cstddef>

namespace schoolwatch::core {
namespace {

TEST(ByteBlock, AnswersForEveryByte) {
  // Every value once, in four blocks, and one more byte for the neighbour.
  std::array<char, 257> bytes;
  for (std::size_t i = 0; i < bytes.size(); ++i) {
    bytes[i] = static_cast<char>(i);
  }
  for (std::size_t start = 0; start < 256; start += ByteBlock::kSize) {
    const ByteBlock block(bytes.data() + start);
    for (std::size_t i = 0; i < ByteBlock::kSize; ++i) {
      const std::size_t byte = start + i;
      const auto answer = [i](std::uint64_t mask) { return (mask >> i & 1) != 0; };
      EXPECT_EQ(answer(block.Equal('\xE9')), byte == 0xE9) << byte;
      EXPECT_EQ(answer(block.Between('0', '9')), byte >= '0' && byte <= '9') << byte;
      EXPECT_EQ(answer(block.Letters()),
                (byte >= 'a' && byte <= 'z') || (byte >= 'A' && byte <= 'Z'))
          << byte;
      EXPECT_EQ(answer(block.UpTo(' ')), byte <= ' ') << byte;
      EXPECT_EQ(answer(block.NotAscii()), byte >= 0x80) << byte;
    }
  }
}

TEST(ByteBlock, ComparesWithoutCase) {
  std::array<char, 65> bytes;
  bytes.fill('.');
  bytes[0] = 'a';
  bytes[1] = 'A';
  bytes[63] = 'x';
  bytes[64] = 'X';
  const std::uint64_t equal =
      ByteBlock(bytes.data()).EqualIgnoringCase(ByteBlock(bytes.data() + 1));
  EXPECT_EQ(equal & 3, 1U);
  EXPECT_EQ(equal >> 62, 2U);
}

}  // namespace
}  // namespace schoolwatch::core
