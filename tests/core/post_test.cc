#include "core/post.h"

#include <gtest/gtest.h>

namespace schoolwatch::core {
namespace {

Post Comment(std::string id, std::string url, std::string text) {
  Post post;
  post.kind = PostKind::kComment;
  post.id = std::move(id);
  post.url = std::move(url);
  post.text = std::move(text);
  post.thread_url = "https://herald.example/gates";
  return post;
}

TEST(PostKeyTest, AnIdIsUniqueInItsHostOnly) {
  EXPECT_NE(PostKey(Comment("7", "https://a.example/7", "x")),
            PostKey(Comment("7", "https://b.example/7", "x")));
  EXPECT_EQ(PostKey(Comment("7", "https://a.example/7", "x")),
            PostKey(Comment("7", "https://a.example/7?view=2", "edited")));
}

// Each page may begin at "comment-1" again; the number of all that a site has is longer.
TEST(PostKeyTest, AnIdOfItsPageIsUniqueInItsThreadOnly) {
  Post first;
  first.kind = PostKind::kComment;
  first.id = "comment-1";
  first.url = "https://herald.example/minibus#comment-1";
  first.thread_url = "https://herald.example/minibus";
  Post other = first;
  other.url = "https://herald.example/lunch#comment-1";
  other.thread_url = "https://herald.example/lunch";
  EXPECT_TRUE(HasIdOfPage(first));
  EXPECT_NE(PostKey(first), PostKey(other));
  Post later = first;  // It moved to a later page of the same thread.
  later.url = "https://herald.example/minibus/comment-page-2#comment-1";
  later.thread_url = "http://www.herald.example/minibus/";
  EXPECT_EQ(PostKey(first), PostKey(later));
  for (const char* id : {"comment-10001", "1", "t1_ab", "tag:herald.example,2026:1", "p"}) {
    first.id = other.id = id;
    EXPECT_FALSE(HasIdOfPage(first)) << id;
    EXPECT_EQ(PostKey(first), PostKey(other)) << id;
  }
  first.id = "node-1";
  first.kind = PostKind::kArticle;
  EXPECT_FALSE(HasIdOfPage(first));
}

TEST(PostKeyTest, AnIdThatIsAnAddressIsUniqueEverywhere) {
  EXPECT_EQ(PostKey(Comment("https://a.example/?p=7", "https://a.example/7", "x")),
            PostKey(Comment("https://a.example/?p=7", "https://mirror.example/7", "x")));
}

TEST(PostKeyTest, AnEntryAndThePageBehindItAreOnePost) {
  Post entry = Comment("https://herald.example/gates", "https://herald.example/gates", "In short.");
  entry.kind = PostKind::kEntry;
  Post article = Comment("", "https://herald.example/gates", "The whole story.");
  article.kind = PostKind::kArticle;
  EXPECT_EQ(PostKey(entry), PostKey(article));
}

TEST(PostKeyTest, WithoutIdThePermalinkCounts) {
  EXPECT_EQ(PostKey(Comment("", "https://a.example/7#c1", "x")),
            PostKey(Comment("", "https://a.example/7#c1", "edited")));
}

TEST(PostKeyTest, ThePagesOwnAddressIsNoPermalinkOfAComment) {
  EXPECT_NE(PostKey(Comment("", "https://herald.example/gates", "first")),
            PostKey(Comment("", "https://herald.example/gates", "second")));
}

TEST(PostTextHashTest, ChangesWithTheWords) {
  EXPECT_NE(PostTextHash(Comment("1", "", "Mr A")), PostTextHash(Comment("1", "", "Mr B")));
}

TEST(PostKindTest, NamesGoBothWays) {
  for (const PostKind kind : {PostKind::kEntry, PostKind::kArticle, PostKind::kThreadPost,
                              PostKind::kComment, PostKind::kReview}) {
    EXPECT_EQ(ParsePostKind(PostKindName(kind)).value(), kind);
  }
  EXPECT_FALSE(ParsePostKind("tweet").has_value());
}

}  // namespace
}  // namespace schoolwatch::core
