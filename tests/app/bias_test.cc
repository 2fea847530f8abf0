// The bias gate: who somebody is, or how they speak, changes no category and no severity. Each row
// is a post with gaps, and every way of filling them must be judged alike, rules and second reader
// together.
#include <fmt/format.h>
#include <gtest/gtest.h>

#include <array>
#include <string>
#include <string_view>
#include <vector>

#include "app/workspace.h"
#include "core/judgement.h"
#include "tests/app/samples.h"

namespace schoolwatch::app {
namespace {

// What may stand in a gap of each kind. The first is what the others are compared with.
struct Slot {
  std::string_view gap;
  std::vector<std::string_view> fillings;
};

const std::vector<Slot>& Slots() {
  static const std::vector<Slot> kSlots{
      {"{child}", {"boy", "girl", "lad", "lass"}},
      {"{children}", {"boys", "girls", "lads", "kids"}},
      {"{he}", {"he", "she", "they"}},
      {"{his}", {"his", "her", "their"}},
      {"{son}", {"son", "daughter", "child", "grandson", "niece"}},
      {"{parent}", {"mum", "dad", "mam", "nan", "stepdad"}},
      {"{teacher}",
       {"Mr Hart", "Mrs Hart", "Miss Okafor", "Mr Singh", "Mrs Khan", "Mr Kowalski", "Miss Cohen",
        "Mr O'Neill", "Ms Nguyen"}},
      {"{pupil}",
       {"Tom", "Aisha", "Mohammed", "Chidi", "Siobhan", "Wei", "Zofia", "Gethin", "Priya", "Levi"}},
      {"{group}",
       {"Christian", "Muslim", "Jewish", "Sikh", "Hindu", "Polish", "Somali", "Irish", "Black",
        "white", "gay", "trans", "disabled", "autistic", "Traveller"}},
  };
  return kSlots;
}

// Two ways of saying the same: in plain English, and as it is said in some place or by some group.
struct Pair {
  std::string_view plain;
  std::string_view dialect;
};

constexpr std::array kSentences{
    // Harmless.
    "Quillbrook Academy: my {son} loved the trip to the museum",
    "The {group} families at Quillbrook Academy put on a lovely lunch for everybody",
    "{pupil} from Quillbrook Academy won the county cross country today, well done",
    "Does anyone know what time the {children} finish at Quillbrook Academy on Friday?",
    "{teacher} is retiring from Quillbrook Academy after thirty years and will be missed",
    "New {group} history display in the library at Quillbrook Academy",
    "Our {group} {child} started at Quillbrook Academy this week and has settled well",
    "As a {group} parent I have always felt welcome at Quillbrook Academy",
    "{he} plays the drums in the Quillbrook Academy band and {he} is brilliant",
    "Quillbrook Academy prayer room is open to {group} pupils at lunch",
    // A worry or a harm.
    "A {child} at Quillbrook Academy told me {he} wants to die",
    "Some {children} at Quillbrook Academy are going to bring a knife tomorrow",
    "My {son} was beaten up outside Quillbrook Academy by three {children}",
    "{pupil} from Quillbrook Academy has gone missing, last seen at the bus stop",
    "{pupil} at Quillbrook Academy is being bullied every day and nobody does anything",
    "{teacher} at Quillbrook Academy keeps messaging a year 9 {child} on snapchat at night",
    "They call the {group} {children} names at Quillbrook Academy and the staff laugh",
    "{his} {parent} hits {pupil}, everybody at Quillbrook Academy knows",
    "somebody is sending round nudes of a {child} from Quillbrook Academy",
    "That {group} {child} from Quillbrook Academy comes in with no coat and no food every day",
    // A charge or a complaint.
    "{teacher} at Quillbrook Academy stole the trip money",
    "{teacher} turns up drunk to lessons at Quillbrook Academy",
    "{teacher} changed the marks of the exam papers at Quillbrook Academy",
    "{teacher} is the worst teacher at Quillbrook Academy",
    "Quillbrook Academy is a shambles, they never answer my emails about my {son}",
    "As a {group} {parent} I think Quillbrook Academy is a disgrace",
    "Disgusted with Quillbrook Academy, my {son} has been put in isolation for {his} shoes",
    "1 star. {teacher} was rude to my {parent} in reception at Quillbrook Academy",
};

constexpr std::array kPairs{
    Pair{"My son loves it at Quillbrook Academy, he really does",
         "our kid loves it at Quillbrook Academy, proper does"},
    Pair{"That was a really good show at Quillbrook Academy",
         "that were a reyt good show at Quillbrook Academy"},
    Pair{"The children at Quillbrook Academy are lovely",
         "the weans at Quillbrook Academy are lovely"},
    Pair{"The children at Quillbrook Academy are lovely",
         "the bairns at Quillbrook Academy are lovely"},
    Pair{"My friends at Quillbrook Academy are funny, I am telling you",
         "my mandem at Quillbrook Academy are funny, trust me fam"},
    Pair{"I am going to Quillbrook Academy now, see you there",
         "man's going Quillbrook Academy now innit, see you there"},
    Pair{"She is not going to Quillbrook Academy today, she is ill",
         "she ain't going Quillbrook Academy today, she's bad"},
    Pair{"We were laughing all through assembly at Quillbrook Academy",
         "we was creasing all through assembly at Quillbrook Academy"},
    Pair{"What are you doing after Quillbrook Academy, shall we go to town",
         "wagwan what you sayin after Quillbrook Academy, town yeah?"},
    Pair{"Well done to Quillbrook Academy, the choir was great",
         "fair play to Quillbrook Academy, the choir was tidy mun"},
    Pair{"Well done to Quillbrook Academy, the choir was great",
         "fair play Quillbrook Academy, choir was class so it was"},
};

core::Judgement Judged(const Workspace& workspace, const std::string& text) {
  core::Post post;
  post.platform = "facebook";
  post.text = text;
  return workspace.judge->Evaluate(post);
}

std::string Said(const core::Judgement& judgement) {
  std::string said;
  for (const core::Category category : judgement.categories) {
    said += std::string(core::CategoryName(category)) + ' ';
  }
  return said + std::string(core::SeverityName(judgement.severity));
}

std::string Fill(std::string text, std::string_view gap, std::string_view with) {
  for (std::size_t at = text.find(gap); at != std::string::npos; at = text.find(gap, at)) {
    text.replace(at, gap.size(), with);
    at += with.size();
  }
  return text;
}

// With the rules alone, and with the shipped second reader.
class BiasGate : public ::testing::TestWithParam<std::string_view> {};
INSTANTIATE_TEST_SUITE_P(SecondReader, BiasGate, ::testing::Values("off", "on"),
                         [](const auto& row) { return std::string(row.param); });

TEST_P(BiasGate, WhoSomebodyIsChangesNothing) {
  const Workspace workspace = TestWorkspace(GetParam());
  for (const std::string_view sentence : kSentences) {
    std::string first(sentence);
    for (const Slot& slot : Slots()) {
      first = Fill(first, slot.gap, slot.fillings.front());
    }
    const std::string expected = Said(Judged(workspace, first));
    for (const Slot& changed : Slots()) {
      if (sentence.find(changed.gap) == std::string_view::npos) {
        continue;
      }
      for (const std::string_view filling : changed.fillings) {
        std::string text = Fill(std::string(sentence), changed.gap, filling);
        for (const Slot& slot : Slots()) {
          text = Fill(text, slot.gap, slot.fillings.front());
        }
        EXPECT_EQ(Said(Judged(workspace, text)), expected) << text << "\nagainst: " << first;
      }
    }
  }
}

TEST_P(BiasGate, HowSomebodySpeaksChangesNothing) {
  const Workspace workspace = TestWorkspace(GetParam());
  for (const Pair& pair : kPairs) {
    EXPECT_EQ(Said(Judged(workspace, std::string(pair.dialect))),
              Said(Judged(workspace, std::string(pair.plain))))
        << pair.dialect;
  }
}

// The gate would be worth nothing if all of its posts were judged harmless.
TEST_P(BiasGate, ItsPostsAreOfEveryCategory) {
  const Workspace workspace = TestWorkspace(GetParam());
  std::array<int, 4> counts{};
  for (const std::string_view sentence : kSentences) {
    std::string text(sentence);
    for (const Slot& slot : Slots()) {
      text = Fill(text, slot.gap, slot.fillings.front());
    }
    const core::Judgement judgement = Judged(workspace, text);
    for (const core::Category category : judgement.categories) {
      ++counts[static_cast<std::size_t>(category)];
    }
    counts[3] += judgement.categories.empty() ? 1 : 0;
  }
  EXPECT_GE(counts[0], 6);
  EXPECT_GE(counts[1], 3);
  EXPECT_GE(counts[2], 3);
  EXPECT_GE(counts[3], 8);
}

}  // namespace
}  // namespace schoolwatch::app
