#include "crawler/readers/fragment.h"

#include <string>

#include <gtest/gtest.h>

namespace schoolwatch::crawler {
namespace {

struct FragmentCase {
  const char* name;
  DocumentKind kind;
  std::string body;
  std::string text;  // The post's.
  std::string author;
  std::string fragment;
};

class FragmentTest : public testing::TestWithParam<FragmentCase> {};

Fragment CutOf(std::string_view body, DocumentKind kind, const core::Post& post,
               std::size_t max_bytes = 64u << 10) {
  const RawDocument raw{.url = std::nullopt, .content_type = {}, .body = body};
  return FragmentCutter(raw, kind).Cut(post, max_bytes);
}

TEST_P(FragmentTest, IsThePostsPart) {
  core::Post post;
  post.text = GetParam().text;
  post.author = GetParam().author;
  const Fragment fragment = CutOf(GetParam().body, GetParam().kind, post);
  EXPECT_EQ(fragment.text, GetParam().fragment);
  EXPECT_EQ(fragment.note, "");
  EXPECT_FALSE(fragment.cut);
}

const std::string kThread =
    "<html><body><nav>minibus money</nav><div class=post><b>Ada</b><p>Who took the minibus "
    "money?</p></div><div class=post><b>Silas</b><blockquote>Who took the minibus money?"
    "</blockquote><p>Nobody <i>ever</i> took anything.</p></div></body></html>";

INSTANTIATE_TEST_SUITE_P(
    Documents, FragmentTest,
    testing::Values(
        FragmentCase{"TheElementWithItsAuthor", DocumentKind::kThread, kThread,
                     "Who took the minibus money?", "Ada",
                     "<div class=post><b>Ada</b><p>Who took the minibus money?</p></div>"},
        FragmentCase{"WordsInInlineTags", DocumentKind::kThread, kThread,
                     "Nobody ever took anything.", "Silas",
                     "<div class=post><b>Silas</b><blockquote>Who took the minibus money?"
                     "</blockquote><p>Nobody <i>ever</i> took anything.</p></div>"},
        FragmentCase{"ParagraphsWithoutEndTags", DocumentKind::kArticle,
                     "<body><p>First paragraph here<p>Second stands there<p>Third follows</body>",
                     "Second stands there", "", "<p>Second stands there"},
        FragmentCase{"OfManyWords", DocumentKind::kThread,
                     "<div><b>Ada</b></div><div id=p2><p>one two three four five six seven eight "
                     "nine ten eleven twelve thirteen fourteen fifteen sixteen seventeen eighteen "
                     "nineteen twenty thirty forty fifty sixty seventy</p></div>",
                     "one two three four five six seven eight nine ten eleven twelve thirteen "
                     "fourteen fifteen sixteen seventeen eighteen nineteen twenty thirty forty "
                     "fifty sixty seventy",
                     "",
                     "<p>one two three four five six seven eight nine ten eleven twelve thirteen "
                     "fourteen fifteen sixteen seventeen eighteen nineteen twenty thirty forty "
                     "fifty sixty seventy</p>"},
        FragmentCase{"AFeedsEntry", DocumentKind::kFeed,
                     "<rss><channel><item><guid>1</guid><description>Older letters</description>"
                     "</item><item><guid>2</guid><description>&lt;p&gt;Minibus "
                     "&lt;b&gt;papers&lt;/b&gt; follow</description></item></channel></rss>",
                     "Minibus papers follow", "",
                     "<item><guid>2</guid><description>&lt;p&gt;Minibus &lt;b&gt;papers&lt;/b&gt; "
                     "follow</description></item>"},
        FragmentCase{"AJsonObject", DocumentKind::kJson,
                     R"({"items":[{"id":1,"text":"Older {letters}"},)"
                     R"({"by":{"name":"Ada"},"text":"Minibus \"papers\" follow"}]})",
                     "Minibus \"papers\" follow", "Ada",
                     R"({"by":{"name":"Ada"},"text":"Minibus \"papers\" follow"})"}),
    [](const auto& test) { return std::string(test.param.name); });

core::Post PostOf(std::string text) {
  core::Post post;
  post.text = std::move(text);
  return post;
}

TEST(FragmentCutterTest, ALongPartIsCutAndSaysSo) {
  const std::string body = "<body><p>" + std::string(50, 'x') + " minibus " +
                           std::string(500, 'y') + "é" + std::string(500, 'z') + "</p></body>";
  const Fragment fragment =
      CutOf(body, DocumentKind::kArticle, PostOf("minibus " + std::string(50, 'x')), 563);
  EXPECT_EQ(fragment.text, body.substr(6, 562));  // Not through the two bytes of the letter.
  EXPECT_TRUE(fragment.cut);
  EXPECT_NE(fragment.note, "");
}

TEST(FragmentCutterTest, WhatCannotBeToldApartIsTheDocumentAroundItsWords) {
  const std::string filler(5'000, '-');
  const std::string body = filler + "minibus" + filler + "money" + filler;
  const Fragment fragment = CutOf(body, DocumentKind::kPage, PostOf("minibus money"), 1'000);
  EXPECT_EQ(fragment.text.size(), 1'000u);
  EXPECT_NE(fragment.text.find("minibus"), std::string::npos);
  EXPECT_TRUE(fragment.cut);
  EXPECT_NE(fragment.note.find("could not be told apart"), std::string::npos);
}

TEST(FragmentCutterTest, WordsThatStandNowhereGiveTheBeginning) {
  const Fragment fragment =
      CutOf("<p>Something else</p>", DocumentKind::kPage, PostOf("minibus money"), 1'000);
  EXPECT_EQ(fragment.text, "<p>Something else</p>");
  EXPECT_FALSE(fragment.cut);
  EXPECT_NE(fragment.note, "");
  EXPECT_EQ(CutOf("", DocumentKind::kPage, PostOf("")).text, "");
}

TEST(FragmentCutterTest, PicturesInTheDocumentItselfAreLeftOut) {
  const Fragment fragment = CutOf(
      "<body><p>minibus data: money <img src=\"data:image/png;base64,iVBORw0KGgo=\" alt=x></p>",
      DocumentKind::kPage, PostOf("minibus money"));
  EXPECT_EQ(fragment.text, "<p>minibus data: money <img src=\"data:,left-out\" alt=x></p>");
  EXPECT_NE(fragment.note.find("left out"), std::string::npos);
}

TEST(FragmentCutterTest, TextOfAnotherEncodingIsKeptAsUtf8) {
  const RawDocument raw{.url = std::nullopt,
                        .content_type = "text/html; charset=windows-1252",
                        .body = "<p>caf\xe9 minibus</p>"};
  EXPECT_EQ(FragmentCutter(raw, DocumentKind::kPage).Cut(PostOf("café minibus"), 1'000).text,
            "<p>café minibus</p>");
}

TEST(FragmentCutterTest, DeepAndBrokenMarkUpIsGotThrough) {
  std::string body;
  for (int i = 0; i < 100'000; ++i) {
    body += i % 3 == 0 ? "<div>" : i % 3 == 1 ? "</p>" : "<p>minibus";
  }
  EXPECT_LE(CutOf(body, DocumentKind::kPage, PostOf("minibus money")).text.size(), 64u << 10);
  const std::string json(100'000, '{');
  EXPECT_LE(CutOf(json, DocumentKind::kJson, PostOf("minibus")).text.size(), 64u << 10);
}

}  // namespace
}  // namespace schoolwatch::crawler
