#include "storage/near_duplicates.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <string>
#include <string_view>
#include <vector>

#include "core/fingerprint.h"
#include "core/hash.h"

namespace schoolwatch::storage {
namespace {

using core::Fingerprint;
using core::FingerprintWord;
using Kind = FingerprintWord::Kind;

// A print of canonical words, as matchers makes it of a text (storage may not include matchers). A
// mark before a word says its kind: N name, # number, D day, - negation, ~ minor; "…" is a cut.
Fingerprint PrintOf(std::string_view text) {
  Fingerprint print;
  std::string all;
  std::string previous;
  for (std::size_t at = 0; at < text.size();) {
    const std::size_t end = std::min(text.find(' ', at), text.size());
    std::string word(text.substr(at, end - at));
    at = end + 1;
    Kind kind = Kind::kPlain;
    if (word == "…") {
      print.sequence.push_back(Pack(core::MakeFingerprintWord(Kind::kCut, "")));
      continue;
    }
    const std::string_view marks = "~#DN-";
    if (const std::size_t mark = marks.find(word.front()); mark != std::string_view::npos) {
      kind = static_cast<Kind>(mark + 1);
      word.erase(0, 1);
    }
    print.sequence.push_back(Pack(core::MakeFingerprintWord(kind, word)));
    if (kind == Kind::kMinor) {
      continue;
    }
    if (kind == Kind::kName || kind == Kind::kNumber || kind == Kind::kDay) {
      print.facts.push_back(core::Hash64(word));
    }
    print.negations += kind == Kind::kNegation ? 1u : 0u;
    print.shingles.push_back(core::Hash64(word));
    print.shingles.push_back(core::Hash64(previous + ' ' + word));
    all += word + ' ';
    previous = word;
    ++print.words;
  }
  print.exact = core::Hash64(all);
  for (auto* hashes : {&print.shingles, &print.facts}) {
    std::ranges::sort(*hashes);
    hashes->erase(std::unique(hashes->begin(), hashes->end()), hashes->end());
  }
  print.sketch.fill(0xFFFF'FFFF);
  for (const std::uint64_t hash : print.shingles) {
    auto& bin = print.sketch[hash >> 58];
    bin = std::min(bin, static_cast<std::uint32_t>(hash >> 16) & 0x7FFF'FFFF);
  }
  return print;
}

struct PairCase {
  const char* name;
  const char* one;
  const char* other;
  bool same;
};

class CompareTest : public testing::TestWithParam<PairCase> {};

TEST_P(CompareTest, TellsCopiesFromOtherStatements) {
  const Fingerprint one = PrintOf(GetParam().one);
  const Fingerprint other = PrintOf(GetParam().other);
  const Resemblance forth = Compare(one, other);
  EXPECT_EQ(forth.same, GetParam().same) << forth.why;
  const Resemblance back = Compare(other, one);
  EXPECT_EQ(back.same, forth.same) << back.why;
  EXPECT_EQ(back.jaccard, forth.jaccard);
  EXPECT_FALSE(forth.why.empty());
}

constexpr const char* kStory = "somebody saw mr Nholt take trip money from school office";

INSTANTIATE_TEST_SUITE_P(
    Copies, CompareTest,
    testing::Values(
        PairCase{"SameWords", kStory, kStory, true},
        PairCase{"NameInSmallLetters", kStory,
                 "somebody saw mr holt take trip money from school office", true},
        PairCase{"WordsBefore", kStory,
                 "disgusting somebody saw mr Nholt take trip money from school office", true},
        PairCase{"WordsBehind", kStory,
                 "somebody saw mr Nholt take trip money from school office truly shocking", true},
        PairCase{"CutShort", kStory, "somebody saw mr Nholt take …", true},
        PairCase{"CutInsideAWord", kStory, "somebody saw mr Nholt take trip mon …", true},
        PairCase{"Typo", kStory, "somebody saw mr Nholt take trip money from shcool ofice", true},
        PairCase{"OneWordLeftOut", kStory, "somebody saw mr Nholt take money from school office",
                 true},
        PairCase{"Compound", "our headteacher hid that letter from parents",
                 "our head teacher hid that letter from parents", true},
        PairCase{"Initials", "Nquillbrook Nacademy Ntrust hid that letter from parents",
                 "qat hid that letter from parents", true},
        PairCase{"FigureForTo", "she was told #2 man up by head", "she was told ~2 man up by head",
                 true}),
    [](const auto& row) { return std::string(row.param.name); });

INSTANTIATE_TEST_SUITE_P(
    OtherStatements, CompareTest,
    testing::Values(
        PairCase{"Name", kStory, "somebody saw mr Npike take trip money from school office", false},
        PairCase{"NearlyTheSameName", "somebody saw mr Nbrown take trip money from school office",
                 "somebody saw mr Nbrowne take trip money from school office", false},
        PairCase{"Title", kStory, "somebody saw mrs Nholt take trip money from school office",
                 false},
        PairCase{"Number", "police came #3 times ~2 school this week",
                 "police came #4 times ~2 school this week", false},
        PairCase{"NumbersSwapped", "score is town #3 academy #4 after extra time",
                 "score is town #4 academy #3 after extra time", false},
        PairCase{"Day", "fight behind sports hall after school Dfriday",
                 "fight behind sports hall after school Dmonday", false},
        PairCase{"NegationAdded", kStory,
                 "somebody -not saw mr Nholt take trip money from school office", false},
        PairCase{"DenialInFront", kStory,
                 "-not true somebody saw mr Nholt take trip money from school office", false},
        PairCase{"OneWordForAnother", "water at school is safe ~2 drink today",
                 "water at school is foul ~2 drink today", false},
        PairCase{"ForAndAgainst", "parents signed ~4 new crossing outside school gate",
                 "parents signed against new crossing outside school gate", false},
        PairCase{"OtherEnd", "knife found behind hedge at lunch it was handed in",
                 "knife found behind hedge at lunch plastic toy only", false},
        PairCase{"CutThenOther", "knife found behind hedge at break …",
                 "knife found behind hedge at lunch it was handed in", false},
        PairCase{"MuchAdded", "gate is broken again",
                 "gate is broken again says caretaker who will mend it soon", false},
        PairCase{"TooShortToTell", "love this school", "love this school really", false},
        PairCase{"NothingInCommon", kStory, "nursery sings carols at town hall", false},
        PairCase{"NoWords", "", "", false}),
    [](const auto& row) { return std::string(row.param.name); });

TEST(CompareTest, SaysWhichFactDiffers) {
  const Resemblance resemblance =
      Compare(PrintOf(kStory), PrintOf("somebody saw mr Npike take trip money from school office"));
  EXPECT_TRUE(resemblance.conflicts);
  EXPECT_NE(resemblance.why.find("a name differs"), std::string::npos) << resemblance.why;
}

TEST(CompareTest, LongTextsAreComparedAsSets) {
  std::string text;
  for (int i = 0; i < 300; ++i) {
    text += "w" + std::string(1, static_cast<char>('a' + i % 26)) + std::to_string(i) + " ";
  }
  const auto long_print = [](const std::string& words) {
    Fingerprint print = PrintOf(words);
    print.sequence.clear();  // As MakeFingerprint does for long texts.
    return print;
  };
  const Fingerprint whole = long_print(text);
  EXPECT_TRUE(Compare(whole, long_print(text + "one word more")).same);
  EXPECT_FALSE(Compare(whole, long_print(text + "#7")).same);
  EXPECT_FALSE(Compare(whole, long_print(text + "-not")).same);
}

std::vector<std::size_t> GroupsOf(const std::vector<std::string>& texts) {
  std::vector<Fingerprint> prints;
  prints.reserve(texts.size());
  for (const std::string& text : texts) {
    prints.push_back(PrintOf(text));
  }
  return GroupNearDuplicates(prints);
}

TEST(GroupNearDuplicatesTest, NamesAGroupByItsFirst) {
  EXPECT_EQ(
      GroupsOf({"nursery sings carols at town hall", kStory, std::string("disgusting ") + kStory,
                "bus is late again on hill road", std::string(kStory) + " truly shocking"}),
      (std::vector<std::size_t>{0, 1, 1, 3, 1}));
}

TEST(GroupNearDuplicatesTest, NobodyIsGroupedWithNothing) {
  EXPECT_EQ(GroupsOf({"", "", kStory}), (std::vector<std::size_t>{0, 1, 2}));
  EXPECT_TRUE(GroupNearDuplicates({}).empty());
}

TEST(GroupNearDuplicatesTest, ACutTextDoesNotBridgeTwoEnds) {
  const std::vector<std::size_t> groups =
      GroupsOf({"knife found behind hedge at lunch it was handed in",
                "knife found behind hedge at lunch plastic toy only",
                "knife found behind hedge at lunch …"});
  EXPECT_NE(groups[0], groups[1]);
  EXPECT_EQ(groups[2], groups[0]);
}

TEST(GroupNearDuplicatesTest, AThirdTextDoesNotBridgeTwoNames) {
  const std::vector<std::size_t> groups =
      GroupsOf({"mr Nholt took all trip money from school office",
                "mrs Npike took all trip money from school office",
                "took all trip money from school office"});
  EXPECT_NE(groups[0], groups[1]);
}

TEST(GroupNearDuplicatesTest, ManyUnlikeTextsStayApart) {
  std::vector<std::string> texts;
  for (int i = 0; i < 500; ++i) {
    const std::string n = std::to_string(i);
    texts.push_back("a" + n + " b" + n + " c" + n + " d" + n + " at school");
  }
  const std::vector<std::size_t> groups = GroupsOf(texts);
  for (std::size_t i = 0; i < groups.size(); ++i) {
    ASSERT_EQ(groups[i], i);
  }
}

TEST(FingerprintWordTest, PackingKeepsAll) {
  const FingerprintWord word = core::MakeFingerprintWord(Kind::kName, "quillbrook");
  const FingerprintWord again = core::UnpackFingerprintWord(Pack(word));
  EXPECT_EQ(again.kind, word.kind);
  EXPECT_EQ(again.first, word.first);
  EXPECT_EQ(again.length, word.length);
  EXPECT_EQ(again.letters, word.letters);
  EXPECT_EQ(again.hash, word.hash);
}

TEST(FingerprintWordTest, DamagedBytesUnpackToSomeWord) {
  EXPECT_EQ(core::UnpackFingerprintWord(~std::uint64_t{0}).kind, Kind::kPlain);
}

}  // namespace
}  // namespace schoolwatch::storage
