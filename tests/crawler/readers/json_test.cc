#include "crawler/readers/json.h"

#include <gtest/gtest.h>

#include "config/diagnostics.h"
#include "crawler/readers/recipe.h"
#include "tests/crawler/readers/read_page.h"

namespace schoolwatch::crawler {
namespace {

std::shared_ptr<const Recipe> ShippedRecipe(const std::string& name) {
  config::Diagnostics problems;
  const auto recipes = LoadRecipes(SW_SOURCE_DIR "/config/answers", problems);
  EXPECT_TRUE(problems.empty()) << problems.ToText();
  const auto found = recipes.find(name);
  if (found == recipes.end()) {
    ADD_FAILURE() << "no recipe " << name;
    return std::make_shared<const Recipe>();
  }
  return found->second;
}

core::Result<Document> ReadBy(const Recipe& recipe, std::string_view body) {
  ReadOptions options;
  options.recipe = &recipe;
  return TryRead(body, "application/json", options, "https://social.example/api/v1/x");
}

TEST(JsonTest, ReadsMastodonStatuses) {
  const auto recipe = ShippedRecipe("mastodon");
  const auto document = ReadBy(*recipe, R"([
    {"id":"1","created_at":"2026-11-20T18:02:11.000Z","edited_at":null,"in_reply_to_id":"9",
     "spoiler_text":"school rant","visibility":"public","language":"en",
     "uri":"https://far.example/s/99","url":"https://far.example/@dana/99",
     "content":"<p>Queue outside <a href='x'>@<span>quillbrook</span></a><br>again</p>",
     "reblog":null,"account":{"acct":"dana@far.example","display_name":"Dana K","url":"https://far.example/@dana"}},
    {"id":"2","visibility":"public","reblog":{"id":"3","visibility":"public","uri":"u3","content":"<p>inner</p>",
     "account":{"acct":"owen","display_name":""}},"content":"","uri":"u2","account":{"acct":"kit"}},
    {"id":"4","visibility":"private","uri":"u4","content":"secret","account":{"acct":"x"}}, 7])");
  ASSERT_TRUE(document) << document.error().message;
  EXPECT_EQ(document->kind, DocumentKind::kJson);
  ASSERT_EQ(document->posts.size(), 2u);
  const core::Post& post = document->posts[0];
  EXPECT_EQ(post.id, "https://far.example/s/99");
  EXPECT_EQ(post.url, "https://far.example/@dana/99");
  EXPECT_EQ(post.text, "school rant\nQueue outside @quillbrook\nagain");
  EXPECT_EQ(post.author, "Dana K");
  EXPECT_EQ(post.parent, "9");
  EXPECT_EQ(post.platform, "mastodon");
  EXPECT_EQ(core::FormatRfc3339(*post.published), "2026-11-20T18:02:11Z");
  EXPECT_EQ(document->posts[1].text, "inner");
  EXPECT_EQ(document->posts[1].author, "owen");
}

TEST(JsonTest, ReadsWordPressPostsAndComments) {
  const auto recipe = ShippedRecipe("wordpress");
  const auto document = ReadBy(*recipe, R"([
    {"id":2,"post":4,"parent":0,"author_name":"Dana &amp; co","date_gmt":"2026-10-30T09:02:11",
     "content":{"rendered":"<p>A &#038; B. £85?!</p>\n"},"link":"https://blog.example/u/#comment-2","type":"comment"},
    {"id":4,"date_gmt":"2026-10-30T08:15:00","link":"https://blog.example/u/","type":"post",
     "title":{"rendered":"Quillbrook consults &#8211; again"},"content":{"rendered":"<p>x</p>","protected":false}}])");
  ASSERT_TRUE(document);
  ASSERT_EQ(document->posts.size(), 2u);
  EXPECT_EQ(document->posts[0].kind, core::PostKind::kComment);
  EXPECT_EQ(document->posts[0].text, "A & B. £85?!");
  EXPECT_EQ(document->posts[0].author, "Dana & co");
  EXPECT_EQ(document->posts[0].parent, "");
  EXPECT_EQ(core::FormatRfc3339(*document->posts[0].published), "2026-10-30T09:02:11Z");
  EXPECT_EQ(document->posts[1].kind, core::PostKind::kArticle);
  EXPECT_EQ(document->posts[1].title, "Quillbrook consults – again");
}

TEST(JsonTest, AnErrorAnswerIsAnErrorInItsOwnWords) {
  const auto document =
      ReadBy(*ShippedRecipe("mastodon"), R"({"error":"This method requires a user"})");
  ASSERT_TRUE(document);
  ASSERT_TRUE(document->answer_error);
  EXPECT_EQ(document->answer_error->meaning, AnswerMeaning::kOther);
  EXPECT_EQ(document->answer_error->words, "This method requires a user");
  EXPECT_TRUE(document->posts.empty());
}

TEST(JsonTest, ItemsAreFoundAtAnyDepth) {
  Recipe recipe;
  recipe.items = {{"/**/data"}};
  recipe.id.from = {{"/id"}};
  recipe.text.from = {{"/body"}};
  recipe.next_page.from = {{"/next"}};
  recipe.parent.from = {{"/path"}};
  recipe.parent.transforms = {"path_parent"};
  const auto document = ReadBy(
      recipe,
      R"({"next":"/p2","a":[{"data":{"id":1,"body":"one","path":"0.12.15","r":[{"data":{"id":2,"body":"two"}}]}}]})");
  ASSERT_TRUE(document);
  ASSERT_EQ(document->posts.size(), 2u);
  EXPECT_EQ(document->posts[0].id, "1");
  EXPECT_EQ(document->posts[0].parent, "12");
  EXPECT_EQ(document->posts[1].text, "two");
  EXPECT_EQ(document->links[0].url, "https://social.example/p2");
}

TEST(JsonTest, WhatIsNoJsonOrHasNoRecipeIsRefused) {
  const auto recipe = ShippedRecipe("mastodon");
  EXPECT_NE(ReadBy(*recipe, "<html>403").error().message.find("not JSON"), std::string::npos);
  EXPECT_FALSE(ReadBy(*recipe, std::string(1'000'000, '[')));
  EXPECT_NE(TryRead("{}", "application/json").error().message.find("recipe"), std::string::npos);
}

TEST(RecipeTest, MistakesAreShownWithTheirLine) {
  config::Diagnostics problems;
  const auto section = config::ParseYaml(
      "x.yaml", "title: X\nitems: data\nid: {from: /id}\ntext: {form: /t}\n", problems);
  ASSERT_TRUE(section);
  EXPECT_FALSE(ReadRecipe("x", *section, problems));
  EXPECT_NE(problems.ToText().find("x.yaml:2:"), std::string::npos) << problems.ToText();
  EXPECT_NE(problems.ToText().find("from"), std::string::npos) << problems.ToText();
}

}  // namespace
}  // namespace schoolwatch::crawler
