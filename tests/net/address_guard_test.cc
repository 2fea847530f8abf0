#include "net/address_guard.h"

#include <gtest/gtest.h>

#include <cstdint>
#include <string>

namespace schoolwatch::net {
namespace {

using core::ErrorKind;

struct AddressCase {
  const char* name;
  const char* address;
  const char* refusal;  // A part of the message; null: allowed.
};

class AddressGuardTest : public testing::TestWithParam<AddressCase> {};

TEST_P(AddressGuardTest, AllowsPublicAddressesAlone) {
  const core::Result<void> checked = AddressGuard().Check(GetParam().address, 443);
  if (GetParam().refusal == nullptr) {
    EXPECT_TRUE(checked.has_value()) << checked.error().message;
  } else {
    ASSERT_FALSE(checked.has_value());
    EXPECT_EQ(checked.error().kind, ErrorKind::kForbidden);
    EXPECT_NE(checked.error().message.find(GetParam().refusal), std::string::npos)
        << checked.error().message;
  }
}

INSTANTIATE_TEST_SUITE_P(
    V4, AddressGuardTest,
    testing::Values(AddressCase{"Public", "93.184.216.34", nullptr},
                    AddressCase{"Lowest", "1.0.0.0", nullptr},
                    AddressCase{"BelowMulticast", "223.255.255.255", nullptr},
                    AddressCase{"ThisNetwork", "0.0.0.0", "this network"},
                    AddressCase{"ThisNetworkHost", "0.1.2.3", "this network"},
                    AddressCase{"Private10", "10.255.255.255", "private"},
                    AddressCase{"Above10", "11.0.0.0", nullptr},
                    AddressCase{"BelowCarrier", "100.63.255.255", nullptr},
                    AddressCase{"Carrier", "100.64.0.0", "carrier"},
                    AddressCase{"AlibabaMetadata", "100.100.100.200", "carrier"},
                    AddressCase{"CarrierEnd", "100.127.255.255", "carrier"},
                    AddressCase{"AboveCarrier", "100.128.0.0", nullptr},
                    AddressCase{"Loopback", "127.0.0.1", "loopback"},
                    AddressCase{"LoopbackEnd", "127.255.255.255", "loopback"},
                    AddressCase{"AzureMetadata", "168.63.129.16", "metadata"},
                    AddressCase{"Metadata", "169.254.169.254", "metadata"},
                    AddressCase{"LinkLocal", "169.254.0.1", "link-local"},
                    AddressCase{"Below172", "172.15.255.255", nullptr},
                    AddressCase{"Private172", "172.16.0.0", "private"},
                    AddressCase{"Private172End", "172.31.255.255", "private"},
                    AddressCase{"Above172", "172.32.0.0", nullptr},
                    AddressCase{"OracleMetadata", "192.0.0.192", "protocol assignment"},
                    AddressCase{"Documentation1", "192.0.2.7", "documentation"},
                    AddressCase{"SixToFourRelay", "192.88.99.1", "6to4"},
                    AddressCase{"Private192", "192.168.1.1", "private"},
                    AddressCase{"Benchmark", "198.18.0.1", "benchmarking"},
                    AddressCase{"BenchmarkEnd", "198.19.255.255", "benchmarking"},
                    AddressCase{"AboveBenchmark", "198.20.0.0", nullptr},
                    AddressCase{"Documentation2", "198.51.100.9", "documentation"},
                    AddressCase{"Documentation3", "203.0.113.9", "documentation"},
                    AddressCase{"Multicast", "224.0.0.251", "multicast"},
                    AddressCase{"Reserved", "240.0.0.1", "reserved"},
                    AddressCase{"Broadcast", "255.255.255.255", "broadcast"}),
    [](const auto& row) { return std::string(row.param.name); });

INSTANTIATE_TEST_SUITE_P(
    V6, AddressGuardTest,
    testing::Values(AddressCase{"Public", "2606:4700:4700::1111", nullptr},
                    AddressCase{"PublicNearDocumentation", "2001:db9::1", nullptr},
                    AddressCase{"Unspecified", "::", "unspecified"},
                    AddressCase{"Loopback", "::1", "loopback"},
                    AddressCase{"Compatible", "::10.0.0.1", "IPv4-compatible"},
                    AddressCase{"MappedPrivate", "::ffff:10.0.0.1", "private"},
                    AddressCase{"MappedLoopbackInHex", "::ffff:7f00:1", "loopback"},
                    AddressCase{"MappedPublic", "::ffff:93.184.216.34", nullptr},
                    AddressCase{"Translated", "::ffff:0:10.0.0.1", "outside the public"},
                    AddressCase{"Nat64Private", "64:ff9b::10.0.0.1", "private"},
                    AddressCase{"Nat64Metadata", "64:ff9b::a9fe:a9fe", "metadata"},
                    AddressCase{"Nat64Public", "64:ff9b::93.184.216.34", nullptr},
                    AddressCase{"Nat64Local", "64:ff9b:1::93.184.216.34", "NAT64"},
                    AddressCase{"SixToFourPrivate", "2002:c0a8:0101::1", "private"},
                    AddressCase{"SixToFourPublic", "2002:5db8:d822::1", nullptr},
                    AddressCase{"Teredo", "2001:0:4136:e378::1", "Teredo"},
                    AddressCase{"Orchid", "2001:20::1", "protocol assignment"},
                    AddressCase{"Documentation", "2001:db8::1", "documentation"},
                    AddressCase{"NewDocumentation", "3fff:fff::1", "documentation"},
                    AddressCase{"DiscardOnly", "100::1", "discard"},
                    AddressCase{"UniqueLocal", "fd00:ec2::254", "unique local"},
                    AddressCase{"UniqueLocalLow", "fc00::1", "unique local"},
                    AddressCase{"LinkLocal", "fe80::1", "link-local"},
                    AddressCase{"LinkLocalWithZone", "fe80::1%eth0", "link-local"},
                    AddressCase{"SiteLocal", "fec0::1", "site-local"},
                    AddressCase{"Multicast", "ff02::1", "multicast"},
                    AddressCase{"SegmentRouting", "5f00::1", "segment routing"},
                    AddressCase{"Unassigned", "4000::1", "outside the public"}),
    [](const auto& row) { return std::string(row.param.name); });

INSTANTIATE_TEST_SUITE_P(NotAddresses, AddressGuardTest,
                         testing::Values(AddressCase{"Empty", "", "not an IP"},
                                         AddressCase{"Name", "localhost", "not an IP"},
                                         AddressCase{"Short", "127.1", "not an IP"},
                                         AddressCase{"Number", "2130706433", "not an IP"},
                                         AddressCase{"Hex", "0x7f000001", "not an IP"},
                                         AddressCase{"Brackets", "[::1]", "not an IP"}),
                         [](const auto& row) { return std::string(row.param.name); });

TEST(AddressGuardPortTest, OnlyWebPortsUnlessAllowed) {
  AddressGuard guard;
  EXPECT_TRUE(guard.Check("93.184.216.34", 80).has_value());
  EXPECT_TRUE(guard.Check("93.184.216.34", 443).has_value());
  const core::Result<void> refused = guard.Check("93.184.216.34", 8080);
  ASSERT_FALSE(refused.has_value());
  EXPECT_EQ(refused.error().kind, ErrorKind::kForbidden);
  guard.AllowPort(8080);
  EXPECT_TRUE(guard.Check("93.184.216.34", 8080).has_value());
  EXPECT_FALSE(guard.Check("10.0.0.1", 8080).has_value()) << "a port is no pass for an address";
}

struct AllowCase {
  const char* name;
  const char* network;
  std::uint16_t port;  // Of the rule.
  const char* address;
  std::uint16_t to_port;
  bool allowed;
};

class AllowTest : public testing::TestWithParam<AllowCase> {};

TEST_P(AllowTest, LetsOneNetworkPast) {
  AddressGuard guard;
  ASSERT_TRUE(guard.Allow(GetParam().network, GetParam().port).has_value());
  EXPECT_EQ(guard.Check(GetParam().address, GetParam().to_port).has_value(), GetParam().allowed);
}

INSTANTIATE_TEST_SUITE_P(
    Networks, AllowTest,
    testing::Values(AllowCase{"AddressOnAnyPort", "127.0.0.1", 0, "127.0.0.1", 8080, true},
                    AllowCase{"Neighbour", "127.0.0.1", 0, "127.0.0.2", 80, false},
                    AllowCase{"Network", "10.1.0.0/16", 0, "10.1.255.3", 80, true},
                    AllowCase{"OutsideNetwork", "10.1.0.0/16", 0, "10.2.0.0", 80, false},
                    AllowCase{"OddBits", "10.1.2.64/26", 0, "10.1.2.127", 80, true},
                    AllowCase{"OutsideOddBits", "10.1.2.64/26", 0, "10.1.2.128", 80, false},
                    AllowCase{"HostBitsIgnored", "10.1.2.3/8", 0, "10.9.9.9", 80, true},
                    AllowCase{"Port", "127.0.0.1", 8080, "127.0.0.1", 8080, true},
                    AllowCase{"OtherPort", "127.0.0.1", 8080, "127.0.0.1", 8081, false},
                    AllowCase{"MappedIsTheSame", "127.0.0.1", 0, "::ffff:127.0.0.1", 80, true},
                    AllowCase{"Nat64IsNot", "127.0.0.1", 0, "64:ff9b::127.0.0.1", 80, false},
                    AllowCase{"V6", "fd00::/8", 0, "fd12::7", 80, true},
                    AllowCase{"V6Loopback", "::1", 0, "::1", 8080, true},
                    AllowCase{"AllOfV4IsNotV6", "0.0.0.0/0", 0, "fd00::1", 80, false}),
    [](const auto& row) { return std::string(row.param.name); });

class BadNetworkTest : public testing::TestWithParam<const char*> {};

TEST_P(BadNetworkTest, IsBadInput) {
  const core::Result<void> allowed = AddressGuard().Allow(GetParam());
  ASSERT_FALSE(allowed.has_value());
  EXPECT_EQ(allowed.error().kind, ErrorKind::kBadInput);
}

INSTANTIATE_TEST_SUITE_P(Texts, BadNetworkTest,
                         testing::Values("", "localhost", "10.0.0.0/33", "10.0.0.0/", "10.0.0.0/-1",
                                         "10.0.0.0/8x", "10.0.0/8", "fd00::/129", "fe80::1%eth0",
                                         "/8"));

}  // namespace
}  // namespace schoolwatch::net
