#include "app/pipeline/batch_index.h"
#include "core/fingerprint.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <random>
#include <set>
#include <string>
#include <string_view>
#include <vector>

namespace schoolwatch::app {
namespace {

using testing::ElementsAre;
using testing::IsEmpty;
using testing::SizeIs;

BatchText TextOf(std::string finding, std::string_view text, std::string school = "quillbrook") {
  return {.finding_id = std::move(finding),
          .case_id = "C1",
          .school = std::move(school),
          .fingerprint = core::MakeFingerprint(text)};
}

std::vector<std::string> IdsOf(const std::vector<const BatchText*>& texts) {
  std::vector<std::string> ids;
  for (const BatchText* text : texts) {
    ids.push_back(text->finding_id);
  }
  return ids;
}

TEST(BatchIndexTest, CasesAreFoundByTheirThreadInTheirSchool) {
  BatchIndex index;
  index.PutThread("quillbrook", "http://forum.example/1", "B");
  index.PutThread("quillbrook", "http://forum.example/1", "A");
  index.PutThread("millbank", "http://forum.example/1", "C");
  index.PutThread("quillbrook", "", "D");
  EXPECT_THAT(index.CasesAt("quillbrook", "http://forum.example/1"), ElementsAre("A", "B"));
  EXPECT_THAT(index.CasesAt("quillbrook", ""), IsEmpty()) << "no thread is no place";
  index.Clear();
  EXPECT_THAT(index.CasesAt("quillbrook", "http://forum.example/1"), IsEmpty());
}

TEST(BatchIndexTest, CopiesOfATextAreFoundInTheirOrder) {
  constexpr std::string_view kText =
      "the office at Quillbrook Academy has been pocketing the trip money for years";
  BatchIndex index;
  index.PutText(TextOf("f1", kText));
  index.PutText(TextOf("other school", kText, "millbank"));
  index.PutText(TextOf("unlike", "third cold dinner this week and the queue was out of the door"));
  index.PutText(TextOf("f2", std::string("Shocking. ") + std::string(kText)));
  const core::Fingerprint copy = core::MakeFingerprint(std::string(kText) + " honestly");
  EXPECT_THAT(IdsOf(index.TextsLike("quillbrook", copy)), ElementsAre("f1", "f2"));
  EXPECT_THAT(index.TextsLike("nowhere", copy), IsEmpty());
}

TEST(BatchIndexTest, AFloodOfOneBeginningIsNotComparedWhole) {
  BatchIndex index;
  std::mt19937 random(3);
  for (int i = 0; i < 500; ++i) {
    std::string text = "Sign the petition today";
    for (int word = 0; word < 12; ++word) {
      text += " w" + std::to_string(random());
    }
    index.PutText(TextOf("f" + std::to_string(i), text));
  }
  const auto like = index.TextsLike(
      "quillbrook", core::MakeFingerprint("Sign the petition today for a crossing there"));
  EXPECT_THAT(like, SizeIs(testing::AllOf(testing::Ge(1u), testing::Le(184u))));
}

// What IsSamePost would find by looking at every post, the index finds.
TEST(BatchIndexTest, NoPostThatMayBeTheSameIsMissed) {
  std::mt19937 random(5);
  const auto one_of = [&random](std::vector<std::string> words) {
    return words[random() % words.size()];
  };
  std::size_t same = 0;
  for (int round = 0; round < 2000; ++round) {
    std::vector<PostIdentity> posts(6);
    BatchIndex index;
    for (std::size_t i = 0; i < posts.size(); ++i) {
      posts[i] = {.key = "k" + std::to_string(random() % 9),
                  .id = one_of({"", "1", "2"}),
                  .link = one_of({"", "a/1", "a/2", "b/1"}),
                  .host = one_of({"", "a", "b"}),
                  .author = one_of({"", "ann", "bob"}),
                  .text = random() % 3,
                  .words = static_cast<std::uint32_t>(random() % 8),
                  .answers = random() % 2 == 0,
                  .published = {}};
      index.PutPost("C" + std::to_string(i), posts[i]);
    }
    for (const PostIdentity& wanted : posts) {
      const std::set<std::string> found = index.CasesWith(wanted);
      for (std::size_t i = 0; i < posts.size(); ++i) {
        if (IsSamePost(posts[i], wanted)) {
          ++same;
          ASSERT_TRUE(found.contains("C" + std::to_string(i))) << round;
        }
      }
    }
  }
  EXPECT_GT(same, 15'000u);
}

}  // namespace
}  // namespace schoolwatch::app
