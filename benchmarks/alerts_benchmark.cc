// Ten thousand alerts from the commit to the channel's door: planned and committed, settled into
// messages, composed. Wanted: under 5 s of one core, and memory that does not grow with how many
// have been composed. And the planning of one more finding beside many old cases, which must not
// cost more for them.
#include <benchmark/benchmark.h>
#include <fmt/format.h>
#include <malloc.h>

#include <filesystem>
#include <memory>
#include <string>
#include <utility>
#include <vector>

#include "alerts/channels/channel.h"
#include "alerts/planner.h"
#include "app/pipeline/delivery.h"
#include "app/pipeline/outcome_builder.h"
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

// Commits findings `from` to `to`, each in a thread of its own, as a run would.
void Find(storage::Store& store, const Workspace& workspace, const core::Clock& clock,
          std::size_t from, std::size_t to) {
  const alerts::Planner planner(workspace.config.settings.contacts);
  while (from < to) {
    OutcomeBuilder builder(store, store, planner, clock);
    for (const std::size_t end = std::min(to, from + kAtOnce); from < end; ++from) {
      JudgedPost post = Allegation(fmt::format("b{}", from), TextOf(from), core::Severity::kHigh);
      if (!builder.Add(DocumentOf({std::move(post)}), {})) {
        std::abort();
      }
    }
    if (!store.Commit(builder.Take())) {
      std::abort();
    }
  }
}

// Composes and lets go, as a mail server that takes everything.
class ComposingSink final : public alerts::AlertSink {
 public:
  explicit ComposingSink(const alerts::Composer& composer) : composer_(composer) {}
  core::Result<void> Deliver(const alerts::AlertBatch& batch) override {
    SW_ASSIGN(const alerts::MailMessage message, composer_.Compose(batch));
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
    Store made;
    ComposingSink sink(*composer);
    state.ResumeTiming();
    Find(*made.store, workspace, clock, 0, alerts);
    const auto report =
        DeliverWaiting(workspace, *made.store, sink, clock, DeliveryRound::kAll).value();
    state.PauseTiming();
    if (report.sent < alerts) {
      state.SkipWithError("not all were sent");
      break;
    }
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

void BM_PlanBesideOldCases(benchmark::State& state) {
  const Workspace workspace = TestWorkspace();
  const core::SystemClock clock;
  const Store made;
  auto next = static_cast<std::size_t>(state.range(0));
  Find(*made.store, workspace, clock, 0, next);
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
