// The store on a real disk: commits of 1, 20 and 500 posts to a sync, and the question "seen
// before?".
#include <benchmark/benchmark.h>
#include <stdlib.h>

#include <cstdio>
#include <filesystem>
#include <memory>
#include <string>
#include <utility>

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

// One post in a hundred mentions a school and makes a finding with its case.
void AddPost(std::uint64_t number, core::DocumentOutcome& outcome) {
  outcome.seen.push_back(MakeMark(number));
  if (number % 100 != 0) {
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
