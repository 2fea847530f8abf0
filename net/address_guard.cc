#include "net/address_guard.h"

#include <arpa/inet.h>
#include <fmt/format.h>
#include <fmt/ranges.h>

#include <algorithm>
#include <array>
#include <charconv>
#include <cstddef>
#include <cstring>
#include <optional>
#include <span>

namespace schoolwatch::net {
namespace {

using Address = std::array<std::uint8_t, 16>;  // IPv4 mapped into IPv6, ::ffff:a.b.c.d.

constexpr Address V4(std::uint8_t a, std::uint8_t b, std::uint8_t c, std::uint8_t d) {
  return {0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0xff, 0xff, a, b, c, d};
}

// The first four groups; the others are zero in every network below.
constexpr Address V6(std::uint16_t a, std::uint16_t b = 0, std::uint16_t c = 0,
                     std::uint16_t d = 0) {
  Address address{};
  const std::array<std::uint16_t, 4> groups{a, b, c, d};
  for (std::size_t i = 0; i < groups.size(); ++i) {
    address[2 * i] = static_cast<std::uint8_t>(groups[i] >> 8);
    address[2 * i + 1] = static_cast<std::uint8_t>(groups[i] & 0xff);
  }
  return address;
}

struct SpecialNetwork {
  Address network;
  int bits;  // Of the 16 bytes: an IPv4 /8 is 104.
  std::string_view what;
};

// The IANA IPv4 and IPv6 Special-Purpose Address Registries (RFC 6890 and what followed it). Blocks
// that are globally reachable but serve no pages (AS112, AMT) are refused as well.
constexpr auto kSpecialV4 = std::to_array<SpecialNetwork>({
    {V4(0, 0, 0, 0), 96 + 8, "a 'this network' address (RFC 791)"},
    {V4(10, 0, 0, 0), 96 + 8, "a private address (RFC 1918)"},
    {V4(100, 64, 0, 0), 96 + 10, "a shared carrier address (RFC 6598)"},
    {V4(127, 0, 0, 0), 96 + 8, "a loopback address (RFC 1122)"},
    // Azure's metadata and DNS service hides behind a public address.
    {V4(168, 63, 129, 16), 96 + 32, "a cloud provider's metadata address"},
    {V4(169, 254, 169, 254), 96 + 32, "a cloud provider's metadata address"},
    {V4(169, 254, 0, 0), 96 + 16, "a link-local address (RFC 3927)"},
    {V4(172, 16, 0, 0), 96 + 12, "a private address (RFC 1918)"},
    {V4(192, 0, 0, 0), 96 + 24, "a protocol assignment address (RFC 6890)"},
    {V4(192, 0, 2, 0), 96 + 24, "a documentation address (RFC 5737)"},
    {V4(192, 31, 196, 0), 96 + 24, "an AS112 address (RFC 7535)"},
    {V4(192, 52, 193, 0), 96 + 24, "an AMT address (RFC 7450)"},
    {V4(192, 88, 99, 0), 96 + 24, "a 6to4 relay address (RFC 7526)"},
    {V4(192, 168, 0, 0), 96 + 16, "a private address (RFC 1918)"},
    {V4(192, 175, 48, 0), 96 + 24, "an AS112 address (RFC 7534)"},
    {V4(198, 18, 0, 0), 96 + 15, "a benchmarking address (RFC 2544)"},
    {V4(198, 51, 100, 0), 96 + 24, "a documentation address (RFC 5737)"},
    {V4(203, 0, 113, 0), 96 + 24, "a documentation address (RFC 5737)"},
    {V4(224, 0, 0, 0), 96 + 4, "a multicast address (RFC 5771)"},
    {V4(255, 255, 255, 255), 96 + 32, "the broadcast address (RFC 919)"},
    {V4(240, 0, 0, 0), 96 + 4, "a reserved address (RFC 1112)"},
});

// What lies in 2000::/3; everything outside it but NAT64's prefix is refused without a row, and has
// one only for a better message.
constexpr auto kSpecialV6 = std::to_array<SpecialNetwork>({
    {V6(0), 128, "the unspecified address (RFC 4291)"},
    {Address{0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 1}, 128, "a loopback address (RFC 4291)"},
    {V6(0), 96, "an IPv4-compatible address (RFC 4291)"},
    {V6(0x64, 0xff9b, 1), 48, "a local NAT64 address (RFC 8215)"},
    {V6(0x100), 64, "a discard-only address (RFC 6666)"},
    {V6(0x2001, 0), 32, "a Teredo address (RFC 4380)"},
    {V6(0x2001, 0), 23, "a protocol assignment address (RFC 2928)"},
    {V6(0x2001, 0xdb8), 32, "a documentation address (RFC 3849)"},
    {V6(0x2620, 0x4f, 0x8000), 48, "an AS112 address (RFC 7534)"},
    {V6(0x3fff), 20, "a documentation address (RFC 9637)"},
    {V6(0x5f00), 16, "a segment routing address (RFC 9602)"},
    {V6(0xfc00), 7, "a unique local address (RFC 4193)"},
    {V6(0xfe80), 10, "a link-local address (RFC 4291)"},
    {V6(0xfec0), 10, "a site-local address (RFC 3879)"},
    {V6(0xff00), 8, "a multicast address (RFC 4291)"},
});

constexpr Address kMapped = V4(0, 0, 0, 0);
constexpr Address kNat64 = V6(0x64, 0xff9b);
constexpr Address k6to4 = V6(0x2002);
constexpr Address kGlobalUnicast = V6(0x2000);

bool IsIn(std::span<const std::uint8_t> address, std::span<const std::uint8_t> network, int bits) {
  const auto whole = static_cast<std::size_t>(bits / 8);
  if (!std::equal(network.begin(), network.begin() + static_cast<std::ptrdiff_t>(whole),
                  address.begin())) {
    return false;
  }
  const int rest = bits % 8;
  return rest == 0 || ((address[whole] ^ network[whole]) >> (8 - rest)) == 0;
}

// Only the full forms: "127.1" and "0x7f000001" never come out of a resolver.
std::optional<Address> ParseAddress(std::string_view text) {
  // The zone of "fe80::1%eth0" says through which interface, not where to.
  const std::string plain(text.substr(0, text.find('%')));
  if (in_addr v4{}; inet_pton(AF_INET, plain.c_str(), &v4) == 1) {
    Address address = kMapped;
    std::memcpy(address.data() + 12, &v4, sizeof v4);
    return address;
  }
  if (in6_addr v6{}; inet_pton(AF_INET6, plain.c_str(), &v6) == 1) {
    Address address;
    std::memcpy(address.data(), &v6, sizeof v6);
    return address;
  }
  return std::nullopt;
}

// The four bytes at `offset` as an address of its own.
Address Inner(const Address& address, std::size_t offset) {
  return V4(address[offset], address[offset + 1], address[offset + 2], address[offset + 3]);
}

std::string_view FindIn(std::span<const SpecialNetwork> networks, const Address& address) {
  for (const SpecialNetwork& special : networks) {
    if (IsIn(address, special.network, special.bits)) {
      return special.what;
    }
  }
  return {};
}

// Why the address is not a public one; "" for a public one.
std::string_view WhySpecial(const Address& address) {
  if (IsIn(address, kMapped, 96)) {
    return FindIn(kSpecialV4, address);
  }
  if (IsIn(address, kNat64, 96)) {
    return FindIn(kSpecialV4, Inner(address, 12));
  }
  if (IsIn(address, k6to4, 16)) {
    return FindIn(kSpecialV4, Inner(address, 2));
  }
  if (const std::string_view what = FindIn(kSpecialV6, address); !what.empty()) {
    return what;
  }
  return IsIn(address, kGlobalUnicast, 3) ? std::string_view{} : "outside the public IPv6 range";
}

}  // namespace

core::Result<void> AddressGuard::Allow(std::string_view network, std::uint16_t port) {
  const std::size_t slash = network.find('/');
  const std::optional<Address> address = ParseAddress(network.substr(0, slash));
  const bool v4 = address && IsIn(*address, kMapped, 96) && !network.contains(':');
  const int widest = v4 ? 32 : 128;
  int bits = widest;
  bool good = address.has_value() && !network.contains('%');
  if (slash != std::string_view::npos) {
    const std::string_view digits = network.substr(slash + 1);
    const auto [end, error] = std::from_chars(digits.data(), digits.data() + digits.size(), bits);
    good = good && error == std::errc{} && end == digits.data() + digits.size() && bits >= 0 &&
           bits <= widest && digits.front() != '-';
  }
  if (!good) {
    return core::Fail(core::ErrorKind::kBadInput,
                      fmt::format("'{}' is not an address or network such as 10.1.2.3, "
                                  "127.0.0.0/8 or fd00::/8",
                                  network.substr(0, 80)));
  }
  allowed_.push_back({std::string(address->begin(), address->end()), v4 ? bits + 96 : bits, port});
  return {};
}

void AddressGuard::AllowPort(std::uint16_t port) {
  if (std::ranges::find(ports_, port) == ports_.end()) {
    ports_.push_back(port);
  }
}

core::Result<void> AddressGuard::Check(std::string_view address, std::uint16_t port) const {
  const std::optional<Address> parsed = ParseAddress(address);
  if (!parsed) {
    return core::Fail(core::ErrorKind::kForbidden,
                      fmt::format("'{}' is not an IP address", address.substr(0, 80)));
  }
  for (const Network& network : allowed_) {
    Address bytes;
    std::memcpy(bytes.data(), network.bytes.data(), bytes.size());
    if ((network.port == 0 || network.port == port) && IsIn(*parsed, bytes, network.bits)) {
      return {};
    }
  }
  if (const std::string_view what = WhySpecial(*parsed); !what.empty()) {
    return core::Fail(core::ErrorKind::kForbidden,
                      fmt::format("{} is {}; only public addresses are fetched", address, what));
  }
  if (std::ranges::find(ports_, port) == ports_.end()) {
    return core::Fail(
        core::ErrorKind::kForbidden,
        fmt::format("port {} is not one of the allowed ports {}", port, fmt::join(ports_, ", ")));
  }
  return {};
}

}  // namespace schoolwatch::net
