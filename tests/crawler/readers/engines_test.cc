#include "crawler/readers/engines.h"

#include <gtest/gtest.h>

#include "core/time.h"
#include "crawler/readers/node_text.h"
#include "crawler/readers/selector.h"
#include "tests/crawler/readers/read_page.h"

namespace schoolwatch::crawler {
namespace {

constexpr std::string_view kTree =
    "<div id=top class='a b'><p title='one two'>1</p><div><p class=a>2</p><a href='/x.pdf'>3</a>"
    "</div></div><p>4</p>";

struct SelectorCase {
  std::string name, written, words;
};
class SelectorTest : public testing::TestWithParam<SelectorCase> {};
TEST_P(SelectorTest, FindsInDocumentOrder) {
  const HtmlTree tree = HtmlTree::Parse(kTree);
  const auto selector = Selector::Compile(GetParam().written);
  ASSERT_TRUE(selector) << selector.error().message;
  std::string words;
  for (const NodeId id : selector->All(tree, 0, static_cast<NodeId>(tree.size()))) {
    words += PlainText(tree, id) + ";";
  }
  std::erase(words, '\n');
  EXPECT_EQ(words, GetParam().words);
  if (!words.empty()) {
    EXPECT_TRUE(selector->MayMatch(TreeWords(tree)));
  }
}
INSTANTIATE_TEST_SUITE_P(
    Forms, SelectorTest,
    testing::Values(
        SelectorCase{"Tag", "p", "1;2;4;"}, SelectorCase{"Class", ".a", "123;2;"},
        SelectorCase{"TwoClasses", ".a.b", "123;"}, SelectorCase{"Id", "#top", "123;"},
        SelectorCase{"Any", "#top > *", "1;23;"}, SelectorCase{"Descendant", "div p", "1;2;"},
        SelectorCase{"Child", "#top > p", "1;"},
        SelectorCase{"ChildOfDescendant", "div div > p", "2;"},
        SelectorCase{"HasAttribute", "[title]", "1;"},
        SelectorCase{"Starts", "[title^='one ']", "1;"}, SelectorCase{"Holds", "[title*=tw]", "1;"},
        SelectorCase{"Ends", "a[href$=\".pdf\"]", "3;"}, SelectorCase{"Not", "p:not(.a)", "1;4;"},
        SelectorCase{"Alternatives", "a, .b > p", "1;3;"}, SelectorCase{"None", "table", ""}),
    [](const auto& row) { return row.param.name; });

TEST(SelectorTest, WhatATreeHasNoWordsForIsKnownAtOnce) {
  const HtmlTree tree = HtmlTree::Parse(kTree);
  const TreeWords words(tree);
  for (const char* written : {"#bottom", ".ab", "p.nosuch", "[data-post-id]", "#top .nosuch p"}) {
    const auto selector = Selector::Compile(written);
    ASSERT_TRUE(selector) << written;
    EXPECT_FALSE(selector->MayMatch(words)) << written;
  }
}

TEST(SelectorTest, AnAttributeMayBeMeant) {
  const auto selector = Selector::Compile("a[href*='@'] @href");
  ASSERT_TRUE(selector);
  EXPECT_EQ(selector->attribute(), "href");
}

TEST(SelectorTest, WhatIsNoSelectorIsRefusedWithItsPlace) {
  for (const char* written : {"", "p >", ".", "p[", "p[a", "p[a='x]", "p::before", ",p", "p@",
                              ":not(p", "a b c d e f g h i j k l m n o p q"}) {
    const auto selector = Selector::Compile(written);
    ASSERT_FALSE(selector) << written;
    EXPECT_EQ(selector.error().kind, core::ErrorKind::kBadInput);
  }
}

EngineSet ShippedEngines() {
  config::Diagnostics problems;
  EngineSet engines = LoadEngines(SW_SOURCE_DIR "/config/engines", problems);
  EXPECT_TRUE(problems.empty()) << problems.ToText();
  return engines;
}

TEST(EnginesTest, TheShippedOnesLoad) {
  const EngineSet engines = ShippedEngines();
  EXPECT_GE(engines.size(), 9u);
  for (const auto& engine : engines) {
    EXPECT_TRUE(engine->post) << engine->name;
    EXPECT_FALSE(engine->marks.empty()) << engine->name;
  }
}

TEST(EnginesTest, OneCommentAloneIsFoundByItsEngine) {
  const EngineSet engines = ShippedEngines();
  ReadOptions options;
  options.engines = &engines;
  const Document document = ReadHtml(
      "<html><body><article><h1>New blazers at the academy</h1><p>Parents have asked why a new "
      "blazer is to cost eighty-five pounds, twenty more than last year, and why only one shop may "
      "sell it, and nobody at the academy would say.</p></article><div id=comments><ol "
      "class=commentlist><li class='comment even' id=comment-5><div class=comment-author><cite "
      "class=fn>Owen</cite> <span class=says>says:</span></div><div class=commentmetadata><a "
      "href='#comment-5'>20 November 2026 at 6:02 pm</a></div><div class=comment-content><p>Far "
      "too dear.</p></div><div class=reply><a class=comment-reply-link href='#'>Reply</a></div>"
      "</li></ol></div></body></html>",
      options);
  ASSERT_EQ(document.posts.size(), 2u);
  EXPECT_EQ(document.posts[0].kind, core::PostKind::kArticle);
  EXPECT_EQ(document.posts[1].kind, core::PostKind::kComment);
  EXPECT_EQ(document.posts[1].text, "Far too dear.");
  EXPECT_EQ(document.posts[1].author, "Owen");
  EXPECT_EQ(document.posts[1].published_text, "20 November 2026 at 6:02 pm");
  EXPECT_EQ(document.posts[1].url, "https://forum.example/thread/7#comment-5");
}

// A comment's head is found as a whole before the <time> in it, which alone says the hour.
TEST(EnginesTest, TheHourOfADayThatIsShownIsKept) {
  std::string page = "<title>Letters</title><body class='wp-singular'><ol class='comment-list'>";
  for (const char* hour : {"17:00", "18:20"}) {
    page += "<li id='comment-" + std::string(hour, 2) +
            "' class='comment'><article class='comment-body'><footer class='comment-meta'>"
            "<b class='fn'>wellwisher</b> <div class='comment-metadata'><a "
            "href='/a/#comment-" +
            std::string(hour, 2) + "'><time datetime='2026-11-22T" + hour +
            ":00+00:00'>22 November</time></a></div></footer><div class='comment-content'>"
            "<p>The gate of Quillbrook Academy is far too heavy for small children.</p></div>"
            "</article></li>";
  }
  const EngineSet engines = ShippedEngines();
  ReadOptions options;
  options.engines = &engines;
  const Document document = ReadHtml(page + "</ol>", options);
  ASSERT_EQ(document.posts.size(), 2u);
  EXPECT_EQ(document.posts[0].published, core::ParseRfc3339("2026-11-22T17:00:00Z").value());
  EXPECT_EQ(document.posts[1].published, core::ParseRfc3339("2026-11-22T18:20:00Z").value());
  EXPECT_EQ(document.posts[1].published_text, "22 November");
}

TEST(EnginesTest, MistakesAreShownWithTheirLine) {
  config::Diagnostics problems;
  const auto section =
      config::ParseYaml("x.yaml", "title: X\nmarks: 'p >'\npost: .post\nbdy: .a\n", problems);
  ASSERT_TRUE(section);
  EXPECT_FALSE(ReadEngine("x", *section, problems));
  EXPECT_NE(problems.ToText().find("x.yaml:2:"), std::string::npos) << problems.ToText();
  EXPECT_NE(problems.ToText().find("body"), std::string::npos) << problems.ToText();
}

}  // namespace
}  // namespace schoolwatch::crawler
