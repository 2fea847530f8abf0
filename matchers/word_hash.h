#pragma once

#include <cstddef>
#include <cstdint>

namespace schoolwatch::matchers {

// The hash of a word: eight bytes a step, little end first, the last step filled with zeros (no
// word holds a zero byte). Of one word in a register it costs one multiplication. Kept in memory
// only, never stored.
class WordHash {
 public:
  explicit WordHash(bool is_tag) : hash_(is_tag ? kTagSeed : kSeed) {}

  void Add(char byte) {
    word_ |= std::uint64_t{static_cast<unsigned char>(byte)} << filled_;
    filled_ += 8;
    if (filled_ == 64) {
      hash_ = Step(hash_, word_);
      if (!has_front_) {
        front_ = hash_;
        has_front_ = true;
      }
      word_ = 0;
      filled_ = 0;
    }
  }
  std::uint64_t Value() const { return Finish(filled_ == 0 ? hash_ : Step(hash_, word_)); }
  // The same of its first eight bytes.
  std::uint64_t Front() const { return has_front_ ? Finish(front_) : Value(); }

  // The same of a word (no tag) of one to eight bytes in one register.
  static std::uint64_t OfShort(std::uint64_t word) { return Finish(Step(kSeed, word)); }
  // … of nine to sixteen in two.
  static std::uint64_t OfTwo(std::uint64_t first, std::uint64_t second) {
    return Finish(Step(Step(kSeed, first), second));
  }

 private:
  static constexpr std::uint64_t kSeed = 0xCBF29CE484222325ULL;
  static constexpr std::uint64_t kTagSeed = 0x9E3779B97F4A7C15ULL;

  static std::uint64_t Step(std::uint64_t hash, std::uint64_t word) {
    hash = (hash ^ word) * 0xD6E8FEB86659FD93ULL;
    return hash ^ (hash >> 32);
  }
  // Never 0, which stands for no word.
  static std::uint64_t Finish(std::uint64_t hash) { return hash | std::uint64_t{1} << 63; }

  std::uint64_t hash_;
  std::uint64_t word_ = 0;
  unsigned filled_ = 0;
  std::uint64_t front_ = 0;
  bool has_front_ = false;
};

// Short is what fits one register.
enum class WordLength : std::size_t { kShort, kLong };

// The hash of a row of words from that of all but the last.
inline std::uint64_t CombineHashes(std::uint64_t before, std::uint64_t next) {
  std::uint64_t hash = (before ^ (next + 0x9E3779B97F4A7C15ULL)) * 0xBF58476D1CE4E5B9ULL;
  hash ^= hash >> 31;
  return hash == 0 ? 1 : hash;
}

}  // namespace schoolwatch::matchers
