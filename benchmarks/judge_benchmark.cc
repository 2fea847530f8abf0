// Mention finding, rules and the whole judgement, on text that is not repeated within a pass: a
// benchmark that repeats its text flatters every lazy automaton.
#include <benchmark/benchmark.h>
#include <re2/re2.h>
#include <re2/set.h>

#include <algorithm>
#include <cstddef>
#include <filesystem>
#include <fstream>
#include <memory>
#include <random>
#include <string>
#include <string_view>
#include <vector>

#include "matchers/judge.h"
#include "matchers/pattern_set.h"
#include "matchers/phrase_table.h"
#include "matchers/rule_pack.h"

namespace schoolwatch::matchers {
namespace {

constexpr std::size_t kPosts = 20'000;

// Words with a frequency that falls as in language, some of them those that rules look for.
std::vector<std::string> MakePosts(std::size_t count, unsigned seed, double mentions) {
  std::vector<std::string> words{
      "the", "and", "a",   "to",     "of",   "in",      "is",    "you",   "that", "it",   "he",
      "was", "for", "on",  "are",    "with", "they",    "at",    "be",    "this", "have", "from",
      "or",  "had", "bus", "school", "kids", "teacher", "knife", "fight", "money"};
  std::mt19937 random(seed);
  for (int made = 0; made < 6000; ++made) {
    std::string word;
    for (std::size_t letters = 3 + random() % 7; letters > 0; --letters) {
      word += static_cast<char>('a' + random() % 26);
    }
    words.push_back(std::move(word));
  }
  std::uniform_real_distribution<double> uniform(0, 1);
  std::vector<std::string> posts;
  posts.reserve(count);
  for (std::size_t made = 0; made < count; ++made) {
    std::string post;
    for (std::size_t length = 8 + random() % 12; length > 0; --length) {
      const double draw = uniform(random);
      const auto rank =
          static_cast<std::size_t>(draw * draw * draw * static_cast<double>(words.size()));
      post += words[rank];
      post += length % 7 == 0 ? ", " : " ";
    }
    if (uniform(random) < mentions) {
      post += "at Quillbrook Academy";
    }
    posts.push_back(std::move(post));
  }
  return posts;
}

std::size_t BytesOf(const std::vector<std::string>& posts) {
  std::size_t bytes = 0;
  for (const std::string& post : posts) {
    bytes += post.size();
  }
  return bytes;
}

std::shared_ptr<const SchoolIndex> MakeIndex(std::size_t count) {
  std::mt19937 random(3);
  std::vector<core::School> schools;
  core::School first;
  first.key = "quillbrook";
  first.name = "Quillbrook Academy";
  schools.push_back(first);
  while (schools.size() < count) {
    core::School school;
    school.key = "s" + std::to_string(schools.size());
    std::string name;
    for (std::size_t letters = 5 + random() % 6; letters > 0; --letters) {
      name += static_cast<char>('a' + random() % 26);
    }
    name.front() = static_cast<char>(name.front() - 'a' + 'A');
    school.name = (schools.size() % 3 == 0 ? "St " : "") + name +
                  (schools.size() % 2 == 0 ? " C of E Primary School" : " Community Academy");
    school.places = {"Town" + std::to_string(schools.size() % 900)};
    schools.push_back(std::move(school));
  }
  return SchoolIndex::Make(std::move(schools)).value();
}

void FindMentions(benchmark::State& state) {
  const auto index = MakeIndex(static_cast<std::size_t>(state.range(0)));
  unsigned seed = 1;
  std::size_t bytes = 0;
  for (auto _ : state) {
    state.PauseTiming();
    const std::vector<std::string> posts = MakePosts(kPosts, ++seed, 0.01);
    // As they come out of one document, and not all over the heap, which the making of 24,000
    // schools leaves in many small pieces: that would measure where posts lie, not the finder.
    std::string text;
    text.reserve(BytesOf(posts));
    for (const std::string& post : posts) {
      text += post;
    }
    bytes += text.size();
    state.ResumeTiming();
    std::string_view rest = text;
    for (const std::string& post : posts) {
      benchmark::DoNotOptimize(index->MayMention(rest.substr(0, post.size())));
      rest.remove_prefix(post.size());
    }
  }
  state.SetBytesProcessed(static_cast<std::int64_t>(bytes));
}
BENCHMARK(FindMentions)->Arg(1)->Arg(100)->Arg(24'000)->Unit(benchmark::kMillisecond);

// The words of ordinary posts with their counts (matchers/ordinary_counts.h), and as many rarer
// ones made of their beginnings and ends, so that rules and text share a vocabulary as they do.
class Vocabulary {
 public:
  Vocabulary() {
    std::ifstream file(SW_SOURCE_DIR "/config/language/ordinary-counts.txt");
    for (std::string line; std::getline(file, line);) {
      const std::size_t tab = line.find('\t');
      if (line.front() != '#' && line.front() != '*' && line.find(' ') == std::string::npos) {
        Add(line.substr(0, tab), std::stod(line.substr(tab + 1)));
      }
    }
    const std::size_t common = words_.size();
    std::mt19937 random(11);
    while (words_.size() < kWords) {
      const std::string& first = words_[random() % common];
      const std::string& last = words_[random() % common];
      Add(first.substr(0, 4) + last.substr(last.size() / 2),
          2e4 / static_cast<double>(words_.size()));
    }
  }
  // As often as it is written; a common one may be a rule's too, but most of theirs are rare.
  template <class Random>
  const std::string& Draw(Random& random) const {
    std::uniform_real_distribution<double> uniform(0, sums_.back());
    const auto found = std::ranges::upper_bound(sums_, uniform(random));
    return words_[static_cast<std::size_t>(found - sums_.begin())];
  }
  template <class Random>
  const std::string& DrawForRule(Random& random) const {
    return words_[random() % words_.size()];
  }

 private:
  static constexpr std::size_t kWords = 12'000;
  void Add(std::string word, double count) {
    words_.push_back(std::move(word));
    sums_.push_back((sums_.empty() ? 0 : sums_.back()) + count);
  }
  std::vector<std::string> words_;
  std::vector<double> sums_;
};

const Vocabulary& Words() {
  static const Vocabulary kVocabulary;
  return kVocabulary;
}

std::vector<std::string> MakeOrdinaryPosts(std::size_t count, unsigned seed) {
  std::mt19937 random(seed);
  std::vector<std::string> posts(count);
  for (std::string& post : posts) {
    for (std::size_t length = 6 + random() % 20; length > 0; --length) {
      post += Words().Draw(random);
      post += random() % 8 == 0 ? ", " : " ";
    }
  }
  return posts;
}

// Rules in the shapes that packs have, as many as asked for, with gaps of so many words: phrases,
// choices of words with endings, and two choices with a gap between them.
std::vector<std::string> MakePatterns(std::size_t count, int gap) {
  std::mt19937 random(5);
  const auto choice = [&random](std::size_t words) {
    std::string made = "(?:";
    for (; words > 0; --words) {
      made += Words().DrawForRule(random);
      made += random() % 3 == 0 ? "(?:s|ed|ing)?" : "";
      made += words > 1 ? "|" : ")";
    }
    return made;
  };
  const std::string between = R"(\W+(?:\w+\W+){0,)" + std::to_string(gap) + "}";
  std::vector<std::string> patterns;
  while (patterns.size() < count) {
    switch (patterns.size() % 4) {
      case 0:
        patterns.push_back(R"(\b)" + choice(4) + R"(\b)");
        break;
      case 1:
        patterns.push_back(R"(\b)" + choice(1) + " (?:the |a )?" + choice(2) + R"(\b)");
        break;
      default:
        patterns.push_back(R"(\b)" + choice(6) + between + "(?:" + choice(5) +
                           R"(|him|her|them)\b)");
        break;
    }
  }
  return patterns;
}

// Runs `find` over posts that it has not seen before, after one round that makes what is made
// when it is first needed.
template <class Find>
void MeasureRules(benchmark::State& state, std::size_t count, const Find& find) {
  unsigned seed = 1;
  for (const std::string& post : MakeOrdinaryPosts(count, seed)) {
    find(post);
  }
  std::size_t bytes = 0;
  for (auto _ : state) {
    state.PauseTiming();
    const std::vector<std::string> posts = MakeOrdinaryPosts(count, ++seed);
    bytes += BytesOf(posts);
    state.ResumeTiming();
    for (const std::string& post : posts) {
      find(post);
    }
  }
  state.SetBytesProcessed(static_cast<std::int64_t>(bytes));
}

std::unique_ptr<const PatternSet> MakePatternSet(benchmark::State& state) {
  std::vector<PatternSet::Failure> failures;
  return PatternSet::Compile(MakePatterns(static_cast<std::size_t>(state.range(0)),
                                          static_cast<int>(state.range(1))),
                             failures)
      .value();
}

void FindRules(benchmark::State& state) {
  const auto set = MakePatternSet(state);
  MeasureRules(state, kPosts,
               [&set](const std::string& post) { benchmark::DoNotOptimize(set->FindAll(post)); });
}
BENCHMARK(FindRules)
    ->Args({300, 3})
    ->Args({2'400, 3})
    ->Args({300, 15})
    ->Unit(benchmark::kMillisecond);

// What it is compared with: every rule by itself …
void FindRulesOneByOne(benchmark::State& state) {
  const auto set = MakePatternSet(state);
  MeasureRules(state, 500, [&set](const std::string& post) {
    benchmark::DoNotOptimize(set->FindAllOneByOne(post));
  });
}
BENCHMARK(FindRulesOneByOne)->Args({300, 3})->Unit(benchmark::kMillisecond);

// … and RE2's own set at its default memory, which only says which rules match.
void FindRulesWithSet(benchmark::State& state) {
  RE2::Set set(RE2::Options(), RE2::UNANCHORED);
  for (const std::string& pattern :
       MakePatterns(static_cast<std::size_t>(state.range(0)), static_cast<int>(state.range(1)))) {
    set.Add(pattern, nullptr);
  }
  if (!set.Compile()) {
    state.SkipWithError("RE2::Set does not compile at its default memory");
    return;
  }
  std::vector<int> matched;
  MeasureRules(state, kPosts / 4, [&](const std::string& post) {
    benchmark::DoNotOptimize(set.Match(post, &matched));
  });
}
BENCHMARK(FindRulesWithSet)
    ->Args({300, 3})
    ->Args({2'400, 3})
    ->Args({300, 15})
    ->Unit(benchmark::kMillisecond);

std::shared_ptr<const RuleSet> LoadShippedRules() {
  config::Diagnostics problems;
  const std::vector<std::filesystem::path> folders{SW_SOURCE_DIR "/config/rules"};
  RulePack pack = LoadRulePacks(folders, problems);
  return RuleSet::Compile(std::move(pack), problems).value();
}

void LoadAndCompileRules(benchmark::State& state) {
  for (auto _ : state) {
    benchmark::DoNotOptimize(LoadShippedRules());
  }
}
// On all cores: the time is what a person waits, the processor's that of all threads.
BENCHMARK(LoadAndCompileRules)
    ->MeasureProcessCPUTime()
    ->UseRealTime()
    ->Unit(benchmark::kMillisecond);

// Whole judgements where one post in a hundred mentions a school.
void EvaluatePosts(benchmark::State& state) {
  const Judge judge(MakeIndex(static_cast<std::size_t>(state.range(0))), LoadShippedRules());
  unsigned seed = 1;
  std::size_t bytes = 0;
  for (auto _ : state) {
    state.PauseTiming();
    std::vector<core::Post> posts(kPosts);
    std::vector<std::string> texts = MakePosts(kPosts, ++seed, 0.01);
    bytes += BytesOf(texts);
    for (std::size_t number = 0; number < kPosts; ++number) {
      posts[number].text = std::move(texts[number]);
    }
    state.ResumeTiming();
    for (const core::Post& post : posts) {
      benchmark::DoNotOptimize(judge.Evaluate(post));
    }
  }
  state.SetBytesProcessed(static_cast<std::int64_t>(bytes));
  state.SetItemsProcessed(state.iterations() * static_cast<std::int64_t>(kPosts));
}
BENCHMARK(EvaluatePosts)->Arg(1)->Arg(24'000)->Unit(benchmark::kMillisecond);

}  // namespace
}  // namespace schoolwatch::matchers
