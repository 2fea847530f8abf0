#include "crawler/readers/redirects.h"

#include <gtest/gtest.h>

#include "tests/crawler/readers/read_page.h"

namespace schoolwatch::crawler {
namespace {

RedirectTable Shipped() {
  config::Diagnostics problems;
  RedirectTable table = LoadRedirects(SW_SOURCE_DIR "/config/redirects.yaml", problems);
  EXPECT_TRUE(problems.empty()) << problems.ToText();
  return table;
}

struct RedirectCase {
  std::string name, url, leads_to;
};
class RedirectTest : public testing::TestWithParam<RedirectCase> {};

TEST_P(RedirectTest, LeadsWhereItsQuerySays) {
  EXPECT_EQ(Shipped().Unwrap(GetParam().url).value_or("nowhere"), GetParam().leads_to);
}

INSTANTIATE_TEST_SUITE_P(
    Addresses, RedirectTest,
    testing::Values(
        RedirectCase{"Google",
                     "https://www.google.com/url?rct=j&url=https://a.example/b?c%3Dd&ct=ga",
                     "https://a.example/b?c=d"},
        RedirectCase{"SecondParameter", "https://www.google.com/url?q=https%3A%2F%2Fa.example%2F",
                     "https://a.example/"},
        RedirectCase{"TwoInARow",
                     "https://l.facebook.com/l.php?u=https%3A%2F%2Fout.reddit.com%2F%3Furl%3D"
                     "https%253A%252F%252Fa.example%252Fx",
                     "https://a.example/x"},
        RedirectCase{"OtherPath", "https://www.google.com/search?url=https://a.example/",
                     "nowhere"},
        RedirectCase{"NoAddress", "https://www.google.com/url?url=javascript:alert(1)", "nowhere"},
        RedirectCase{"OtherHost", "https://www.google.com.a.example/url?url=https://b.example/",
                     "nowhere"},
        RedirectCase{"BrokenEscape", "https://www.google.com/url?url=https://a.example/%z%2",
                     "https://a.example/%z%2"},
        RedirectCase{"NoUrl", "guid", "nowhere"}),
    [](const auto& row) { return row.param.name; });

TEST(RedirectTableTest, EveryReadersLinksAreReadAsWhereTheyLead) {
  const RedirectTable table = Shipped();
  ReadOptions options;
  options.redirects = &table;
  const Document document = ReadOrFail(
      "<rss version='2.0'><channel><item><title>Gates</title>"
      "<link>https://www.google.com/url?url=https://a.example/gates</link></item></channel></rss>",
      "application/rss+xml", options);
  ASSERT_EQ(document.posts.size(), 1u);
  EXPECT_EQ(document.posts[0].url, "https://a.example/gates");
  EXPECT_EQ(document.links.at(0).url, "https://a.example/gates");
}

TEST(RedirectTableTest, MistakesAreShownAndAMissingFileIsEmpty) {
  config::Diagnostics problems;
  EXPECT_FALSE(
      LoadRedirects("/nonexistent/redirects.yaml", problems).Unwrap("https://a.example/?u=b"));
  EXPECT_TRUE(problems.empty());
}

}  // namespace
}  // namespace schoolwatch::crawler
