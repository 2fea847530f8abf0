#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <cstring>

#ifdef __SSE2__
#include <emmintrin.h>
#endif

namespace schoolwatch::core {

// Sixty-four bytes looked at together: each question gives a mask whose bit i answers for byte i.
// What costs a few cycles a byte one by one costs a fraction of one here, and masks combine with
// shifts ("a digit between letters") where a loop would branch.
class ByteBlock {
 public:
  static constexpr std::size_t kSize = 64;

  // Reads kSize bytes, all of which must be there.
  explicit ByteBlock(const char* bytes) { std::memcpy(parts_.data(), bytes, kSize); }

  std::uint64_t Equal(char c) const {
    return MaskOf([c](Part part) { return part == Fill(c); });
  }
  // Any of several, which costs less than each by itself.
  template <class... Char>
  std::uint64_t OneOf(Char... chars) const {
    return MaskOf([=](Part part) { return (... | (part == Fill(chars))); });
  }
  // Bytes from `first` to `last`, both ASCII.
  std::uint64_t Between(char first, char last) const {
    const Part width = Fill(static_cast<char>(last - first));
    return MaskOf([&](Part part) { return part - Fill(first) <= width; });
  }
  // Letters of ASCII, small or capital.
  std::uint64_t Letters() const {
    return MaskOf([](Part part) { return (part | Fill(0x20)) - Fill('a') <= Fill('z' - 'a'); });
  }
  // Bytes up to `last`, which is ASCII.
  std::uint64_t UpTo(char last) const {
    return MaskOf([last](Part part) { return part <= Fill(last); });
  }
  std::uint64_t NotAscii() const {
    return MaskOf([](Part part) { return part >= Fill('\x80'); });
  }
  // Where both blocks have the same byte, letters' case apart (and that of '[' and '{', …).
  std::uint64_t EqualIgnoringCase(const ByteBlock& other) const {
    const auto equal = [](Part a, Part b) { return (a | Fill(0x20)) == (b | Fill(0x20)); };
    return Bits(equal(parts_[0], other.parts_[0])) | Bits(equal(parts_[1], other.parts_[1])) << 16 |
           Bits(equal(parts_[2], other.parts_[2])) << 32 |
           Bits(equal(parts_[3], other.parts_[3])) << 48;
  }

 private:
  using Part [[gnu::vector_size(16)]] = unsigned char;
  using Truth [[gnu::vector_size(16)]] = signed char;

  static Part Fill(char c) { return Part{} + static_cast<unsigned char>(c); }

  static std::uint64_t Bits(Truth truth) {
#ifdef __SSE2__
    __m128i vector;
    std::memcpy(&vector, &truth, sizeof(vector));
    return static_cast<std::uint32_t>(_mm_movemask_epi8(vector));
#else
    std::uint64_t bits = 0;
    for (std::size_t i = 0; i < sizeof(truth); ++i) {
      bits |= (truth[i] != 0 ? std::uint64_t{1} : 0) << i;
    }
    return bits;
#endif
  }

  template <class Ask>
  std::uint64_t MaskOf(Ask ask) const {
    // Written out: -O2 does not unroll, and the parts are to stay in registers.
    return Bits(ask(parts_[0])) | Bits(ask(parts_[1])) << 16 | Bits(ask(parts_[2])) << 32 |
           Bits(ask(parts_[3])) << 48;
  }

  std::array<Part, kSize / 16> parts_;
};

}  // namespace schoolwatch::core
