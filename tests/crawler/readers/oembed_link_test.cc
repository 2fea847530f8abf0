#include "crawler/readers/oembed_link.h"

#include <gtest/gtest.h>

#include <string>

namespace schoolwatch::crawler {
namespace {

struct PageCase {
  std::string name;
  std::string html;
  std::string found;  // Empty: nothing.
};

class OEmbedLinkTest : public testing::TestWithParam<PageCase> {};

TEST_P(OEmbedLinkTest, IsWhereThePageSaysThatItIs) {
  const auto page = core::HttpUrl::Parse("https://notes.example/2026/gates/");
  const auto found = FindOEmbedLink(GetParam().html, *page);
  EXPECT_EQ(found ? found->href() : "", GetParam().found);
}

INSTANTIATE_TEST_SUITE_P(
    , OEmbedLinkTest,
    testing::Values(
        PageCase{"AsWordPressWritesIt",
                 "<head><link rel=\"alternate\" title=\"oEmbed (JSON)\" "
                 "type=\"application/json+oembed\" "
                 "href=\"https://notes.example/wp-json/oembed/1.0/embed?url=https%3A%2F%2Fnotes."
                 "example%2F2026%2Fgates%2F&#038;a=1\" /></head>",
                 "https://notes.example/wp-json/oembed/1.0/embed?url=https%3A%2F%2Fnotes.example"
                 "%2F2026%2Fgates%2F&a=1"},
        PageCase{"AnAddressBesideThePage",
                 "<LINK REL='Alternate nofollow' TYPE='Application/JSON+oEmbed' HREF='/o?f=json'>",
                 "https://notes.example/o?f=json"},
        PageCase{"NotXml",
                 "<link rel=alternate type=text/xml+oembed href=/x>"
                 "<link rel=alternate type=application/json+oembed href=/j>",
                 "https://notes.example/j"},
        PageCase{"NotAnotherRelation",
                 "<link rel=\"alternatives\" type=\"application/json+oembed\" href=\"/j\">", ""},
        PageCase{"NotInAComment",
                 "<!-- <link rel=alternate type=application/json+oembed href=/j> -->", ""},
        PageCase{"NotInAScript",
                 "<script>'<link rel=alternate type=application/json+oembed href=/j>'</script>",
                 ""},
        PageCase{"NotWhatIsNoWebAddress",
                 "<link rel=alternate type=application/json+oembed href=\"javascript:a()\">"
                 "<link rel=alternate type=application/json+oembed href=\"/j\">",
                 "https://notes.example/j"},
        PageCase{"NotFarDownAPage",
                 std::string(600u << 10, ' ') +
                     "<link rel=alternate type=application/json+oembed href=/j>",
                 ""},
        PageCase{"NotACutTag", "<link rel=alternate type=application/json+oembed href=/j", ""},
        PageCase{"BytesThatAreNoText",
                 "\xFF\xFE<link rel=alternate type=application/json+oembed href=\"/\xFF\">",
                 "https://notes.example/%EF%BF%BD"}),
    [](const auto& row) { return row.param.name; });

}  // namespace
}  // namespace schoolwatch::crawler
