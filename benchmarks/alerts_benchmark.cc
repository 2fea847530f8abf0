// Ten thousand alerts from the judged post to the server's acceptance. Wanted: composing and
// queueing them in under 5 s of one core, and memory that does not grow with how many have been
// composed. Three figures: `queue_ms`, planning, committing and settling into messages, LevelDB's
// own thread included; `compose_ms`, making the messages; and `deliver_ms`, the rest of delivering:
// what a message needs is read, and once a server has taken it, it is taken out of the outbox, with
// its entry in the audit log, synced one by one. The benchmark's time is their sum. Beside it,
// composing alone, and the planning of one more finding beside many old cases, which must not cost
// more for them.
#include <benchmark/benchmark.h>
#include <fmt/format.h>
#include <malloc.h>
#include <time.h>

#include <algorithm>
#include <chrono>
#include <cstdlib>
#include <filesystem>
#include <memory>
#include <string>
#include <utility>
#include <vector>

#include "alerts/channels/channel.h"
#include "alerts/planner.h"
#include "app/pipeline/delivery.h"
#include "app/pipeline/outcome_builder.h"
#include "app/pipeline/sealing.h"
#include "app/workspace.h"
#include "core/clock.h"
#include "core/hash.h"
#include "storage/store.h"
#include "tests/app/samples.h"

namespace schoolwatch::app {
namespace {

constexpr std::size_t kAtOnce = 500;  // Posts of a commit, as a busy run has them.

// A store of its own, gone afterwards.
struct Store {
  Store()
      : folder(std::filesystem::temp_directory_path() /
               ("schoolwatch-bench-" + core::RandomHex(6))),
        store(storage::Store::Open(folder, storage::OpenMode::kReadWrite).value()) {}
  ~Store() {
    store.reset();
    std::filesystem::remove_all(folder);
  }
  std::filesystem::path folder;
  std::unique_ptr<storage::Store> store;
};

// Texts that share few words, so that each opens a case of its own.
std::string TextOf(std::size_t number) {
  std::string text = "Mr Thrale of Quillbrook Academy took the money for trip";
  for (std::size_t i = 0; i < 12; ++i) {
    text += " " + core::ShortHash(fmt::format("{} {}", number, i)).substr(0, 6);
  }
  return text + ".";
}

// What has been used of the processor: CLOCK_THREAD_CPUTIME_ID or CLOCK_PROCESS_CPUTIME_ID.
std::chrono::nanoseconds Used(clockid_t by) {
  ::timespec used{};
  ::clock_gettime(by, &used);
  return std::chrono::seconds(used.tv_sec) + std::chrono::nanoseconds(used.tv_nsec);
}

double Milliseconds(std::chrono::nanoseconds time) {
  return std::chrono::duration<double, std::milli>(time).count();
}

// Posts as a run has judged them, each in a document of its own.
std::vector<JudgedDocument> Judged(std::size_t from, std::size_t to) {
  std::vector<JudgedDocument> documents;
  for (; from < to; ++from) {
    documents.push_back(
        DocumentOf({Allegation(fmt::format("b{}", from), TextOf(from), core::Severity::kHigh)}));
  }
  return documents;
}

// Plans and commits them, as a run would.
void Commit(storage::Store& store, const Workspace& workspace, const core::Clock& clock,
            const std::vector<JudgedDocument>& documents) {
  const alerts::Planner planner(workspace.config.settings.contacts);
  OutcomeBuilder builder(store, store, planner, clock);
  for (const JudgedDocument& document : documents) {
    if (!builder.Add(document, {})) {
      std::abort();
    }
  }
  if (!store.Commit(builder.Take())) {
    std::abort();
  }
}

// Composes and lets go, as a mail server that takes everything.
class ComposingSink final : public alerts::AlertSink {
 public:
  explicit ComposingSink(const alerts::Composer& composer) : composer_(composer) {}
  core::Result<void> Deliver(const alerts::AlertBatch& batch) override {
    const auto before = Used(CLOCK_THREAD_CPUTIME_ID);
    SW_ASSIGN(const alerts::MailMessage message, composer_.Compose(batch));
    composing += Used(CLOCK_THREAD_CPUTIME_ID) - before;
    bytes += message.rfc5322.size();
    // Asking walks over every free piece of the heap, so not for each.
    if (++count % 1000 == 0) {
      in_use_late = ::mallinfo2().uordblks;
      in_use_early = count == 1000 ? in_use_late : in_use_early;
    }
    return {};
  }
  std::size_t count = 0;
  std::size_t bytes = 0;
  std::chrono::nanoseconds composing{0};
  std::size_t in_use_early = 0;
  std::size_t in_use_late = 0;

 private:
  const alerts::Composer& composer_;
};

void BM_ComposeAndQueue(benchmark::State& state) {
  Workspace workspace = TestWorkspace();
  workspace.config.settings.alerts.budget = 1'000'000;
  workspace.config.settings.alerts.smtp.limits = {.per_minute = 1'000'000, .per_day = 1'000'000};
  const core::SystemClock clock;
  const auto composer = MakeComposer(workspace).value();
  const auto alerts = static_cast<std::size_t>(state.range(0));
  for (auto _ : state) {
    state.PauseTiming();
    const Store made;
    ComposingSink sink(*composer);
    std::chrono::nanoseconds queueing{0};
    for (std::size_t from = 0; from < alerts; from += kAtOnce) {
      const auto documents = Judged(from, std::min(alerts, from + kAtOnce));
      const auto before = Used(CLOCK_PROCESS_CPUTIME_ID);
      state.ResumeTiming();
      Commit(*made.store, workspace, clock, documents);
      state.PauseTiming();
      queueing += Used(CLOCK_PROCESS_CPUTIME_ID) - before;
    }
    const auto before_sealing = Used(CLOCK_PROCESS_CPUTIME_ID);
    state.ResumeTiming();
    benchmark::DoNotOptimize(SealWaiting(workspace.config.settings, *made.store, clock.Now(),
                                         "quillbrook.example", alerts::SealingMoment::kEndOfRun));
    const auto before_delivering = Used(CLOCK_PROCESS_CPUTIME_ID);
    const auto report =
        DeliverWaiting(workspace, *made.store, sink, clock, DeliveryRound::kAll).value();
    state.PauseTiming();
    const auto after = Used(CLOCK_PROCESS_CPUTIME_ID);
    if (report.sent < alerts) {
      state.SkipWithError("not all were sent");
      break;
    }
    queueing += before_delivering - before_sealing;
    state.counters["queue_ms"] = Milliseconds(queueing);
    state.counters["compose_ms"] = Milliseconds(sink.composing);
    state.counters["deliver_ms"] = Milliseconds(after - before_delivering - sink.composing);
    state.counters["messages"] = static_cast<double>(report.sent);
    state.counters["bytes_each"] = static_cast<double>(sink.bytes / std::max(sink.count, 1ul));
    state.counters["growth_KB"] =
        (static_cast<double>(sink.in_use_late) - static_cast<double>(sink.in_use_early)) / 1024;
    state.ResumeTiming();
  }
}
BENCHMARK(BM_ComposeAndQueue)
    ->Arg(1'000)
    ->Arg(10'000)
    ->Unit(benchmark::kMillisecond)
    ->Iterations(1)
    ->MeasureProcessCPUTime();

// Keeps the first batch that comes, as delivery would hand it to a channel.
class KeepingSink final : public alerts::AlertSink {
 public:
  core::Result<void> Deliver(const alerts::AlertBatch& batch) override {
    kept = batch;
    return {};
  }
  alerts::AlertBatch kept;
};

void BM_Compose(benchmark::State& state) {
  const Workspace workspace = TestWorkspace();
  const core::SystemClock clock;
  const auto composer = MakeComposer(workspace).value();
  const Store made;
  KeepingSink sink;
  Commit(*made.store, workspace, clock, Judged(0, 1));
  if (!DeliverWaiting(workspace, *made.store, sink, clock, DeliveryRound::kAll) ||
      sink.kept.entries.empty()) {
    state.SkipWithError("nothing was sent");
    return;
  }
  for (auto _ : state) {
    benchmark::DoNotOptimize(composer->Compose(sink.kept));
  }
}
BENCHMARK(BM_Compose)->Unit(benchmark::kMicrosecond);

void BM_PlanBesideOldCases(benchmark::State& state) {
  const Workspace workspace = TestWorkspace();
  const core::SystemClock clock;
  const Store made;
  auto next = static_cast<std::size_t>(state.range(0));
  for (std::size_t from = 0; from < next; from += kAtOnce) {
    Commit(*made.store, workspace, clock, Judged(from, std::min(next, from + kAtOnce)));
  }
  const alerts::Planner planner(workspace.config.settings.contacts);
  for (auto _ : state) {
    OutcomeBuilder builder(*made.store, *made.store, planner, clock);
    const bool added = builder
                           .Add(DocumentOf({Allegation(fmt::format("n{}", next), TextOf(next),
                                                       core::Severity::kHigh)}),
                                {})
                           .has_value();
    benchmark::DoNotOptimize(added);
    benchmark::DoNotOptimize(builder.Take());
    ++next;
  }
}
BENCHMARK(BM_PlanBesideOldCases)->Arg(100)->Arg(1'000)->Arg(10'000)->Unit(benchmark::kMicrosecond);

}  // namespace
}  // namespace schoolwatch::app
