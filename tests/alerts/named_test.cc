#include "alerts/named.h"

#include <gtest/gtest.h>

#include <string>
#include <utility>
#include <vector>

namespace schoolwatch::alerts {
namespace {

struct NameCase {
  const char* label;
  const char* name;
  const char* text;
  bool named;
};

class NamedTest : public testing::TestWithParam<NameCase> {};

TEST_P(NamedTest, TheSurnameIsFoundHoweverItIsWritten) {
  const PersonName name(GetParam().name, "headteacher");
  EXPECT_EQ(name.IsNamedIn(NameWords(GetParam().text)), GetParam().named);
}

INSTANTIATE_TEST_SUITE_P(
    Spellings, NamedTest,
    testing::Values(
        NameCase{"Plain", "Amara Okafor", "it was Mrs Okafor again", true},
        NameCase{"OtherPerson", "Amara Okafor", "it was Mrs Okaforini again", false},
        NameCase{"GivenNameIsNotEnough", "Amara Okafor", "poor Amara", false},
        NameCase{"Capitals", "Amara Okafor", "OKAFOR OUT", true},
        NameCase{"Possessive", "Amara Okafor", "in Okafor’s office", true},
        NameCase{"Titles", "Mrs A. Okafor, NPQH", "ask okafor", true},
        NameCase{"LettersAfterTheNameAreNone", "Mrs A. Okafor, NPQH", "has an npqh", false},
        NameCase{"SurnameFirst", "Okafor, Amara", "ask okafor", true},
        NameCase{"AccentsLeftOut", "Inés Núñez", "mrs nunez did it", true},
        NameCase{"AccentsAdded", "Ines Nunez", "Mrs Núñez did it", true},
        NameCase{"Apostrophe", "Pat O'Brien", "Mr O’Brien and mr obrien", true},
        NameCase{"DoubleName", "Jo Lee-Brown", "Ms Lee Brown", true},
        NameCase{"HalfOfADoubleName", "Jo Lee-Brown", "Ms Brown", true},
        NameCase{"SpeltApart", "Amara Okafor", "it is O k a f o r who does it", true},
        NameCase{"ZeroForO", "Amara Okafor", "mrs 0kaf0r", true},
        NameCase{"LookAlikeLetters", "Amara Okafor", "mrs Оkafor", true},  // Cyrillic О.
        NameCase{"ZeroWidth", "Amara Okafor", "mrs Oka\u200Bfor", true},
        NameCase{"HashTag", "Amara Okafor", "#OkaforOut now", true},
        NameCase{"Handle", "Amara Okafor", "@mrsokafor_head", true},
        NameCase{"NoName", "", "anybody at all", false},
        NameCase{"TitleAlone", "Mrs", "mrs anybody", false},
        NameCase{"InvalidUtf8", "Amara Okafor", "\xFF\xFE Okafor \xC3", true}),
    [](const auto& row) { return std::string(row.param.label); });

// A text of ASCII alone is split without ICU: into the same words as in front of another letter.
TEST(NameWordsTest, AnAsciiTextHasTheWordsThatItHasInFrontOfOthers) {
  for (const char* text : {"it was Mrs Okafor again", "in O'Brien's #OkaforOut @mrs_okafor",
                           "a.b-c_d (e) [f] 100% 0kaf0r", "#@x '' 7 x7y", "", "#", "'",
                           "tab\tand\nline", "\x01\x7F control"}) {
    const NameWords alone(text);
    const NameWords other(std::string(text) + " \u00E9\u00E8");
    const auto first_reading = [](const NameWords& words) {
      std::vector<std::pair<std::string, bool>> read;
      for (const NameWords::Word& word : words.words()) {
        if (word.text.empty()) {
          break;
        }
        read.emplace_back(word.text, word.tag);
      }
      return read;
    };
    auto expected = first_reading(other);
    ASSERT_FALSE(expected.empty()) << text;
    EXPECT_EQ(expected.back().first, "ee") << text;
    expected.pop_back();
    EXPECT_EQ(first_reading(alone), expected) << text;
  }
}

struct OfficeCase {
  const char* label;
  const char* role;
  const char* text;
  bool meant;
};

class OfficeTest : public testing::TestWithParam<OfficeCase> {};

TEST_P(OfficeTest, APersonIsMeantByTheirOffice) {
  const PersonName name("", GetParam().role);
  EXPECT_EQ(name.IsMeantByOfficeIn(NameWords(GetParam().text)), GetParam().meant);
}

INSTANTIATE_TEST_SUITE_P(
    Offices, OfficeTest,
    testing::Values(OfficeCase{"Headteacher", "headteacher", "The headteacher messages girls",
                               true},
                    OfficeCase{"TwoWords", "headteacher", "our Head Teacher's flat", true},
                    OfficeCase{"Principal", "headteacher", "the principal", true},
                    OfficeCase{"TheHead", "headteacher", "the head drinks", true},
                    OfficeCase{"HeadOfSchool", "headteacher", "the head of school", true},
                    OfficeCase{"HeadOfYear", "headteacher", "the head of year 9", false},
                    OfficeCase{"HeadGirl", "headteacher", "the head girl", false},
                    OfficeCase{"Deputy", "headteacher", "the deputy headteacher", false},
                    OfficeCase{"VicePrincipal", "headteacher", "a vice principal", false},
                    OfficeCase{"Dsl", "dsl", "even the safeguarding lead", true},
                    OfficeCase{"Chair", "chair", "the chair of the governors", true},
                    OfficeCase{"AChairIsFurniture", "chair", "he threw a chair", false},
                    OfficeCase{"DeputyHead", "deputy", "the deputy head", true},
                    OfficeCase{"ItIsNoOffice", "it", "it was it", false}),
    [](const auto& row) { return std::string(row.param.label); });

TEST(MayNamePerpetratorTest, DependsOnCategoryAndTopics) {
  using core::Category;
  EXPECT_TRUE(MayNamePerpetrator({Category::kSafeguarding}, {"staff_conduct"}));
  EXPECT_TRUE(MayNamePerpetrator({Category::kSafeguarding}, {"bullying", "grooming"}));
  EXPECT_TRUE(MayNamePerpetrator({Category::kSafeguarding}, {}));
  EXPECT_TRUE(MayNamePerpetrator({Category::kSafeguarding}, {"a_topic_of_tomorrow"}));
  EXPECT_FALSE(MayNamePerpetrator({Category::kSafeguarding}, {"weapon", "threat"}));
  EXPECT_FALSE(MayNamePerpetrator({Category::kDefamatory}, {"staff_conduct"}));
}

}  // namespace
}  // namespace schoolwatch::alerts
