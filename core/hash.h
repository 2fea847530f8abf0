#pragma once

#include <array>
#include <cstdint>
#include <string>
#include <string_view>

namespace schoolwatch::core {

using Sha256 = std::array<std::uint8_t, 32>;

// SHA-256 (FIPS 180-4).
Sha256 HashSha256(std::string_view bytes);

// HMAC-SHA-256 (RFC 2104), for keys of any length.
Sha256 HmacSha256(std::string_view key, std::string_view bytes);

// Lower-case hexadecimal of any bytes.
std::string ToHex(std::string_view bytes);
std::string ToHex(const Sha256& digest);

// The first 16 hexadecimal digits of SHA-256: short names for things that a person may have to type
// or compare (case ids, post keys). Not for protection against somebody who seeks collisions.
std::string ShortHash(std::string_view bytes);

// A fast 64-bit hash for tables and sketches (SipHash-2-4 under a fixed key), the same on every
// machine, so it may be stored.
std::uint64_t Hash64(std::string_view bytes);

// `size` bytes of cryptographic randomness as hexadecimal, for boundaries and tokens.
std::string RandomHex(std::size_t size);

}  // namespace schoolwatch::core
