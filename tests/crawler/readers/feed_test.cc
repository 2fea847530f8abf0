#include "crawler/readers/feed.h"

#include <gtest/gtest.h>

#include "crawler/readers/feed_words.h"
#include "tests/crawler/readers/read_page.h"

namespace schoolwatch::crawler {
namespace {

std::string Rss(std::string_view items) {
  return "<?xml version=\"1.0\"?><rss version=\"2.0\" "
         "xmlns:content=\"http://purl.org/rss/1.0/modules/content/\" "
         "xmlns:dc=\"http://purl.org/dc/elements/1.1/\" "
         "xmlns:wfw=\"http://wellformedweb.org/CommentAPI/\">"
         "<channel><title>Quillbrook Herald</title><link>https://herald.example/</link>"
         "<description>News of the town</description>" +
         std::string(items) + "</channel></rss>";
}

TEST(FeedTest, ReadsAnRssItemWithAllItsParts) {
  const Document document = ReadFeed(Rss(
      "<item><title>Gates row &amp;#8211; again</title><link>/gates</link>"
      "<guid isPermaLink=\"false\">herald-7</guid><dc:creator><![CDATA[Dana K]]></dc:creator>"
      "<pubDate>Fri, 20 Nov 2026 18:02:11 GMT</pubDate><description>In short</description>"
      "<content:encoded><![CDATA[<p>The gate is <b>shut</b>.</p><blockquote>We hear</blockquote>"
      "<p>Caf&eacute; <img class=\"emoji\" alt=\"😡\"></p>]]></content:encoded>"
      "<wfw:commentRss>https://herald.example/gates/feed/</wfw:commentRss></item>"));
  EXPECT_EQ(document.kind, DocumentKind::kFeed);
  EXPECT_EQ(document.feed->title, "Quillbrook Herald");
  EXPECT_EQ(document.feed->url, "https://herald.example/");
  EXPECT_EQ(document.feed->subtitle, "News of the town");
  ASSERT_EQ(document.posts.size(), 1u);
  const core::Post& post = document.posts[0];
  EXPECT_EQ(post.kind, core::PostKind::kEntry);
  EXPECT_EQ(post.id, "herald-7");
  EXPECT_EQ(post.url, "https://herald.example/gates");
  EXPECT_EQ(post.title, "Gates row – again");
  EXPECT_EQ(post.text, "The gate is shut.\nCafé 😡");
  EXPECT_EQ(post.quoted, "We hear");
  EXPECT_EQ(post.summary, "In short");
  EXPECT_EQ(post.author, "Dana K");
  EXPECT_EQ(core::FormatRfc3339(*post.published), "2026-11-20T18:02:11Z");
  EXPECT_EQ(post.published_text, "Fri, 20 Nov 2026 18:02:11 GMT");
  ASSERT_EQ(document.links.size(), 2u);
  EXPECT_EQ(document.links[0].kind, LinkKind::kArticle);
  EXPECT_EQ(document.links[1].kind, LinkKind::kCommentFeed);
  EXPECT_EQ(document.links[1].url, "https://herald.example/gates/feed/");
}

TEST(FeedTest, SaysWhenToComeAgain) {
  const Document document = ReadFeed(
      "<rss version='2.0' xmlns:sy='http://purl.org/rss/1.0/modules/syndication/'><channel>"
      "<title>Herald</title><ttl>30</ttl><sy:updatePeriod>\n hourly </sy:updatePeriod>"
      "<sy:updateFrequency>1</sy:updateFrequency>"
      "<skipHours><hour>0</hour><hour>24</hour><hour>13</hour><hour>99</hour></skipHours>"
      "<skipDays><day>Sunday</day><day>saturday</day><day>Someday</day></skipDays>"
      "</channel></rss>");
  const core::FeedHints& hints = document.feed->hints;
  EXPECT_EQ(hints.wait, std::chrono::hours(1)) << "the longer one";
  EXPECT_EQ(hints.skip_hours, (1u << 0) | (1u << 13));
  EXPECT_EQ(hints.skip_days, (1u << 0) | (1u << 6));
}

TEST(FeedTest, HintsThatMakeNoSenseAreNone) {
  for (const char* said : {"<ttl>-5</ttl>", "<ttl>soon</ttl>", "<ttl>99999999999999</ttl>",
                           "<ttl/>", "<skipHours>all</skipHours>", "<skipDays><day/></skipDays>"}) {
    EXPECT_EQ(ReadFeed("<rss version='2.0'><channel><title>x</title>" + std::string(said) +
                       "</channel></rss>")
                  .feed->hints,
              core::FeedHints{})
        << said;
  }
}

TEST(FeedTest, ReadsAtomWithBaseTypesAndReplies) {
  const Document document = ReadFeed(
      "<feed xmlns='http://www.w3.org/2005/Atom' "
      "xmlns:thr='http://purl.org/syndication/thread/1.0' "
      "xml:base='https://blog.example/x/' xml:lang='en'><title type='html'>A &amp;amp; B</title>"
      "<id>tag:blog.example</id><updated>2026-11-20T18:00:00Z</updated>"
      "<entry><title type='text'>1 &lt; 2</title><link rel='alternate' href='y'/>"
      "<link rel='replies' type='application/atom+xml' href='y/comments'/><id>e1</id>"
      "<author><name>Owen</name><uri>https://blog.example/owen</uri></author>"
      "<updated>2026-11-20T18:02:11Z</updated><thr:in-reply-to ref='e0'/>"
      "<content type='xhtml'><div xmlns='http://www.w3.org/1999/xhtml'><p>One</p><p>Two</p></div>"
      "</content></entry></feed>");
  EXPECT_EQ(document.feed->title, "A & B");
  ASSERT_EQ(document.posts.size(), 1u);
  EXPECT_EQ(document.posts[0].title, "1 < 2");
  EXPECT_EQ(document.posts[0].url, "https://blog.example/x/y");
  EXPECT_EQ(document.posts[0].text, "One\nTwo");
  EXPECT_EQ(document.posts[0].author, "Owen");
  EXPECT_EQ(document.posts[0].author_url, "https://blog.example/owen");
  EXPECT_EQ(document.posts[0].parent, "e0");
  EXPECT_EQ(document.posts[0].language, "en");
  EXPECT_EQ(core::FormatRfc3339(*document.posts[0].published), "2026-11-20T18:02:11Z");
  EXPECT_EQ(document.links[1].kind, LinkKind::kCommentFeed);
}

TEST(FeedTest, ReadsRdfWhereItemsStandOutsideTheChannel) {
  const Document document = ReadFeed(
      "<rdf:RDF xmlns:rdf='http://www.w3.org/1999/02/22-rdf-syntax-ns#' "
      "xmlns='http://purl.org/rss/1.0/' xmlns:dc='http://purl.org/dc/elements/1.1/'>"
      "<channel rdf:about='u'><title>Wiki</title><link>https://wiki.example/</link></channel>"
      "<item rdf:about='https://wiki.example/1'><title>Start</title><dc:date>2026-11-20T18:02:11Z"
      "</dc:date><description>edited</description></item></rdf:RDF>");
  EXPECT_EQ(document.feed->title, "Wiki");
  ASSERT_EQ(document.posts.size(), 1u);
  EXPECT_EQ(document.posts[0].id, "https://wiki.example/1");
  EXPECT_EQ(document.posts[0].text, "edited");
}

TEST(FeedTest, ReadsJsonFeed) {
  const Document document = ReadOrFail(
      R"({"version":"https://jsonfeed.org/version/1.1","title":"T","home_page_url":"https://j.example/",
          "next_url":"https://j.example/2","items":[{"id":7,"url":"/a","content_html":"<p>a</p>b",
          "authors":[{"name":"Dana","url":"/d"}],"date_published":"2026-11-20T18:02:11Z"},
          "junk",{"id":"8","content_text":"line\nline"}]})",
      "application/feed+json", {}, "https://j.example/feed.json");
  ASSERT_EQ(document.posts.size(), 2u);
  EXPECT_EQ(document.posts[0].id, "7");
  EXPECT_EQ(document.posts[0].text, "a\nb");
  EXPECT_EQ(document.posts[0].url, "https://j.example/a");
  EXPECT_EQ(document.posts[0].author, "Dana");
  EXPECT_EQ(document.posts[1].text, "line\nline");
  EXPECT_EQ(document.links[0].kind, LinkKind::kNextPage);
}

TEST(FeedTest, ABrokenEntrySpoilsNoOther) {
  const Document document = ReadFeed(
      Rss("<item><title>one</title></item><item><title>two <b></title><description>x</item>"
          "<item><title>three</title><description>fine</description></item>"));
  ASSERT_EQ(document.posts.size(), 3u);
  EXPECT_EQ(document.posts[0].title, "one");
  EXPECT_EQ(document.posts[2].title, "three");
  EXPECT_EQ(document.posts[2].text, "fine");
}

// libxml2 compares every attribute of a tag with all others.
TEST(FeedTest, ACrowdedTagSpoilsItsEntryAlone) {
  std::string crowded = "<item";
  for (int i = 0; i < 3000; ++i) {
    crowded += " a" + std::to_string(i) + "='1'";
  }
  const Document document =
      ReadFeed(Rss(crowded + "/><item><guid>2</guid><description>x = y</description></item>"));
  ASSERT_EQ(document.posts.size(), 1u);
  EXPECT_EQ(document.posts[0].id, "2");
}

// It is read again with every entry.
TEST(FeedTest, AHugeFirstTagIsNoFeed) {
  ReadOptions options;
  options.reader = "feed";
  EXPECT_FALSE(TryRead(
      "<rss version='2.0' x='" + std::string(100'000, 'y') + "'><channel><item/></channel></rss>",
      "application/rss+xml", options));
}

TEST(FeedTest, ACutOffFeedIsReadToItsLastWholeEntry) {
  const std::string whole = Rss("<item><title>one</title></item><item><title>two</title></item>");
  const Document document = ReadFeed(whole.substr(0, whole.find("two") + 2));
  ASSERT_EQ(document.posts.size(), 1u);
  EXPECT_EQ(document.posts[0].title, "one");
  ASSERT_EQ(document.notes.size(), 1u);
  EXPECT_NE(document.notes[0].find("cut off"), std::string::npos);
}

TEST(FeedTest, BytesCutAnywhereNeverFailHard) {
  const std::string whole =
      Rss("<item><title>one &amp; &eacute; <![CDATA[x]]></title><link a='1'>y</link></item>");
  for (std::size_t size = 0; size <= whole.size(); ++size) {
    const auto document = TryRead(whole.substr(0, size), "application/rss+xml");
    if (document) {
      EXPECT_LE(document->posts.size(), 1u);
    }
  }
}

TEST(FeedTest, EntitiesAreNeitherExpandedNorFetched) {
  const Document document = ReadFeed(
      "<!DOCTYPE r [<!ENTITY a \"aaaaaaaaaa\"><!ENTITY b \"&a;&a;&a;\">"
      "<!ENTITY f SYSTEM \"file:///etc/passwd\">]>"
      "<rss><channel><item><title>x &b; &f; &eacute; AT&T</title></item></channel></rss>");
  ASSERT_EQ(document.posts.size(), 1u);
  EXPECT_EQ(document.posts[0].title, "x &b; &f; é AT&T");
}

TEST(FeedTest, WhatIsNoFeedIsRefused) {
  ReadOptions options;
  options.reader = "feed";
  const auto document = TryRead("<html><body>hello</body></html>", "application/rss+xml", options);
  ASSERT_FALSE(document);
  EXPECT_EQ(document.error().kind, core::ErrorKind::kBadInput);
}

TEST(FeedTest, AFeedServedAsAPageIsReadAsAFeed) {
  const Document document = ReadOrFail(Rss("<item><title>one</title></item>"), "text/html");
  EXPECT_EQ(document.kind, DocumentKind::kFeed);
}

TEST(FeedTest, ACaptionIsTextWhereItIsNotTheTextOnceMore) {
  const Document document = ReadFeed(
      "<rss version='2.0' xmlns:media='http://search.yahoo.com/mrss/'><channel><item><title>one"
      "</title><description>Too dear</description><media:description>A queue at the shop"
      "</media:description></item><item><title>two</title><description>A queue\nat the shop, "
      "again</description><media:description>A queue at the shop</media:description></item><item>"
      "<title>three</title><media:description>A queue at the shop</media:description></item>"
      "</channel></rss>");
  ASSERT_EQ(document.posts.size(), 3u);
  EXPECT_EQ(document.posts[0].text, "Too dear\nA queue at the shop");
  EXPECT_EQ(document.posts[1].text, "A queue\nat the shop, again");
  EXPECT_EQ(document.posts[2].text, "A queue at the shop");
}

struct AuthorCase {
  std::string name, written, shown;
};
class AuthorNameTest : public testing::TestWithParam<AuthorCase> {};
TEST_P(AuthorNameTest, IsTakenFromItsSurroundings) {
  EXPECT_EQ(AuthorName(GetParam().written), GetParam().shown);
}
INSTANTIATE_TEST_SUITE_P(
    Forms, AuthorNameTest,
    testing::Values(AuthorCase{"MailAndName", "dana@quill.example (Dana K)", "Dana K"},
                    AuthorCase{"NameAndMail", "Dana K <dana@quill.example>", "Dana K"},
                    AuthorCase{"NameAndMailInBrackets", "Dana K (dana@quill.example)", "Dana K"},
                    AuthorCase{"Name", " Dana K ", "Dana K"},
                    AuthorCase{"Aside", "Dana (editor)", "Dana (editor)"},
                    AuthorCase{"Mail", "dana@quill.example", "dana@quill.example"}),
    [](const auto& row) { return row.param.name; });

}  // namespace
}  // namespace schoolwatch::crawler
