#include "net/fetcher.h"

#include <gtest/gtest.h>

#include <string>

namespace schoolwatch::net {
namespace {

TEST(FindHeaderTest, GivesTheFirstOrNothing) {
  const Headers headers{{"etag", "\"1\""}, {"etag", "\"2\""}};
  EXPECT_EQ(FindHeader(headers, "etag"), "\"1\"");
  EXPECT_EQ(FindHeader(headers, "link"), "");
}

struct OverrideCase {
  const char* name;
  const char* text;
  ConnectOverride expected;
};

class ConnectOverrideTest : public testing::TestWithParam<OverrideCase> {};

TEST_P(ConnectOverrideTest, IsReadAsCurlReadsIt) {
  const core::Result<ConnectOverride> read = ParseConnectOverride(GetParam().text);
  ASSERT_TRUE(read.has_value()) << read.error().message;
  EXPECT_EQ(read->host, GetParam().expected.host);
  EXPECT_EQ(read->port, GetParam().expected.port);
  EXPECT_EQ(read->to_host, GetParam().expected.to_host);
  EXPECT_EQ(read->to_port, GetParam().expected.to_port);
}

INSTANTIATE_TEST_SUITE_P(
    Forms, ConnectOverrideTest,
    testing::Values(
        OverrideCase{
            "Whole", "forum.example:443:127.0.0.1:8080", {"forum.example", 443, "127.0.0.1", 8080}},
        OverrideCase{"EveryHost", "::127.0.0.1:8080", {"", 0, "127.0.0.1", 8080}},
        OverrideCase{"PortAlone", "a.example:80::8080", {"a.example", 80, "", 8080}},
        OverrideCase{"HostAlone", "a.example::b.example:", {"a.example", 0, "b.example", 0}},
        OverrideCase{"Nothing", ":::", {"", 0, "", 0}},
        OverrideCase{"V6", "[2001:db8::1]:80:[::1]:8080", {"[2001:db8::1]", 80, "[::1]", 8080}},
        OverrideCase{
            "UpperCase", "Forum.Example:80:LOCALHOST:1", {"forum.example", 80, "localhost", 1}}),
    [](const auto& row) { return std::string(row.param.name); });

class BadOverrideTest : public testing::TestWithParam<const char*> {};

TEST_P(BadOverrideTest, IsBadInput) {
  const core::Result<ConnectOverride> read = ParseConnectOverride(GetParam());
  ASSERT_FALSE(read.has_value());
  EXPECT_EQ(read.error().kind, core::ErrorKind::kBadInput);
}

INSTANTIATE_TEST_SUITE_P(Texts, BadOverrideTest,
                         testing::Values("", "a", "a:80", "a:80:b", "a:80:b:80:", "a:x:b:80",
                                         "a:80:b:65536", "a:0:b:80", "a:80:b:-1", "[::1:80:b:80",
                                         "[::1]x:80:b:80", "a b:80:c:80", "a:80:b\r\n:80",
                                         "a/b:80:c:80"));

}  // namespace
}  // namespace schoolwatch::net
