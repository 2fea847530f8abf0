#include "app/pipeline/run_pass.h"

#include <algorithm>
#include <deque>
#include <thread>
#include <utility>
#include <variant>

#include "alerts/planner.h"
#include "app/fetcher.h"
#include "app/pipeline/empty_memory.h"
#include "app/pipeline/platform_purse.h"
#include "app/pipeline/platform_sessions.h"
#include "app/pipeline/platform_turn.h"
#include "app/pipeline/post_identity.h"
#include "app/pipeline/shadow_counts.h"
#include "app/pipeline/source_turn.h"
#include "app/pipeline/watch_list.h"
#include "core/mutex.h"
#include "core/url.h"
#include "crawler/host_ledger.h"
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
        planner_(workspace.config.settings.contacts, workspace.config.settings.schools,
                 workspace.config.settings.alerts.route),
        builder_(Seen(), Cases(), planner_, clock),
        shadow_(workspace.judge->rules()) {
    planner_.KeepTo(alerts::MakeTimingRules(workspace.config.settings));
  }

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
    if (refusal.request.call != nullptr) {
      // What was reserved for it is given back together with what comes next.
      QueueForCommit(crawler::Refusal(refusal));
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
  const core::FetchMemory& Memory() const {
    return store_ != nullptr ? static_cast<const core::FetchMemory&>(*store_) : empty_;
  }
  const storage::SeenLookup& Seen() const {
    return store_ != nullptr ? static_cast<const storage::SeenLookup&>(*store_) : empty_;
  }
  const storage::CaseReader& Cases() const {
    return store_ != nullptr ? static_cast<const storage::CaseReader&>(*store_) : empty_;
  }

  void Note(std::string note) SW_REQUIRES(mutex_) {
    if (report_.notes.size() < kMaxListed) {
      report_.notes.push_back(std::move(note));
    }
  }

  const storage::PlatformReader& Platforms() const {
    return store_ != nullptr ? static_cast<const storage::PlatformReader&>(*store_) : empty_;
  }

  using Item = std::variant<JudgedDocument, crawler::FetchFailure, crawler::Refusal>;

  void QueueForCommit(Item item) SW_REQUIRES(mutex_) {
    to_commit_.push_back(std::move(item));
    // In between, the committing thread waits for time to pass.
    if (to_commit_.size() == 1 || to_commit_.size() == kMaxBatch) {
      commit_.notify_one();
    }
  }
  core::Result<std::vector<crawler::CrawlSource>> ChooseSources();
  // What a source asks first. False: nothing of it is due.
  core::Result<bool> AddSeeds(const config::Source& source, crawler::CrawlSource& to,
                              std::unique_ptr<PlatformTurn>& platform);
  core::Result<void> PreparePlatforms();
  // Makes durable what platforms' calls may cost before they leave.
  core::Result<void> StoreReservations();
  // Another look at where posts of open cases stand; none at what is asked for anyway.
  void AddLooks(const config::Source& source, crawler::CrawlSource& to);
  void ReadDocuments();
  void CommitDocuments();
  // Both on the committing thread.
  core::Result<void> Apply(JudgedDocument& judged);
  core::Result<void> Apply(crawler::FetchFailure& failure);
  core::Result<void> Apply(crawler::Refusal& refusal);
  core::Result<void> ApplyAndCommit(std::deque<Item>& batch);
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
  WatchList watch_;
  ShadowCounts shadow_;  // On the committing thread.
  // Likewise, once the pass is under way; null where no source asks a platform.
  std::unique_ptr<net::HttpPoster> own_poster_;
  std::unique_ptr<PlatformSessions> sessions_;
  std::unique_ptr<PlatformPurse> purse_;
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

core::Result<std::vector<crawler::CrawlSource>> Pass::ChooseSources() {
  const core::Timestamp now = clock_.Now();
  SW_ASSIGN(watch_, WatchList::Load(Cases(), now));
  builder_.Watch(watch_);
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
    const bool looks_only = options_.schedule == Schedule::kDueOnly && !asked_for && !due;
    report_.not_due += looks_only ? 1 : 0;
    crawler::CrawlSource crawl;
    crawl.name = source.name;
    crawl.max_pages = source.max_pages;
    crawl.max_bytes = source.max_megabytes << 20;
    std::unique_ptr<PlatformTurn> platform;
    if (!looks_only) {
      SW_ASSIGN(const bool due_now, AddSeeds(source, crawl, platform));
      report_.not_due += due_now ? 0 : 1;
    }
    AddLooks(source, crawl);
    // Also where nothing can be asked: why, is told of it.
    if (crawl.seeds.empty() && platform == nullptr) {
      continue;
    }
    Turn turn = BeginTurn(workspace_, source, std::move(state), Seen(), Memory(), now);
    turn.looks_only = looks_only;
    turn.reading.watch = &watch_;
    if (platform != nullptr) {
      turn.reading.plan = &platform->plan();
      turn.platform = std::move(platform);
    }
    turns_.emplace(source.name, std::move(turn));
    chosen.push_back(std::move(crawl));
  }
  SW_TRY(StoreReservations());
  return chosen;
}

core::Result<bool> Pass::AddSeeds(const config::Source& source, crawler::CrawlSource& to,
                                  std::unique_ptr<PlatformTurn>& platform) {
  if (!source.url.empty()) {
    SW_ASSIGN(const core::HttpUrl url, core::HttpUrl::Parse(source.url));
    to.seeds.push_back(
        {.source = source.name, .url = url, .kind = SeedKind(source), .depth = 0, .thread = {}});
    return true;
  }
  const auto found = workspace_.platforms.find(source.platform);
  if (found == workspace_.platforms.end()) {
    return core::Fail(
        core::ErrorKind::kBadInput,
        "source '" + source.name + "': there is no platform '" + source.platform + "'");
  }
  SW_TRY(PreparePlatforms());
  const PlatformDesk desk{workspace_, Platforms(), *sessions_, *purse_, clock_};
  const bool all = options_.schedule == Schedule::kAll || !options_.only_sources.empty();
  SW_ASSIGN(std::unique_ptr<PlatformTurn> turn,
            PlatformTurn::Begin(desk, source, found->second,
                                all ? PlatformTurn::Ask::kAll : PlatformTurn::Ask::kDue));
  to.seeds = turn->TakeRequests();
  for (crawler::CrawlRequest& seed : to.seeds) {
    seed.source = source.name;
  }
  const bool idle = to.seeds.empty() && turn->trouble().kind == core::SourceTrouble::kNone &&
                    turn->not_before() == core::Timestamp{};
  if (!idle) {
    platform = std::move(turn);
  }
  return !idle;
}

core::Result<void> Pass::PreparePlatforms() {
  if (purse_ != nullptr) {
    return {};
  }
  const bool stores = store_ != nullptr && options_.effects == Effects::kFull;
  net::HttpPoster* poster = options_.poster;
  if (poster == nullptr && stores) {
    SW_ASSIGN(own_poster_,
              net::MakeHttpPoster(
                  {.user_agent = UserAgent(workspace_.config.settings.crawl), .ca_file = {}}));
    poster = own_poster_.get();
  }
  sessions_ =
      std::make_unique<PlatformSessions>(Platforms(), stores ? store_ : nullptr, poster, clock_);
  purse_ = std::make_unique<PlatformPurse>(
      Platforms(), clock_, stores ? PlatformPurse::Money::kMaySpend : PlatformPurse::Money::kNever);
  return {};
}

core::Result<void> Pass::StoreReservations() {
  core::DocumentOutcome outcome;
  if (purse_ != nullptr) {
    outcome.spending = purse_->TakeChanged();
  }
  if (outcome.spending.empty() || store_ == nullptr || options_.effects != Effects::kFull) {
    return {};
  }
  return store_->Commit(std::span(&outcome, 1));
}

void Pass::AddLooks(const config::Source& source, crawler::CrawlSource& to) {
  const auto looks = watch_.looks().find(source.name);
  // What a platform's own interface gave may be all that its terms allow to be read by programs.
  if (looks == watch_.looks().end() || source.reader == "json" || !source.recipe.empty() ||
      source.url.empty()) {
    return;
  }
  const std::string own = PageKey(source.url);
  for (const crawler::CrawlRequest& look : looks->second) {
    if (PageKey(look.url.href()) != own) {
      ++report_.looks;
      to.seeds.push_back(look);
    }
  }
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
  SW_ASSIGN(const DocumentGain gain, builder_.Add(judged, turn.age));
  for (const JudgedPost& post : judged.posts) {
    shadow_.Add(post.judgement);
  }
  NoteGain(turn, judged, gain);
  so_far_.findings = builder_.report().findings;
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
  // Nor that a post has vanished.
  const bool expected =
      guess || (no_such_page && watch_.Watches(PageKey(failure.request.url.href())));
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
  SW_TRY(builder_.Add(judged, turn.age));
  core::MutexLock lock(mutex_);
  if (!expected && report_.failures.size() < kMaxListed) {
    report_.failures.push_back(std::move(failure));
  }
  return {};
}

core::Result<void> Pass::Apply(crawler::Refusal& refusal) {
  Turn& turn = turns_.find(refusal.request.source)->second;
  return turn.platform == nullptr ? core::Result<void>{} : turn.platform->NoteRefusal(refusal);
}

core::Result<void> Pass::Commit() {
  if (purse_ != nullptr) {
    core::DocumentOutcome spent;
    spent.spending = purse_->TakeChanged();
    if (!spent.spending.empty()) {
      builder_.Add(std::move(spent));
    }
  }
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
  SW_TRY(store_->Commit(std::span(&outcome, 1)));
  return shadow_.Save(*store_, now);
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
