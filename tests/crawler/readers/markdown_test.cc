#include "crawler/readers/markdown.h"

#include <gtest/gtest.h>

#include <string>

#include "crawler/readers/text_transforms.h"

namespace schoolwatch::crawler {
namespace {

struct MarkdownCase {
  std::string name, written, text, quoted = "";
};
class MarkdownTest : public testing::TestWithParam<MarkdownCase> {};

TEST_P(MarkdownTest, IsReadAsItsWords) {
  const NodeWords words = TextOfMarkdown(GetParam().written);
  EXPECT_EQ(words.text, GetParam().text);
  EXPECT_EQ(words.quoted, GetParam().quoted);
}

INSTANTIATE_TEST_SUITE_P(
    Marks, MarkdownTest,
    testing::Values(
        MarkdownCase{"Plain", "The gates, again.\nAnd again.", "The gates, again.\nAnd again."},
        MarkdownCase{"Emphasis", "*one* **two** ***three*** _four_ __five__",
                     "one two three four five"},
        MarkdownCase{"InsideAWord", "file_name_x 2*3*4 un**believ**able",
                     "file_name_x 2*3*4 unbelievable"},
        MarkdownCase{"Unpaired", "a * b ** c _ d *e", "a * b ** c _ d *e"},
        MarkdownCase{"NothingBetween", "**** and ____", "**** and ____"},
        MarkdownCase{"Escaped", R"(\*not\* \_this\_ C:\x)", R"(*not* _this_ C:\x)"},
        MarkdownCase{"Heading", "## The gates\n#hashtag", "The gates\n#hashtag"},
        MarkdownCase{"List", "- one\n* two\n+ three\n-four", "one\ntwo\nthree\n-four"},
        MarkdownCase{"Rule", "above\n---\n* * *\nbelow", "above\nbelow"},
        MarkdownCase{"Link", "see [the **page**](https://x.example/a_b_c) now", "see the page now"},
        MarkdownCase{"AddressAsText", "[https://x.example/a_b](https://x.example/a_b)",
                     "https://x.example/a_b"},
        MarkdownCase{"NoLink", "[a] (b) [c](d", "[a] (b) [c](d"},
        MarkdownCase{"Picture", "before ![A ruined coat](https://x.example/p.jpg) after",
                     "before \nA ruined coat\n after"},
        MarkdownCase{"Address", "https://x.example/a_b_c and <https://y.example/_d_>",
                     "https://x.example/a_b_c and https://y.example/_d_"},
        MarkdownCase{"Code", "run `a*b*c` now\n```\n*as it is*\n```\nend",
                     "run a*b*c now\n*as it is*\nend"},
        MarkdownCase{"RedditSpoiler", ">!Mrs Wren!< did it", "Mrs Wren did it"},
        MarkdownCase{"DiscordSpoiler", "||Mrs Wren|| ~~did it~~ a || b", "Mrs Wren did it a || b"},
        MarkdownCase{"Superscript", "well^(so they say) x^2", "wellso they say x2"},
        MarkdownCase{"Quote", "> who said *this*\n>> and this\n\nNot me", "\nNot me",
                     "who said this\nand this"},
        MarkdownCase{"MentionsStay", "<@42> and <#9>", "<@42> and <#9>"}),
    [](const auto& row) { return row.param.name; });

TEST(LittleTextTest, EscapesMentionsAndHashtagsAreReadAsWords) {
  std::string quoted;
  const auto read = [&](std::string text) {
    return ApplyTextTransform(TextTransform::kLittleText, std::move(text), quoted);
  };
  EXPECT_EQ(read(R"(Well \(done\), @[Ada \[Wren\]](urn:li:person:1)! {hashtag|\#|quillbrook})"),
            "Well (done), Ada [Wren]! #quillbrook");
  EXPECT_EQ(read("{hashtag|#|plain} @[open {hashtag|#|x"), "#plain @[open {hashtag|#|x");
}

}  // namespace
}  // namespace schoolwatch::crawler
