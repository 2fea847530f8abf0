#include <fmt/format.h>
#include <gtest/gtest.h>

#include <string>
#include <vector>

#include "config/diagnostics.h"
#include "crawler/readers/engines.h"
#include "crawler/readers/recipe.h"
#include "tests/crawler/readers/read_page.h"

// Whole readers on input that means harm or was cut: a clear error, or the posts that could be
// read.
namespace schoolwatch::crawler {
namespace {

std::string Times(std::size_t count, std::string_view text) {
  std::string out;
  out.reserve(count * text.size());
  for (std::size_t i = 0; i < count; ++i) {
    out += text;
  }
  return out;
}

const ReadOptions& WithEngines() {
  static const EngineSet kEngines = [] {
    config::Diagnostics problems;
    return LoadEngines(SW_SOURCE_DIR "/config/engines", problems);
  }();
  static const ReadOptions kOptions = [] {
    ReadOptions options;
    options.engines = &kEngines;
    return options;
  }();
  return kOptions;
}

// A document, and the words of its first post and after which byte they must be read.
struct Sample {
  std::string name, bytes, type, first, end;
};

constexpr std::string_view kRss =
    "<?xml version='1.0' encoding='utf-8'?><rss version='2.0' "
    "xmlns:content='http://purl.org/rss/1.0/modules/content/'><channel><title>Quillbrook Herald"
    "</title><item><title>Blazers</title><link>https://herald.example/1</link><description>Eighty"
    "-five pounds &amp; no help</description><pubDate>Thu, 12 Nov 2026 09:15:00 GMT</pubDate>"
    "</item><item><title>Gates</title><content:encoded><![CDATA[<p>Shut <b>again</b></p>]]>"
    "</content:encoded></item></channel></rss>";
constexpr std::string_view kAtom =
    "<feed xmlns='http://www.w3.org/2005/Atom'><title>Town</title><entry><title>Blazers</title>"
    "<id>urn:x:1</id><content type='xhtml'><div xmlns='http://www.w3.org/1999/xhtml'>Eighty-five "
    "pounds</div></content><author><name>Dana</name></author></entry><entry><title>Gates</title>"
    "<summary>Shut</summary></entry></feed>";
constexpr std::string_view kJsonFeed =
    "{\"version\":\"https://jsonfeed.org/version/1.1\",\"title\":\"Town\",\"items\":[{\"id\":\"1\","
    "\"content_html\":\"<p>Eighty-five pounds</p>\"},{\"id\":\"2\",\"content_text\":\"Shut\"}]}";

constexpr std::string_view kForum =
    "<html id=XF><body><article class='message message--post' data-author=Dana id=post-1><header "
    "class=message-attribution><a href=/t/7/post-1><time datetime='2026-11-12T09:15:00Z'>12 Nov "
    "2026</time></a></header><div class=message-body><div class=bbWrapper>Eighty-five pounds each."
    "</div></div></article><article class='message message--post' data-author=Kit id=post-2><div "
    "class=message-body><div class=bbWrapper>Same &amp; here.</div></div></article></body></html>";

constexpr std::string_view kRdf =
    "<rdf:RDF xmlns:rdf='http://www.w3.org/1999/02/22-rdf-syntax-ns#' "
    "xmlns='http://purl.org/rss/1.0/' xmlns:dc='http://purl.org/dc/elements/1.1/'><channel "
    "rdf:about='https://herald.example/'><title>Herald</title></channel><item rdf:about="
    "'https://herald.example/1'><title>Blazers</title><description>Eighty-five pounds"
    "</description><dc:creator>Dana</dc:creator><dc:date>2026-11-12T09:15:00Z</dc:date></item>"
    "<item rdf:about='https://herald.example/2'><title>Gates</title></item></rdf:RDF>";
constexpr std::string_view kJsonLd =
    "<html><head><script type='application/ld+json'>{\"@type\":\"DiscussionForumPosting\","
    "\"text\":\"Eighty-five pounds\",\"author\":{\"name\":\"Dana\"},\"comment\":[{\"@type\":"
    "\"Comment\",\"text\":\"Too \\u0026 much\",\"author\":[{\"name\":\"Owen\"}]}]}</script></head>"
    "<body><div id=root></div></body></html>";
constexpr std::string_view kMicrodata =
    "<html><body><h1>Blazers</h1><div itemscope itemtype='https://schema.org/Comment' id=c1>"
    "<span itemprop=author>Dana</span><time itemprop=datePublished "
    "datetime='2026-11-12T09:15:00Z'>12 Nov</time><p itemprop=text>Eighty-five pounds</p></div>"
    "<div itemscope itemtype='https://schema.org/Comment' id=c2><span itemprop=author>Kit</span>"
    "<p itemprop=text>Same here</p></div></body></html>";
constexpr std::string_view kStatuses =
    "[{\"id\":\"1\",\"visibility\":\"public\",\"uri\":\"https://social.example/s/1\",\"content\":"
    "\"<p>Eighty-five pounds</p>\",\"account\":{\"acct\":\"dana\"}},{\"id\":\"2\",\"visibility\":"
    "\"public\",\"content\":\"<p>Same here</p>\",\"account\":{\"acct\":\"kit\"}}]";

class CutTest : public testing::TestWithParam<Sample> {};

TEST_P(CutTest, AtEveryByteGivesAnErrorOrWhatCouldBeRead) {
  const Sample& sample = GetParam();
  const std::size_t enough =
      sample.end.empty() ? std::string::npos : sample.bytes.find(sample.end) + sample.end.size();
  const std::size_t whole = ReadOrFail(sample.bytes, sample.type, WithEngines()).posts.size();
  for (std::size_t size = 0; size <= sample.bytes.size(); ++size) {
    // An exact copy, so that the sanitizer sees one byte too many.
    const std::vector<char> cut(sample.bytes.begin(),
                                sample.bytes.begin() + static_cast<std::ptrdiff_t>(size));
    const core::Result<Document> document =
        TryRead(std::string_view(cut.data(), cut.size()), sample.type, WithEngines());
    if (!document) {
      EXPECT_FALSE(document.error().message.empty()) << size;
      EXPECT_LT(size, enough) << document.error().message;
      continue;
    }
    EXPECT_LE(document->posts.size(), whole + 1) << size;
    if (size >= enough) {
      ASSERT_FALSE(document->posts.empty()) << size;
      EXPECT_EQ(document->posts[0].text, sample.first) << size;
    }
  }
}

INSTANTIATE_TEST_SUITE_P(
    Samples, CutTest,
    testing::Values(
        Sample{"Rss", std::string(kRss), "application/rss+xml", "Eighty-five pounds & no help",
               "</item>"},
        Sample{"Atom", std::string(kAtom), "application/atom+xml", "Eighty-five pounds",
               "</entry>"},
        Sample{"JsonFeed", std::string(kJsonFeed), "application/feed+json", "", ""},
        Sample{"Rdf", std::string(kRdf), "application/rdf+xml", "Eighty-five pounds", "</item>"},
        Sample{"JsonLd", std::string(kJsonLd), "text/html", "Eighty-five pounds", "</script>"},
        Sample{"Microdata", std::string(kMicrodata), "text/html", "Eighty-five pounds", "</div>"},
        Sample{"Forum", std::string(kForum), "text/html", "Eighty-five pounds each.",
               "</article>"}),
    [](const auto& row) { return row.param.name; });

TEST(CutRecipeTest, AnAnswerCutAtEveryByteIsAnErrorInWordsUntilItIsWhole) {
  config::Diagnostics problems;
  const auto recipes = LoadRecipes(SW_SOURCE_DIR "/config/answers", problems);
  ReadOptions options;
  options.recipe = recipes.at("mastodon").get();
  for (std::size_t size = 0; size < kStatuses.size(); ++size) {
    const std::vector<char> cut(kStatuses.begin(), kStatuses.begin() + size);
    const core::Result<Document> document =
        TryRead(std::string_view(cut.data(), cut.size()), "application/json", options);
    ASSERT_FALSE(document) << size;
    EXPECT_EQ(document.error().kind, core::ErrorKind::kBadInput) << size;
    EXPECT_FALSE(document.error().message.empty()) << size;
  }
  EXPECT_EQ(ReadOrFail(kStatuses, "application/json", options).posts.size(), 2u);
}

struct Bomb {
  std::string name, bytes, type = "text/html";
};
class HostileTest : public testing::TestWithParam<Bomb> {};

TEST_P(HostileTest, IsReadOrRefused) {
  const core::Result<Document> document = TryRead(GetParam().bytes, GetParam().type, WithEngines());
  if (!document) {
    EXPECT_EQ(document.error().kind, core::ErrorKind::kBadInput);
    EXPECT_FALSE(document.error().message.empty());
  }
}

std::string Billion() {
  std::string dtd = "<?xml version='1.0'?><!DOCTYPE rss [<!ENTITY a0 'ha'>";
  for (int i = 1; i < 20; ++i) {
    dtd += fmt::format("<!ENTITY a{} '{}'>", i, Times(10, fmt::format("&a{};", i - 1)));
  }
  return dtd + "]><rss version='2.0'><channel><item><title>&a19;</title></item></channel></rss>";
}

constexpr std::string_view kComment =
    "<div class='comment h-entry' itemscope itemtype='https://schema.org/Comment' id=c1><a "
    "class=author href='/user/1'>Dana</a> <time datetime='2026-11-12T09:15:00Z'>12 Nov</time> ";

INSTANTIATE_TEST_SUITE_P(
    Kinds, HostileTest,
    testing::Values(
        Bomb{"CommentsInComments", Times(1'500, kComment)},
        Bomb{"CommentsInCommentsUntilRefused", Times(6'000, kComment)},
        Bomb{"QuotesInQuotes", Times(3'000, "<blockquote class=quote>a")},
        Bomb{"ManyShapes",
             [] {
               std::string html;
               for (char a = 'a'; a <= 'z'; ++a) {
                 for (char b = 'a'; b <= 'z'; ++b) {
                   html += fmt::format(
                       "<div class='comment {}{}'><a href=/user/1>D</a>"
                       "<time datetime=2026-11-12>1</time>x",
                       a, b);
                 }
               }
               return html;
             }()},
        Bomb{"Entities", "<p>" + Times(100'000, "&amp;&#x1F600;&nbsp;&bogus;&#0;")},
        Bomb{"OpenEntities", "<p>" + Times(100'000, "&")},
        Bomb{"LongAttribute", "<a title='" + Times(300'000, "ab ") + "'>x</a>"},
        Bomb{"JsonLd", "<script type='application/ld+json'>" + Times(50'000, "[") + "</script>"},
        Bomb{"JsonLdOfManyPosts", "<script type='application/ld+json'>[" +
                                      Times(60'000, "{\"@type\":\"Comment\",\"text\":\"a\"},") +
                                      "1]</script>"},
        Bomb{"DatesWithoutEnd", Times(60'000, "<p>12 Nov 2026 09:15 <b>Dana</b>")},
        Bomb{"Links",
             [] {
               std::string html;
               for (int i = 0; i < 60'000; ++i) {
                 html += fmt::format("<a href=/a/{}>link {}</a>", i, i);
               }
               return html;
             }()},
        Bomb{"FormattingRebuilt",
             [] {
               std::string html = "<p>";
               for (int i = 0; i < 1'000; ++i) {
                 html += fmt::format("<b x={}>", i);
               }
               return html + Times(10'000, "</p><p>a");
             }()},
        Bomb{"EntitiesOfXml", Billion(), "application/rss+xml"},
        Bomb{"NestedXml", "<rss><channel><item>" + Times(50'000, "<a>"), "application/rss+xml"},
        Bomb{"AttributesOfXml", "<rss " + Times(20'000, "a='b' ") + "><channel>",
             "application/rss+xml"},
        Bomb{"NestedJson", Times(100'000, "{\"a\":["), "application/json"}),
    [](const auto& row) { return row.param.name; });

TEST(LongLineTest, FiftyMegabytesOfOneLineAreReadToTheLimit) {
  const std::string line(50u << 20, 'a');
  const Document page = ReadOrFail("<p>" + line, "text/html", WithEngines());
  ASSERT_EQ(page.notes.size(), 1u);
  EXPECT_NE(page.notes[0].find("only the first"), std::string::npos);
  for (const char* type : {"application/rss+xml", "application/json"}) {
    const core::Result<Document> other = TryRead(line, type, WithEngines());
    EXPECT_TRUE(other || !other.error().message.empty()) << type;
  }
}

}  // namespace
}  // namespace schoolwatch::crawler
