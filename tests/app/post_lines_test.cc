#include "app/post_lines.h"

#include <gtest/gtest.h>

#include <sstream>
#include <string>
#include <vector>

namespace schoolwatch::app {
namespace {

struct ReadBack {
  std::vector<PostLine> posts;
  std::string problems;
};

ReadBack Read(const std::string& bytes, const PostsWanted& wanted) {
  std::istringstream in(bytes);
  config::Diagnostics problems;
  ReadBack read;
  ReadPostLines(in, "posts.jsonl", wanted, problems,
                [&read](PostLine line) { read.posts.push_back(std::move(line)); });
  read.problems = problems.ToText();
  return read;
}

constexpr PostsWanted kLabelled{.labels = Labels::kNeeded, .half = Half::kBoth};

TEST(PostLines, ReadsPostAndLabel) {
  const ReadBack read = Read(
      "\xEF\xBB\xBF{\"id\":\"q-1\",\"school\":\"quillbrook\",\"platform\":\"forum\",\"author\":"
      "\"wat\",\"title\":\"Gates\",\"text\":\"Shut "
      "again\",\"page_of\":\"quillbrook\",\"published\":"
      "\"2026-03-02T08:15:00Z\",\"mentions\":true,\"categories\":[\"reputational\","
      "\"safeguarding\"],"
      "\"severity\":\"low\",\"also_about\":[\"inkford\"],\"why\":\"Grumble\",\"topics\":[]}\r\n"
      "\n"
      "{\"id\":7,\"school\":\"quillbrook\",\"text\":\"\",\"mentions\":false,\"categories\":[],"
      "\"severity\":\"none\",\"title\":null}",
      kLabelled);
  EXPECT_EQ(read.problems, "");
  ASSERT_EQ(read.posts.size(), 2U);
  const PostLine& first = read.posts[0];
  EXPECT_EQ(first.id, "q-1");
  EXPECT_EQ(first.post.title, "Gates");
  EXPECT_EQ(first.post.text, "Shut again");
  EXPECT_EQ(first.post.page_of, "quillbrook");
  EXPECT_TRUE(first.post.published.has_value());
  EXPECT_EQ(first.label.categories.size(), 2U);
  EXPECT_EQ(first.label.severity, core::Severity::kLow);
  EXPECT_EQ(first.label.also_about, std::vector<std::string>{"inkford"});
  EXPECT_EQ(read.posts[1].id, "7");
  EXPECT_EQ(read.posts[1].where.line, 3);
}

struct BadRow {
  const char* name;
  std::string bytes;
  std::string problem;
};

class BadPostLine : public ::testing::TestWithParam<BadRow> {};

TEST_P(BadPostLine, IsSaidWithItsPlace) {
  const ReadBack read = Read(GetParam().bytes, kLabelled);
  EXPECT_TRUE(read.posts.empty());
  EXPECT_NE(read.problems.find(GetParam().problem), std::string::npos) << read.problems;
}

const std::string kGood =
    "{\"id\":\"q-1\",\"text\":\"é\",\"school\":\"q\",\"mentions\":true,\"categories\":[],"
    "\"severity\":\"none\"";

INSTANTIATE_TEST_SUITE_P(
    Rows, BadPostLine,
    ::testing::Values(
        BadRow{"NoJson", "{\"id\": nonsense}", "posts.jsonl:1:8: no JSON: "},
        BadRow{"HalfALine", "\n{\"id\":\"a\",", "posts.jsonl:2:11: no JSON: "},
        BadRow{"NotAnObject", "[1]", "posts.jsonl:1:1: a line must be a JSON object"},
        BadRow{"TwoObjects", "{\"id\":1} {}", "posts.jsonl:1:10: something stands behind"},
        BadRow{"NoText", "{\"id\":\"a\"}", "posts.jsonl:1:1: 'text' is missing"},
        BadRow{"TextThatIsNone", "{\"id\":\"a\",\"text\":[1]}",
               "posts.jsonl:1:11: 'text' must be text"},
        BadRow{"NoLabel", "{\"id\":\"a\",\"text\":\"t\"}", "'school' is missing"},
        BadRow{"WrongSeverity", kGood.substr(0, kGood.size() - 6) + "\"dire\"}",
               "posts.jsonl:1:69: 'dire' is not a severity"},
        BadRow{"WrongCategory",
               "{\"id\":\"a\",\"text\":\"t\",\"school\":\"q\",\"mentions\":true,\"categories\":["
               "\"x\"],"
               "\"severity\":\"none\"}",
               "'x' is not a category"},
        BadRow{"MentionsAsText",
               "{\"id\":\"a\",\"text\":\"t\",\"school\":\"q\",\"mentions\":\"yes\"}",
               "'mentions' must be true or false"},
        BadRow{"BadTime", kGood + ",\"published\":\"yesterday\"}", "'published' must be a time"},
        BadRow{"BadUtf8", "{\"id\":\"\xFF\"}", "posts.jsonl:1:"},
        BadRow{"TooDeep", std::string(100, '['), "posts.jsonl:1:"},
        BadRow{"AHugeLine", "{\"id\":\"" + std::string(2'000'000, 'x') + "\"}",
               "posts.jsonl:1:1: the line is longer than 1 MB"}),
    [](const auto& row) { return std::string(row.param.name); });

TEST(PostLines, AHugeLineDoesNotHideTheNext) {
  const ReadBack read =
      Read(std::string(3'000'000, ' ') + "\n{\"id\":\"a-2\",\"text\":\"t\"}\n", {});
  ASSERT_EQ(read.posts.size(), 1U);
  EXPECT_EQ(read.posts[0].where.line, 2);
}

TEST(PostLines, StopsAfterTwentyProblems) {
  std::string bytes;
  for (int line = 0; line < 1'000; ++line) {
    bytes += "x\n";
  }
  const ReadBack read = Read(bytes, {});
  EXPECT_NE(read.problems.find("posts.jsonl:20:1: too much is wrong"), std::string::npos);
  EXPECT_EQ(read.problems.find("posts.jsonl:21"), std::string::npos);
}

TEST(PostLines, AHalfGoesByTheNumberAtTheEnd) {
  const std::string bytes =
      "{\"id\":\"q-1\",\"text\":\"a\"}\n{\"id\":\"q-x-02\",\"text\":\"b\"}\n{\"id\":3,\"text\":"
      "\"c\"}\n";
  EXPECT_EQ(Read(bytes, {.labels = Labels::kNone, .half = Half::kOdd}).posts.size(), 2U);
  EXPECT_EQ(Read(bytes, {.labels = Labels::kNone, .half = Half::kEven}).posts.size(), 1U);
  EXPECT_NE(Read("{\"id\":\"q\",\"text\":\"a\"}", {.labels = Labels::kNone, .half = Half::kOdd})
                .problems.find("'q' has none"),
            std::string::npos);
}

}  // namespace
}  // namespace schoolwatch::app
