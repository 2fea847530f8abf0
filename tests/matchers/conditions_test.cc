#include "matchers/conditions.h"

#include <gtest/gtest.h>

#include <array>
#include <string>

#include "core/text/fold.h"
#include "tests/matchers/schools.h"

namespace schoolwatch::matchers {
namespace {

struct ConditionCase {
  std::string name;
  std::string condition;
  std::string text;
  bool holds = false;
  std::string page_of = {};
  std::string platform = {};
  std::size_t words = 10;
};
void PrintTo(const ConditionCase& row, std::ostream* out) { *out << row.name; }

class ConditionTest : public ::testing::TestWithParam<ConditionCase> {};
TEST_P(ConditionTest, HoldsOrNot) {
  const ConditionCase& row = GetParam();
  core::Post post = PostOf(row.text);
  post.page_of = row.page_of;
  post.platform = row.platform;
  const std::string folded = core::Fold(row.text).text;
  const core::School school = Quillbrook();
  const std::array<const core::School*, 1> schools{&school};
  const ConditionInput input{.post = post,
                             .schools = schools,
                             .title = "",
                             .text = folded,
                             .sentence = folded,
                             .words = row.words,
                             .mention_in_sentence = false};
  const auto number = FindCondition(row.condition);
  ASSERT_TRUE(number.has_value());
  EXPECT_EQ(Conditions()[*number].holds(input, {}), row.holds);
}
INSTANTIATE_TEST_SUITE_P(
    Rows, ConditionTest,
    ::testing::Values(ConditionCase{"TitledName", "named_person", "Mr Reed is off", true},
                      ConditionCase{"TitledNameWithDot", "named_person", "Mr. Reed is off", true},
                      ConditionCase{"NoName", "named_person", "he is off today", false},
                      ConditionCase{"StaffSurname", "named_person", "underhay is off", true},
                      ConditionCase{"StaffSurnameInsideAWord", "known_staff", "underhays farm",
                                    false},
                      ConditionCase{"HeadByRole", "known_staff", "the headteacher lied", true},
                      ConditionCase{"StrangerIsNotKnown", "known_staff", "Mr Reed lied", false},
                      ConditionCase{"OwnPage", "own_page", "hello", true, "quillbrook"},
                      ConditionCase{"NotOwnPage", "own_page", "hello", false},
                      ConditionCase{"Review", "review", "hello", true, "", "review"},
                      ConditionCase{"NoReview", "review", "hello", false, "", "forum"},
                      ConditionCase{"Link", "link", "go to www.offers.example now", true},
                      ConditionCase{"BareHost", "link", "go to cheap-pills.com now", true},
                      ConditionCase{"NoLink", "link", "go to school. now", false},
                      ConditionCase{"Question", "question", "Is it open? ", true},
                      ConditionCase{"NoQuestion", "question", "It is open.", false},
                      ConditionCase{"Long", "long", "x", true, "", "", 151},
                      ConditionCase{"Short", "long", "x", false, "", "", 150},
                      ConditionCase{"MentionByPage", "mention_here", "x", true, "quillbrook"},
                      ConditionCase{"NoMention", "mention_here", "x", false}),
    [](const auto& row) { return row.param.name; });

TEST(Conditions, UnknownNamesAreNotFound) { EXPECT_FALSE(FindCondition("nope").has_value()); }

}  // namespace
}  // namespace schoolwatch::matchers
