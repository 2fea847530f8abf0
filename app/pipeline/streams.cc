#include "app/pipeline/streams.h"

#include <fmt/format.h>

#include <algorithm>
#include <random>
#include <stop_token>
#include <thread>
#include <utility>

#include "alerts/planner.h"
#include "app/pipeline/committer.h"
#include "core/mutex.h"
#include "crawler/platforms/route_plan.h"
#include "crawler/revisit.h"

namespace schoolwatch::app {
namespace {

using std::chrono::milliseconds;
using std::chrono::seconds;

constexpr milliseconds kLongestWait{1'000};
// A cursor alone is stored so often: what came since is read again after a crash.
constexpr seconds kBetweenCursors{5};
// After one commit, until the next one for posts: a sync costs a disk what a thousand messages cost
// a core.
constexpr milliseconds kBetweenCommits{100};

class StreamThread final : public Streams {
 public:
  StreamThread(const Workspace& workspace, storage::Store& store,
               std::unique_ptr<net::StreamClient> client, const core::Clock& clock)
      : workspace_(workspace),
        store_(store),
        clock_(clock),
        client_(std::move(client)),
        planner_(MakePlanner(workspace.config.settings)) {}
  StreamThread(const StreamThread&) = delete;
  StreamThread& operator=(const StreamThread&) = delete;
  ~StreamThread() override {
    thread_.request_stop();
    client_->Wake();
  }

  core::Result<void> Add(std::vector<StreamJob> jobs) {
    std::random_device seeds;
    for (StreamJob& job : jobs) {
      SW_ASSIGN(std::optional<core::RouteState> state, store_.FindRoute(StreamKey(job)));
      turns_.push_back(std::make_unique<StreamTurn>(std::move(job),
                                                    state.value_or(core::RouteState{}), workspace_,
                                                    store_, store_, *client_, clock_, seeds()));
    }
    return {};
  }
  void Begin() {
    thread_ = std::jthread([this](const std::stop_token& stop) { Run(stop); });
  }

  std::vector<std::string> TakeNews() override {
    const core::MutexLock lock(mutex_);
    return std::exchange(news_, {});
  }
  std::optional<core::Error> error() const override {
    const core::MutexLock lock(mutex_);
    return error_;
  }
  Counts counts() const override {
    const core::MutexLock lock(mutex_);
    return counts_;
  }

 private:
  void Run(const std::stop_token& stop) {
    core::Result<void> stored;
    while (!stop.stop_requested() && stored) {
      std::size_t taken = 0;
      bool pressing = false;
      for (const std::unique_ptr<StreamTurn>& turn : turns_) {
        taken += turn->Step();
        pressing = pressing || turn->IsPressing();
      }
      const auto since = clock_.Steady() - committed_at_;
      if ((pressing && since >= kBetweenCommits) || since >= kBetweenCursors) {
        stored = Commit();
      }
      Tell();
      if (taken == 0 && stored) {
        client_->Wait(UntilNext());
      }
    }
    if (stored) {
      stored = Commit();
    }
    Tell();
    // Closed on the thread that they belong to.
    turns_.clear();
    if (!stored) {
      const core::MutexLock lock(mutex_);
      error_ = stored.error();
    }
  }

  milliseconds UntilNext() const {
    milliseconds wait = kLongestWait;
    const auto now = clock_.Steady();
    for (const std::unique_ptr<StreamTurn>& turn : turns_) {
      if (const auto due = turn->NextDue()) {
        wait = std::min(wait, std::chrono::ceil<milliseconds>(*due - now));
      }
      if (turn->IsPressing()) {
        wait = std::min(wait, kBetweenCommits);
      }
    }
    return std::max(wait, milliseconds(1));
  }

  // All that the streams brought, and how far they have come, in one write.
  core::Result<void> Commit() {
    committed_at_ = clock_.Steady();
    // What people do to cases meanwhile comes before or after, never in between.
    const core::MutexLock turn_of_store(store_.turn());
    // Anew each time: what it knows of cases may be old by now.
    Committer committer(workspace_, planner_, store_, store_, &store_, clock_);
    core::DocumentOutcome outcome;
    bool judged = false;
    for (const std::unique_ptr<StreamTurn>& turn : turns_) {
      StreamHarvest harvest = turn->Take();
      for (const JudgedDocument& document : harvest.documents) {
        judged = true;
        SW_TRY(committer.Add(document, turn->age()));
      }
      for (const std::string& id : harvest.gone) {
        SW_TRY(committer.AddGone(turn->job().source->name, id));
      }
      if (harvest.state) {
        outcome.routes.push_back(*std::move(harvest.state));
      }
      if (harvest.look || harvest.missed) {
        SW_TRY(NoteSource(turn->job(), harvest, outcome));
      }
    }
    if (!outcome.routes.empty() || !outcome.sources.empty()) {
      committer.Add(std::move(outcome));
    }
    SW_ASSIGN(const std::size_t written, committer.Commit());
    if (written == 0) {
      return {};
    }
    if (judged) {
      SW_TRY(committer.SaveTrials());
    }
    const core::MutexLock lock(mutex_);
    ++counts_.commits;
    counts_.findings += committer.report().findings;
    return {};
  }

  core::Result<void> NoteSource(const StreamJob& job, const StreamHarvest& harvest,
                                core::DocumentOutcome& outcome) {
    const core::Timestamp now = clock_.Now();
    const auto noted =
        std::ranges::find(outcome.sources, job.source->name, &core::SourceState::name);
    core::SourceState state;
    if (noted != outcome.sources.end()) {
      state = *noted;
    } else {
      SW_ASSIGN(const std::optional<core::SourceState> stored, store_.FindSource(job.source->name));
      state = stored.value_or(core::SourceState{});
    }
    state.name = job.source->name;
    // When the source's other routes are asked is theirs to say.
    const core::Timestamp next_due = state.next_due;
    if (harvest.look) {
      state = crawler::AfterLook(std::move(state),
                                 crawler::RevisitPolicyFor(*job.source, workspace_.config.settings),
                                 *harvest.look, now);
    }
    state.next_due = harvest.missed ? now : next_due;
    if (noted != outcome.sources.end()) {
      *noted = std::move(state);
    } else {
      outcome.sources.push_back(std::move(state));
    }
    return {};
  }

  void Tell() {
    std::vector<std::string> news;
    Counts counts;
    for (const std::unique_ptr<StreamTurn>& turn : turns_) {
      std::ranges::move(turn->TakeNews(), std::back_inserter(news));
      counts.open += turn->is_open() ? 1u : 0u;
      counts.messages += turn->messages();
      counts.read += turn->read();
    }
    const core::MutexLock lock(mutex_);
    counts_.streams = turns_.size();
    counts_.open = counts.open;
    counts_.messages = counts.messages;
    counts_.read = counts.read;
    std::ranges::move(news, std::back_inserter(news_));
  }

  const Workspace& workspace_;
  storage::Store& store_;
  const core::Clock& clock_;
  const std::unique_ptr<net::StreamClient> client_;
  const alerts::Planner planner_;
  std::vector<std::unique_ptr<StreamTurn>> turns_;  // The thread's.
  std::chrono::steady_clock::time_point committed_at_{};

  mutable core::Mutex mutex_;
  std::vector<std::string> news_ SW_GUARDED_BY(mutex_);
  std::optional<core::Error> error_ SW_GUARDED_BY(mutex_);
  Counts counts_ SW_GUARDED_BY(mutex_);
  std::jthread thread_;  // Joined before what it uses is gone.
};

}  // namespace

std::vector<StreamJob> StreamsOf(const Workspace& workspace, std::string_view version,
                                 std::vector<std::string>& troubles) {
  std::vector<StreamJob> jobs;
  for (const config::Source& source : workspace.config.sources) {
    const auto platform = workspace.platforms.find(source.platform);
    if (!source.enabled || !source.url.empty() || platform == workspace.platforms.end()) {
      continue;
    }
    for (const crawler::Route* route : crawler::RoutesOf(*platform->second, source)) {
      if (!route->stream) {
        continue;
      }
      if (platform->second->robots != crawler::RobotsUse::kDocumentedApi) {
        troubles.push_back(fmt::format(
            "source '{}': the stream '{}' is not opened, since nothing says that programs may: "
            "'robots: api' with its reason is missing in the platform's file",
            source.name, route->name));
        continue;
      }
      crawler::PlanInput input{.platform = platform->second,
                               .source = &source,
                               .schools = workspace.config.settings.schools};
      input.version = version;
      input.contact = workspace.config.settings.crawl.contact;
      jobs.push_back({.source = &source,
                      .platform = platform->second,
                      .route = route,
                      .values = crawler::ValuesOf(input)});
    }
  }
  return jobs;
}

core::Result<std::unique_ptr<Streams>> Streams::Start(std::vector<StreamJob> jobs,
                                                      const Workspace& workspace,
                                                      storage::Store& store,
                                                      std::unique_ptr<net::StreamClient> client,
                                                      const core::Clock& clock) {
  if (jobs.empty()) {
    return std::unique_ptr<Streams>();
  }
  auto streams = std::make_unique<StreamThread>(workspace, store, std::move(client), clock);
  SW_TRY(streams->Add(std::move(jobs)));
  streams->Begin();
  return std::unique_ptr<Streams>(std::move(streams));
}

}  // namespace schoolwatch::app
