#include "net/header_collector.h"

#include <gtest/gtest.h>

#include <string>
#include <vector>

namespace schoolwatch::net {
namespace {

struct LinesCase {
  const char* name;
  std::vector<std::string> lines;
  Headers expected;
};

class HeaderCollectorTest : public testing::TestWithParam<LinesCase> {};

TEST_P(HeaderCollectorTest, KeepsTheFieldsOfTheLastAnswer) {
  HeaderCollector collector;
  for (const std::string& line : GetParam().lines) {
    ASSERT_TRUE(collector.Add(line).has_value());
  }
  EXPECT_EQ(collector.fields(), GetParam().expected);
}

INSTANTIATE_TEST_SUITE_P(
    Answers, HeaderCollectorTest,
    testing::Values(
        LinesCase{"LowerCaseNames",
                  {"HTTP/1.1 200 OK\r\n", "Content-Type: text/html\r\n", "\r\n"},
                  {{"content-type", "text/html"}}},
        LinesCase{"OrderAndRepeats",
                  {"HTTP/2 200 \r\n", "b: 1\r\n", "a: 2\r\n", "b: 3\r\n"},
                  {{"b", "1"}, {"a", "2"}, {"b", "3"}}},
        LinesCase{"BlanksAround", {"a: \t 1 \t\r\n"}, {{"a", "1"}}},
        LinesCase{"EmptyValue", {"a:\r\n"}, {{"a", ""}}},
        LinesCase{"LineFeedAlone", {"HTTP/1.0 200 OK\n", "a: 1\n"}, {{"a", "1"}}},
        LinesCase{"ControlBytes", {"a: x\x01y\x7fz\r\n"}, {{"a", "x y z"}}},
        LinesCase{"FoldedValue", {"a: x\r\n", "  y\r\n"}, {{"a", "x y"}}},
        LinesCase{"FoldWithoutField", {"HTTP/1.1 200 OK\r\n", " y\r\n"}, {}},
        LinesCase{"FoldAfterDroppedLine", {"a: 1\r\n", "no colon\r\n", " y\r\n"}, {{"a", "1"}}},
        LinesCase{"NameWithSpace", {"a b: 1\r\n", "c: 2\r\n"}, {{"c", "2"}}},
        LinesCase{"NameMissing", {": 1\r\n"}, {}},
        LinesCase{"InterimAnswersLeaveNothing",
                  {"HTTP/1.1 103 Early Hints\r\n", "link: </a.css>\r\n", "\r\n",
                   "HTTP/1.1 200 OK\r\n", "a: 1\r\n", "\r\n"},
                  {{"a", "1"}}},
        LinesCase{"TrailersLeaveNothing",
                  {"HTTP/1.1 200 OK\r\n", "a: 1\r\n", "\r\n", "etag: \"forged\"\r\n"},
                  {{"a", "1"}}}),
    [](const auto& row) { return std::string(row.param.name); });

TEST(HeaderLimitsTest, TooManyFieldsSayTheLimit) {
  HeaderCollector collector({.max_fields = 2, .max_bytes = 1024});
  EXPECT_TRUE(collector.Add("a: 1\r\n").has_value());
  EXPECT_TRUE(collector.Add("a: 1\r\n").has_value());
  const core::Result<void> third = collector.Add("a: 1\r\n");
  ASSERT_FALSE(third.has_value());
  EXPECT_EQ(third.error(),
            (core::Error{core::ErrorKind::kUnavailable, "the header has more than 2 fields"}));
}

TEST(HeaderLimitsTest, InterimAnswersCountTowardsTheBytes) {
  HeaderCollector collector({.max_fields = 1000, .max_bytes = 1024});
  bool refused = false;
  for (int i = 0; i < 100 && !refused; ++i) {
    refused = !collector.Add("HTTP/1.1 100 Continue\r\n") || !collector.Add("\r\n");
  }
  EXPECT_TRUE(refused);
}

TEST(HeaderSyntaxTest, NamesAreTokens) {
  EXPECT_TRUE(IsHeaderName("If-None-Match"));
  EXPECT_FALSE(IsHeaderName(""));
  EXPECT_FALSE(IsHeaderName("a b"));
  EXPECT_FALSE(IsHeaderName("a:"));
  EXPECT_FALSE(IsHeaderName("a\r\nb"));
}

TEST(HeaderSyntaxTest, ValuesHaveNoControlBytes) {
  EXPECT_TRUE(IsHeaderValue("\"x\"\t\xc3\xa9"));
  EXPECT_FALSE(IsHeaderValue("a\r\nb: c"));
  EXPECT_FALSE(IsHeaderValue(std::string("a\0b", 3)));
}

}  // namespace
}  // namespace schoolwatch::net
