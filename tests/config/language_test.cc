#include "config/language.h"

#include <gtest/gtest.h>

#include <string>
#include <string_view>

#include "config/sorted_lines.h"

namespace schoolwatch::config {

std::string_view EverydayWordsText();
std::string_view ProperWordsText();
std::string_view HomePlacesText();
std::string_view PlacesAbroadText();

namespace {

TEST(SortedLines, FindsEveryKeyAndNoOther) {
  const SortedLines lines("# a comment\n# another\n*\t7\na\t1\nb\nb c\t22\nd\t\nz\t9");
  EXPECT_EQ(lines.Find("*"), "7");
  EXPECT_EQ(lines.Find("a"), "1");
  EXPECT_EQ(lines.Find("b"), "");
  EXPECT_EQ(lines.Find("b c"), "22");
  EXPECT_EQ(lines.Find("d"), "");
  EXPECT_EQ(lines.Find("z"), "9");
  for (const std::string_view missing : {"", "#", " ", "aa", "b ", "c", "zz", "# a comment"}) {
    EXPECT_EQ(lines.Find(missing), std::nullopt) << missing;
  }
}

TEST(SortedLines, AnEmptyTextHasNothing) {
  EXPECT_FALSE(SortedLines("").Has(""));
  EXPECT_FALSE(SortedLines("# only this").Has("# only this"));
}

struct Table {
  const char* name;
  std::string_view (*text)();
};
class LanguageTable : public testing::TestWithParam<Table> {};

// Unsorted lines would be searched in vain.
TEST_P(LanguageTable, IsSortedWithoutEmptyLines) {
  const std::string_view text = SortedLines(GetParam().text()).text();
  ASSERT_GT(text.size(), 1000U);
  std::string_view before;
  for (std::size_t at = 0; at < text.size();) {
    const std::size_t end = std::min(text.find('\n', at), text.size());
    const std::string_view line = text.substr(at, end - at);
    ASSERT_FALSE(line.empty());
    ASSERT_LT(before, line);
    before = line;
    at = end + 1;
  }
}
INSTANTIATE_TEST_SUITE_P(All, LanguageTable,
                         testing::Values(Table{"everyday", EverydayWordsText},
                                         Table{"proper", ProperWordsText},
                                         Table{"home", HomePlacesText},
                                         Table{"abroad", PlacesAbroadText}),
                         [](const auto& each) { return std::string(each.param.name); });

TEST(Language, KnowsEverydayWordsAndTheirRegularForms) {
  for (const std::string_view word : {"foxglove", "oak", "oaks", "hope", "berries", "aspired",
                                      "rising", "academies", "churches"}) {
    EXPECT_TRUE(IsEverydayWord(word)) << word;
  }
  for (const std::string_view word : {"quillbrook", "", "s", "ing", "zzz"}) {
    EXPECT_FALSE(IsEverydayWord(word)) << word;
  }
}

TEST(Language, KnowsNamesThatAreWrittenWithACapital) {
  EXPECT_TRUE(IsProperWord("alice"));
  EXPECT_FALSE(IsProperWord("oak"));
  EXPECT_FALSE(IsProperWord("quillbrook"));
}

TEST(Language, TellsPlacesAtHomeFromPlacesAbroad) {
  EXPECT_EQ(FindPlaceKind("west yorkshire"), PlaceKind::kHome);
  EXPECT_EQ(FindPlaceKind("leeds"), PlaceKind::kHome);
  EXPECT_EQ(FindPlaceKind("connecticut"), PlaceKind::kAbroad);
  EXPECT_EQ(FindPlaceKind("new zealand"), PlaceKind::kAbroad);
  EXPECT_EQ(FindPlaceKind("quillbrook"), PlaceKind::kNone);
  EXPECT_EQ(FindPlaceKind(""), PlaceKind::kNone);
}

}  // namespace
}  // namespace schoolwatch::config
