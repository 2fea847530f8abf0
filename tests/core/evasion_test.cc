#include <gtest/gtest.h>

#include <string>
#include <string_view>

#include "core/text/fold.h"

namespace schoolwatch::core {
namespace {

struct EvasionCase {
  const char* name;
  std::string_view input;
  std::string_view expected;  // Empty: nothing was hidden.
};

class EvasionViewTest : public testing::TestWithParam<EvasionCase> {};

TEST_P(EvasionViewTest, ShowsWhatWasHidden) {
  EXPECT_EQ(EvasionView(Fold(GetParam().input)).text, GetParam().expected);
}

INSTANTIATE_TEST_SUITE_P(
    Leet, EvasionViewTest,
    testing::Values(EvasionCase{"DigitInside", "k1ll h1m", "kill him"},
                    EvasionCase{"DigitFirst", "5uicide", "suicide"},
                    EvasionCase{"SeveralDigits", "sui51de", "suiside"},
                    EvasionCase{"SignInside", "b!tch, cr@p", "bitch, crap"},
                    EvasionCase{"SignsAtEnd", "you a$$!", "you ass!"},
                    EvasionCase{"TwoOnes", "ki11 it", "kill it"},
                    EvasionCase{"Exclamation", "great! well done!", ""},
                    EvasionCase{"YearGroup", "year7 and y10", ""},
                    EvasionCase{"Times", "4pm on the 3rd", ""},
                    EvasionCase{"Handle", "@quillbrook1 said", ""},
                    EvasionCase{"MailAddress", "office@quillbrook.example", ""},
                    EvasionCase{"WebAddress", "see https://q.example/a1b2", ""},
                    EvasionCase{"Price", "$500 or 100", ""}),
    [](const auto& row) { return std::string(row.param.name); });

INSTANTIATE_TEST_SUITE_P(
    SpacedLetters, EvasionViewTest,
    testing::Values(EvasionCase{"AfterAnArticle", "bring a k n i f e ok", "bring a knife ok"},
                    EvasionCase{"StartsWithA", "an a s s", "an ass"},
                    EvasionCase{"AfterI", "I h a t e it", "i hate it"},
                    EvasionCase{"AfterAWord", "my k n i f e ok", "my knife ok"},
                    EvasionCase{"Dots", "K.N.I.F.E", "knife"},
                    EvasionCase{"DotsAndSpaces", "k . n . i . f . e", "knife"},
                    EvasionCase{"Asterisks", "the g*u*n", "the gun"},
                    EvasionCase{"Hyphens", "s-t-a-b him", "stab him"},
                    EvasionCase{"WithLeet", "k n 1 f e", "knife"},
                    EvasionCase{"WordsApart", "k i l l   y o u", "kill   you"},
                    EvasionCase{"TwoLetters", "I a", ""}, EvasionCase{"Figures", "1 2 3 4", ""},
                    EvasionCase{"OverLines", "a\nb\nc", ""},
                    EvasionCase{"OrdinaryWords", "I saw a dog in a park", ""}),
    [](const auto& row) { return std::string(row.param.name); });

INSTANTIATE_TEST_SUITE_P(DrawnOut, EvasionViewTest,
                         testing::Values(EvasionCase{"FinalL", "killllll you", "kill you"},
                                         EvasionCase{"FinalE", "knifeeee", "knife"},
                                         EvasionCase{"FinalB", "stabbbb", "stab"},
                                         EvasionCase{"Oo", "shooooot", "shoot"},
                                         EvasionCase{"SchoolL", "schoollll", "school"},
                                         EvasionCase{"Ee", "bleeeed", "bleed"},
                                         EvasionCase{"EInHelp", "heeeelp", "help"},
                                         EvasionCase{"Vowel", "haaaate", "hate"},
                                         EvasionCase{"BeforeIng", "stabbbbing", "stabbing"},
                                         EvasionCase{"BeforeConsonant", "bittttch", "bitch"},
                                         EvasionCase{"Figures", "1000000", ""},
                                         EvasionCase{"Web", "www.quillbrook.example", ""},
                                         EvasionCase{"Doubles", "bully committee", ""}),
                         [](const auto& row) { return std::string(row.param.name); });

INSTANTIATE_TEST_SUITE_P(
    Signs, EvasionViewTest,
    testing::Values(EvasionCase{"EmojiWord", "bringing my🔪tomorrow", "bringing my knife tomorrow"},
                    EvasionCase{"EmojiWithSelector", "🗡\uFE0F", " knife "},
                    EvasionCase{"LaughingSkull", "💀💀", ""},
                    EvasionCase{"StruckOut", "k\u0336n\u0336i\u0336f\u0336e\u0336", "knife"},
                    EvasionCase{"SmallCapitals", "ᴋɴɪꜰᴇ", "knife"},
                    EvasionCase{"Boxed", "🅺🅽🅸🅵🅴", "knife"},
                    EvasionCase{"HonestAccents", "café naïve", ""}),
    [](const auto& row) { return std::string(row.param.name); });

TEST(EvasionViewTest, MapLeadsToTheLettersAsWritten) {
  const std::string text = "My K n 1 f e, ok";
  const FoldedText view = EvasionView(Fold(text));
  const std::size_t start = view.text.find("knife");
  ASSERT_NE(start, std::string::npos);
  const FoldedText::Range range = view.Original(start, start + 5);
  EXPECT_EQ(text.substr(range.start, range.end - range.start), "K n 1 f e");
}

TEST(EvasionViewTest, DrawnOutLettersAreCoveredWhole) {
  const std::string text = "oh stabbbb him";
  const FoldedText view = EvasionView(Fold(text));
  const std::size_t start = view.text.find("stab");
  const FoldedText::Range range = view.Original(start, start + 4);
  EXPECT_EQ(text.substr(range.start, range.end - range.start), "stabbbb");
}

}  // namespace
}  // namespace schoolwatch::core
