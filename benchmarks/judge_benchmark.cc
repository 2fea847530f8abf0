// Mention finding, rules and the whole judgement, on text that is not repeated within a pass: a
// benchmark that repeats its text flatters every lazy automaton.
#include <benchmark/benchmark.h>

#include <cstddef>
#include <filesystem>
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

// Rules in the shapes that packs have, as many as asked for, with gaps of so many words.
std::vector<std::string> MakePatterns(std::size_t count, int gap) {
  std::mt19937 random(5);
  const auto word = [&random] {
    std::string made;
    for (std::size_t letters = 4 + random() % 5; letters > 0; --letters) {
      made += static_cast<char>('a' + random() % 26);
    }
    return made;
  };
  std::vector<std::string> patterns;
  while (patterns.size() < count) {
    const std::string between = R"(\W+(?:\w+\W+){0,)" + std::to_string(gap) + "}";
    patterns.push_back(R"(\b(?:)" + word() + "|" + word() + ")" + between + "(?:" + word() +
                       "|him)" + R"(\b)");
  }
  return patterns;
}

void FindRules(benchmark::State& state) {
  std::vector<PatternSet::Failure> failures;
  const auto set = PatternSet::Compile(MakePatterns(static_cast<std::size_t>(state.range(0)),
                                                    static_cast<int>(state.range(1))),
                                       failures)
                       .value();
  unsigned seed = 1;
  std::size_t bytes = 0;
  for (auto _ : state) {
    state.PauseTiming();
    const std::vector<std::string> posts = MakePosts(kPosts, ++seed, 0);
    bytes += BytesOf(posts);
    state.ResumeTiming();
    for (const std::string& post : posts) {
      benchmark::DoNotOptimize(set->FindAll(post));
    }
  }
  state.SetBytesProcessed(static_cast<std::int64_t>(bytes));
}
BENCHMARK(FindRules)
    ->Args({300, 3})
    ->Args({2'400, 3})
    ->Args({300, 15})
    ->Unit(benchmark::kMillisecond);

// What the prefilter is compared with: every rule by itself.
void FindRulesOneByOne(benchmark::State& state) {
  std::vector<PatternSet::Failure> failures;
  const auto set = PatternSet::Compile(MakePatterns(300, 3), failures).value();
  const std::vector<std::string> posts = MakePosts(500, 99, 0);
  for (auto _ : state) {
    for (const std::string& post : posts) {
      benchmark::DoNotOptimize(set->FindAllOneByOne(post));
    }
  }
  state.SetBytesProcessed(static_cast<std::int64_t>(state.iterations()) *
                          static_cast<std::int64_t>(BytesOf(posts)));
}
BENCHMARK(FindRulesOneByOne)->Unit(benchmark::kMillisecond);

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
BENCHMARK(LoadAndCompileRules)->Unit(benchmark::kMillisecond);

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
