#include <gtest/gtest.h>

#include "crawler/follow.h"

namespace schoolwatch::crawler {
namespace {

CrawlRequest Request(std::string_view url) {
  return {.source = "herald", .url = core::HttpUrl::Parse(url).value(), .thread = {}};
}

TEST(FollowTest, WhatWasFollowedComesBackAsItWas) {
  CrawlRequest thread = Request("http://forum.example/t/12?page=2");
  thread.kind = FetchKind::kThread;
  thread.thread = {.url = "http://forum.example/t/12", .title = "Fight on Friday?", .schools = {}};
  const auto back = DecodeFollow(EncodeFollow(thread), Request("http://forum.example/"));
  ASSERT_TRUE(back.has_value());
  EXPECT_EQ(back->url.href(), thread.url.href());
  EXPECT_EQ(back->kind, thread.kind);
  EXPECT_EQ(back->source, "herald");
  EXPECT_EQ(back->depth, 1);
  EXPECT_EQ(back->thread.url, thread.thread.url);
  EXPECT_EQ(back->thread.title, thread.thread.title);
}

TEST(FollowTest, WhatMakesNoSenseIsLeftOut) {
  for (const char* text : {"", "thread", "page http://forum.example/", "thread ftp://x/", " "}) {
    EXPECT_FALSE(DecodeFollow(text, Request("http://forum.example/")).has_value()) << text;
  }
}

}  // namespace
}  // namespace schoolwatch::crawler
