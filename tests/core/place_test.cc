#include "core/place.h"

#include <gtest/gtest.h>

namespace schoolwatch::core {
namespace {

TEST(PlaceKeyTest, KeepsWhatNamesAPostOnItsPage) {
  const auto key = [](std::string_view url) { return PlaceKey(HttpUrl::Parse(url).value()); };
  EXPECT_EQ(key("https://www.herald.example/gates/?fbclid=x#comment-7"),
            "herald.example/gates#comment-7");
  EXPECT_EQ(key("http://herald.example:8080/gates/?page=2"), "herald.example:8080/gates/?page=2");
  EXPECT_EQ(key("https://www.herald.example/"), "herald.example");
}

TEST(PageKeyTest, WaysToWriteAnAddressMeet) {
  EXPECT_EQ(PageKey("https://www.herald.example/gates/?fbclid=x#comment-7"),
            PageKey("http://herald.example/gates"));
  EXPECT_NE(PageKey("http://herald.example/gates?page=2"), PageKey("http://herald.example/gates"));
  EXPECT_EQ(PageKey("mailto:a@b.example"), "");
}

TEST(IsWholeSiteTest, OnlyAHostIsOne) {
  EXPECT_TRUE(IsWholeSite(PageKey("https://www.herald.example/")));
  EXPECT_FALSE(IsWholeSite(PageKey("https://herald.example/gates")));
  EXPECT_FALSE(IsWholeSite(PageKey("https://herald.example/?p=7")));
}

struct LinkRow {
  const char* name;
  PostKind kind;
  const char* url;
  const char* thread_url;
  const char* link;
};

class OwnLinkTest : public testing::TestWithParam<LinkRow> {};

TEST_P(OwnLinkTest, Holds) {
  Post post;
  post.kind = GetParam().kind;
  post.url = GetParam().url;
  post.thread_url = GetParam().thread_url;
  EXPECT_EQ(OwnLink(post), GetParam().link);
}

INSTANTIATE_TEST_SUITE_P(
    Posts, OwnLinkTest,
    testing::Values(
        LinkRow{"AnArticle", PostKind::kArticle, "https://www.gazette.example/a/1/?utm_source=x",
                "", "gazette.example/a/1"},
        LinkRow{"AnotherPageOfIt", PostKind::kArticle, "http://gazette.example/a/1?page=2",
                "https://gazette.example/a/1", "gazette.example/a/1?page=2"},
        LinkRow{"AnEntry", PostKind::kEntry, "https://blog.example:8443/Post/", "",
                "blog.example:8443/Post"},
        LinkRow{"AnEntryThatLeadsToItsSite", PostKind::kEntry, "https://blog.example/", "", ""},
        LinkRow{"AFragmentOfTheSite", PostKind::kEntry, "https://blog.example/#c4", "",
                "blog.example#c4"},
        LinkRow{"ACommentByItsFragment", PostKind::kComment, "https://blog.example/post/#c4",
                "https://blog.example/post", "blog.example/post#c4"},
        LinkRow{"ACommentByItsThread", PostKind::kComment, "https://blog.example/post/",
                "http://www.blog.example/post#top", ""},
        LinkRow{"ACommentByItsQuery", PostKind::kComment, "https://blog.example/post/?comment=4",
                "https://blog.example/post", "blog.example/post/?comment=4"},
        LinkRow{"APostOfAnUnknownThread", PostKind::kThreadPost, "https://forum.example/t/1", "",
                ""},
        LinkRow{"NoAddress", PostKind::kReview, "no address", "", ""},
        LinkRow{"None", PostKind::kReview, "", "https://forum.example/t/1", ""}),
    [](const auto& row) { return std::string(row.param.name); });

}  // namespace
}  // namespace schoolwatch::core
