#include "app/pipeline/post_identity.h"

#include <gtest/gtest.h>

#include "core/fingerprint.h"
#include "tests/app/samples.h"

namespace schoolwatch::app {
namespace {

using core::PostKind;

core::Post Comment() {
  core::Post post;
  post.kind = PostKind::kComment;
  post.url = "http://herald.example/gates#comment-7";
  post.thread_url = "http://herald.example/gates";
  post.text = "The office knew of it and told nobody at all.";
  post.author = "watchful";
  post.published = At("2026-11-20T18:00:00Z");
  return post;
}

core::Post CountedComment() {
  core::Post post = Comment();
  post.id = "comment-7";
  return post;
}

core::Post Article() {
  core::Post post = Comment();
  post.kind = PostKind::kArticle;
  post.url = "http://herald.example/gates";
  post.title = "Gates of Quillbrook Academy stay shut";
  return post;
}

PostIdentity Of(const core::Post& post) { return IdentityOf(post, core::FingerprintOf(post)); }

struct Pair {
  const char* name;
  core::Post (*first)();
  void (*change)(core::Post&);
  bool same;
};

class IsSamePostTest : public testing::TestWithParam<Pair> {};

TEST_P(IsSamePostTest, Holds) {
  const core::Post first = GetParam().first();
  core::Post second = first;
  GetParam().change(second);
  EXPECT_EQ(IsSamePost(Of(first), Of(second)), GetParam().same);
  EXPECT_EQ(IsSamePost(Of(second), Of(first)), GetParam().same) << "either way round";
}

INSTANTIATE_TEST_SUITE_P(
    Pairs, IsSamePostTest,
    testing::Values(
        Pair{"WhatAnotherPageCountsAlike", CountedComment,
             [](core::Post& post) {
               post.url = "http://herald.example/lunch#comment-7";
               post.thread_url = "http://herald.example/lunch";
               post.author = "somebody else";
               post.text = "The lunch queue is as long as ever, and cold.";
             },
             false},
        Pair{"ItsPermalinkWithATrackingParameter", Article,
             [](core::Post& post) {
               post.id = "tag:herald.example,2026:gates";
               post.url = "https://www.herald.example/gates/?utm_source=rss";
               post.text = "Papers to follow.";
             },
             true},
        Pair{"AFeedsEntryAndThePageBehindIt", Article,
             [](core::Post& post) {
               post.kind = PostKind::kEntry;
               post.id = "77";
               post.text = "Papers to …";
               post.author.clear();
             },
             true},
        Pair{"AnotherCommentOfTheSameWords", Comment,
             [](core::Post& post) { post.url = "http://herald.example/gates#comment-8"; }, false},
        Pair{"AnotherReplyOfTheSameWordsByItsId", Comment,
             [](core::Post& post) {
               post.id = "8";
               post.url = "http://herald.example/gates#comment-8";
             },
             false},
        Pair{"ACommentWithAndWithoutItsPermalink", Comment,
             [](core::Post& post) { post.url = post.thread_url; }, true},
        Pair{"TheSameWordsOfSomebodyElse", Comment,
             [](core::Post& post) {
               post.url.clear();
               post.author = "another";
             },
             false},
        Pair{"TheSameWordsOfNobody", Comment,
             [](core::Post& post) {
               post.url.clear();
               post.author.clear();
             },
             false},
        Pair{"TheSameWordsAWeekLater", Comment,
             [](core::Post& post) {
               post.url.clear();
               post.published = At("2026-11-27T18:00:00Z");
             },
             false},
        Pair{"TheSameWordsOnAnotherSite", Comment,
             [](core::Post& post) {
               post.url = "http://forum.example/t/9";
               post.thread_url = "http://forum.example/t";
             },
             false},
        Pair{"APermalinkOfTheThreadIsNobodysOwn", Comment,
             [](core::Post& post) {
               post.url = post.thread_url;
               post.author = "another";
               post.text = "Something else entirely was said here.";
             },
             false},
        Pair{"AnArticleThatMoved", Article,
             [](core::Post& post) { post.url = "http://herald.example/2026/11/gates"; }, true}),
    [](const auto& row) { return row.param.name; });

}  // namespace
}  // namespace schoolwatch::app
