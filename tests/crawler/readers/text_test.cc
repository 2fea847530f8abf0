#include "crawler/readers/text.h"

#include <gtest/gtest.h>

#include "crawler/readers/html_tokenizer.h"
#include "crawler/readers/node_text.h"
#include "crawler/readers/xml_style.h"

namespace schoolwatch::crawler {
namespace {

TEST(TextTest, WideSpacesAreSpacesAndZeroWidthOnesAreNot) {
  EXPECT_EQ(CollapseSpace(" a\xC2\xA0\xE2\x80\xAF b\xE3\x80\x80\n"), "a b");
  EXPECT_EQ(CollapseSpace("a\xE2\x80\x8B"), "a\xE2\x80\x8B");
  EXPECT_EQ(Trim("\xC2\xA0 x \xC2\xA0"), "x");
}

TEST(TextTest, CountsWordsAndCharacters) {
  EXPECT_EQ(CountWords("It's £85, café!"), 4u);
  EXPECT_EQ(CountCharacters("café"), 4u);
}

struct HtmlCase {
  std::string name, html, text;
};
class HtmlTextTest : public testing::TestWithParam<HtmlCase> {};
TEST_P(HtmlTextTest, IsWhatAReaderSees) {
  EXPECT_EQ(TextOfHtml(GetParam().html, true).text, GetParam().text);
  // The tree gives the same words as the stream.
  const HtmlTree tree = HtmlTree::Parse("<body>" + GetParam().html);
  TextOptions options;
  options.picture_texts = true;
  options.step = [&](NodeId id) {
    return tree[id].tag == Tag::kBlockquote ? TextStep::kQuote : TextStep::kTake;
  };
  EXPECT_EQ(TextOf(tree, tree.root(), options).text, GetParam().text);
}
INSTANTIATE_TEST_SUITE_P(
    Forms, HtmlTextTest,
    testing::Values(HtmlCase{"Blocks",
                             "<p>one</p><p>two <b>t</b>hree</p><div>four<br>five</div>six",
                             "one\ntwo three\nfour\nfive\nsix"},
                    HtmlCase{"Lists", "<ul><li>a<li>b</ul>c", "a\nb\nc"},
                    HtmlCase{"Preformatted", "<pre>a\n  b  c\n</pre>d", "a\n  b  c\nd"},
                    HtmlCase{"Quotes", "mine<blockquote>yours<p>too</p></blockquote>mine again",
                             "mine\nmine again"},
                    HtmlCase{"Emoji", "so <img class=emoji alt='😡'>!", "so 😡!"},
                    HtmlCase{"Pictures", "a<img alt='parents in a queue'>b<img alt=x>",
                             "a\nparents in a queue\nb"},
                    HtmlCase{"Scripts", "a<script>x<y</script>b<style>z</style>", "ab"},
                    HtmlCase{"References", "AT&amp;T &lt;b&gt; &pound;5", "AT&T <b> £5"}),
    [](const auto& row) { return row.param.name; });

TEST(HtmlTokenizerTest, AttributesAreReadByTheStandardsRules) {
  HtmlTokenizer tokenizer("<a href=x/y title='a>b' checked =z data-x=\"&amp;\" / CLASS = k>t</A >");
  HtmlToken token;
  ASSERT_TRUE(tokenizer.Next(token));
  EXPECT_EQ(token.tag, Tag::kA);
  ASSERT_EQ(token.attribute_count, 5u);
  EXPECT_EQ(*token.Find("href"), "x/y");
  EXPECT_EQ(*token.Find("title"), "a>b");
  EXPECT_EQ(*token.Find("checked"), "z");
  EXPECT_EQ(*token.Find("data-x"), "&amp;");
  EXPECT_EQ(*token.Find("class"), "k");
  ASSERT_TRUE(tokenizer.Next(token));
  EXPECT_EQ(token.text, "t");
  ASSERT_TRUE(tokenizer.Next(token));
  EXPECT_EQ(token.kind, HtmlToken::Kind::kEnd);
  EXPECT_FALSE(tokenizer.Next(token));
}

TEST(HtmlTokenizerTest, CommentsEndWhereTheStandardSays) {
  const auto words = [](std::string_view html) {
    std::string out;
    HtmlTokenizer tokenizer(html);
    HtmlToken token;
    while (tokenizer.Next(token)) {
      out += token.text;
    }
    return out;
  };
  EXPECT_EQ(words("a<!-->b<!--->c<!-- -- > --!>d<!x>e<?y>f</ z>g<!--never"), "abcdefg");
  EXPECT_EQ(words("1 < 2 </> 3"), "1 < 2  3");
}

TEST(XmlStyleTest, OnlyPagesOfXmlToolsAreChanged) {
  EXPECT_FALSE(ExpandSelfClosing("<p>a<br/><img src=x/></p><script src=y></script>"));
  EXPECT_EQ(ExpandSelfClosing("<iframe src='x'/><div/><br/>a"),
            "<iframe src='x'/></iframe><div/></div><br/>a");
}

}  // namespace
}  // namespace schoolwatch::crawler
