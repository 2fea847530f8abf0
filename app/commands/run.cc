#include "app/commands/run.h"

#include <fmt/format.h>
#include <unistd.h>

#include <algorithm>
#include <boost/json.hpp>
#include <chrono>
#include <condition_variable>
#include <ostream>
#include <span>
#include <thread>
#include <vector>

#include "alerts/channels/channel.h"
#include "alerts/composer.h"
#include "app/commands/audit.h"
#include "app/json_text.h"
#include "app/log.h"
#include "app/owner/owner.h"
#include "app/owner/store_command.h"
#include "app/pipeline/source_news.h"
#include "app/signals.h"
#include "app/terminal.h"
#include "app/version.h"
#include "core/mutex.h"
#include "storage/store.h"

namespace schoolwatch::app {
namespace {

using std::chrono::seconds;

constexpr seconds kUrgentRound{5};
// A mail that waits longer than this is a person's business (exit code 1).
constexpr seconds kLongWait{3600};
constexpr std::string_view kTimeLimitNote = "run/reached-time-limit";

// Requests a stop when the time is up.
class TimeLimit {
 public:
  TimeLimit(seconds limit, std::stop_source& stop)
      : thread_([this, limit, &stop](const std::stop_token& finished) {
          core::MutexLock lock(mutex_);
          if (!condition_.wait_for(mutex_, finished, limit, [] { return false; }) &&
              !finished.stop_requested()) {
            reached_ = true;
            stop.request_stop();
          }
        }) {}
  bool reached() const { return reached_; }

 private:
  core::Mutex mutex_;
  core::Condition condition_;
  std::atomic<bool> reached_ = false;
  std::jthread thread_;
};

// Sends what must not wait while a long pass goes on.
class UrgentRounds {
 public:
  UrgentRounds(const Workspace& workspace, storage::Store& store, alerts::AlertSink& sink,
               const core::Clock& clock)
      : thread_([&, this](const std::stop_token& finished) {
          for (;;) {
            {
              core::MutexLock lock(mutex_);
              condition_.wait_for(mutex_, finished, kUrgentRound, [] { return false; });
            }
            if (finished.stop_requested()) {
              return;
            }
            const auto report =
                DeliverWaiting(workspace, store, sink, clock, DeliveryRound::kUrgentOnly);
            sent_ += report ? report->sent : 0;
          }
        }) {}
  // Ends the rounds and says how many messages they sent.
  std::size_t Finish() {
    thread_.request_stop();
    thread_.join();
    return sent_;
  }

 private:
  core::Mutex mutex_;
  core::Condition condition_;
  std::size_t sent_ = 0;  // Of the thread alone until it is joined.
  std::jthread thread_;
};

void PrintJson(const PassReport& pass, std::span<const SourceNews> told,
               const DeliveryReport& delivery, const core::AuditHead& head, std::ostream& out) {
  namespace json = boost::json;
  for (const core::Finding& finding : pass.findings) {
    json::object line = ToJson(finding);
    line["type"] = "finding";
    out << json::serialize(line) << '\n';
  }
  for (const SourceTurn& turn : pass.turns) {
    json::object line{{"type", "source"},
                      {"name", turn.name},
                      {"documents", turn.documents},
                      {"unchanged", turn.unchanged},
                      {"failed", turn.failed},
                      {"posts", turn.posts},
                      {"mentions", turn.mentions},
                      {"findings", turn.findings},
                      {"out_of_scope", turn.out_of_scope},
                      {"left_for_later", turn.left_for_later},
                      {"health", core::SourceHealthName(turn.state.health)}};
    if (!turn.trouble.empty()) {
      line["trouble"] = turn.trouble;
    }
    out << json::serialize(line) << '\n';
  }
  for (const SourceNews& news : told) {
    out << json::serialize(json::object{{"type", "health"},
                                        {"source", news.source->name},
                                        {"health", core::SourceHealthName(news.state.health)},
                                        {"told_before", core::SourceHealthName(news.state.told)},
                                        {"error", news.state.last_error}})
        << '\n';
  }
  for (const crawler::Refusal& refusal : pass.refusals) {
    out << json::serialize(json::object{{"type", "refused"},
                                        {"source", refusal.request.source},
                                        {"url", refusal.request.url.href()},
                                        {"reason", crawler::RefusalReasonName(refusal.reason)},
                                        {"detail", refusal.detail}})
        << '\n';
  }
  // A source's own address that failed is its trouble; what it led to is named here.
  for (const crawler::FetchFailure& failure : pass.failures) {
    out << json::serialize(json::object{{"type", "failed"},
                                        {"source", failure.request.source},
                                        {"url", failure.request.url.href()},
                                        {"status", failure.status},
                                        {"error", failure.error.message}})
        << '\n';
  }
  for (const std::string& note : pass.notes) {
    out << json::serialize(json::object{{"type", "note"}, {"text", note}}) << '\n';
  }
  out << json::serialize(json::object{{"type", "summary"},
                                      {"sources", pass.turns.size()},
                                      {"not_due", pass.not_due},
                                      {"requests", pass.crawl.requests},
                                      {"unchanged", pass.crawl.unchanged},
                                      {"posts", pass.posts_read},
                                      {"new_posts", pass.commits.new_posts},
                                      {"findings", pass.commits.findings},
                                      {"cases", pass.commits.new_cases},
                                      {"mails_sent", delivery.sent},
                                      {"mails_waiting", delivery.waiting},
                                      {"mails_given_up", delivery.given_up},
                                      {"audit_entries", head.number},
                                      {"audit_head", core::ToHex(head.hash)},
                                      {"reached_time_limit", pass.reached_time_limit},
                                      {"milliseconds", pass.elapsed.count()}})
      << '\n';
}

}  // namespace

std::string UserAgent(const config::CrawlPolicy& policy) {
  return fmt::format("schoolwatch/{} (+{})", kVersion, policy.contact);
}

core::Result<std::unique_ptr<net::Fetcher>> MakeFetcher(
    const config::Settings& settings, const std::vector<net::ConnectOverride>& overrides) {
  net::FetcherOptions options;
  options.user_agent = UserAgent(settings.crawl);
  options.io_threads = settings.crawl.io_threads;
  options.max_in_flight = settings.crawl.max_in_flight;
  options.connect_timeout = settings.crawl.timeouts.connect;
  options.low_speed_time = settings.crawl.timeouts.stalled;
  options.connect_overrides = overrides;
  for (const std::string& network : settings.crawl.allow_addresses) {
    SW_TRY(options.guard.Allow(network));
  }
  for (const std::uint16_t port : settings.crawl.allow_ports) {
    options.guard.AllowPort(port);
  }
  return net::MakeCurlFetcher(std::move(options));
}

std::string SummaryLine(const PassReport& pass, const DeliveryReport& delivery) {
  std::string line =
      fmt::format("{} looked at, {} ({} unchanged), {} ({} new), {} in {}; {} sent",
                  Count(pass.turns.size(), "source"), Count(pass.crawl.requests, "request"),
                  pass.crawl.unchanged, Count(pass.posts_read, "post"), pass.commits.new_posts,
                  Count(pass.commits.findings, "possible concern"),
                  Count(pass.commits.new_cases, "new case"), Count(delivery.sent, "mail"));
  if (pass.not_due > 0) {
    line += fmt::format("; {} not due", Count(pass.not_due, "source"));
  }
  if (!pass.refusals.empty()) {
    line += fmt::format("; {} deliberately not fetched",
                        Count(pass.refusals.size(), "address", "addresses"));
  }
  const auto troubled =
      std::ranges::count_if(pass.turns, [](const SourceTurn& t) { return !t.trouble.empty(); });
  if (troubled > 0) {
    line += fmt::format("; {} in trouble", Count(static_cast<std::size_t>(troubled), "source"));
  }
  if (delivery.waiting > 0) {
    line += fmt::format("; {} waiting", Count(delivery.waiting, "mail"));
  }
  if (delivery.given_up > 0) {
    line += fmt::format("; {} GIVEN UP", Count(delivery.given_up, "mail"));
  }
  if (pass.reached_time_limit) {
    line += "; stopped at the time limit";
  } else if (pass.stopped) {
    line += "; stopped on request";
  }
  return line + fmt::format("; {:.1f} s", static_cast<double>(pass.elapsed.count()) / 1000.0);
}

void PrintDetails(const PassReport& pass, std::ostream& out) {
  for (const SourceTurn& turn : pass.turns) {
    out << fmt::format("  {:<24} {}, {}, {}", turn.name, Count(turn.documents, "page"),
                       Count(turn.posts, "post"), Count(turn.findings, "possible concern"));
    if (turn.unchanged > 0) {
      out << fmt::format(" ({} unchanged)", turn.unchanged);
    }
    if (turn.left_for_later > 0) {
      out << fmt::format(", {} more for the next runs", turn.left_for_later);
    }
    if (!turn.trouble.empty()) {
      out << fmt::format("\n  {:<24} ! {}", "", SafeForTerminal(turn.trouble));
    }
    out << '\n';
  }
  for (const std::string& note : pass.notes) {
    out << "  note: " << SafeForTerminal(note) << '\n';
  }
  for (const crawler::FetchFailure& failure : pass.failures) {
    if (failure.request.depth > 0) {
      out << fmt::format("  not had: {} ({})\n", failure.request.url.href(),
                         SafeForTerminal(failure.error.message));
    }
  }
  if (!pass.refusals.empty()) {
    out << "Deliberately not fetched:\n";
    for (const crawler::Refusal& refusal : pass.refusals) {
      out << fmt::format("  {}\n    {}{}{}\n", refusal.request.url.href(),
                         crawler::RefusalReasonName(refusal.reason),
                         refusal.detail.empty() ? "" : ": ", SafeForTerminal(refusal.detail));
    }
  }
}

ExitCode RunCommand(const RunCommandOptions& options, std::ostream& out, std::ostream& errors) {
  const auto fail = [&errors](const core::Error& error) { return ReportError(error, errors); };
  const bool dry = options.run.effects == Effects::kDryRun;
  core::Result<Workspace> workspace = LoadWorkspace(
      options.config_dir, options.data_dir, dry ? config::Secrets::kLeave : config::Secrets::kRead);
  if (!workspace) {
    return fail(workspace.error());
  }
  const config::Settings& settings = workspace->config.settings;
  StopOnSignal signals;
  const core::SystemClock clock;

  std::unique_ptr<storage::Store> store;
  std::unique_ptr<Owner> owner;  // Gone before the store is.
  const storage::OpenMode mode = dry ? storage::OpenMode::kReadOnly : storage::OpenMode::kReadWrite;
  core::Result<std::unique_ptr<storage::Store>> opened =
      OpenStoreWithin(options.wait, settings.storage.folder, mode, "schoolwatch run");
  if (opened) {
    store = std::move(*opened);
    auto serving = Owner::Start(*store, mode, settings.storage.folder);
    if (serving) {
      owner = std::move(*serving);
    } else {
      // The run matters more than those who look on: they wait until it is done.
      errors << "schoolwatch: nobody can look while this runs: " << serving.error().message << '\n';
    }
  } else if (!dry || opened.error().kind != core::ErrorKind::kNotFound) {
    return fail(opened.error());
  }
  std::unique_ptr<Log> log;
  if (!dry) {
    core::Result<std::unique_ptr<Log>> file = Log::Open(settings.storage.folder);
    if (!file) {
      return fail(file.error());
    }
    log = std::move(*file);
  }
  core::Result<std::unique_ptr<net::Fetcher>> fetcher =
      MakeFetcher(settings, options.run.connect_overrides);
  if (!fetcher) {
    return fail(fetcher.error());
  }
  std::unique_ptr<alerts::Composer> composer;
  std::unique_ptr<alerts::AlertSink> sink;
  if (!dry) {
    auto made = MakeComposer(*workspace);
    if (!made) {
      return fail(made.error());
    }
    composer = std::move(*made);
    auto channel = alerts::MakeSink(settings, *composer);
    if (!channel) {
      return fail(channel.error());
    }
    sink = std::move(*channel);
  }

  ProgressLine progress;
  core::Result<PassReport> pass = core::Fail(core::ErrorKind::kCancelled, "");
  DeliveryReport delivery;
  {
    TimeLimit limit(settings.limits.run_time, signals.source());
    std::optional<UrgentRounds> urgent;
    if (sink != nullptr) {
      urgent.emplace(*workspace, *store, *sink, clock);
    }
    pass = RunPass(
        *workspace, store.get(), **fetcher, clock, options.run,
        [&progress](const Progress& so_far) {
          progress.Show(fmt::format("{} read, {}, {}, {}", Count(so_far.documents, "page"),
                                    Count(so_far.posts, "post"), Count(so_far.mentions, "mention"),
                                    Count(so_far.findings, "possible concern")));
        },
        signals.token());
    const std::size_t sent_meanwhile = urgent ? urgent->Finish() : 0;
    if (!pass) {
      progress.Clear();
      if (log) {
        log->Warn(pass.error().message);
      }
      return fail(pass.error());
    }
    pass->reached_time_limit = limit.reached();
    delivery.sent = sent_meanwhile;
  }
  // A person who stopped the run wants it to end now; the mails are safe in the outbox.
  if (sink != nullptr && signals.signal() == 0) {
    progress.Show("sending mail …");
    core::Result<DeliveryReport> delivered =
        DeliverWaiting(*workspace, *store, *sink, clock, DeliveryRound::kAll);
    if (!delivered) {
      progress.Clear();
      return fail(delivered.error());
    }
    delivered->sent += delivery.sent;
    delivery = std::move(*delivered);
  }
  progress.Clear();

  std::vector<SourceNews> told;
  bool act = delivery.given_up > 0 || delivery.longest_wait > kLongWait;
  if (pass->commits.untold > 0) {
    act = true;
    errors << fmt::format(
        "schoolwatch: {} can be told to nobody, as every contact may be named in it; add a chair "
        "of "
        "governors to the contacts, and look with: schoolwatch cases list\n",
        Count(pass->commits.untold, "possible concern"));
  }
  if (!dry) {
    core::Result<std::vector<SourceNews>> news = LoadSourceNews(workspace->config.sources, *store);
    if (!news) {
      return fail(news.error());
    }
    for (const SourceNews& one : *news) {
      act = act || one.state.health == core::SourceHealth::kBroken;
      errors << "schoolwatch: " << Describe(one, clock.Now()) << '\n';
    }
    // Only what reached its reader counts as told: said twice is better than never.
    if (errors.flush()) {
      if (core::Result<void> marked = MarkTold(*news, *store); !marked) {
        return fail(marked.error());
      }
    }
    told = *std::move(news);
  }
  for (const std::string& trouble : delivery.troubles) {
    errors << "schoolwatch: " << SafeForTerminal(trouble) << '\n';
  }
  if (!dry) {
    const auto before = store->FindNote(kTimeLimitNote);
    if (pass->reached_time_limit) {
      const bool twice = before && before->has_value() && **before == "yes";
      act = act || twice;
      errors << fmt::format(
          "schoolwatch: the run reached its limit of {} s{}; what was not fetched stays due\n",
          settings.limits.run_time.count(), twice ? " for the second time running" : "");
    }
    if (auto noted = store->SetNote(kTimeLimitNote, pass->reached_time_limit ? "yes" : "no");
        !noted) {
      return fail(noted.error());
    }
  }
  const std::string summary = SummaryLine(*pass, delivery);
  core::AuditHead head;
  if (store != nullptr) {
    core::Result<core::AuditHead> loaded = store->LoadAuditHead();
    if (!loaded) {
      return fail(loaded.error());
    }
    head = *loaded;
  }
  if (log) {
    log->Info(summary);
    log->Info("audit log: " + HeadLine(head));
    for (const SourceTurn& turn : pass->turns) {
      if (!turn.trouble.empty()) {
        log->Warn(turn.name + ": " + turn.trouble);
      }
    }
  }
  if (options.form == OutputForm::kJsonLines) {
    PrintJson(*pass, told, delivery, head, out);
  } else if (dry || IsTerminal(stdout)) {
    if (dry) {
      for (const core::Finding& finding : pass->findings) {
        out << fmt::format("would report: {} · {} · {}\n",
                           core::SeverityName(finding.judgement.severity), finding.school,
                           SafeForTerminal(finding.post.url));
      }
    }
    PrintDetails(*pass, out);
    out << summary << (dry ? " (dry run: nothing was written or sent)" : "") << '\n';
    if (!dry) {
      out << "audit log: " << HeadLine(head) << '\n';
    }
  }
  return act ? ExitCode::kActionNeeded : ExitCode::kDone;
}

}  // namespace schoolwatch::app
