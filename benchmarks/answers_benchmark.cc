// Platforms' answers read by their recipes, against Python's json with the same mapping written by
// hand (map_answers.py), in the same run. Wanted: 3 times as fast, 10 times where HTML becomes
// text.
#include <benchmark/benchmark.h>
#include <fmt/format.h>

#include <algorithm>
#include <cstdint>
#include <cstdio>
#include <ctime>
#include <filesystem>
#include <fstream>
#include <memory>
#include <string>
#include <string_view>

#include "config/diagnostics.h"
#include "crawler/readers/reader.h"
#include "crawler/readers/recipe.h"
#include "crawler/readers/text.h"

namespace schoolwatch {
namespace {

constexpr int kPosts = 100;  // What platforms send at once.
constexpr int kRounds = 20;

constexpr std::string_view kWords =
    "The gates of Quillbrook Academy were shut again this morning & nobody came; forty of us stood "
    "in the rain until nine. “Soon”, said the office. Whoever plans this should stand there too. ";

std::string Html(int number) {
  std::string html;
  for (int i = 0; i < 3 + number % 4; ++i) {
    html += fmt::format(
        "<p>{} <a href=\\\"https://quillbrook.example/{}\\\" class=\\\"mention\\\">@<span>school"
        "</span></a> wait &amp; see<br>and {} more &#8230;</p>",
        kWords, i, number);
  }
  return html;
}

std::string Statuses() {
  std::string answer = "[";
  for (int i = 0; i < kPosts; ++i) {
    answer += fmt::format(
        R"({}{{"id":"{}","created_at":"2026-11-20T18:02:{:02}.000Z","in_reply_to_id":null,)"
        R"("sensitive":false,"spoiler_text":"","visibility":"public","language":"en",)"
        R"("uri":"https://far.example/users/dana/statuses/{}","url":"https://far.example/@dana/{}",)"
        R"("replies_count":0,"reblogs_count":1,"favourites_count":2,"edited_at":null,"content":"{}",)"
        R"("reblog":null,"account":{{"id":"7","username":"dana","acct":"dana@far.example",)"
        R"("display_name":"Dana K","locked":false,"note":"<p>Town, river, bread</p>",)"
        R"("url":"https://far.example/@dana","avatar":"https://far.example/a.png",)"
        R"("followers_count":12,"fields":[]}},"media_attachments":[],"mentions":[],"tags":[]}})",
        i == 0 ? "" : ",", i, i % 60, i, i, Html(i));
  }
  return answer + "]";
}

std::string Skeets() {
  std::string answer = R"({"cursor":"100","posts":[)";
  for (int i = 0; i < kPosts; ++i) {
    answer += fmt::format(
        R"({}{{"uri":"at://did:plc:qb{}/app.bsky.feed.post/3l{}","cid":"bafyreib{}","author":)"
        R"({{"did":"did:plc:qb{}","handle":"dana{}.far.example","displayName":"Dana K","labels":[],)"
        R"("createdAt":"2025-01-02T03:04:05.000Z"}},"record":{{"$type":"app.bsky.feed.post",)"
        R"("createdAt":"2026-11-20T18:02:{:02}.000Z","langs":["en"],"facets":[{{"index":)"
        R"({{"byteStart":4,"byteEnd":9}},"features":[{{"$type":"app.bsky.richtext.facet#link",)"
        R"("uri":"https://quillbrook.example/gates/{}"}}]}}],"text":"{}"}},"replyCount":0,)"
        R"("repostCount":1,"likeCount":2,"quoteCount":0,"indexedAt":"2026-11-20T18:02:11.000Z",)"
        R"("viewer":{{"threadMuted":false}},"labels":[]}})",
        i == 0 ? "" : ",", i, i, i, i, i, i % 60, i, kWords);
  }
  return answer + "]}";
}

struct Sample {
  std::string kind;
  std::string recipe;
  std::string body;
};

const Sample& SampleOf(bool html) {
  static const Sample kHtml{"html", "mastodon", Statuses()};
  static const Sample kPlain{"plain", "bluesky", Skeets()};
  return html ? kHtml : kPlain;
}

const crawler::Recipe& RecipeOf(const std::string& name) {
  static const auto kRecipes = [] {
    config::Diagnostics problems;
    return crawler::LoadRecipes(SW_SOURCE_DIR "/config/answers", problems);
  }();
  return *kRecipes.at(name);
}

core::Result<crawler::Document> Read(const Sample& sample) {
  crawler::RawDocument raw;
  raw.url = *core::HttpUrl::Parse("https://social.example/api");
  raw.content_type = "application/json";
  raw.body = sample.body;
  crawler::ReadOptions options;
  options.recipe = &RecipeOf(sample.recipe);
  return crawler::ReadDocument(raw, options);
}

// What this process has computed, so that other processes do not count.
double ProcessorSeconds() {
  timespec spent{};
  ::clock_gettime(CLOCK_PROCESS_CPUTIME_ID, &spent);
  return static_cast<double>(spent.tv_sec) + static_cast<double>(spent.tv_nsec) / 1e9;
}

// Characters that are no white space.
std::size_t CountVisible(std::string_view text) {
  std::string shown(text);
  std::erase_if(shown, crawler::IsAsciiSpace);
  return crawler::CountCharacters(shown);
}

void BM_Recipe(benchmark::State& state) {
  const Sample& sample = SampleOf(state.range(0) != 0);
  state.SetLabel(sample.kind);
  for (auto _ : state) {
    benchmark::DoNotOptimize(Read(sample));
  }
  state.SetBytesProcessed(state.iterations() * static_cast<std::int64_t>(sample.body.size()));
}
BENCHMARK(BM_Recipe)->Arg(0)->Arg(1)->Unit(benchmark::kMicrosecond);

// The alternative, each iteration a process of its own that times itself; `times_ours` is how many
// times as long it takes as the recipe does, both in processor time
// at their fastest of some rounds.
void BM_PythonJson(benchmark::State& state) {
  const Sample& sample = SampleOf(state.range(0) != 0);
  state.SetLabel(sample.kind);
  const auto folder = std::filesystem::temp_directory_path();
  const std::filesystem::path file = folder / fmt::format("answers-{}.json", sample.kind);
  std::ofstream(file, std::ios::binary) << sample.body;
  std::size_t posts = 0;
  std::size_t visible = 0;
  double ours = 1e9;
  for (int round = 0; round < kRounds; ++round) {
    const double start = ProcessorSeconds();
    const auto document = Read(sample);
    ours = std::min(ours, ProcessorSeconds() - start);
    posts = document ? document->posts.size() : 0;
    visible = 0;
    for (std::size_t i = 0; i < posts; ++i) {
      visible += CountVisible(document->posts[i].text);
    }
  }
  double theirs = 0;
  for (auto _ : state) {
    const std::string command = fmt::format("python3 {}/benchmarks/map_answers.py {} {} {}",
                                            SW_SOURCE_DIR, sample.kind, file.string(), kRounds);
    const std::unique_ptr<std::FILE, int (*)(std::FILE*)> pipe(::popen(command.c_str(), "r"),
                                                               ::pclose);
    std::size_t their_posts = 0;
    std::size_t their_visible = 0;
    if (pipe == nullptr ||
        std::fscanf(pipe.get(), "%lf %zu %zu", &theirs, &their_posts, &their_visible) != 3) {
      state.SkipWithError("python3 did not answer");
      break;
    }
    if (their_posts != posts || their_visible != visible) {
      state.SkipWithError(fmt::format("not the same: {} posts of {} characters, not {} of {}",
                                      their_posts, their_visible, posts, visible)
                              .c_str());
      break;
    }
    state.SetIterationTime(theirs);
  }
  state.counters["times_ours"] = theirs / ours;
  std::filesystem::remove(file);
}
BENCHMARK(BM_PythonJson)
    ->Arg(0)
    ->Arg(1)
    ->UseManualTime()
    ->Iterations(3)
    ->Unit(benchmark::kMicrosecond);

}  // namespace
}  // namespace schoolwatch
