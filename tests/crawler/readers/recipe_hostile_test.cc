// Recipes and texts that would cost the square of their size if they were read carelessly.
#include <gtest/gtest.h>

#include <chrono>
#include <string>

#include "config/diagnostics.h"
#include "crawler/readers/markdown.h"
#include "crawler/readers/recipe.h"
#include "crawler/readers/text_transforms.h"
#include "tests/crawler/readers/read_page.h"

namespace schoolwatch::crawler {
namespace {

TEST(MarkdownCostTest, OpeningsWithoutAnEndCostNoMoreThanWords) {
  for (const std::string part : {"[", "![", "**a ", "*", "`", "<https://", "||", ">!", "^(", "_a",
                                 "https://", "[a](", "\\", "~~"}) {
    std::string text;
    while (text.size() < 300'000) {
      text += part;
    }
    const auto start = std::chrono::steady_clock::now();
    const NodeWords words = TextOfMarkdown(text);
    EXPECT_LE(words.text.size(), text.size());
    EXPECT_LT(std::chrono::steady_clock::now() - start, std::chrono::seconds(5)) << part;
  }
}

// What costs the square of an answer elsewhere is given up here, in bounded time.
TEST(RecipeCostTest, AnAnswerThatAsksForTooMuchIsReadInPart) {
  std::string body = R"({"all":[)";
  for (int i = 0; i < 20'000; ++i) {
    body += R"({"id":"same","s":"a","l":"aaaaaaaa"},)";
  }
  body += R"(0],"posts":[)";
  for (int i = 0; i < 9'000; ++i) {
    body += R"({"id":"same","text":"aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa"},)";
  }
  body += "0]}";
  config::Diagnostics problems;
  const auto section = config::ParseYaml(
      "x.yaml",
      "items: /posts\nlookup: {x: {in: /all, where: /id, is: /id}}\nid: {from: /id}\n"
      "text: {from: /text, replace: {each: \"root:/all\", find: /s, with: /l}}\n"
      "title_of_post: {from: [\"root:/all/*/id\", \"x:/l\"], join: \" \"}\n",
      problems);
  ASSERT_TRUE(section) << problems.ToText();
  const auto recipe = ReadRecipe("x", *section, problems);
  ASSERT_TRUE(recipe) << problems.ToText();
  ReadOptions options;
  options.recipe = &*recipe;
  const auto start = std::chrono::steady_clock::now();
  const Document document = ReadOrFail(body, "application/json", options);
  EXPECT_LT(std::chrono::steady_clock::now() - start, std::chrono::seconds(60));
  ASSERT_EQ(document.notes.size(), 1u);
  EXPECT_NE(document.notes[0].find("too much"), std::string::npos);
  EXPECT_LT(document.posts.size(), 9'000u);
}

TEST(LittleTextCostTest, OpeningsWithoutAnEndCostNoMoreThanWords) {
  std::string openings;
  for (int i = 0; i < 200'000; ++i) {
    openings += "@[{hashtag|#|";
  }
  std::string quoted;
  EXPECT_EQ(ApplyTextTransform(TextTransform::kLittleText, openings, quoted), openings);
}

}  // namespace
}  // namespace schoolwatch::crawler
