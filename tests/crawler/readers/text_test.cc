#include "crawler/readers/text.h"

#include <gtest/gtest.h>

#include <array>
#include <random>
#include <string>
#include <string_view>

#include "crawler/readers/html_tokenizer.h"
#include "crawler/readers/node_text.h"
#include "crawler/readers/tags.h"
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

// As AppendCollapsed says, a character at a time.
void AppendCollapsedPlainly(std::string_view text, std::string& out) {
  for (std::size_t at = 0; at < text.size();) {
    const std::size_t length = SpaceLength(text, at);
    if (length == 0) {
      out += text[at++];
      continue;
    }
    at += length;
    if (!out.empty() && out.back() != ' ' && out.back() != '\n') {
      out += ' ';
    }
  }
}

// Blocks end at every place of every kind of white space; what stands behind a text is not read as
// part of it.
TEST(TextTest, CollapsesBlocksAsCharacters) {
  constexpr auto kPieces = std::to_array<std::string_view>({" ",
                                                            " ",
                                                            "\n",
                                                            "\t",
                                                            "\r\n",
                                                            "\v",
                                                            "\f",
                                                            "a",
                                                            "word",
                                                            "longer word",
                                                            ".",
                                                            "\xC2\xA0",
                                                            "\xC2\xA3",
                                                            "\xE2\x80\xAF",
                                                            "\xE2\x80\x99",
                                                            "\xE3\x80\x80",
                                                            "\xE3",
                                                            "\xE2\x80",
                                                            "\x1F",
                                                            "\xC3\xA9"});
  std::mt19937 random(3);
  for (int round = 0; round < 20'000; ++round) {
    std::string text(random() % 66, 'x');
    for (std::size_t pieces = random() % 40; pieces > 0; --pieces) {
      text += kPieces[random() % kPieces.size()];
    }
    const std::string before = round % 4 == 0   ? ""
                               : round % 4 == 1 ? "a"
                               : round % 4 == 2 ? "b "
                                                : "c\n";
    const std::size_t size = random() % (text.size() + 1);
    std::string expected = before;
    AppendCollapsedPlainly(text.substr(0, size), expected);
    std::string out = before;
    AppendCollapsed(text, size, out);
    ASSERT_EQ(out, expected) << text.substr(0, size);
    out = before;
    AppendCollapsed(text.substr(0, size), out);
    ASSERT_EQ(out, expected) << text.substr(0, size);
  }
}

TEST(TagsTest, AreFoundInAnyCaseAndNothingElseIs) {
  for (std::size_t i = 1; i < static_cast<std::size_t>(Tag::kCount); ++i) {
    const Tag tag = static_cast<Tag>(i);
    const std::string name(TagName(tag));
    std::string capital = name;
    for (std::size_t at = 0; at < name.size(); ++at) {
      capital[at] = static_cast<char>(IsAsciiAlpha(name[at]) ? name[at] - 'a' + 'A' : name[at]);
      // Every other byte in this place: another name, or none.
      for (int byte = 0; byte < 256; ++byte) {
        std::string other = name;
        other[at] = static_cast<char>(byte);
        const Tag found = TagOfName(other);
        EXPECT_TRUE(found == Tag::kUnknown || EqualsIgnoreCase(TagName(found), other)) << other;
      }
    }
    EXPECT_EQ(TagOfName(name), tag) << name;
    EXPECT_EQ(TagOfName(capital), tag) << name;
    EXPECT_EQ(TagOfName(name.substr(0, name.size() - 1) + "\xE1"), Tag::kUnknown) << name;
  }
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

TEST(XmlStyleTest, SelfClosedNamesAreSeenAtEveryPlace) {
  for (std::size_t before = 0; before < 140; ++before) {
    const std::string text(before, '<');
    EXPECT_TRUE(ExpandSelfClosing(text + "<iframe src='x'/>").has_value()) << before;
    EXPECT_TRUE(ExpandSelfClosing(text + "<title>a</title><script/>b").has_value()) << before;
    EXPECT_FALSE(ExpandSelfClosing(text + "<script src='x'>/<titles/>").has_value()) << before;
    EXPECT_FALSE(ExpandSelfClosing(text + "<title").has_value()) << before;
  }
}

// Each start once looked for the '>' behind all of them.
TEST(XmlStyleTest, ManyStartsBeforeOneEndCostNoMore) {
  std::string html;
  for (int i = 0; i < 500'000; ++i) {
    html += "<title ";
  }
  EXPECT_FALSE(ExpandSelfClosing(html + ">").has_value());
}

TEST(XmlStyleTest, OnlyPagesOfXmlToolsAreChanged) {
  EXPECT_FALSE(ExpandSelfClosing("<p>a<br/><img src=x/></p><script src=y></script>"));
  EXPECT_EQ(ExpandSelfClosing("<iframe src='x'/><div/><br/>a"),
            "<iframe src='x'/></iframe><div/></div><br/>a");
}

}  // namespace
}  // namespace schoolwatch::crawler
