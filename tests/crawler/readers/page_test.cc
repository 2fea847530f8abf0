#include <gtest/gtest.h>

#include <algorithm>
#include <string>

#include "tests/crawler/readers/read_page.h"

namespace schoolwatch::crawler {
namespace {

constexpr std::string_view kArticle = R"(<!DOCTYPE html><html lang="en-GB"><head>
<title>Parents query uniform price - Quillbrook Herald</title>
<meta property="og:title" content="Parents query uniform price">
<meta property="article:published_time" content="2026-11-20T18:02:11+00:00">
<meta name="author" content="Dana Kettle">
<link rel="canonical" href="/news/uniform">
<link rel="alternate" type="application/rss+xml" title="Herald » Comments on uniform" href="/news/uniform/feed/">
<link rel="alternate" type="application/rss+xml" title="Herald" href="/feed/">
</head><body><header class="site-header"><nav><ul><li><a href="/">Home</a></li>
<li><a href="/sport/">Sport</a></li><li><a href="/login">Log in</a></li></ul></nav></header>
<main><article><h1>Parents query uniform price</h1><p class="byline">By <a rel="author" href="/author/dana">Dana Kettle</a></p>
<p>Parents at the academy have asked why a new blazer is to cost eighty-five pounds, twenty more than
last year, and why only one shop may sell it.</p>
<figure><img src="/i.jpg" alt="A queue of parents outside the only shop"><figcaption>The shop</figcaption></figure>
<p>The trust said that the cloth was better, that <a href="/help">help with costs</a> was on offer, and
that nobody would be sent home over it this term.</p>
<div class="share-buttons"><a href="#">Share</a> <a href="#">Post</a></div>
<p>A meeting will be held in the hall on Thursday evening, the trust added, at which anybody may speak.</p>
</article><aside class="related"><h2>Related stories</h2><ul><li><a href="/news/2026/11/gates-shut-again-today">Gates shut again today in town</a></li></ul></aside>
<section id="comments"><h2>2 Comments</h2><ol class="commentlist">
<li class="comment" id="comment-11"><cite class="fn">Owen</cite> <a href="/news/uniform#comment-11"><time datetime="2026-11-20T19:00:00Z">20 Nov</time></a><div class="comment-content"><p>Disgraceful price for a jacket.</p></div><a class="comment-reply-link" href="?replytocom=11#respond">Reply</a></li>
<li class="comment" id="comment-12"><cite class="fn">Kit</cite> <a href="/news/uniform#comment-12"><time datetime="2026-11-20T20:00:00Z">20 Nov</time></a><div class="comment-content"><p>It was the same in my day, and we wore it out in a year.</p></div><a class="comment-reply-link" href="?replytocom=12#respond">Reply</a></li>
</ol></section></main><footer>Copyright the Herald</footer></body></html>)";

Document ReadArticlePage() {
  return ReadOrFail(kArticle, "text/html", {}, "https://herald.example/news/uniform?page=1");
}

TEST(ArticleTest, TheArticleStandsApartFromItsReadersComments) {
  const Document document = ReadArticlePage();
  EXPECT_EQ(document.kind, DocumentKind::kArticle);
  ASSERT_EQ(document.posts.size(), 3u);
  const core::Post& article = document.posts[0];
  EXPECT_EQ(article.kind, core::PostKind::kArticle);
  EXPECT_EQ(article.title, "Parents query uniform price");
  EXPECT_EQ(article.author, "Dana Kettle");
  EXPECT_EQ(article.url, "https://herald.example/news/uniform");
  EXPECT_EQ(core::FormatRfc3339(*article.published), "2026-11-20T18:02:11Z");
  EXPECT_TRUE(document.main_text.starts_with("Parents at the academy"));
  EXPECT_TRUE(document.main_text.ends_with("anybody may speak."));
  for (const std::string_view unwanted :
       {"Disgraceful", "Related", "Share", "Sport", "Copyright", "Gates shut"}) {
    EXPECT_EQ(document.main_text.find(unwanted), std::string::npos) << unwanted;
  }
  EXPECT_EQ(document.posts[1].kind, core::PostKind::kComment);
  EXPECT_EQ(document.posts[1].author, "Owen");
  EXPECT_EQ(document.posts[1].text, "Disgraceful price for a jacket.");
  EXPECT_EQ(document.posts[1].url, "https://herald.example/news/uniform#comment-11");
  EXPECT_EQ(document.posts[2].text, "It was the same in my day, and we wore it out in a year.");
}

TEST(ArticleTest, WordsOfPicturesAreInThePostNotInTheMainText) {
  const Document document = ReadArticlePage();
  EXPECT_NE(document.posts[0].text.find("A queue of parents"), std::string::npos);
  EXPECT_EQ(document.main_text.find("A queue of parents"), std::string::npos);
}

TEST(ArticleTest, LinksSayWhereTheyLead) {
  const Document document = ReadArticlePage();
  const auto kind_of = [&](std::string_view url) {
    const auto found = std::find_if(document.links.begin(), document.links.end(),
                                    [&](const Link& link) { return link.url == url; });
    return found == document.links.end() ? std::string("none")
                                         : std::string(LinkKindName(found->kind));
  };
  EXPECT_EQ(kind_of("https://herald.example/feed/"), "feed");
  EXPECT_EQ(kind_of("https://herald.example/news/uniform/feed/"), "comment_feed");
  EXPECT_EQ(kind_of("https://herald.example/news/2026/11/gates-shut-again-today"), "article");
  EXPECT_EQ(kind_of("https://herald.example/login"), "noise");
  EXPECT_EQ(kind_of("https://herald.example/author/dana"), "noise");
}

TEST(ArticleTest, BylineAndDateAreTakenFromWhatIsShown) {
  for (const char* byline : {"By Dana Kettle", "Posted by: Dana Kettle |", "von Dana Kettle",
                             "Written by Dana Kettle"}) {
    const Document document = ReadHtml(
        "<html><body><div class=user-nav><a class=user href=/login>Log in</a></div><h1>Blazers"
        "</h1><p class=byline>" +
        std::string(byline) +
        "</p><p>12 November 2026</p><p>Parents at the academy have asked why a new blazer is to "
        "cost eighty-five pounds, twenty more than last year, and why only one shop may sell "
        "it.</p></body></html>");
    EXPECT_EQ(document.author, "Dana Kettle") << byline;
    ASSERT_TRUE(document.published) << byline;
    EXPECT_EQ(core::FormatRfc3339(*document.published), "2026-11-12T00:00:00Z");
  }
}

TEST(LinksTest, NextPagesAndThreadsAreTold) {
  const Document document = ReadHtml(
      "<p><a href='/forum/viewtopic.php?t=9'>Parking</a> <a href='?page=2' rel=next>2</a> "
      "<a href='/forum/page3'>Next »</a> <a href='https://elsewhere.example/t/1'>away</a> "
      "<a href='mailto:a@b.example'>mail</a> <a href='/x.pdf'>letter</a> <a "
      "href='#top'>top</a></p>");
  ASSERT_EQ(document.links.size(), 4u);
  EXPECT_EQ(document.links[0].kind, LinkKind::kThread);
  EXPECT_EQ(document.links[1].kind, LinkKind::kNextPage);
  EXPECT_EQ(document.links[1].url, "https://forum.example/thread/7?page=2");
  EXPECT_EQ(document.links[2].kind, LinkKind::kNextPage);
  EXPECT_EQ(document.links[3].kind, LinkKind::kOther);
}

TEST(LinksTest, TheNextNumberIsTheNextPage) {
  const auto next = [](const char* here) {
    const Document document = ReadOrFail(
        "<p><a href='?page=1'>1</a> <a href='?page=2'>2</a> <a href='?page=3'>3</a> <a "
        "href='?page=4'>4</a> <a href='/a?page=9'>12 pages</a> <a href='/news/2'>2</a></p>",
        "text/html", {}, here);
    std::string all;
    for (const Link& link : document.links) {
      all += link.kind == LinkKind::kNextPage ? link.url : "";
    }
    return all;
  };
  EXPECT_EQ(next("https://forum.example/talk"), "https://forum.example/talk?page=2");
  EXPECT_EQ(next("https://forum.example/talk?page=3"), "https://forum.example/talk?page=4");
}

TEST(LinksTest, AnArrowIsTheNextPage) {
  const Document document = ReadHtml("<a href='?start=25'>2</a> <a href='?start=25'>&gt;</a>");
  ASSERT_EQ(document.links.size(), 1u);
  EXPECT_EQ(document.links[0].kind, LinkKind::kNextPage);
}

TEST(PageTest, TeasersWithHeadingsThatLeadAwayMakeAListing) {
  std::string page = "<html><body><h1>News</h1>";
  for (const char* name : {"one", "two", "three", "four"}) {
    page += std::string("<div class=teaser-card><h2><a href='/news/") + name + "'>Story number " +
            name +
            "</a></h2><span class=author>Dana</span> <span class=date>12 November 2026</span>"
            "<p>What happened was told at some length by those who had been there.</p></div>";
  }
  const Document document = ReadHtml(page + "</body></html>");
  EXPECT_EQ(document.kind, DocumentKind::kListing);
  ASSERT_EQ(document.posts.size(), 4u);
  EXPECT_EQ(document.posts[0].kind, core::PostKind::kEntry);
  EXPECT_EQ(document.posts[0].title, "Story number one");
  EXPECT_EQ(document.posts[0].url, "https://forum.example/news/one");
}

TEST(PageTest, ReviewsInMicrodataAreReviews) {
  std::string page = "<html><body><h1>Quillbrook Academy</h1>";
  for (const char* name : {"Dana", "Owen", "Kit"}) {
    page += std::string(
                "<div itemprop=review itemscope itemtype='https://schema.org/Review'>"
                "<span itemprop=author>") +
            name +
            "</span> <meta itemprop=datePublished content=2026-11-20><p itemprop=reviewBody>"
            "The office never answers the telephone.</p></div>";
  }
  const Document document = ReadHtml(page + "</body></html>");
  ASSERT_EQ(document.posts.size(), 3u);
  EXPECT_EQ(document.posts[0].kind, core::PostKind::kReview);
  EXPECT_EQ(document.posts[0].author, "Dana");
  EXPECT_EQ(document.posts[0].text, "The office never answers the telephone.");
  EXPECT_TRUE(document.posts[0].published);
}

TEST(PageTest, WhatCannotBeReadIsRefusedInWords) {
  EXPECT_EQ(TryRead("", "text/html").error().message, "the page is empty");
  EXPECT_NE(TryRead("x", "image/png").error().message.find("image/png"), std::string::npos);
  ReadOptions options;
  options.reader = "mailbox";
  EXPECT_NE(TryRead("x", "text/html", options).error().message.find("mailbox"), std::string::npos);
}

TEST(PageTest, BytesCutAnywhereNeverFailHard) {
  for (std::size_t size = 1; size < kArticle.size(); size += 7) {
    const core::Result<Document> document = TryRead(kArticle.substr(0, size), "text/html");
    EXPECT_TRUE(document || !document.error().message.empty()) << size;
  }
}

}  // namespace
}  // namespace schoolwatch::crawler
