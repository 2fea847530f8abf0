#include "app/pipeline/run_pass.h"

#include <algorithm>
#include <deque>
#include <thread>
#include <utility>
#include <variant>

#include "alerts/planner.h"
#include "app/pipeline/committer.h"
#include "app/pipeline/empty_memory.h"
#include "app/pipeline/look_sights.h"
#include "app/pipeline/pass_sources.h"
#include "app/pipeline/platform_turn.h"
#include "app/pipeline/source_turn.h"
#include "app/pipeline/watch_list.h"
#include "core/mutex.h"
#include "core/place.h"
#include "crawler/host_ledger.h"
#include "crawler/source_health.h"
#include "crawler/url_memory.h"

namespace schoolwatch::app {
namespace {

constexpr std::size_t kMaxListed = 1000;
constexpr std::size_t kLargeBody = 1u << 20;
// Documents that may share one sync, and how long after the last sync one may wait for others. A
// sync costs a disk ten times what a document costs a core.
constexpr std::size_t kMaxBatch = 64;
constexpr std::chrono::milliseconds kSyncGap{50};

// Runs the three stages of a pass: the crawler on the caller's thread, reading and judging on
// workers, committing on one thread, joined by two bounded-by-the-crawler queues (it holds back new
// transfers while too many bytes wait).
class Pass final : public crawler::CrawlListener {
 public:
  Pass(const Workspace& workspace, storage::Store* store, net::Fetcher& fetcher,
       const core::Clock& clock, const RunOptions& options, const ProgressSink& progress)
      : workspace_(workspace),
        store_(store),
        fetcher_(fetcher),
        clock_(clock),
        options_(options),
        progress_(progress),
        memory_(MemoryOf(store, empty_)),
        writes_(options.effects == Effects::kFull ? store : nullptr),
        planner_(MakePlanner(workspace.config.settings)),
        committer_(workspace, planner_, memory_.seen, memory_.cases, writes_, clock),
        sources_(workspace, memory_, writes_, clock, options) {}

  core::Result<PassReport> Run(std::stop_token stop);

  void OnDocument(crawler::FetchedDocument document) override {
    core::MutexLock lock(mutex_);
    to_read_.push_back(std::move(document));
    work_.notify_one();
  }
  void OnRefusal(crawler::Refusal refusal) override {
    core::MutexLock lock(mutex_);
    if (const auto turn = turns_.find(refusal.request.source);
        turn != turns_.end() && refusal.request.depth == 0) {
      switch (refusal.reason) {
        case crawler::RefusalReason::kNotDue:
        case crawler::RefusalReason::kBlocked:
          break;  // Nobody's fault; it stays due.
        default:
          turn->second.trouble = TroubleOf(refusal);
      }
    }
    if (refusal.request.call != nullptr ||
        watch_.Watches(core::PageKey(refusal.request.url.href()))) {
      // What was reserved for it is given back together with what comes next.
      QueueForCommit(refusal);
    }
    if (IsNoise(refusal)) {
      return;
    }
    if (refusal.reason != crawler::RefusalReason::kNotDue && report_.refusals.size() < kMaxListed) {
      report_.refusals.push_back(std::move(refusal));
    }
  }
  void OnFailure(crawler::FetchFailure failure) override {
    core::MutexLock lock(mutex_);
    QueueForCommit(std::move(failure));
  }

 private:
  // A site has more pages than a run may fetch, and many links that lead to the same ones: counted,
  // not told one by one.
  bool IsNoise(const crawler::Refusal& refusal) SW_REQUIRES(mutex_) {
    const auto turn = turns_.find(refusal.request.source);
    if (turn != turns_.end() && turn->second.looks_only) {
      return true;  // It will be tried again, and is nobody's source.
    }
    const bool walked = turn != turns_.end() && refusal.request.depth > 0 &&
                        turn->second.reading.follow.which == crawler::FollowPolicy::Which::kSite;
    if (walked && refusal.reason == crawler::RefusalReason::kBudget) {
      ++turn->second.left_for_later;
    }
    return walked && (refusal.reason == crawler::RefusalReason::kBudget ||
                      refusal.reason == crawler::RefusalReason::kScope);
  }
  static PassMemory MemoryOf(const storage::Store* store, const EmptyMemory& empty) {
    return store != nullptr ? PassMemory{*store, *store, *store, *store}
                            : PassMemory{empty, empty, empty, empty};
  }

  void Note(std::string note) SW_REQUIRES(mutex_) {
    if (report_.notes.size() < kMaxListed) {
      report_.notes.push_back(std::move(note));
    }
  }

  using Item = std::variant<JudgedDocument, crawler::FetchFailure, crawler::Refusal>;

  void QueueForCommit(Item item) SW_REQUIRES(mutex_) {
    to_commit_.push_back(std::move(item));
    // In between, the committing thread waits for time to pass.
    if (to_commit_.size() == 1 || to_commit_.size() == kMaxBatch) {
      commit_.notify_one();
    }
  }
  void ReadDocuments();
  void CommitDocuments();
  // Both on the committing thread.
  core::Result<void> Apply(JudgedDocument& judged);
  core::Result<void> Apply(crawler::FetchFailure& failure);
  core::Result<void> Apply(crawler::Refusal& refusal);
  core::Result<void> ApplyAndCommit(std::deque<Item>& batch);
  core::Result<void> Commit();
  core::Result<void> FinishSources() SW_REQUIRES(mutex_);
  void Fail(core::Error error);

  struct Done {
    std::uint64_t id = 0;
    std::vector<crawler::CrawlRequest> follow;
  };

  const Workspace& workspace_;
  storage::Store* store_;
  net::Fetcher& fetcher_;
  const core::Clock& clock_;
  const RunOptions& options_;
  const ProgressSink& progress_;
  EmptyMemory empty_;
  const PassMemory memory_;
  storage::Store* const writes_;  // Null: nothing is written.
  const alerts::Planner planner_;
  Committer committer_;  // The committing thread's, once the pass is under way.
  WatchList watch_;
  PassSources sources_;
  std::unique_ptr<crawler::Crawler> crawler_;
  std::stop_source give_up_;

  core::Mutex large_;  // Held while a large body is read.
  core::Mutex mutex_;
  core::Condition work_;
  core::Condition commit_;
  std::deque<crawler::FetchedDocument> to_read_ SW_GUARDED_BY(mutex_);
  std::deque<Item> to_commit_ SW_GUARDED_BY(mutex_);
  bool no_more_to_read_ SW_GUARDED_BY(mutex_) = false;
  bool no_more_to_commit_ SW_GUARDED_BY(mutex_) = false;
  std::optional<core::Error> error_ SW_GUARDED_BY(mutex_);
  Turns turns_;  // Its keys do not change while threads run.
  PassReport report_ SW_GUARDED_BY(mutex_);
  Progress so_far_;
  core::Timestamp began_{};
  std::vector<Done> done_;
};

void Pass::ReadDocuments() {
  for (;;) {
    std::optional<crawler::FetchedDocument> document;
    {
      core::MutexLock lock(mutex_);
      while (to_read_.empty() && !no_more_to_read_) {
        work_.wait(mutex_);
      }
      if (to_read_.empty()) {
        return;
      }
      document = std::move(to_read_.front());
      to_read_.pop_front();
    }
    const Turn& turn = turns_.find(document->request.source)->second;
    JudgedDocument judged = [&] {
      if (document->response.body.size() <= kLargeBody) {
        return ReadAndJudge(std::move(*document), turn.reading);
      }
      // Reading takes ten times a body's memory: large ones come one after the other.
      core::MutexLock one_at_a_time(large_);
      return ReadAndJudge(std::move(*document), turn.reading);
    }();
    core::MutexLock lock(mutex_);
    QueueForCommit(std::move(judged));
  }
}

core::Result<void> Pass::Apply(JudgedDocument& judged) {
  Turn& turn = turns_.find(judged.fetched.request.source)->second;
  ++so_far_.documents;
  so_far_.posts += judged.posts_read;
  so_far_.mentions += judged.mentions;
  NoteDocument(turn, judged);
  if (turn.platform != nullptr && judged.fetched.request.call != nullptr) {
    SW_TRY(turn.platform->NoteAnswer(judged));
  }
  {
    core::MutexLock lock(mutex_);
    if (judged.read_error && judged.fetched.request.depth == 0) {
      turn.trouble = {core::SourceTrouble::kUnreadable, judged.read_error->message};
    }
    report_.gated_out += judged.gated_out ? 1 : 0;
    const std::string where =
        judged.fetched.request.source + ": " + judged.fetched.final_url.href() + ": ";
    if (judged.read_error) {
      Note(where + judged.read_error->message);
    }
    for (const std::string& note : judged.notes) {
      Note(where + note);
    }
  }
  SW_ASSIGN(const DocumentGain gain, committer_.Add(judged, turn.age));
  NoteGain(turn, judged, gain);
  so_far_.findings = committer_.report().findings;
  if (turn.looks_only) {
    judged.follow.clear();
  }
  done_.push_back({judged.fetched.id, std::move(judged.follow)});
  if (progress_) {
    progress_(so_far_);
  }
  return {};
}

core::Result<void> Pass::Apply(crawler::FetchFailure& failure) {
  Turn& turn = turns_.find(failure.request.source)->second;
  // That a site has no sitemap is no failure.
  const bool guess = failure.request.kind == crawler::FetchKind::kSitemap &&
                     crawler::ClassifyStatus(failure.status) == crawler::AnswerKind::kNotFound;
  const bool no_such_page =
      crawler::ClassifyStatus(failure.status) == crawler::AnswerKind::kNotFound;
  Sights sights = SightsOfFailure(failure, watch_, &workspace_.engines, clock_.Now());
  // Nor that a post has vanished.
  const bool vanished =
      std::ranges::any_of(sights, [](const auto& told) { return told.second == Sight::kMissing; });
  const bool expected = guess || vanished ||
                        (no_such_page && watch_.Watches(core::PageKey(failure.request.url.href())));
  turn.report.failed += expected ? 0 : 1;
  if (turn.platform != nullptr && failure.request.call != nullptr) {
    SW_TRY(turn.platform->NoteFailure(failure));
  }
  if (failure.request.depth == 0) {
    core::MutexLock lock(mutex_);
    turn.trouble = {crawler::TroubleOf(failure.status, failure.error.kind), failure.error.message};
    turn.not_before = failure.host_state.blocked_until;
  }
  // The failed attempt's state (next due time, back-off) is stored like any other outcome.
  JudgedDocument judged{.fetched = {.request = failure.request,
                                    .final_url = failure.request.url,
                                    .redirects = {},
                                    .response = {},
                                    .url_state = failure.url_state,
                                    .host_state = failure.host_state,
                                    .site_state = failure.site_state}};
  judged.fetched.fetched_at = clock_.Now();
  judged.no_such_page = no_such_page;
  judged.sights = std::move(sights);
  SW_TRY(committer_.Add(judged, turn.age));
  core::MutexLock lock(mutex_);
  if (!expected && report_.failures.size() < kMaxListed) {
    report_.failures.push_back(std::move(failure));
  }
  return {};
}

core::Result<void> Pass::Apply(crawler::Refusal& refusal) {
  const auto turn = turns_.find(refusal.request.source);
  if (turn == turns_.end()) {
    return {};
  }
  if (turn->second.platform != nullptr && refusal.request.call != nullptr) {
    SW_TRY(turn->second.platform->NoteRefusal(refusal));
  }
  Sights sights = SightsOfRefusal(refusal, watch_);
  if (sights.empty()) {
    return {};
  }
  JudgedDocument judged{.fetched = {.request = refusal.request,
                                    .final_url = refusal.request.url,
                                    .redirects = {},
                                    .response = {},
                                    .url_state = {},
                                    .host_state = {},
                                    .site_state = {}}};
  judged.fetched.fetched_at = clock_.Now();
  judged.sights = std::move(sights);
  SW_TRY(committer_.Add(judged, turn->second.age));
  return {};
}

core::Result<void> Pass::Commit() {
  if (PlatformPurse* const purse = sources_.purse(); purse != nullptr) {
    core::DocumentOutcome spent;
    spent.spending = purse->TakeChanged();
    if (!spent.spending.empty()) {
      committer_.Add(std::move(spent));
    }
  }
  SW_TRY(committer_.Commit());
  // Only now may the crawler count the documents as dealt with.
  for (Done& done : done_) {
    crawler_->Complete(done.id, std::move(done.follow));
  }
  done_.clear();
  return {};
}

core::Result<void> Pass::ApplyAndCommit(std::deque<Item>& batch) {
  for (Item& item : batch) {
    SW_TRY(std::visit([this](auto& one) { return Apply(one); }, item));
  }
  return Commit();
}

void Pass::Fail(core::Error error) {
  {
    core::MutexLock lock(mutex_);
    if (!error_) {
      error_ = std::move(error);
    }
  }
  give_up_.request_stop();
}

void Pass::CommitDocuments() {
  std::chrono::steady_clock::time_point last_sync{};
  for (;;) {
    std::deque<Item> batch;
    {
      core::MutexLock lock(mutex_);
      while (to_commit_.empty() && !no_more_to_commit_) {
        commit_.wait(mutex_);
      }
      while (to_commit_.size() < kMaxBatch && !no_more_to_commit_ &&
             commit_.wait_until(mutex_, last_sync + kSyncGap) == std::cv_status::no_timeout) {
      }
      if (to_commit_.empty()) {
        return;
      }
      while (!to_commit_.empty() && batch.size() < kMaxBatch) {
        batch.push_back(std::move(to_commit_.front()));
        to_commit_.pop_front();
      }
      if (error_) {
        continue;  // Nothing more can be stored; what is left will be fetched again.
      }
    }
    const core::Result<void> applied = [&] {
      if (store_ == nullptr) {
        return ApplyAndCommit(batch);
      }
      // What people do to cases meanwhile comes before or after, never in between.
      const core::MutexLock turn(store_->turn());
      return ApplyAndCommit(batch);
    }();
    if (!applied) {
      Fail(applied.error());
    }
    last_sync = std::chrono::steady_clock::now();
  }
}

core::Result<void> Pass::FinishSources() {
  core::DocumentOutcome outcome;
  // Of hosts that gave no document too: their robots.txt, blocks and gaps outlive the run.
  outcome.hosts = std::move(report_.crawl.host_states);
  for (auto& [name, turn] : turns_) {
    TakePlatformTrouble(turn);
    if (turn.platform != nullptr) {
      for (const std::string& note : turn.platform->TakeNotes()) {
        Note(name + ": " + note);
      }
    }
    if (std::optional<core::SourceState> state = EndTurn(turn, began_)) {
      outcome.sources.push_back(std::move(*state));
    }
    if (!turn.looks_only) {
      report_.turns.push_back(turn.report);
    }
  }
  if (writes_ == nullptr) {
    return {};
  }
  const core::Timestamp now = clock_.Now();
  for (const crawler::HostReport& host : report_.crawl.hosts) {
    SW_ASSIGN(const std::optional<core::HostLedger> before, writes_->FindLedger(host.origin));
    core::HostLedger ledger = crawler::AfterRun(before.value_or(core::HostLedger{}), host, now);
    if (!ledger.origin.empty()) {
      outcome.ledgers.push_back(std::move(ledger));
    }
  }
  SW_TRY(writes_->Commit(std::span(&outcome, 1)));
  return committer_.SaveTrials();
}

core::Result<PassReport> Pass::Run(std::stop_token stop) {
  const auto began = clock_.Steady();
  began_ = clock_.Now();
  const config::CrawlPolicy& policy = workspace_.config.settings.crawl;
  SW_ASSIGN(watch_, WatchList::Load(memory_.cases, began_));
  committer_.Watch(watch_);
  SW_ASSIGN(const std::vector<crawler::CrawlSource> sources, sources_.Choose(watch_, turns_));
  crawler::CrawlSettings settings;
  settings.page_gap = policy.page_gap;
  settings.feed_gap = policy.feed_gap;
  settings.max_in_flight = policy.max_in_flight;
  settings.per_address = policy.per_address;
  settings.address_gap = policy.address_gap;
  settings.timeout = policy.timeouts.answer;
  for (const config::Source& source : workspace_.config.sources) {
    // Feeds and sitemaps are a step further away than the pages that they stand for.
    settings.max_depth = std::max(settings.max_depth, source.scope.depth + 2);
  }
  // A person who asks for a look now gets one, as far as the hosts allow.
  settings.ignore_due = options_.schedule == Schedule::kAll || !options_.only_sources.empty();
  crawler_ = crawler::Crawler::Make(settings, fetcher_, memory_.fetch, clock_);

  std::stop_callback forward(stop, [this] { give_up_.request_stop(); });
  {
    std::vector<std::jthread> workers;
    const unsigned cores = std::max(1u, std::thread::hardware_concurrency());
    std::jthread committer([this] { CommitDocuments(); });
    for (unsigned i = 0; i < cores; ++i) {
      workers.emplace_back([this] { ReadDocuments(); });
    }
    crawler::CrawlReport crawl = crawler_->Run(sources, *this, give_up_.get_token());
    {
      core::MutexLock lock(mutex_);
      report_.crawl = std::move(crawl);
      no_more_to_read_ = true;
      work_.notify_all();
    }
    workers.clear();
    {
      core::MutexLock lock(mutex_);
      no_more_to_commit_ = true;
      commit_.notify_all();
    }
  }
  core::MutexLock lock(mutex_);
  if (error_) {
    return core::Fail(std::move(*error_));
  }
  SW_TRY(FinishSources());
  report_.not_due = sources_.not_due();
  report_.looks = sources_.looks();
  report_.commits = committer_.report();
  report_.findings = committer_.found();
  report_.posts_read = so_far_.posts;
  report_.stopped = stop.stop_requested();
  report_.elapsed = std::chrono::duration_cast<std::chrono::milliseconds>(clock_.Steady() - began);
  return std::move(report_);
}

}  // namespace

core::Result<PassReport> RunPass(const Workspace& workspace, storage::Store* store,
                                 net::Fetcher& fetcher, const core::Clock& clock,
                                 const RunOptions& options, const ProgressSink& progress,
                                 std::stop_token stop) {
  return Pass(workspace, store, fetcher, clock, options, progress).Run(std::move(stop));
}

}  // namespace schoolwatch::app
