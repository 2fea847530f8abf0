// The store on a real disk: commits of 1, 20 and 500 posts to a sync, what evidence adds to them,
// and the question "seen before?".
#include <benchmark/benchmark.h>
#include <stdlib.h>

#include <algorithm>
#include <chrono>
#include <cstdio>
#include <filesystem>
#include <memory>
#include <string>
#include <utility>

#include "core/evidence.h"
#include "core/hash.h"
#include "core/outcome.h"
#include "storage/store.h"

namespace schoolwatch::storage {
namespace {

// A store in a new folder under $TMPDIR, /var/tmp by default: /tmp may be memory, where a sync
// costs nothing.
class BenchStore {
 public:
  BenchStore() {
    const char* base = std::getenv("TMPDIR");
    std::string name = std::string(base == nullptr ? "/var/tmp" : base) + "/storage-bench-XXXXXX";
    folder_ = ::mkdtemp(name.data()) == nullptr ? "" : name;
    Reopen();
  }
  // Afterwards all that was written lies in tables, compressed, and nothing in the log.
  void Reopen() {
    store_.reset();
    auto opened = Store::Open(folder_, OpenMode::kReadWrite);
    if (opened.has_value()) {
      store_ = std::move(*opened);
    } else {
      std::fprintf(stderr, "%s\n", opened.error().message.c_str());
    }
  }
  ~BenchStore() {
    store_.reset();
    std::error_code ignored;
    std::filesystem::remove_all(folder_, ignored);
  }
  Store* store() { return store_.get(); }
  const std::filesystem::path& folder() const { return folder_; }

 private:
  std::filesystem::path folder_;
  std::unique_ptr<Store> store_;
};

core::SeenMark MakeMark(std::uint64_t number) {
  const std::string key = core::ShortHash(std::to_string(number));
  return {key, core::ShortHash(key), core::Timestamp{std::chrono::milliseconds{number * 1000}}};
}

std::uint64_t BytesOnDisk(const std::filesystem::path& folder) {
  std::uint64_t bytes = 0;
  for (const auto& file : std::filesystem::recursive_directory_iterator(folder)) {
    bytes += file.is_regular_file() ? file.file_size() : 0;
  }
  return bytes;
}

constexpr std::uint64_t kMention = 100;  // One post in so many mentions a school.

void AddPost(std::uint64_t number, core::DocumentOutcome& outcome,
             std::uint64_t one_in = kMention) {
  outcome.seen.push_back(MakeMark(number));
  if (number % one_in != 0) {
    return;
  }
  core::Finding finding;
  finding.id = outcome.seen.back().text_hash;
  finding.school = "quillbrook";
  finding.case_id = outcome.seen.back().post_key;
  finding.post.url = "https://forum.example/t/" + std::to_string(number);
  finding.post.text = "Has anybody heard what happened at the gates of Quillbrook Academy today?";
  core::Case opened;
  opened.id = finding.case_id;
  opened.school = finding.school;
  opened.changed_at = outcome.seen.back().seen_at;
  opened.findings = {finding.id};
  outcome.findings.push_back(std::move(finding));
  outcome.cases.push_back(std::move(opened));
}

void CommitPosts(benchmark::State& state) {
  BenchStore bench;
  if (bench.store() == nullptr) {
    state.SkipWithError("no store");
    return;
  }
  std::uint64_t number = 0;
  for (auto _ : state) {
    core::DocumentOutcome outcome;
    for (std::int64_t i = 0; i < state.range(0); ++i) {
      AddPost(number++, outcome);
    }
    if (!bench.store()->Commit({&outcome, 1}).has_value()) {
      state.SkipWithError("commit failed");
      break;
    }
  }
  state.SetItemsProcessed(static_cast<std::int64_t>(number));
}
BENCHMARK(CommitPosts)->Arg(1)->Arg(20)->Arg(500)->UseRealTime()->Unit(benchmark::kMicrosecond);

// Of a post in a forum: 4 KB of markup around its words, as real pages have it, and 20 header
// fields.
core::Evidence MakeEvidence(const core::Finding& finding) {
  core::Evidence made;
  made.finding_id = finding.id;
  made.school = finding.school;
  made.post = finding.post;
  made.url = finding.post.url;
  made.redirects = {"http://forum.example/t/" + finding.id};
  made.status = 200;
  for (int i = 0; i < 20; ++i) {
    made.headers.push_back("x-field-" + std::to_string(i));
    made.headers.push_back("max-age=300, stale-while-revalidate=" + finding.id);
  }
  made.address = "192.0.2.7";
  made.certificate = core::ToHex(core::HashSha256(finding.id));
  made.fetched_at = finding.fetched_at;
  made.local_time = "2026-11-20T18:02:11+00:00";
  made.time_zone = "Europe/London";
  // Hashes, so that compression finds no more in it than in a real page's words.
  for (std::uint64_t i = 0; made.fragment.size() < 4096; ++i) {
    made.fragment += "<span class=\"post-body__word\">" +
                     core::ShortHash(finding.id + std::to_string(i)).substr(0, 7) + "</span> ";
  }
  made.fragment_type = "text/html; charset=utf-8";
  made.body_hash = core::HashSha256(made.fragment);
  made.body_bytes = 130'000;
  return made;
}

// The same commits with and without evidence, in turn, so that both meet the same disk. Counters:
// microseconds of each, how many times longer it takes with evidence, and what that adds to the
// files for each finding.
void EvidenceInCommits(benchmark::State& state) {
  BenchStore without;
  BenchStore with;
  if (without.store() == nullptr || with.store() == nullptr) {
    state.SkipWithError("no store");
    return;
  }
  const auto timed_commit = [](Store& store, const core::DocumentOutcome& outcome) {
    const auto begin = std::chrono::steady_clock::now();
    const bool done = store.Commit({&outcome, 1}).has_value();
    const std::chrono::duration<double> took = std::chrono::steady_clock::now() - begin;
    return done ? took.count() : -1;
  };
  std::uint64_t number = 0;
  double seconds_without = 0;
  double seconds_with = 0;
  double findings = 0;
  for (auto _ : state) {
    core::DocumentOutcome outcome;
    for (std::int64_t i = 0; i < state.range(0); ++i) {
      AddPost(number++, outcome, static_cast<std::uint64_t>(state.range(1)));
    }
    const double plain = timed_commit(*without.store(), outcome);
    for (const core::Finding& finding : outcome.findings) {
      outcome.evidence.push_back(MakeEvidence(finding));
    }
    const double kept = timed_commit(*with.store(), outcome);
    if (plain < 0 || kept < 0) {
      state.SkipWithError("commit failed");
      return;
    }
    seconds_without += plain;
    seconds_with += kept;
    findings += static_cast<double>(outcome.findings.size());
    state.SetIterationTime(kept);
  }
  const auto each = static_cast<double>(std::max<std::int64_t>(1, state.iterations()));
  state.counters["without_us"] = 1e6 * seconds_without / each;
  state.counters["with_us"] = 1e6 * seconds_with / each;
  state.counters["ratio"] = seconds_with / seconds_without;
  without.Reopen();
  with.Reopen();
  state.counters["disk_bytes_each"] = (static_cast<double>(BytesOnDisk(with.folder())) -
                                       static_cast<double>(BytesOnDisk(without.folder()))) /
                                      std::max(1.0, findings);
}
BENCHMARK(EvidenceInCommits)
    ->ArgNames({"posts", "one_in"})
    ->Args({20, 100})
    ->Args({500, 100})
    ->Args({1, 1})
    ->Args({20, 1})
    ->UseManualTime()
    ->Unit(benchmark::kMicrosecond);

// Half of the posts that are asked for were seen.
void FindSeen(benchmark::State& state) {
  BenchStore bench;
  if (bench.store() == nullptr) {
    state.SkipWithError("no store");
    return;
  }
  const auto count = static_cast<std::uint64_t>(state.range(0));
  for (std::uint64_t number = 0; number < count;) {
    core::DocumentOutcome outcome;
    for (int i = 0; i < 5000 && number < count; ++i) {
      outcome.seen.push_back(MakeMark(number++));
    }
    if (!bench.store()->Commit({&outcome, 1}).has_value()) {
      state.SkipWithError("commit failed");
      return;
    }
  }
  std::uint64_t at = 0;
  for (auto _ : state) {
    at = (at + 7919) % (2 * count);
    benchmark::DoNotOptimize(bench.store()->FindSeen(core::ShortHash(std::to_string(at))));
  }
  state.SetItemsProcessed(state.iterations());
  state.counters["disk_bytes_per_mark"] =
      static_cast<double>(BytesOnDisk(bench.folder())) / static_cast<double>(count);
}
BENCHMARK(FindSeen)->Arg(10'000)->Arg(100'000)->Arg(1'000'000)->Unit(benchmark::kMicrosecond);

}  // namespace
}  // namespace schoolwatch::storage
