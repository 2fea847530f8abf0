#include "core/fingerprint.h"

#include <algorithm>

#include "core/hash.h"

namespace schoolwatch::core {
namespace {

// 26 bits of hash, 26 of letters, 5 of first, 4 of length, 3 of kind: 64 in all.
constexpr unsigned kHashBits = 26;
constexpr unsigned kLettersAt = kHashBits;
constexpr unsigned kFirstAt = kLettersAt + 26;
constexpr unsigned kLengthAt = kFirstAt + 5;
constexpr unsigned kKindAt = kLengthAt + 4;

constexpr std::uint64_t Mask(unsigned bits) { return (std::uint64_t{1} << bits) - 1; }

}  // namespace

FingerprintWord MakeFingerprintWord(FingerprintWord::Kind kind, std::string_view text) {
  FingerprintWord word;
  word.kind = kind;
  word.hash = static_cast<std::uint32_t>(Hash64(text) & Mask(kHashBits));
  word.length = static_cast<std::uint8_t>(std::min<std::size_t>(text.size(), Mask(4)));
  const auto is_letter = [](char c) { return c >= 'a' && c <= 'z'; };
  if (!text.empty() && std::ranges::all_of(text, is_letter)) {
    word.first = static_cast<std::uint8_t>(text.front() - 'a' + 1);
    for (const char letter : text) {
      word.letters |= std::uint32_t{1} << (letter - 'a');
    }
  }
  return word;
}

std::uint64_t Pack(const FingerprintWord& word) {
  return std::uint64_t{word.hash} | std::uint64_t{word.letters} << kLettersAt |
         std::uint64_t{word.first} << kFirstAt | std::uint64_t{word.length} << kLengthAt |
         static_cast<std::uint64_t>(word.kind) << kKindAt;
}

FingerprintWord UnpackFingerprintWord(std::uint64_t packed) {
  const auto field = [packed](unsigned at, unsigned bits) { return (packed >> at) & Mask(bits); };
  FingerprintWord word;
  word.hash = static_cast<std::uint32_t>(field(0, kHashBits));
  word.letters = static_cast<std::uint32_t>(field(kLettersAt, 26));
  word.first = static_cast<std::uint8_t>(field(kFirstAt, 5));
  word.length = static_cast<std::uint8_t>(field(kLengthAt, 4));
  // Stored bytes may be anything: the one bit pattern that names no kind is a plain word.
  const std::uint64_t kind = field(kKindAt, 3);
  word.kind = kind > static_cast<std::uint64_t>(FingerprintWord::Kind::kCut)
                  ? FingerprintWord::Kind::kPlain
                  : static_cast<FingerprintWord::Kind>(kind);
  return word;
}

}  // namespace schoolwatch::core
