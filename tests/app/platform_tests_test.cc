#include "app/platform_tests.h"

#include <gtest/gtest.h>

#include <string>
#include <vector>

#include "tests/config/temporary_folder.h"

namespace schoolwatch::app {
namespace {

const AnswerReaders& Shipped() {
  static const AnswerReaders kReaders = [] {
    core::Result<AnswerReaders> readers = LoadAnswerReaders(SW_SOURCE_DIR "/config");
    if (!readers) {
      ADD_FAILURE() << readers.error().message;
      return AnswerReaders();
    }
    return *std::move(readers);
  }();
  return kReaders;
}

TEST(PlatformTestsTest, EveryShippedSampleGivesWhatItShould) {
  const auto result = TestPlatforms(Shipped(), SW_SOURCE_DIR "/tests/data/platforms", "");
  ASSERT_TRUE(result) << result.error().message;
  for (const SampleResult& sample : result->samples) {
    EXPECT_EQ(sample.difference, "") << sample.name;
  }
  EXPECT_TRUE(result->untested.empty()) << result->untested.front();
  EXPECT_GT(result->samples.size(), 180u);
}

class PlatformTestsFolderTest : public testing::Test {
 protected:
  void Write(const std::string& name, const std::string& bytes) { folder_.Write(name, bytes); }
  std::string DifferenceOf(const std::string& name) {
    const auto result = TestPlatforms(Shipped(), folder_.path(), name);
    if (!result) {
      return "error: " + result.error().message;
    }
    return result->samples.empty() ? "no sample" : result->samples.front().difference;
  }

  config::TemporaryFolder folder_;
};

TEST_F(PlatformTestsFolderTest, ADifferenceShowsBothValues) {
  Write("pinboard/a.json", R"([{"u":"https://x.example/","a":"dana","d":"Gates","n":"shut"}])");
  Write("pinboard/a.posts.jsonl",
        R"({"kind":"comment","id":"dana https://x.example/","url":"https://x.example/",)"
        R"("title":"Gates","text":"open","author":"dana",)"
        R"("author_url":"https://pinboard.in/u:dana"})");
  EXPECT_EQ(DifferenceOf("pinboard"),
            "  post 1:\n    text\n      expected \"open\"\n      read     \"shut\"\n");
}

TEST_F(PlatformTestsFolderTest, MissingPostsAndOthersAreTold) {
  Write("pinboard/a.json", R"([{"u":"https://x.example/","a":"dana","d":"Gates"}])");
  Write("pinboard/a.posts.jsonl", "");
  EXPECT_NE(DifferenceOf("pinboard").find("post 1 is not expected"), std::string::npos);
  Write("pinboard/a.json", "[]");
  Write("pinboard/a.posts.jsonl", "{\"kind\":\"comment\"}\n");
  EXPECT_NE(DifferenceOf("pinboard").find("post 1 was not read"), std::string::npos);
}

TEST_F(PlatformTestsFolderTest, AnErrorThatIsNotExpectedIsADifference) {
  Write("mastodon/a.json", R"({"error":"go away"})");
  Write("mastodon/a.posts.jsonl", "");
  EXPECT_NE(DifferenceOf("mastodon").find("other: go away"), std::string::npos);
  Write("mastodon/a.error", "other: go away\n");
  EXPECT_EQ(DifferenceOf("mastodon"), "");
}

TEST_F(PlatformTestsFolderTest, ASampleWithoutExpectationAndARecipeWithoutSampleAreTold) {
  Write("mastodon/a.json", "[]");
  EXPECT_NE(DifferenceOf("mastodon").find("neither"), std::string::npos);
  const auto result = TestPlatforms(Shipped(), folder_.path(), "reddit");
  ASSERT_TRUE(result);
  EXPECT_EQ(result->untested, std::vector<std::string>{"reddit"});
  EXPECT_FALSE(result->is_fine());
  EXPECT_FALSE(TestPlatforms(Shipped(), folder_.path(), "nobody"));
  EXPECT_FALSE(TestPlatforms(Shipped(), folder_.path() / "none", ""));
}

TEST_F(PlatformTestsFolderTest, ARecipeIsFoundByNameOrAsAFile) {
  EXPECT_EQ((*FindRecipe(Shipped(), "reddit"))->name, "reddit");
  Write("mine.yaml", "items: /posts\nid: {from: /id}\ntext: {from: /words}\n");
  const auto mine = FindRecipe(Shipped(), (folder_.path() / "mine.yaml").string());
  ASSERT_TRUE(mine) << mine.error().message;
  EXPECT_EQ((*mine)->name, "mine");
  EXPECT_NE(FindRecipe(Shipped(), "readit").error().message.find("known are"), std::string::npos);
}

}  // namespace
}  // namespace schoolwatch::app
