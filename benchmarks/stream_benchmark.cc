// Messages of Bluesky's live stream, sifted and judged with 24,000 schools watched, against parsing
// every message whole first, as a program does that has no sieve, and against Boost.JSON's parser
// alone.
#include <benchmark/benchmark.h>

#include <array>
#include <boost/json.hpp>
#include <cstddef>
#include <filesystem>
#include <fstream>
#include <memory>
#include <random>
#include <string>
#include <string_view>
#include <vector>

#include "config/diagnostics.h"
#include "config/section.h"
#include "crawler/readers/json.h"
#include "crawler/readers/recipe.h"
#include "crawler/readers/stream.h"
#include "matchers/judge.h"
#include "matchers/rule_pack.h"

namespace schoolwatch {
namespace {

constexpr std::size_t kFrames = 20'000;
constexpr std::size_t kSchools = 24'000;

// Ordinary words as often as they are written, so that the gate meets what it meets.
class Words {
 public:
  Words() {
    std::ifstream file(SW_SOURCE_DIR "/config/language/ordinary-counts.txt");
    std::vector<double> counts;
    for (std::string line; std::getline(file, line);) {
      const std::size_t tab = line.find('\t');
      if (!line.empty() && line.front() != '#' && line.front() != '*' &&
          line.find(' ') == std::string::npos && tab != std::string::npos) {
        words_.push_back(line.substr(0, tab));
        counts.push_back(std::stod(line.substr(tab + 1)));
      }
    }
    draw_ = std::discrete_distribution<std::size_t>(counts.begin(), counts.end());
  }
  const std::string& Draw(std::mt19937& random) { return words_[draw_(random)]; }

 private:
  std::vector<std::string> words_;
  std::discrete_distribution<std::size_t> draw_;
};

// Names as schools have them: saints, trees, hills and places that are words as well.
std::shared_ptr<const matchers::SchoolIndex> Schools() {
  constexpr std::array<std::string_view, 20> kFirst{
      "Oak",   "Ash",  "Hill",  "Park",   "St Mary's", "St John's", "Holy Trinity",
      "Manor", "Mill", "River", "Church", "Green",     "Long",      "High",
      "West",  "East", "North", "South",  "Old",       "New"};
  constexpr std::array<std::string_view, 20> kSecond{
      "wood", "field", "ford", "brook", "ton",  "ham",   "ley",  "bridge", "worth",  "bury",
      "dale", "mere",  "gate", "stead", "wick", "combe", "well", "hurst",  "thorpe", "by"};
  constexpr std::array<std::string_view, 6> kKind{
      " Primary School", " Community Academy", " C of E Primary School",
      " High School",    " Infant School",     " Church of England Academy"};
  std::mt19937 random(3);
  std::vector<core::School> schools;
  core::School first;
  first.key = "quillbrook";
  first.name = "Quillbrook Academy";
  first.places = {"Quillbrook"};
  schools.push_back(first);
  while (schools.size() < kSchools) {
    core::School school;
    school.key = "s" + std::to_string(schools.size());
    std::string place(1, static_cast<char>('A' + random() % 26));
    for (std::size_t letters = 2 + random() % 4; letters > 0; --letters) {
      place += static_cast<char>('a' + random() % 26);
    }
    place += kSecond[random() % kSecond.size()];
    school.name =
        std::string(random() % 2 == 0 ? std::string(kFirst[random() % kFirst.size()]) + " "
                                      : std::string()) +
        place + std::string(kKind[random() % kKind.size()]);
    school.places = {place};
    schools.push_back(std::move(school));
  }
  return matchers::SchoolIndex::Make(std::move(schools)).value();
}

std::shared_ptr<const matchers::RuleSet> Rules() {
  config::Diagnostics problems;
  const std::array<std::filesystem::path, 1> folders{SW_SOURCE_DIR "/config/rules"};
  return matchers::RuleSet::Compile(matchers::LoadRulePacks(folders, problems), problems).value();
}

// A day's mixture: posts, replies, links and pictures, one in eight a deletion; of a thousand one
// names a watched school.
std::vector<std::string> Frames(unsigned seed) {
  static Words words;
  std::mt19937 random(seed);
  std::vector<std::string> frames;
  frames.reserve(kFrames);
  while (frames.size() < kFrames) {
    const std::string number = std::to_string(1'000'000 + random() % 8'000'000);
    std::string head =
        R"({"$type":"message","payload":{"$type":"network.bsky.jetstream.subscribeEvents#commit",)"
        R"("seq":)" +
        number + R"(,"did":"did:plc:q)" + number +
        R"(zk3vbnm2x4w7e","time":"2026-11-20T18:02:11.123456Z",)"
        R"("witnessedAt":"2026-11-20T18:02:11.223456Z","rev":"3n2s)" +
        number + "\",";
    if (random() % 8 == 0) {
      frames.push_back(head +
                       R"("operation":"delete","collection":"app.bsky.feed.post","rkey":"3n)" +
                       number + "\"}}");
      continue;
    }
    std::string text;
    for (std::size_t length = 4 + random() % 32; length > 0; --length) {
      text += words.Draw(random);
      text += length % 9 == 0 ? "\\n" : " ";
    }
    if (frames.size() % 1'000 == 7) {
      text += "a man with a knife is at the gate of Quillbrook Academy";
    }
    std::string more;
    const std::size_t kind = random() % 10;
    if (kind < 4) {
      more = R"(,"reply":{"root":{"cid":"bafyreib7v4q6","uri":"at://did:plc:r)" + number +
             R"(/app.bsky.feed.post/3aa"},"parent":{"cid":"bafyreib7v4q7","uri":"at://did:plc:r)" +
             number + R"(/app.bsky.feed.post/3ab"}})";
    } else if (kind < 6) {
      more =
          R"(,"embed":{"$type":"app.bsky.embed.images","images":[{"alt":")" + words.Draw(random) +
          " " + words.Draw(random) + " " + words.Draw(random) +
          R"(","aspectRatio":{"height":1350,"width":1080},"image":{"$type":"blob","ref":{"$link":)"
          R"("bafkreiabc"},"mimeType":"image/jpeg","size":423112}}]})";
    } else if (kind < 8) {
      more = R"(,"facets":[{"index":{"byteStart":4,"byteEnd":14},"features":[{"$type":)"
             R"("app.bsky.richtext.facet#link","uri":"https://news.example/)" +
             words.Draw(random) + R"("}]}])";
    }
    frames.push_back(
        head + R"("operation":"create","collection":"app.bsky.feed.post","rkey":"3n)" + number +
        R"(","cid":"bafyreigh2akiscaildcq","record":{"$type":)"
        R"("app.bsky.feed.post","createdAt":"2026-11-20T18:02:10.900Z","langs":["en"],)"
        R"("text":")" +
        text + "\"" + more + "}}}");
  }
  return frames;
}

crawler::StreamSpec Spec() {
  crawler::StreamSpec spec;
  spec.cursor_pointer = "/payload/seq";
  spec.gate = {"/payload/record/text",
               "/payload/record/facets/*/features/*/uri",
               "/payload/record/facets/*/features/*/tag",
               "/payload/record/embed/images/*/alt",
               "/payload/record/embed/external/uri",
               "/payload/record/embed/external/title",
               "/payload/record/embed/external/description"};
  spec.read_whole = {{"/payload/operation", {"update"}, false}};
  return spec;
}

crawler::Recipe FrameRecipe() {
  config::Diagnostics problems;
  const auto section = config::ParseYaml("frame.yaml", R"(
title: Jetstream
items: ""
id: {from: /payload/rkey}
url: {from: /payload/rkey, prefix: "https://bsky.example/post/"}
text: {from: /payload/record/text}
author_url: {from: /payload/did, prefix: "https://bsky.example/profile/"}
published: {from: [/payload/record/createdAt, /payload/time]}
parent: {from: /payload/record/reply/parent/uri}
language: {from: /payload/record/langs/0}
)",
                                         problems);
  return crawler::ReadRecipe("frame", *section, problems).value();
}

struct Setting {
  std::shared_ptr<const matchers::SchoolIndex> schools = Schools();
  matchers::Judge judge{schools, Rules()};
  crawler::StreamSpec spec = Spec();
  crawler::Recipe recipe = FrameRecipe();

  // Reads one message whole and judges its posts; returns how many name a school.
  std::size_t ReadAndJudge(std::string_view frame) const {
    crawler::RawDocument raw;
    raw.content_type = "application/json";
    raw.body = frame;
    crawler::ReadOptions options;
    options.reader = "json";
    options.recipe = &recipe;
    std::size_t mentions = 0;
    if (const auto document = crawler::ReadDocument(raw, options)) {
      for (const core::Post& post : document->posts) {
        mentions += judge.Evaluate(post).mentions ? 1 : 0;
      }
    }
    return mentions;
  }
};

const Setting& TheSetting() {
  static const Setting setting;
  return setting;
}

template <class Work>
void Run(benchmark::State& state, Work work) {
  unsigned seed = 1;
  std::size_t mentions = 0;
  std::size_t bytes = 0;
  for (auto _ : state) {
    state.PauseTiming();
    const std::vector<std::string> frames = Frames(++seed);
    for (const std::string& frame : frames) {
      bytes += frame.size();
    }
    state.ResumeTiming();
    for (const std::string& frame : frames) {
      mentions += work(frame);
    }
  }
  state.SetItemsProcessed(state.iterations() * static_cast<std::int64_t>(kFrames));
  state.SetBytesProcessed(static_cast<std::int64_t>(bytes));
  state.counters["mentions"] =
      benchmark::Counter(static_cast<double>(mentions) / static_cast<double>(state.iterations()));
}

// What `watch` does with each message.
void JetstreamSieve(benchmark::State& state) {
  const Setting& setting = TheSetting();
  crawler::StreamSieve sieve(setting.spec, setting.schools.get());
  std::size_t whole = 0;
  Run(state, [&](const std::string& frame) -> std::size_t {
    const crawler::Sifted sifted = sieve.Sift(frame);
    if (sifted.worth != crawler::Sifted::Worth::kWhole) {
      return 0;
    }
    ++whole;
    return setting.ReadAndJudge(sifted.body);
  });
  state.counters["read_whole"] =
      benchmark::Counter(static_cast<double>(whole) / static_cast<double>(state.iterations()));
}
BENCHMARK(JetstreamSieve)->Unit(benchmark::kMillisecond);

void JetstreamAllWhole(benchmark::State& state) {
  const Setting& setting = TheSetting();
  Run(state, [&](const std::string& frame) { return setting.ReadAndJudge(frame); });
}
BENCHMARK(JetstreamAllWhole)->Unit(benchmark::kMillisecond);

void JetstreamBoostJsonAlone(benchmark::State& state) {
  Run(state, [&](const std::string& frame) -> std::size_t {
    boost::system::error_code error;
    benchmark::DoNotOptimize(boost::json::parse(frame, error));
    return 0;
  });
}
BENCHMARK(JetstreamBoostJsonAlone)->Unit(benchmark::kMillisecond);

}  // namespace
}  // namespace schoolwatch
