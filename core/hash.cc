#include "core/hash.h"

#include <sodium.h>

#include <cstring>
#include <span>

namespace schoolwatch::core {
namespace {

std::string Hex(std::span<const unsigned char> bytes) {
  constexpr char kDigits[] = "0123456789abcdef";
  std::string text;
  text.reserve(bytes.size() * 2);
  for (const unsigned char byte : bytes) {
    text += kDigits[byte >> 4];
    text += kDigits[byte & 15];
  }
  return text;
}

const unsigned char* Bytes(std::string_view text) {
  return reinterpret_cast<const unsigned char*>(text.data());
}

}  // namespace

Sha256 HashSha256(std::string_view bytes) {
  Sha256 digest{};
  crypto_hash_sha256(digest.data(), Bytes(bytes), bytes.size());
  return digest;
}

std::string ToHex(std::string_view bytes) { return Hex({Bytes(bytes), bytes.size()}); }

std::string ToHex(const Sha256& digest) { return Hex(digest); }

std::string ShortHash(std::string_view bytes) {
  const Sha256 digest = HashSha256(bytes);
  return Hex(std::span(digest).first(8));
}

std::uint64_t Hash64(std::string_view bytes) {
  static constexpr unsigned char kKey[crypto_shorthash_KEYBYTES] = {
      's', 'c', 'h', 'o', 'o', 'l', 'w', 'a', 't', 'c', 'h', ' ', 'h', '6', '4', '1'};
  unsigned char out[crypto_shorthash_BYTES];
  crypto_shorthash(out, Bytes(bytes), bytes.size(), kKey);
  std::uint64_t value = 0;
  for (std::size_t i = 0; i < sizeof(out); ++i) {
    value |= static_cast<std::uint64_t>(out[i]) << (8 * i);
  }
  return value;
}

std::string RandomHex(std::size_t size) {
  std::string bytes(size, '\0');
  randombytes_buf(bytes.data(), bytes.size());
  return ToHex(bytes);
}

}  // namespace schoolwatch::core
