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
