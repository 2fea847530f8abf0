#include "matchers/pattern_set.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <random>
#include <stdexcept>
#include <string>
#include <vector>

#include "matchers/pattern_regex.h"

namespace schoolwatch::matchers {
namespace {

using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::IsEmpty;

std::unique_ptr<const PatternSet> MakeSet(const std::vector<std::string>& patterns) {
  std::vector<PatternSet::Failure> failures;
  auto set = PatternSet::Compile(patterns, failures);
  EXPECT_TRUE(set.has_value());
  return set.has_value() ? *std::move(set) : nullptr;
}

TEST(PatternSet, FindsAllMatchesOfEachPattern) {
  const auto set = MakeSet({"knife", R"(\bgun\b)"});
  EXPECT_THAT(set->FindAll("a knife, a gun, a knife"),
              ElementsAre(PatternSet::Match{0, 2, 7}, PatternSet::Match{0, 18, 23},
                          PatternSet::Match{1, 11, 14}));
}

TEST(PatternSet, NoPatternsFindNothing) { EXPECT_THAT(MakeSet({})->FindAll("a"), IsEmpty()); }

TEST(PatternSet, CapitalsInAPatternMatchFoldedText) {
  EXPECT_EQ(MakeSet({R"(\bKill\W+Him\b)"})->FindAll("kill him").size(), 1U);
}

TEST(PatternSet, EveryBadPatternIsNamed) {
  std::vector<PatternSet::Failure> failures;
  const std::vector<std::string> patterns{"fine", "(", "also fine", "a(?=b)"};
  const auto set = PatternSet::Compile(patterns, failures);
  ASSERT_FALSE(set.has_value());
  EXPECT_EQ(set.error().kind, core::ErrorKind::kBadInput);
  ASSERT_EQ(failures.size(), 2U);
  EXPECT_EQ(failures[0].pattern, 1U);
  EXPECT_EQ(failures[1].pattern, 3U);
  EXPECT_THAT(failures[1].message, HasSubstr("a(?=b)"));
}

TEST(LazyRegex, ABadPatternThatGotThisFarIsNoSilentMiss) {
  LazyRegex regex;
  regex.Set("(");
  EXPECT_EQ(regex.TryGet(), nullptr);
  EXPECT_THROW(regex.Get(), std::logic_error);
}

TEST(PatternSet, RunawayCountsAreRefused) {
  std::vector<PatternSet::Failure> failures;
  const std::vector<std::string> patterns{R"((?:\pL+\W+){0,900}(?:\pL+\W+){0,900}end)"};
  EXPECT_FALSE(PatternSet::Compile(patterns, failures).has_value());
  ASSERT_EQ(failures.size(), 1U);
}

TEST(PatternSet, PatternsWithoutALiteralAreStillFound) {
  const auto set = MakeSet({R"(\bk\W?y\W?s\b)", R"(\d{4})"});
  EXPECT_TRUE(set->ShapeOf(1).branches.empty());
  EXPECT_THAT(set->FindAll("k y s 1234"),
              ElementsAre(PatternSet::Match{0, 0, 5}, PatternSet::Match{1, 6, 10}));
}

TEST(PatternSet, MatchesOfOnePatternAreLimited) {
  const auto set = MakeSet({"abc"});
  std::string text;
  for (int count = 0; count < 1000; ++count) {
    text += "abc ";
  }
  EXPECT_EQ(set->FindAll(text).size(), PatternSet::kMaxMatches);
}

TEST(PatternSet, EmptyMatchesAreNoMatches) {
  EXPECT_THAT(MakeSet({"x*"})->FindAll("ünö"), IsEmpty());
}

TEST(PatternSet, PrefilterSaysTheSameAsOneByOne) {
  const std::vector<std::string> patterns{
      R"(\b(?:stab|shank)\w*\W+(?:\w+\W+){0,3}(?:him|her|them)\b)",
      R"(\bknife|knives\b)",
      R"(\bk\W*y\W*s\b)",
      R"((?:red|blue) (?:car|van)s?)",
      R"(\b[a-c]{2}\b)",
      R"(ab(?:cd|ef)+gh?)",
      R"(über\w+)",
      R"(^start|end$)",
      R"(\p{L}+ly\b)",
      R"(a.c)",
      R"(\bthem?\b[^.]{0,6}\bred\b|\bslowly\W+(?:[\w'-]+\W+){0,2}knives\b)",
      R"(\b(?:him|end)\W+(?:\w+\W+){0,9}(?:him|blue)\b)",
      R"(\W(?:gh|him)\W)"};
  const auto set = MakeSet(patterns);
  const std::vector<std::string> pieces{
      "stab", "shanked", "him",  "them", "knife", "knives", "k",      "y",    "s",       "red",
      "blue", "car",     "vans", "ab",   "cd",    "abcdg",  "abefgh", "über", "überall", "start",
      "end",  "slowly",  "abc",  "a\nc", "é",     "🔪",     ",",      "."};
  std::mt19937 random(7);
  std::uniform_int_distribution<std::size_t> pick(0, pieces.size() - 1);
  std::uniform_int_distribution<int> length(0, 60);
  std::size_t found = 0;
  for (int round = 0; round < 2000; ++round) {
    std::string text;
    for (int word = length(random); word > 0; --word) {
      text += pieces[pick(random)];
      text += random() % 3 == 0 ? "" : " ";
    }
    const auto fast = set->FindAll(text);
    ASSERT_EQ(fast, set->FindAllOneByOne(text)) << text;
    found += fast.size();
  }
  EXPECT_GT(found, 1000U);
}

// Patterns that are found without RE2, and others that nearly are.
TEST(PatternSet, PhrasesAndGapsSayTheSameAsOneByOne) {
  const std::vector<std::string> patterns{
      R"(\b(?:red|blue|red car)\b)",
      R"(\b(?:red|reds|redder)\b)",
      R"(\bred (?:the |a )?(?:car|van)\b)",
      R"(red|blue)",
      R"(\bred)",
      R"(red\b)",
      R"((?:red|re)d?)",
      R"(\bred|blue\b)",
      R"(^red$)",
      R"(\bred\b\W?)",
      R"(\bred\b car\b)",
      R"(a\bb)",
      R"(\b(?:!|red)\b)",
      R"(\b(?:red|blue|a)\W+(?:\w+\W+){0,2}(?:car|van|him|the van)\b)",
      R"(\b(?:the|a) red\W+(?:\w+\W+){0,4}(?:him|red|a)\b)",
      R"(\b(?:red|red a)\W+(?:\w+\W+){0,2}(?:car|van)\b)",
      R"(\b(?:red|blue)\W+(?:\w+\W+){0,2}(?:car|car blue)\b)",
      R"(\bred\W+(?:\w+\W+){0,2}?car\b)",
      R"(\bred\W+(?:\w+\W+){0,2}(?:car|van))",
      R"(red\W+(?:\w+\W+){0,0}(?:car|van|!))",
      R"(\bred\W+(?:\w+\W+){0,9}(?:red|the)\b)",
      R"(\bred\W+(?:\w+\W+){0,2}car\b|\bvan\b)",
      R"(\b(?:red\W+(?:\w+\W+){0,2}car|van)\b)",
      R"(\bred\\W+(?:\w+\W+){0,2}car\b)",
      R"(\b(?:car|van)\W+(?:[\w'-]+\W+){0,2}(?:red|blue)\b)",
      R"(\b(?:(?:car|van)(?:s|ed)?|him)\W+(?:\w+\W+){0,3}(?:red|blue)(?:der)?\b)"};
  const auto set = MakeSet(patterns);
  ASSERT_NE(set, nullptr);
  EXPECT_TRUE(set->ShapeOf(0).branches.size() == 1 && !set->ShapeOf(0).is_just_triggers);
  EXPECT_TRUE(set->ShapeOf(1).is_just_triggers);
  EXPECT_TRUE(set->ShapeOf(13).gap);
  const std::vector<std::string> pieces{"red", "reds", "redder", "blue", "car", "van",  "cars",
                                        "him", "the",  "a",      "!",    "b",   "it's", "é"};
  const std::vector<std::string> between{" ", " ", " ", " ", ", ", "", "-", "'", "\n"};
  std::mt19937 random(23);
  std::size_t found = 0;
  for (int round = 0; round < 4000; ++round) {
    std::string text;
    for (std::size_t word = random() % 20; word > 0; --word) {
      text += pieces[random() % pieces.size()];
      text += between[random() % between.size()];
    }
    const auto fast = set->FindAll(text);
    ASSERT_EQ(fast, set->FindAllOneByOne(text)) << text;
    found += fast.size();
  }
  EXPECT_GT(found, 20'000U);
}

// Words of every length that a key can have, which begin alike and end alike.
std::vector<std::string> MakeWords(std::mt19937& random) {
  std::vector<std::string> words;
  while (words.size() < 60) {
    std::string word;
    for (std::size_t letters = 1 + random() % 4; letters > 0; --letters) {
      word += "ab"[random() % 2];
    }
    words.push_back(word);
    words.push_back(word + "cdefgh" + static_cast<char>('a' + random() % 3));
    words.push_back(word + "cdefghijklmnopq" + static_cast<char>('a' + random() % 3));
  }
  return words;
}

// So many rules over so few words that nearly every word of a text is some rule's, as where packs
// are large: choices, phrases, beginnings, near and far pairs.
std::vector<std::string> MakeManyPatterns(const std::vector<std::string>& words,
                                          std::mt19937& random) {
  const auto choice = [&](std::size_t count) {
    std::string all = "(?:";
    for (; count > 0; --count) {
      all += words[random() % words.size()] + (random() % 3 == 0 ? "(?:s|ed)?" : "") +
             (count > 1 ? "|" : ")");
    }
    return all;
  };
  std::vector<std::string> patterns;
  while (patterns.size() < 60) {
    const std::string gap = R"(\W+(?:\w+\W+){0,)" + std::to_string(random() % 9) + "}";
    switch (patterns.size() % 6) {
      case 0:
        patterns.push_back(R"(\b)" + choice(3) + R"(\b)");
        break;
      case 1:
        patterns.push_back(R"(\b)" + choice(2) + " (?:the |a )?" + choice(2) + R"(\b)");
        break;
      case 2:
        patterns.push_back(R"(\b)" + choice(2) + R"(\w* )" + choice(1));
        break;
      case 3:
        patterns.push_back(R"(\b)" + choice(2) + R"(\b[^.]{0,220}\b)" + choice(9) + R"(\b)");
        break;
      default:
        patterns.push_back(R"(\b)" + choice(4) + gap + choice(20) + R"(\b)");
        break;
    }
  }
  return patterns;
}

TEST(PatternSet, ManyRulesSayTheSameAsOneByOne) {
  std::mt19937 random(31);
  const std::vector<std::string> words = MakeWords(random);
  // Two sets in turn, as the room for what one finds is the other's as well.
  const auto one = MakeSet(MakeManyPatterns(words, random));
  const auto other = MakeSet(MakeManyPatterns(words, random));
  std::size_t found = 0;
  for (int round = 0; round < 30; ++round) {
    std::string text;
    for (std::size_t word = random() % (round % 10 == 0 ? 120 : 30); word > 0; --word) {
      text += words[random() % words.size()];
      text += random() % 9 == 0 ? ", " : random() % 20 == 0 ? "s. " : " ";
    }
    for (const PatternSet* const set : {one.get(), other.get()}) {
      const auto fast = set->FindAll(text);
      ASSERT_EQ(fast, set->FindAllOneByOne(text)) << text;
      found += fast.size();
    }
  }
  EXPECT_GT(found, 1000U);
}

TEST(PatternSet, MatchesJustTheBytesAskedFor) {
  const auto set = MakeSet({R"(\bred (?:\w+ )?car\b)"});
  const std::string text = "a red old car";
  EXPECT_TRUE(set->MatchesJust(0, text, 2, 13));
  EXPECT_FALSE(set->MatchesJust(0, text, 2, 12));
  EXPECT_FALSE(set->MatchesJust(0, "ared old car", 1, 12));
}

TEST(PatternSet, AMatchFarFromOthersOfALongTextIsFound) {
  const auto set = MakeSet({R"(\bred\W+(?:\w+\W+){0,2}machete\b)"});
  std::string text = "red old machete ";
  for (int word = 0; word < 500; ++word) {
    text += "car ";
  }
  text += "red, rather old machete";
  EXPECT_EQ(set->FindAll(text), set->FindAllOneByOne(text));
  EXPECT_EQ(set->FindAll(text).size(), 2U);
}

struct LowerCase {
  std::string pattern;
  std::string lower;
};
class LowerPatternTest : public ::testing::TestWithParam<LowerCase> {};
TEST_P(LowerPatternTest, ChangesLettersOnly) {
  EXPECT_EQ(LowerPattern(GetParam().pattern), GetParam().lower);
}
INSTANTIATE_TEST_SUITE_P(Rows, LowerPatternTest,
                         ::testing::Values(LowerCase{"KYS", "kys"},
                                           LowerCase{R"(\W\S\B)", R"(\W\S\B)"},
                                           LowerCase{R"(\p{Lu}A)", R"(\p{Lu}a)"},
                                           LowerCase{R"(\PLA)", R"(\PLa)"},
                                           LowerCase{"(?P<Name>A)", "(?P<Name>a)"},
                                           LowerCase{"(?U:A)B", "(?U:a)b"}, LowerCase{"A\\", "a\\"},
                                           LowerCase{R"(\p{)", R"(\p{)"}, LowerCase{"(?", "(?"}));

}  // namespace
}  // namespace schoolwatch::matchers
