#include "crawler/readers/guard.h"

#include <fmt/format.h>
#include <gtest/gtest.h>

#include "crawler/readers/html_tree.h"
#include "crawler/readers/node_text.h"

namespace schoolwatch::crawler {
namespace {

std::string Times(std::size_t count, std::string_view text) {
  std::string out;
  for (std::size_t i = 0; i < count; ++i) {
    out += text;
  }
  return out;
}

// Harmless by depth, attributes and size; Gumbo takes 3.7 GB for it.
std::string RebuildingBomb() {
  std::string html = "<p>";
  for (int i = 0; i < 1'000; ++i) {
    html += fmt::format("<b x={}>", i);
  }
  return html + Times(10'000, "</p><p>a");
}

struct BombCase {
  std::string name, html, refusal;
};
class BombTest : public testing::TestWithParam<BombCase> {};
TEST_P(BombTest, IsRefusedAndStillRead) {
  const core::Result<void> verdict = CheckHtml(GetParam().html);
  ASSERT_FALSE(verdict);
  EXPECT_EQ(verdict.error().kind, core::ErrorKind::kBadInput);
  EXPECT_NE(verdict.error().message.find(GetParam().refusal), std::string::npos)
      << verdict.error().message;
  const HtmlTree tree = HtmlTree::Parse("<p>hello</p>" + GetParam().html + "<p>last");
  EXPECT_NE(tree.note().find("not parsed by Gumbo"), std::string::npos);
  EXPECT_TRUE(PlainText(tree, tree.root()).starts_with("hello"));
}
INSTANTIATE_TEST_SUITE_P(
    Bombs, BombTest,
    testing::Values(
        BombCase{"Nesting", Times(20'000, "<div>"), "nested deeper"},
        BombCase{"NestingInForeignContent", Times(20'000, "<svg>"), "nested deeper"},
        BombCase{"NestingTables", Times(5'000, "<table><tr><td>"), "nested deeper"},
        BombCase{"NestingFormatting", "<div>" + Times(5'000, "<font><div>"), "nested deeper"},
        BombCase{"Attributes", "<a " + Times(3'000, "x ") + ">", "attributes on one tag"},
        BombCase{"Rebuilding", RebuildingBomb(), "to rebuild"},
        BombCase{"Elements", Times(450'000, "<i></i>"), "elements over"}),
    [](const auto& row) { return row.param.name; });

struct PlainCase {
  std::string name, html;
};
class HarmlessTest : public testing::TestWithParam<PlainCase> {};
TEST_P(HarmlessTest, IsLeftToGumbo) {
  const core::Result<void> verdict = CheckHtml(GetParam().html);
  EXPECT_TRUE(verdict) << verdict.error().message;
}
INSTANTIATE_TEST_SUITE_P(
    Pages, HarmlessTest,
    testing::Values(PlainCase{"UnclosedItems", "<ul>" + Times(20'000, "<li>x")},
                    PlainCase{"UnclosedParagraphs", Times(20'000, "<p>x")},
                    PlainCase{"UnclosedCells", "<table>" + Times(9'000, "<tr><td>x<td>y")},
                    PlainCase{"UnclosedOptions", "<select>" + Times(9'000, "<option>x")},
                    PlainCase{"UnclosedTerms", "<dl>" + Times(9'000, "<dt>x<dd>y")},
                    PlainCase{"ManyLinks", Times(9'000, "<a href=x>y</a> ")},
                    PlainCase{"UnclosedBold", Times(9'000, "<p><b>x</p>")},
                    PlainCase{"SelfClosedPaths", "<svg>" + Times(9'000, "<path d='M0'/>")}),
    [](const auto& row) { return row.param.name; });

TEST(GuardTest, DepthIsTheTreeBuilders) {
  EXPECT_EQ(MeasureHtml("<div><p>a<p>b<ul><li>c<li>d</ul></div>").depth, 3u);
}

TEST(GuardTest, RebuiltElementsAreCounted) {
  EXPECT_EQ(MeasureHtml("<p><b><i>a</p><p>b</p>").rebuilt, 2u);
  EXPECT_EQ(MeasureHtml("<p><b><i>a</i></b></p><p>b</p>").rebuilt, 0u);
}

TEST(HtmlTreeTest, IsOneArrayInDocumentOrder) {
  const HtmlTree tree = HtmlTree::Parse("<p class='ab b'>one<b>two</b></p>three");
  const NodeId p = tree.Find(0, Tag::kP);
  ASSERT_NE(p, kNoNode);
  EXPECT_TRUE(tree.HasClass(p, "b"));
  EXPECT_FALSE(tree.HasClass(p, "a"));
  EXPECT_EQ(tree[tree.FirstChild(p)].text, "one");
  const NodeId b = tree.NextSibling(tree.FirstChild(p));
  EXPECT_EQ(tree[b].tag, Tag::kB);
  EXPECT_EQ(tree.NextSibling(b), kNoNode);
  EXPECT_EQ(PlainText(tree, tree.root()), "onetwo\nthree");
}

TEST(HtmlTreeTest, BothParsersGiveTheSameWords) {
  const std::string html = "<div><p>One &amp; two<br>three</p><ul><li>four<li>five</ul></div>";
  HtmlLimits none;
  none.max_elements = 0;
  const HtmlTree fallback = HtmlTree::Parse(html, none);
  EXPECT_FALSE(fallback.note().empty());
  const HtmlTree gumbo = HtmlTree::Parse(html);
  EXPECT_EQ(PlainText(fallback, fallback.root()), PlainText(gumbo, gumbo.root()));
}

TEST(HtmlTreeTest, WhatFollowsAHeadWithoutABodyTagIsRead) {
  HtmlLimits none;
  none.max_elements = 0;
  const HtmlTree tree = HtmlTree::Parse(
      "<!DOCTYPE html><title>Letters</title><article><h1>Letters</h1><p>One.</p></article><p>Two.",
      none);
  EXPECT_FALSE(tree.note().empty());
  EXPECT_EQ(PlainText(tree, tree.root()), "Letters\nOne.\nTwo.");
}

// libxml2 knows no <article> and would keep it in the head, where no words are looked for.
TEST(HtmlTreeTest, TheFallbackEndsAHeadWhereHtml5EndsIt) {
  HtmlLimits none;
  none.max_elements = 0;
  const HtmlTree tree =
      HtmlTree::Parse("<title>Letters</title><article><p>One</p></article><p>two", none);
  const NodeId body = tree.Find(tree.root(), Tag::kBody);
  ASSERT_NE(body, kNoNode);
  EXPECT_EQ(PlainText(tree, body), "One\ntwo");
}

}  // namespace
}  // namespace schoolwatch::crawler
