#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "core/result.h"

namespace schoolwatch::net {

// Decides on a resolved address whether a public crawler may connect to it. Private, loopback,
// link-local, CGNAT, multicast, documentation, NAT64 and mapped forms of these, and cloud metadata
// addresses are refused (RFC 6890 registries), as are ports other than 80 and 443. An IPv4 address
// inside an IPv6 one (mapped, NAT64, 6to4) is judged as itself. Value type.
class AddressGuard {
 public:
  // Lets one network ("127.0.0.0/8", "::1", "10.1.2.3") past, on any port when `port` is 0. For
  // configuration, tests and connect overrides. kBadInput: not an address or network.
  core::Result<void> Allow(std::string_view network, std::uint16_t port = 0);
  void AllowPort(std::uint16_t port);

  // `address` is the text form of IPv4 or IPv6. kForbidden with the reason, or nothing.
  core::Result<void> Check(std::string_view address, std::uint16_t port) const;

 private:
  struct Network {
    std::string bytes;  // 16, IPv4 mapped.
    int bits = 128;
    std::uint16_t port = 0;
  };
  std::vector<Network> allowed_;
  std::vector<std::uint16_t> ports_{80, 443};
};

}  // namespace schoolwatch::net
