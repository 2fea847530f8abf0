#include "matchers/school_index.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <random>
#include <string>
#include <vector>

#include "tests/matchers/schools.h"

namespace schoolwatch::matchers {
namespace {

using ::testing::Contains;
using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::IsEmpty;
using ::testing::Not;
using ::testing::UnorderedElementsAre;

struct MentionCase {
  std::string name;
  std::string text;
  std::vector<std::string> schools;
  std::string title = {};
  std::string author = {};
};
void PrintTo(const MentionCase& row, std::ostream* out) { *out << row.text; }

class MentionTest : public ::testing::TestWithParam<MentionCase> {};
TEST_P(MentionTest, NamesTheRightSchools) {
  const auto index = MakeTestIndex();
  core::Post post = PostOf(GetParam().text, GetParam().title);
  post.author = GetParam().author;
  const SchoolIndex::Mentions mentions = index->Find(post);
  EXPECT_THAT(KeysOf(mentions.schools), ::testing::UnorderedElementsAreArray(GetParam().schools));
}
INSTANTIATE_TEST_SUITE_P(
    Rows, MentionTest,
    ::testing::Values(
        MentionCase{"FullName", "Quillbrook Academy was fine today.", {"quillbrook"}},
        MentionCase{"SmallLetters", "anyone else at quillbrook academy tomorrow", {"quillbrook"}},
        MentionCase{"Possessive", "Quillbrook Academy's gates were shut", {"quillbrook"}},
        MentionCase{"Hashtag", "Well done! #QuillbrookAcademy", {"quillbrook"}},
        MentionCase{"Handle", "@QuillbrookAcad answer your phone", {"quillbrook"}},
        MentionCase{"HandleOnAServer", "@QuillbrookAcad.bsky.social hello", {"quillbrook"}},
        MentionCase{
            "Site", "see https://www.quillbrookacademy.example.sch.uk/news", {"quillbrook"}},
        MentionCase{"Joined", "quillbrookacademy is rubbish", {"quillbrook"}},
        MentionCase{"BareNameWithMums",
                    "The Quillbrook mums are at it again, poor teachers.",
                    {"quillbrook"}},
        MentionCase{"Initials", "QBA is shut today, the kids are delighted", {"quillbrook"}},
        MentionCase{"LookAlikeLetters", "Quіllbrооk Аcademy is a joke", {"quillbrook"}},
        MentionCase{"Leet", "qu1llbr00k acad3my lads think they are hard", {"quillbrook"}},
        MentionCase{"Spaced", "Q u i l l b r o o k Academy", {"quillbrook"}},
        MentionCase{"OwnAccount", "Mocks begin on Monday.", {"quillbrook"}, {}, "@QuillbrookAcad"},
        MentionCase{
            "RoadAndSchoolWord", "The school on Tanners Ln in Quillbrook is shut", {"quillbrook"}},
        MentionCase{"PersonWithSchoolAndPlace",
                    "Mrs Marchbank the headteacher was at the Fernshire show",
                    {"quillbrook"}},
        MentionCase{"PersonAlone", "Mrs Marchbank won the raffle", {}},
        MentionCase{"Surname", "Underhay scored a lovely goal", {}},
        MentionCase{"NotUs", "A pint of Quillbrook Brewery bitter with the kids", {}},
        MentionCase{"Street", "Fly tipping on Quillbrook Road again", {}},
        MentionCase{"Nothing", "The bus was late again.", {}},
        MentionCase{"SharedNameWithTown",
                    "Holy Cross Catholic Primary in Marlham has a new head",
                    {"holy_cross_marlham"}},
        MentionCase{"SharedNameOtherTown",
                    "Holy Cross Catholic Primary School, Otherton, has a new head",
                    {}},
        MentionCase{"SharedNamePlaced", "My son loves Holy Cross Marlham", {"holy_cross_marlham"}},
        MentionCase{"Church", "A lovely wedding at Holy Cross, the bells and the choir", {}},
        MentionCase{"TwoSchools",
                    "Quillbrook Academy and Holy Cross Marlham share a bus",
                    {"quillbrook", "holy_cross_marlham"}},
        MentionCase{"EverydayWords", "We hung up a lantern tree in the garden", {}},
        MentionCase{"EverydayWordsAsAName",
                    "The kids at Lantern Tree nursery in Quillbrook",
                    {"lantern_tree"}},
        MentionCase{"AcrossSentences", "We saw a lantern. Tree nursery staff were kind.", {}}),
    [](const auto& row) { return row.param.name; });

TEST(SchoolIndex, APostOnTheSchoolsOwnPageIsAboutIt) {
  core::Post post = PostOf("Nice carvery, slow at the bar");
  post.page_of = "quillbrook";
  const SchoolIndex::Mentions mentions = MakeTestIndex()->Find(post);
  EXPECT_THAT(KeysOf(mentions.schools), ElementsAre("quillbrook"));
  EXPECT_GT(mentions.schools.front().score, 0.9);
}

// All uses are compared with all: unbounded, this took minutes.
TEST(SchoolIndex, ANameWrittenForEverIsOneMention) {
  std::string text;
  for (int i = 0; i < 20'000; ++i) {
    text += "Quillbrook Academy ";
  }
  const SchoolIndex::Mentions mentions = MakeTestIndex()->Find(PostOf(text));
  EXPECT_THAT(KeysOf(mentions.schools), ElementsAre("quillbrook"));
  EXPECT_LE(mentions.places.size(), 64u);
}

TEST(SchoolIndex, WhatIsHiddenElsewhereMakesNoNameHidden) {
  const auto index = MakeTestIndex();
  const auto is_hidden = [&](const std::string& text) {
    for (const SchoolIndex::Weighing& weighing : index->WeighAll(PostOf(text))) {
      for (const SchoolIndex::Weighing::Line& line : weighing.lines) {
        if (line.label.find("slip past") != std::string::npos) {
          return true;
        }
      }
    }
    return false;
  };
  EXPECT_FALSE(is_hidden("Quilbrook Academy, he had a k n i f e"));
  EXPECT_TRUE(is_hidden("Qu1lbrook Academy, he had a k n i f e"));
}

TEST(SchoolIndex, AnUnknownPageIsNoMention) {
  core::Post post = PostOf("Nice carvery");
  post.page_of = "elsewhere";
  EXPECT_THAT(MakeTestIndex()->Find(post).schools, IsEmpty());
}

TEST(SchoolIndex, ThePageDecidesBetweenSchoolsOfOneName) {
  core::Post post = PostOf("Holy Cross Catholic Primary School let my son down");
  post.page_of = "holy_cross_marlham";
  EXPECT_THAT(KeysOf(MakeTestIndex()->Find(post).schools), ElementsAre("holy_cross_marlham"));
}

TEST(SchoolIndex, TheThreadsTitleCounts) {
  core::Post post = PostOf("Mine had the same letter.");
  post.thread_title = "Quillbrook Academy uniform";
  const SchoolIndex::Mentions mentions = MakeTestIndex()->Find(post);
  EXPECT_THAT(KeysOf(mentions.schools), ElementsAre("quillbrook"));
  EXPECT_THAT(mentions.places, IsEmpty());
}

TEST(SchoolIndex, RivalsWithoutEvidenceStayPossible) {
  const SchoolIndex::Mentions mentions =
      MakeTestIndex()->Find(PostOf("Does anyone know Holy Cross Catholic Primary School?"));
  EXPECT_THAT(KeysOf(mentions.also_possible),
              UnorderedElementsAre("holy_cross_quillbrook", "holy_cross_marlham"));
}

TEST(SchoolIndex, PlacesAreBytesOfTheTextAsWritten) {
  const std::string text = "😀 é Quіllbrооk Academy!";
  const SchoolIndex::Mentions mentions = MakeTestIndex()->Find(PostOf(text));
  ASSERT_EQ(mentions.places.size(), 1U);
  EXPECT_EQ(
      text.substr(mentions.places[0].start, mentions.places[0].end - mentions.places[0].start),
      "Quіllbrооk Academy");
}

TEST(SchoolIndex, KeysThatStandTwiceAreRefused) {
  const auto index = SchoolIndex::Make({Quillbrook(), Quillbrook()});
  ASSERT_FALSE(index.has_value());
  EXPECT_EQ(index.error().kind, core::ErrorKind::kBadInput);
  EXPECT_THAT(index.error().message, HasSubstr("quillbrook"));
}

TEST(SchoolIndex, ANameOfTypeWordsAloneIsRefused) {
  core::School school = Quillbrook();
  school.name = "School";
  school.also.clear();
  school.handles.clear();
  const auto index = SchoolIndex::Make({school});
  ASSERT_FALSE(index.has_value());
  EXPECT_THAT(index.error().message, HasSubstr("quillbrook"));
}

TEST(SchoolIndex, FindsSchoolsByKey) {
  const auto index = MakeTestIndex();
  ASSERT_NE(index->FindSchool("quillbrook"), nullptr);
  EXPECT_EQ(index->FindSchool("quillbrook")->name, "Quillbrook Academy");
  EXPECT_EQ(index->FindSchool("nobody"), nullptr);
  EXPECT_THAT(index->VariantsOf("nobody"), IsEmpty());
  const std::vector<Variant> variants = index->VariantsOf("quillbrook");
  ASSERT_FALSE(variants.empty());
  EXPECT_GE(variants.front().strength, variants.back().strength);
}

// The gate that readers ask must never say no where Find finds a school in that text.
TEST(SchoolIndex, TheGateNeverMissesWhatFindFinds) {
  const auto index = MakeTestIndex();
  const std::vector<std::string> pieces{"Quillbrook",
                                        "Academy",
                                        "quillbrook",
                                        "school",
                                        "Holy Cross",
                                        "Marlham",
                                        "Mrs",
                                        "Marchbank",
                                        "Underhay",
                                        "Tanner's",
                                        "Lane",
                                        "QBA",
                                        "q.b.a",
                                        "@QuillbrookAcad",
                                        "#HolyCross",
                                        "qu1llbr00k",
                                        "L a n t e r n",
                                        "Tree",
                                        "nursery",
                                        "kids",
                                        "church",
                                        "the",
                                        "at",
                                        ",",
                                        ".",
                                        "\n",
                                        "Fernshire",
                                        "headteacher",
                                        "is",
                                        "😀"};
  std::mt19937 random(11);
  std::uniform_int_distribution<std::size_t> pick(0, pieces.size() - 1);
  std::size_t found = 0;
  for (int round = 0; round < 4000; ++round) {
    std::string text;
    for (std::size_t words = 1 + random() % 8; words > 0; --words) {
      text += pieces[pick(random)] + " ";
    }
    if (!index->Find(PostOf(text)).schools.empty()) {
      ++found;
      ASSERT_TRUE(index->MayMention(text)) << text;
    }
  }
  EXPECT_GT(found, 300U);
}

TEST(SchoolIndex, TheGateSaysNoToOrdinaryText) {
  const auto index = MakeTestIndex();
  for (const char* text : {"", "The bus was late again and it rained.", "Fernshire had rain.",
                           "Mrs Marchbank won the raffle"}) {
    EXPECT_FALSE(index->MayMention(text)) << text;
  }
}

}  // namespace
}  // namespace schoolwatch::matchers
