#include "matchers/second_reader.h"

#include <fmt/format.h>
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <cmath>
#include <filesystem>
#include <fstream>
#include <iterator>

#include "core/hash.h"
#include "matchers/judge.h"
#include "matchers/opinion.h"
#include "matchers/reading_form.h"
#include "matchers/rule_pack.h"
#include "tests/matchers/schools.h"

namespace schoolwatch::matchers {
namespace {

namespace fs = std::filesystem;
using ::testing::AnyOf;
using ::testing::Contains;
using ::testing::HasSubstr;
using ::testing::IsEmpty;
using ::testing::Not;

core::Post PostOf(std::string text, std::string title = {}) {
  core::Post post;
  post.text = std::move(text);
  post.title = std::move(title);
  return post;
}

struct FormRow {
  std::string_view name;
  std::string_view title;
  std::string_view text;
  std::string_view form;
};
void PrintTo(const FormRow& row, std::ostream* out) { *out << row.name; }

class ReadingFormTest : public ::testing::TestWithParam<FormRow> {};

TEST_P(ReadingFormTest, ShowsWhatIsSaidAndNotOfWhom) {
  EXPECT_EQ(ReadingForm(PostOf(std::string(GetParam().text), std::string(GetParam().title))),
            GetParam().form);
}

INSTANTIATE_TEST_SUITE_P(
    Rows, ReadingFormTest,
    ::testing::Values(
        FormRow{"words", "", "They never ANSWER, do they?", "they never answer , do they ?"},
        FormRow{"title", "Lost again", "so cold", "lost again . so cold"},
        FormRow{"figures", "", "£45 for 3 trips", "£00 for 0 trips"},
        FormRow{"names", "", "So Mr Thrale shouted at Noor",
                "so sometitle somename shouted at somename"},
        FormRow{"first word", "", "Nobody came. Nothing said", "nobody came . nothing said"},
        FormRow{"shouting", "", "he is SO RUDE", "they is so rude"},
        FormRow{"sex and family", "", "her son hit his sister", "their child hit their sibling"},
        FormRow{"faith and origin", "", "the muslim lads and the polish girl",
                "the somegroup children and the somegroup child"},
        FormRow{"group with a capital", "", "as a Christian, or an autistic one",
                "as a somegroup , or an somegroup one"},
        FormRow{"title first", "", "Ms Nguyen is", "sometitle somename is"},
        FormRow{"handle", "", "ask @AdaWren now", "ask somebody now"},
        FormRow{"address", "", "see https://quillbrook.example/a?b=c ok", "see someplace ok"},
        FormRow{"apostrophe", "", "don’t", "don't"}, FormRow{"nothing", "", "", ""}));

TEST(ReadingForm, TakesOutGivenNamesHoweverTheyAreWritten) {
  EXPECT_EQ(ReadingForm(PostOf("quillbrook is #QuillbrookAcademy"),
                        std::vector<std::string>{"quillbrook"}),
            "somename is somename");
}

TEST(ReadingForm, IsBounded) {
  EXPECT_LE(ReadingForm(PostOf(std::string(1'000'000, 'a') + " b")).size(), 1'000'100U);
  std::string words;
  for (int i = 0; i < 100'000; ++i) {
    words += "ab ";
  }
  EXPECT_LE(ReadingForm(PostOf(words)).size(), 20'010U);
}

TEST(Opinion, IsCappedAndGrowsWithTheProbability) {
  double last = kLeastOpinion;
  for (double p = 0; p <= 1.0; p += 0.01) {
    const double term = OpinionTerm(p);
    EXPECT_GE(term, last);
    EXPECT_LE(term, kMostOpinion);
    last = term;
  }
  EXPECT_LT(OpinionTerm(0), 0);
  EXPECT_GT(OpinionTerm(1), 0);
}

// Posts of four plain kinds, in words of our own. Two in five of those about harm are urgent, by
// what was done.
std::vector<JudgedPost> Posts(int each = 40) {
  constexpr std::array kHarm{"hit", "hurt", "punched", "kicked", "slapped"};
  constexpr std::array kTheft{"stole", "pocketed", "took", "robbed", "nicked"};
  constexpr std::array kGrumble{"useless", "shambles", "disgrace", "dreadful", "awful"};
  constexpr std::array kPraise{"lovely", "proud", "brilliant", "wonderful", "kind"};
  std::vector<JudgedPost> posts;
  for (int i = 0; i < each; ++i) {
    const auto at = static_cast<std::size_t>(i % 5);
    posts.push_back(
        {PostOf(fmt::format("somebody {} the little one at break, day {}", kHarm[at], i)),
         {core::Category::kSafeguarding},
         i % 5 < 2 ? core::Severity::kUrgent : core::Severity::kMedium,
         {}});
    posts.push_back(
        {PostOf(fmt::format("the office {} the trip money again, day {}", kTheft[at], i)),
         {core::Category::kDefamatory},
         core::Severity::kHigh,
         {}});
    posts.push_back({PostOf(fmt::format("communication is {} as ever, week {}", kGrumble[at], i)),
                     {core::Category::kReputational},
                     core::Severity::kLow,
                     {}});
    posts.push_back({PostOf(fmt::format("what a {} concert, year {}", kPraise[at], i)),
                     {},
                     core::Severity::kNone,
                     {}});
  }
  return posts;
}

class SecondReaderTest : public ::testing::Test {
 protected:
  SecondReaderTest() : folder_(fs::path(::testing::TempDir()) / core::RandomHex(6)) {
    fs::create_directories(folder_);
  }
  ~SecondReaderTest() override { fs::remove_all(folder_); }
  SecondReaderTest(const SecondReaderTest&) = delete;
  SecondReaderTest& operator=(const SecondReaderTest&) = delete;

  fs::path File(std::string_view name = "a.model") const { return folder_ / name; }
  static std::string Bytes(const fs::path& file) {
    std::ifstream in(file, std::ios::binary);
    return {std::istreambuf_iterator<char>(in), {}};
  }
  static void Write(const fs::path& file, std::string_view bytes) {
    std::ofstream(file, std::ios::binary)
        .write(bytes.data(), static_cast<std::streamsize>(bytes.size()));
  }

 private:
  fs::path folder_;
};

TEST_F(SecondReaderTest, LearnsWhatPeopleJudged) {
  ASSERT_TRUE(TrainSecondReader(Posts(), {}, File()).has_value());
  const auto reader = LoadSecondReader(File());
  ASSERT_TRUE(reader.has_value()) << reader.error().message;
  EXPECT_EQ((*reader)->trained_on(), 160U);
  const Opinion harm = (*reader)->Read(PostOf("somebody kicked the little one again"));
  const Opinion praise = (*reader)->Read(PostOf("what a wonderful concert"));
  EXPECT_GT(harm.likely[0], 0.5);
  EXPECT_LT(harm.likely[1], 0.5);
  EXPECT_LT(praise.likely[0], 0.5);
  EXPECT_LT(praise.likely[2], 0.5);
  EXPECT_THAT(harm.words[0], Contains("kicked"));
  EXPECT_THAT(praise.words[0], IsEmpty());
}

TEST_F(SecondReaderTest, LearnsWhatPeopleFoundPressing) {
  ASSERT_TRUE(TrainSecondReader(Posts(120), {}, File()).has_value());
  const auto reader = *LoadSecondReader(File());
  const Opinion urgent = reader->Read(PostOf("somebody hurt the little one again"));
  EXPECT_GT(urgent.pressing, kPressing);
  EXPECT_THAT(urgent.pressing_words, Contains("hurt"));
  const Opinion medium = reader->Read(PostOf("somebody slapped the little one again"));
  EXPECT_LT(medium.pressing, urgent.pressing);
  // High, but no matter of safeguarding.
  EXPECT_LT(reader->Read(PostOf("the office stole the trip money")).pressing, kPressing);
}

TEST_F(SecondReaderTest, FindsNothingPressingWhereTooFewPostsWere) {
  ASSERT_TRUE(TrainSecondReader(Posts(), {}, File()).has_value());
  const Opinion opinion =
      (*LoadSecondReader(File()))->Read(PostOf("somebody hurt the little one again"));
  EXPECT_GT(opinion.likely[0], 0.5);
  EXPECT_LT(opinion.pressing, 0.001);
  EXPECT_THAT(opinion.pressing_words, IsEmpty());
}

TEST_F(SecondReaderTest, NamesNoWordThatStandsForAName) {
  ASSERT_TRUE(TrainSecondReader(Posts(), {}, File()).has_value());
  const Opinion opinion =
      (*LoadSecondReader(File()))->Read(PostOf("so Mr Thrale hit @ada, 12 times ! hit, hit"));
  for (const std::vector<std::string>& words : opinion.words) {
    EXPECT_LE(words.size(), kMostWords);
    for (const std::string& word : words) {
      EXPECT_THAT(word, Not(AnyOf("somename", "somebody", "00", "!", ",")));
    }
  }
}

TEST_F(SecondReaderTest, ALongPostSaysNoMoreThanItsWords) {
  ASSERT_TRUE(TrainSecondReader(Posts(), {}, File()).has_value());
  const auto reader = *LoadSecondReader(File());
  std::string many;
  for (int i = 0; i < 400; ++i) {
    many += "somebody kicked the little one ";
  }
  EXPECT_LT(std::abs(reader->Read(PostOf(many)).likely[0] -
                     reader->Read(PostOf("somebody kicked the little one")).likely[0]),
            0.2);
  const Opinion nothing = reader->Read(PostOf(""));
  EXPECT_TRUE(std::isfinite(nothing.likely[0]));
}

TEST_F(SecondReaderTest, LearnsWhatIsOrdinaryAndKeepsNoWordOfIt) {
  const std::vector<core::Post> ordinary(50, PostOf("my cat kicked the ball, zanzibar"));
  ASSERT_TRUE(TrainSecondReader(Posts(), {}, File("without")).has_value());
  ASSERT_TRUE(TrainSecondReader(Posts(), ordinary, File("with")).has_value());
  const core::Post post = PostOf("he kicked the ball");
  EXPECT_LT((*LoadSecondReader(File("with")))->Read(post).likely[0],
            (*LoadSecondReader(File("without")))->Read(post).likely[0]);
  EXPECT_EQ(Bytes(File("with")).size(), Bytes(File("without")).size());
}

TEST_F(SecondReaderTest, TheSamePostsGiveTheSameBytes) {
  ASSERT_TRUE(TrainSecondReader(Posts(), {}, File("a")).has_value());
  ASSERT_TRUE(TrainSecondReader(Posts(), {}, File("b")).has_value());
  EXPECT_EQ(Bytes(File("a")), Bytes(File("b")));
}

TEST_F(SecondReaderTest, LeavesNothingBesideTheModel) {
  ASSERT_TRUE(TrainSecondReader(Posts(), {}, File()).has_value());
  EXPECT_EQ(std::distance(fs::directory_iterator(File().parent_path()), fs::directory_iterator()),
            1);
}

TEST_F(SecondReaderTest, TooLittleToLearnFromIsRefusedAndTheOldModelStays) {
  ASSERT_TRUE(TrainSecondReader(Posts(), {}, File()).has_value());
  const std::string before = Bytes(File());
  const std::vector<JudgedPost> posts = Posts();
  const auto trained = TrainSecondReader(std::span(posts).first(40), {}, File());
  ASSERT_FALSE(trained.has_value());
  EXPECT_THAT(trained.error().message, HasSubstr("10 safeguarding"));
  EXPECT_EQ(Bytes(File()), before);
}

TEST_F(SecondReaderTest, DamageIsNoticedBeforeTheModelIsRead) {
  ASSERT_TRUE(TrainSecondReader(Posts(), {}, File()).has_value());
  const std::string whole = Bytes(File());
  EXPECT_EQ(LoadSecondReader(File("none")).error().kind, core::ErrorKind::kNotFound);
  for (const std::size_t kept :
       {std::size_t{0}, std::size_t{7}, whole.size() / 2, whole.size() - 90, whole.size() - 10}) {
    Write(File("cut"), std::string_view(whole).substr(0, kept));
    EXPECT_EQ(LoadSecondReader(File("cut")).error().kind, core::ErrorKind::kBadInput) << kept;
  }
  for (const std::size_t at :
       {std::size_t{0}, std::size_t{9}, whole.size() / 3, whole.size() - 30}) {
    std::string flipped = whole;
    flipped[at] = static_cast<char>(flipped[at] ^ 1);
    Write(File("flipped"), flipped);
    EXPECT_EQ(LoadSecondReader(File("flipped")).error().kind, core::ErrorKind::kBadInput) << at;
  }
}

// Says the same of every post.
class Fixed final : public SecondReader {
 public:
  explicit Fixed(std::array<double, 3> likely, std::vector<std::string> words = {},
                 double pressing = 0)
      : opinion_{.likely = likely,
                 .words = {words, words, words},
                 .pressing = pressing,
                 .pressing_words = words} {}
  Opinion Read(const core::Post&) const override { return opinion_; }
  const std::string& version() const override { return version_; }
  std::size_t trained_on() const override { return 1; }

 private:
  Opinion opinion_;
  std::string version_ = "fixed";
};

constexpr std::string_view kPack = R"(pack: {name: s, version: "1", category: safeguarding}
rules:
  - {id: floored, topic: threat, severity: urgent, weight: 2.1, floor: high, re2: '\bbomb\b', why: A, tests: {hit: [bomb], miss: [x]}}
  - {id: sign, topic: fight, severity: high, weight: 1.1, re2: '\bscuffle\b', why: A, tests: {hit: [scuffle], miss: [x]}}
  - {id: sign.too, topic: fight, severity: high, weight: 1.1, re2: '\bshoved\b', why: A, tests: {hit: [shoved], miss: [x]}}
  - {id: plain, topic: fight, severity: high, weight: 2.1, re2: '\bfight\b', why: A, tests: {hit: [fight], miss: [x]}}
)";

core::Judgement Judged(const std::string& text, std::shared_ptr<const SecondReader> reader,
                       std::string_view pack = kPack) {
  config::Diagnostics problems;
  const std::vector<PackFile> files{{"t.yaml", std::string(pack)}};
  auto rules = RuleSet::Compile(ReadRulePacks(files, problems), problems);
  EXPECT_TRUE(rules.has_value()) << problems.ToText();
  return Judge(MakeTestIndex(), *rules, std::move(reader)).Evaluate(PostOf(text));
}

TEST(SecondOpinion, AloneGivesAConcernOfLowSeverityAndSaysWhy) {
  const auto reader = std::make_shared<const Fixed>(std::array{0.999, 0.0, 0.0},
                                                    std::vector<std::string>{"scared"});
  const core::Judgement judgement = Judged("Quillbrook Academy, well", reader);
  EXPECT_EQ(judgement.categories, std::vector{core::Category::kSafeguarding});
  EXPECT_EQ(judgement.severity, core::Severity::kLow);
  ASSERT_EQ(judgement.hits.size(), 1U);
  EXPECT_EQ(judgement.hits[0].rule, kSecondReaderId);
  EXPECT_THAT(judgement.hits[0].why,
              HasSubstr("possible safeguarding concern (words such as “scared”)"));
  EXPECT_THAT(Explain(PostOf("Quillbrook Academy, well"), judgement), HasSubstr("second-reader"));
}

TEST(SecondOpinion, SaysHowSoonOnlyOfASafeguardingConcernThatARuleFoundToo) {
  const std::vector<std::string> words{"tonight"};
  const auto pressing =
      std::make_shared<const Fixed>(std::array{0.999, 0.999, 0.0}, words, kPressing);
  const auto calm = std::make_shared<const Fixed>(std::array{0.999, 0.999, 0.0}, words, 0.29);
  constexpr std::string_view kMild =
      R"(pack: {name: s, version: "1", category: safeguarding}
rules:
  - {id: sign, topic: fight, severity: low, weight: 0.4, damp: [joke], re2: '\bshoved\b', why: A, tests: {hit: [shoved], miss: [x]}}
cues:
  - {id: joke, scope: sentence, weight: -3, lowers: 1, re2: '\bjoking\b', why: A}
)";
  const std::string shoved = "Shoved at Quillbrook Academy";
  const core::Judgement soon = Judged(shoved, pressing, kMild);
  EXPECT_EQ(soon.severity, core::Severity::kHigh);
  EXPECT_THAT(soon.hits,
              Contains(::testing::Field(&core::Hit::why,
                                        HasSubstr("for the same day (words such as “tonight”"))));
  EXPECT_EQ(Judged(shoved, calm, kMild).severity, core::Severity::kLow);
  EXPECT_EQ(Judged("Quillbrook Academy, well", pressing, kMild).severity, core::Severity::kLow);
  // What a cue has taken away is no rule's finding any more.
  EXPECT_EQ(Judged("Shoved, joking, at Quillbrook Academy", pressing, kMild).severity,
            core::Severity::kLow);
  EXPECT_EQ(Judged("A bomb at Quillbrook Academy", pressing).severity, core::Severity::kUrgent);
  std::string charged(kMild);
  charged.replace(charged.find("safeguarding"), 12, "defamatory");
  EXPECT_EQ(Judged(shoved, pressing, charged).severity, core::Severity::kLow);
}

TEST(SecondOpinion, TermsStillAddUpToTheScore) {
  const auto reader = std::make_shared<const Fixed>(std::array{0.9, 0.2, 0.01});
  const core::Judgement judgement = Judged("A fight at Quillbrook Academy", reader);
  for (std::size_t number = 0; number < core::kCategories.size(); ++number) {
    double sum = 0;
    for (const core::Term& term : judgement.terms) {
      sum += term.category == core::kCategories[number] ? term.value : 0;
    }
    EXPECT_NEAR(1 / (1 + std::exp(-sum)), judgement.scores[number], 1e-12);
  }
}

TEST(SecondOpinion, TalksDownGatheredSignsButNothingThatIsEnoughByItselfOrHasAFloor) {
  const auto reader = std::make_shared<const Fixed>(std::array{0.0, 0.0, 0.0});
  EXPECT_FALSE(Judged("A scuffle at Quillbrook Academy, shoved", nullptr).categories.empty());
  EXPECT_THAT(Judged("A scuffle at Quillbrook Academy, shoved", reader).categories, IsEmpty());
  EXPECT_FALSE(Judged("A fight at Quillbrook Academy", reader).categories.empty());
  EXPECT_EQ(Judged("A bomb at Quillbrook Academy", reader).severity, core::Severity::kUrgent);
}

TEST(SecondOpinion, TalksDownRulesThatMayBeDoubted) {
  constexpr std::string_view kDoubted =
      R"(pack: {name: s, version: "1", category: safeguarding, doubted: true}
rules:
  - {id: plain, topic: fight, severity: high, weight: 2.1, re2: '\bfight\b', why: A, tests: {hit: [fight], miss: [x]}}
  - {id: some, topic: fight, severity: high, weight: 2.1, floor: medium, re2: '\bbrawl\b', why: A, tests: {hit: [brawl], miss: [x]}}
  - {id: sure, topic: threat, severity: high, weight: 2.1, doubted: false, re2: '\bhate\b', why: A, tests: {hit: [hate], miss: [x]}}
  - {id: grave, topic: threat, severity: urgent, weight: 2.1, floor: high, re2: '\bbomb\b', why: A, tests: {hit: [bomb], miss: [x]}}
)";
  const auto reader = std::make_shared<const Fixed>(std::array{0.0, 0.0, 0.0});
  const auto is_told = [&](const std::string& text) {
    return !Judged(text + " at Quillbrook Academy", reader, kDoubted).categories.empty();
  };
  EXPECT_FALSE(is_told("A fight"));
  EXPECT_FALSE(is_told("A brawl"));
  EXPECT_TRUE(is_told("All this hate"));
  EXPECT_TRUE(is_told("A bomb"));
  EXPECT_FALSE(Judged("A fight at Quillbrook Academy", nullptr, kDoubted).categories.empty());
}

TEST(SecondOpinion, IsNotAskedOfPostsAboutNobodyWatched) {
  const auto reader = std::make_shared<const Fixed>(std::array{1.0, 1.0, 1.0});
  EXPECT_THAT(Judged("A fine day", reader).categories, IsEmpty());
}

TEST(SecondOpinion, IsPartOfTheVersionOfAJudgement) {
  const auto reader = std::make_shared<const Fixed>(std::array{1.0, 1.0, 1.0});
  EXPECT_NE(Judged("Quillbrook Academy", reader).rules_version,
            Judged("Quillbrook Academy", nullptr).rules_version);
}

}  // namespace
}  // namespace schoolwatch::matchers
