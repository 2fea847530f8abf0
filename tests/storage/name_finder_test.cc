#include "storage/name_finder.h"

#include <string>

#include <gtest/gtest.h>

namespace schoolwatch::storage {
namespace {

struct IsRow {
  const char* name;
  const char* asked;
  const char* stands;
  bool same;
};

class NameIsTest : public testing::TestWithParam<IsRow> {};

TEST_P(NameIsTest, Holds) {
  EXPECT_EQ(NameFinder(GetParam().asked).Is(GetParam().stands), GetParam().same);
  EXPECT_EQ(NameFinder(GetParam().stands).Is(GetParam().asked), GetParam().same);
}

INSTANTIATE_TEST_SUITE_P(
    Rows, NameIsTest,
    testing::Values(IsRow{"Capitals", "MOIRA pellew", "Moira Pellew", true},
                    IsRow{"AHandlesSign", "@moira_p", "Moira_P", true},
                    IsRow{"Blanks", " moira   pellew ", "Moira Pellew", true},
                    IsRow{"Accents", "Zoe Bronte", "Zoë Brontë", true},
                    IsRow{"AccentsApartFromTheirLetters", "Zoe Bronte", "Zoe\u0308 Bronte\u0308",
                          true},
                    IsRow{"AccentsOnCapitals", "zoë", "ZOE", true},
                    IsRow{"Strokes", "Soren Lukasz", "Søren Łukasz", true},
                    IsRow{"LettersWrittenAsOne", "Aethel Coeur", "Æthel Cœur", true},
                    IsRow{"OtherScriptsKeepTheirMarks", "\u0438", "\u0439", false},
                    IsRow{"MoreThanTheName", "Moira", "Moira Pellew", false},
                    IsRow{"AnotherName", "Moira Pellew", "Maura Pellew", false},
                    IsRow{"Nobody", "", "", false}),
    [](const auto& row) { return row.param.name; });

struct MaskRow {
  const char* name;
  const char* asked;
  const char* text;
  const char* masked;
};

class NameMaskTest : public testing::TestWithParam<MaskRow> {};

TEST_P(NameMaskTest, Holds) {
  std::string text = GetParam().text;
  const NameFinder name(GetParam().asked);
  const std::string masked = GetParam().masked;
  EXPECT_EQ(name.IsIn(text), text != masked);
  EXPECT_EQ(name.Mask(text), GetParam().text != masked);
  EXPECT_EQ(text, masked);
}

INSTANTIATE_TEST_SUITE_P(
    Rows, NameMaskTest,
    testing::Values(
        MaskRow{"WithAccentsWhereAskedWithout", "zoe bronte", "Ask Zoë Brontë, then",
                "Ask ************, then"},
        MaskRow{"WithoutWhereAskedWith", "Zoë Brontë", "Ask Zoe Bronte, then",
                "Ask **********, then"},
        MaskRow{"AnAccentApartFromItsLetter", "Zoe Bronte", "Zoe Bronte\u0308!", "************!"},
        MaskRow{"NotInsideAnotherWord", "zoe bronte", "Zoë Brontësaurus", "Zoë Brontësaurus"},
        // Asked for with its accent, it is told from the everyday word.
        MaskRow{"AnEverydayWordWithoutIt", "Résumé", "a resume, a résumé", "a resume, a ********"}),
    [](const auto& row) { return row.param.name; });

}  // namespace
}  // namespace schoolwatch::storage
