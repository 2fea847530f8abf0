#include <gtest/gtest.h>

#include <string>
#include <string_view>

#include "tests/crawler/readers/read_page.h"

namespace schoolwatch::crawler {
namespace {

// A page whose mark-up names its posts, in one vocabulary or another, and what each holds.
struct Page {
  std::string name, html;
  core::PostKind kind = core::PostKind::kThreadPost;
  std::string parent = {};  // Of the second post.
};
class MarkUpTest : public testing::TestWithParam<Page> {};

TEST_P(MarkUpTest, EveryPostHasItsParts) {
  const Document document =
      ReadHtml("<html><body><h1>Blazers</h1>" + GetParam().html + "</body></html>");
  ASSERT_EQ(document.posts.size(), 2u);
  const core::Post& first = document.posts[0];
  EXPECT_EQ(first.kind, GetParam().kind);
  EXPECT_EQ(first.text, "Eighty-five pounds each.\nThat is far too much.");
  EXPECT_EQ(first.author, "Dana K");
  EXPECT_EQ(first.author_url, "https://forum.example/u/dana");
  ASSERT_TRUE(first.published);
  EXPECT_EQ(core::FormatRfc3339(*first.published), "2026-11-12T09:15:00Z");
  EXPECT_EQ(first.url, "https://forum.example/p/1");
  const core::Post& second = document.posts[1];
  EXPECT_EQ(second.text, "Same here.");
  EXPECT_EQ(second.author, "Kit");
  EXPECT_EQ(second.parent, GetParam().parent);
}

INSTANTIATE_TEST_SUITE_P(
    Vocabularies, MarkUpTest,
    testing::Values(
        Page{"Microdata",
             "<div itemscope itemtype='https://schema.org/Question'><div><div itemprop=text><p>"
             "Eighty-five pounds each.</p><p>That is far too much.</p></div><span itemprop=author "
             "itemscope itemtype='https://schema.org/Person'><a itemprop=url href='/u/dana'><span "
             "itemprop=name>Dana K</span></a></span><a itemprop=url href='/p/1'><time "
             "itemprop=dateCreated datetime='2026-11-12T09:15:00Z'>12 Nov</time></a></div><div "
             "itemprop=suggestedAnswer itemscope itemtype='https://schema.org/Answer'><div "
             "itemprop=text>Same here.</div><span itemprop=author>Kit</span><a itemprop=url "
             "href='/p/2'><time itemprop=dateCreated datetime='2026-11-12T10:15:00Z'>12 Nov</time>"
             "</a></div></div>",
             core::PostKind::kThreadPost, "https://forum.example/p/1"},
        Page{"MicrodataReviews",
             "<div itemprop=review itemscope itemtype='https://schema.org/Review'><span "
             "itemprop=reviewRating itemscope itemtype='https://schema.org/Rating'>Rating: <span "
             "itemprop=ratingValue>1</span> out of 5</span><span itemprop=author><a "
             "href='/u/dana'>Dana K</a></span><a itemprop=url href='/p/1'><meta "
             "itemprop=datePublished content='2026-11-12T09:15:00Z'></a><div itemprop=reviewBody>"
             "<p>Eighty-five pounds each.</p><p>That is far too much.</p></div></div><div "
             "itemprop=review itemscope itemtype='https://schema.org/Review'><span "
             "itemprop=author>Kit</span><meta itemprop=datePublished content='2026-11-13'><p "
             "itemprop=reviewBody>Same here.</p></div>",
             core::PostKind::kReview},
        Page{
            "RdfaLite",
            "<div vocab='https://schema.org/' typeof=DiscussionForumPosting><div "
            "property=articleBody><p>Eighty-five pounds each.</p><p>That is far too much.</p></div>"
            "<span property=author typeof=Person><a property=url href='/u/dana'><span "
            "property=name>Dana K</span></a></span><a property=url href='/p/1'><time "
            "property=datePublished datetime='2026-11-12T09:15:00Z'>12 Nov</time></a></div><div "
            "vocab='https://schema.org/' typeof=Comment><p property=text>Same here.</p><span "
            "property=author>Kit</span><span property=parentItem><a href='/p/1'>in answer</a>"
            "</span><time property=dateCreated datetime='2026-11-12T10:15:00Z'>12 Nov</time></div>",
            core::PostKind::kThreadPost, "https://forum.example/p/1"},
        Page{"RdfaOfDrupal",
             "<div typeof='sioc:Post sioct:BoardPost'><span property='dc:date dc:created' "
             "content='2026-11-12T09:15:00+00:00'>Thu, 12/11/2026 - 09:15</span><span "
             "rel='sioc:has_creator'><a href='/u/dana' property='foaf:name'>Dana K</a></span><a "
             "property='schema:url' href='/p/1'>Permalink</a><div property='content:encoded'><p>"
             "Eighty-five pounds each.</p><p>That is far too much.</p></div></div><div "
             "typeof='sioc:Post sioct:Comment'><span property='dc:created' "
             "content='2026-11-12T10:15:00+00:00'>Thu, 12/11/2026 - 10:15</span><span "
             "rel='sioc:has_creator'><a href='/u/kit' property='foaf:name'>Kit</a></span><div "
             "property='content:encoded'><p>Same here.</p></div></div>",
             core::PostKind::kThreadPost},
        Page{"Microformats",
             "<div class=h-feed><div class=h-entry><a class='p-author h-card' href='/u/dana'>Dana "
             "K</a><a class=u-url href='/p/1'><time class=dt-published "
             "datetime='2026-11-12T09:15:00Z'>12 Nov</time></a><div class='e-content p-name'><p>"
             "Eighty-five pounds each.</p><p>That is far too much.</p></div></div><div "
             "class=h-entry><a class='p-author h-card' href='/u/kit'>Kit</a><a class=u-url "
             "href='/p/2'><time class=dt-published datetime='2026-11-12T10:15:00Z'>12 Nov</time>"
             "</a><a class=u-in-reply-to href='/p/1'>in answer</a><div class=e-content>Same here."
             "</div></div></div>",
             core::PostKind::kThreadPost, "https://forum.example/p/1"},
        Page{"MicroformatsReviews",
             "<div class=h-review><span class=p-name>Dear</span><span class='p-rating'>Rating: 1 "
             "out of 5</span><a class='p-author h-card' href='/u/dana'>Dana K</a><a class=u-url "
             "href='/p/1'><time class=dt-published datetime='2026-11-12T09:15:00Z'>12 Nov</time>"
             "</a><div class=e-content><p>Eighty-five pounds each.</p><p>That is far too much.</p>"
             "</div></div><div class=h-review><span class=p-author>Kit</span><time "
             "class=dt-published datetime='2026-11-13'>13 Nov</time><p class=e-content>Same here."
             "</p></div>",
             core::PostKind::kReview}),
    [](const auto& row) { return row.param.name; });

TEST(MarkUpTest, AnEntryAloneIsTheArticleAndItsCitesAreComments) {
  const Document document = ReadHtml(
      "<html><body><div class=h-entry><h1 class=p-name>New blazers at the academy</h1><a "
      "class='p-author h-card' href='/'>Dana K</a> <time class=dt-published "
      "datetime='2026-11-12T09:15:00Z'>12 Nov</time><div class=e-content><p>Parents have asked why "
      "a new blazer is to cost eighty-five pounds, twenty more than last year, and why only one "
      "shop may sell it, and nobody at the academy would say so far.</p></div><ul><li "
      "class='u-like h-cite'><a class=p-author href='/u/o'>Owen</a></li><li class='u-comment "
      "h-cite'><a class='p-author h-card' href='/u/kit'>Kit</a><time class=dt-published "
      "datetime='2026-11-12T10:15:00Z'>12 Nov</time><p class=p-content>Same here.</p></li></ul>"
      "</div></body></html>");
  EXPECT_EQ(document.kind, DocumentKind::kArticle);
  ASSERT_EQ(document.posts.size(), 2u);
  EXPECT_EQ(document.posts[0].kind, core::PostKind::kArticle);
  EXPECT_EQ(document.posts[0].text.find("Same here"), std::string::npos);
  EXPECT_EQ(document.posts[1].kind, core::PostKind::kComment);
  EXPECT_EQ(document.posts[1].text, "Same here.");
  EXPECT_EQ(document.posts[1].author, "Kit");
}

struct JsonLd {
  std::string type;
  core::PostKind kind;
};
class JsonLdTypeTest : public testing::TestWithParam<JsonLd> {};
TEST_P(JsonLdTypeTest, BecomesAPost) {
  const std::string item = R"("author":{"@type":"Person","name":"Dana K","url":"/u/dana"},)"
                           R"("datePublished":"2026-11-12T09:15:00Z","url":"/p/1"})";
  const Document document = ReadHtml(
      "<html><head><script type='application/ld+json'>{\"@context\":\"https://schema.org\","
      "\"@graph\":[{\"@type\":\"" +
      GetParam().type + "\",\"text\":\"Far too dear.\"," + item + ",{\"@type\":\"" +
      GetParam().type + "\",\"text\":\"Same here.\"," + item + "]}</script></head></html>");
  ASSERT_EQ(document.posts.size(), 2u);
  EXPECT_EQ(document.posts[0].kind, GetParam().kind);
  EXPECT_EQ(document.posts[0].text, "Far too dear.");
  EXPECT_EQ(document.posts[0].author, "Dana K");
  EXPECT_EQ(document.posts[0].author_url, "https://forum.example/u/dana");
  EXPECT_EQ(document.posts[0].url, "https://forum.example/p/1");
  EXPECT_TRUE(document.posts[0].published);
}
INSTANTIATE_TEST_SUITE_P(Types, JsonLdTypeTest,
                         testing::Values(JsonLd{"DiscussionForumPosting",
                                                core::PostKind::kThreadPost},
                                         JsonLd{"SocialMediaPosting", core::PostKind::kThreadPost},
                                         JsonLd{"Question", core::PostKind::kThreadPost},
                                         JsonLd{"Answer", core::PostKind::kThreadPost},
                                         JsonLd{"Comment", core::PostKind::kComment},
                                         JsonLd{"UserComments", core::PostKind::kComment},
                                         JsonLd{"Review", core::PostKind::kReview},
                                         JsonLd{"EmployerReview", core::PostKind::kReview}),
                         [](const auto& row) { return row.param.type; });

TEST(JsonLdTest, AnArticlesOnlyCommentIsAPost) {
  const Document document = ReadHtml(
      "<html><head><script type='application/ld+json'>{\"@type\":\"NewsArticle\",\"headline\":"
      "\"New blazers at the academy\",\"author\":\"Dana Kettle\",\"datePublished\":"
      "\"2026-11-12T09:15:00Z\",\"comment\":{\"@type\":\"Comment\",\"text\":\"Same here.\","
      "\"author\":\"Kit\"}}</script></head><body><p>Parents have asked why a new blazer is to cost "
      "eighty-five pounds, twenty more than last year, and why only one shop may sell it, and "
      "nobody at the academy would say.</p></body></html>");
  EXPECT_EQ(document.kind, DocumentKind::kArticle);
  EXPECT_EQ(document.author, "Dana Kettle");
  ASSERT_EQ(document.posts.size(), 2u);
  EXPECT_EQ(document.posts[1].kind, core::PostKind::kComment);
  EXPECT_EQ(document.posts[1].author, "Kit");
}

TEST(ReviewTest, TwoReviewsKeepNoRatings) {
  std::string page = "<html><body><h1>Quillbrook Academy</h1><div id=reviews>";
  for (const char* name : {"Dana K", "Owen R"}) {
    page += std::string(
                "<div class=review-card><div class=review-rating>Rating: 2 out of 5 stars"
                "</div><span class=review-author>") +
            name +
            "</span> <span class=review-date>12 November 2026</span><p class=review-text>The "
            "office never answers the telephone.</p><div class=helpful>Was this helpful? Yes No"
            "</div></div>";
  }
  const Document document = ReadHtml(page + "</div></body></html>");
  ASSERT_EQ(document.posts.size(), 2u);
  EXPECT_EQ(document.posts[0].text, "The office never answers the telephone.");
  EXPECT_EQ(document.posts[1].author, "Owen R");
}

}  // namespace
}  // namespace schoolwatch::crawler
