#include "app/pipeline/run_pass.h"

#include <algorithm>
#include <deque>
#include <thread>
#include <utility>
#include <variant>

#include "alerts/planner.h"
#include "app/pipeline/empty_memory.h"
#include "core/mutex.h"
#include "core/url.h"
#include "crawler/host_ledger.h"
#include "crawler/http_hints.h"
#include "crawler/schedule.h"
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

// Why a source's own address gave nothing. Noted on two threads.
struct OwnTrouble {
  core::SourceTrouble kind = core::SourceTrouble::kNone;
  std::string words;
};

// A source's part of the pass. Touched by the committing thread only, but for `age` and `trouble`.
struct Turn {
  const config::Source* source = nullptr;
  std::optional<core::SourceState> before;
  SourceAge age;
  ReadingContext reading;
  SourceTurn report;
  std::optional<core::Timestamp> newest_post;
  std::uint64_t new_posts = 0;
  std::uint64_t posts_held = 0;
  std::chrono::milliseconds post_delay{0};
  // For when to look again: of its own address, and whether any page of it was new.
  bool changed = false;
  std::optional<core::FeedHints> hints;
  std::chrono::milliseconds fresh{0};
  core::Timestamp not_before{};
  std::size_t left_for_later = 0;  // Under the pass's lock.
  bool own_address_worked = false;
  bool own_address_changed = false;
  OwnTrouble trouble;  // Under the pass's lock.
};

core::SourceTrouble TroubleOf(crawler::RefusalReason reason) {
  switch (reason) {
    case crawler::RefusalReason::kRobots:
      return core::SourceTrouble::kRobots;
    case crawler::RefusalReason::kUnreachable:
      return core::SourceTrouble::kNoRobots;
    case crawler::RefusalReason::kAddress:
    case crawler::RefusalReason::kRedirects:
      return core::SourceTrouble::kAddress;
    default:
      return core::SourceTrouble::kOther;
  }
}

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
        planner_(workspace.config.settings.contacts, workspace.config.settings.schools),
        builder_(Seen(), Cases(), planner_, clock) {}

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
          turn->second.trouble = {
              TroubleOf(refusal.reason),
              std::string(crawler::RefusalReasonName(refusal.reason)) + ": " + refusal.detail};
      }
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
    const bool walked = turn != turns_.end() && refusal.request.depth > 0 &&
                        turn->second.reading.follow.which == crawler::FollowPolicy::Which::kSite;
    if (walked && refusal.reason == crawler::RefusalReason::kBudget) {
      ++turn->second.left_for_later;
    }
    return walked && (refusal.reason == crawler::RefusalReason::kBudget ||
                      refusal.reason == crawler::RefusalReason::kScope);
  }
  const core::FetchMemory& Memory() const {
    return store_ != nullptr ? static_cast<const core::FetchMemory&>(*store_) : empty_;
  }
  const storage::SeenLookup& Seen() const {
    return store_ != nullptr ? static_cast<const storage::SeenLookup&>(*store_) : empty_;
  }
  const storage::CaseReader& Cases() const {
    return store_ != nullptr ? static_cast<const storage::CaseReader&>(*store_) : empty_;
  }

  using Item = std::variant<JudgedDocument, crawler::FetchFailure>;

  void QueueForCommit(Item item) SW_REQUIRES(mutex_) {
    to_commit_.push_back(std::move(item));
    // In between, the committing thread waits for time to pass.
    if (to_commit_.size() == 1 || to_commit_.size() == kMaxBatch) {
      commit_.notify_one();
    }
  }
  core::Result<std::vector<crawler::CrawlSource>> ChooseSources();
  void ReadDocuments();
  void CommitDocuments();
  // Both on the committing thread.
  core::Result<void> Apply(JudgedDocument& judged);
  core::Result<void> Apply(crawler::FetchFailure& failure);
  core::Result<void> Commit();
  core::Result<void> FinishSources();
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
  alerts::Planner planner_;
  OutcomeBuilder builder_;
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
  std::map<std::string, Turn, std::less<>> turns_;  // Its keys do not change while threads run.
  PassReport report_ SW_GUARDED_BY(mutex_);
  Progress so_far_;
  core::Timestamp began_{};
  std::vector<Done> done_;
};

crawler::FetchKind SeedKind(const config::Source& source) {
  if (source.reader == "feed" || source.reader == "json") {
    return crawler::FetchKind::kFeed;
  }
  if (source.follow == "site") {
    return crawler::FetchKind::kListing;
  }
  // An unnamed reader is nearly always a feed; asking it as one only sets its place in the queue.
  return source.reader == "html" ? crawler::FetchKind::kListing : crawler::FetchKind::kFeed;
}

core::Result<std::vector<crawler::CrawlSource>> Pass::ChooseSources() {
  const core::Timestamp now = clock_.Now();
  std::vector<crawler::CrawlSource> chosen;
  for (const std::string& name : options_.only_sources) {
    if (std::ranges::find(workspace_.config.sources, name, &config::Source::name) ==
        workspace_.config.sources.end()) {
      return core::Fail(core::ErrorKind::kBadInput,
                        "there is no source '" + name + "' in sources.yaml");
    }
  }
  for (const config::Source& source : workspace_.config.sources) {
    const bool asked_for =
        std::ranges::find(options_.only_sources, source.name) != options_.only_sources.end();
    if ((!options_.only_sources.empty() && !asked_for) || (!source.enabled && !asked_for)) {
      continue;
    }
    SW_ASSIGN(std::optional<core::SourceState> state, Memory().FindSource(source.name));
    const bool due = !state || crawler::IsDue(*state, now);
    if (options_.schedule == Schedule::kDueOnly && !asked_for && !due) {
      ++report_.not_due;
      continue;
    }
    SW_ASSIGN(core::HttpUrl url, core::HttpUrl::Parse(source.url));
    Turn turn;
    turn.source = &source;
    turn.before = state;
    turn.age.first_look = !state || state->first_looked_at == core::Timestamp{};
    turn.age.backlog_before = now - workspace_.config.settings.limits.backlog;
    turn.age.watched_since = state ? state->first_looked_at : core::Timestamp{};
    turn.reading = {.source = &source,
                    .recipe = nullptr,
                    .engines = &workspace_.engines,
                    .judge = workspace_.judge.get(),
                    .seen = &Seen(),
                    .memory = &Memory(),
                    .follow = crawler::MakeFollowPolicy(source, turn.age.backlog_before),
                    .revisit = crawler::RevisitPolicyFor(source, workspace_.config.settings)};
    if (const auto recipe = workspace_.recipes.find(source.recipe);
        recipe != workspace_.recipes.end()) {
      turn.reading.recipe = recipe->second.get();
    }
    turn.report.name = source.name;
    turn.report.title = source.title.empty() ? source.name : source.title;
    turns_.emplace(source.name, std::move(turn));
    crawler::CrawlSource crawl;
    crawl.name = source.name;
    crawl.max_pages = source.max_pages;
    crawl.max_bytes = source.max_megabytes << 20;
    crawl.seeds.push_back(
        {.source = source.name, .url = url, .kind = SeedKind(source), .depth = 0, .thread = {}});
    chosen.push_back(std::move(crawl));
  }
  return chosen;
}

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
  const std::string where = judged.fetched.request.source + ": ";
  const bool own_address = judged.fetched.request.depth == 0;
  ++turn.report.documents;
  ++so_far_.documents;
  if (judged.fetched.unchanged) {
    ++turn.report.unchanged;
  }
  if (judged.read_error) {
    ++turn.report.failed;
    core::MutexLock lock(mutex_);
    if (own_address) {
      turn.trouble = {core::SourceTrouble::kUnreadable, judged.read_error->message};
      // Asked for conditionally, it would answer that nothing changed, and count as working.
      core::UrlState& url = judged.fetched.url_state;
      url.etag = url.last_modified = url.body_hash = {};
    }
    if (report_.notes.size() < kMaxListed) {
      report_.notes.push_back(where + judged.fetched.final_url.href() + ": " +
                              judged.read_error->message);
    }
  } else if (own_address) {
    turn.own_address_worked = true;
    turn.own_address_changed = turn.own_address_changed || !judged.fetched.unchanged;
  }
  turn.report.posts += judged.posts_read;
  turn.posts_held += judged.posts_read + (judged.gated_out ? 1 : 0);
  turn.report.mentions += judged.mentions;
  so_far_.posts += judged.posts_read;
  so_far_.mentions += judged.mentions;
  turn.changed = turn.changed || judged.changed;
  turn.report.out_of_scope += judged.out_of_scope;
  if (own_address) {
    turn.hints = judged.hints;
    turn.fresh = crawler::FreshFor(judged.fetched.response.headers, judged.fetched.fetched_at);
  }
  if (judged.newest_post && (!turn.newest_post || *judged.newest_post > *turn.newest_post)) {
    turn.newest_post = judged.newest_post;
  }
  {
    core::MutexLock lock(mutex_);
    report_.gated_out += judged.gated_out ? 1 : 0;
    for (const std::string& note : judged.notes) {
      if (report_.notes.size() < kMaxListed) {
        report_.notes.push_back(where + judged.fetched.final_url.href() + ": " + note);
      }
    }
  }
  SW_ASSIGN(const DocumentGain gain, builder_.Add(judged, turn.age));
  // A page that the gate passed over had something to read, though nobody read it.
  turn.new_posts += gain.new_posts + (judged.gated_out && judged.changed ? 1 : 0);
  turn.post_delay = std::max(turn.post_delay, gain.post_delay);
  turn.report.findings += gain.findings;
  so_far_.findings = builder_.report().findings;
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
  turn.report.failed += guess ? 0 : 1;
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
  SW_TRY(builder_.Add(judged, turn.age));
  core::MutexLock lock(mutex_);
  if (!guess && report_.failures.size() < kMaxListed) {
    report_.failures.push_back(std::move(failure));
  }
  return {};
}

core::Result<void> Pass::Commit() {
  const std::vector<core::DocumentOutcome> outcomes = builder_.Take();
  if (!outcomes.empty() && store_ != nullptr && options_.effects == Effects::kFull) {
    SW_TRY(store_->Commit(outcomes));
  }
  // Only now may the crawler count the documents as dealt with.
  for (Done& done : done_) {
    crawler_->Complete(done.id, std::move(done.follow));
  }
  done_.clear();
  return {};
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
    core::Result<void> applied;
    for (Item& item : batch) {
      applied = std::visit([this](auto& one) { return Apply(one); }, item);
      if (!applied) {
        break;
      }
    }
    if (applied) {
      applied = Commit();
    }
    if (!applied) {
      Fail(std::move(applied).error());
    }
    last_sync = std::chrono::steady_clock::now();
  }
}

core::Result<void> Pass::FinishSources() {
  core::DocumentOutcome outcome;
  // Of hosts that gave no document too: their robots.txt, blocks and gaps outlive the run.
  outcome.hosts = std::move(report_.crawl.host_states);
  for (auto& [name, turn] : turns_) {
    turn.report.trouble = turn.trouble.words;
    turn.report.left_for_later = turn.left_for_later;
    // Not reached before the end: stays due, and its history stays its history.
    const bool reached = turn.own_address_worked || turn.trouble.kind != core::SourceTrouble::kNone;
    if (!reached) {
      if (turn.before) {
        turn.report.state = *turn.before;
      }
      report_.turns.push_back(turn.report);
      continue;
    }
    core::SourceState state = turn.before.value_or(core::SourceState{});
    state.name = name;
    crawler::Look look{.outcome = crawler::LookOutcome::kFailed,
                       .new_posts = turn.new_posts,
                       .newest_post = turn.newest_post,
                       .error = turn.trouble.words,
                       .change = turn.changed ? crawler::Change::kSome : crawler::Change::kNone,
                       .hints = turn.hints,
                       .fresh = turn.fresh,
                       .not_before = turn.not_before,
                       .trouble = turn.trouble.kind,
                       .post_delay = turn.post_delay};
    if (turn.own_address_worked) {
      look.outcome = turn.report.documents > turn.report.unchanged
                         ? crawler::LookOutcome::kChanged
                         : crawler::LookOutcome::kUnchanged;
      if (turn.own_address_changed || turn.posts_held > 0) {
        look.posts_held = turn.posts_held;
      }
    } else if (turn.trouble.kind == core::SourceTrouble::kRobots) {
      look.outcome = crawler::LookOutcome::kForbidden;
    }
    state = crawler::AfterLook(std::move(state), turn.reading.revisit, look, began_);
    turn.report.state = state;
    outcome.sources.push_back(state);
    report_.turns.push_back(turn.report);
  }
  if (store_ == nullptr || options_.effects != Effects::kFull) {
    return {};
  }
  const core::Timestamp now = clock_.Now();
  for (const crawler::HostReport& host : report_.crawl.hosts) {
    SW_ASSIGN(const std::optional<core::HostLedger> before, store_->FindLedger(host.origin));
    core::HostLedger ledger = crawler::AfterRun(before.value_or(core::HostLedger{}), host, now);
    if (!ledger.origin.empty()) {
      outcome.ledgers.push_back(std::move(ledger));
    }
  }
  return store_->Commit(std::span(&outcome, 1));
}

core::Result<PassReport> Pass::Run(std::stop_token stop) {
  const auto began = clock_.Steady();
  began_ = clock_.Now();
  const config::CrawlPolicy& policy = workspace_.config.settings.crawl;
  SW_ASSIGN(const std::vector<crawler::CrawlSource> sources, ChooseSources());
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
  crawler_ = crawler::Crawler::Make(settings, fetcher_, Memory(), clock_);

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
  report_.commits = builder_.report();
  report_.findings = builder_.found();
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
