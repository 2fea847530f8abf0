#include "app/pipeline/round.h"

#include <fmt/format.h>

#include <algorithm>
#include <chrono>
#include <condition_variable>
#include <iterator>
#include <optional>
#include <ostream>
#include <string_view>
#include <thread>
#include <utility>

#include "app/intake/intake_ways.h"
#include "app/lost_erasures.h"
#include "app/notices/day_line.h"
#include "app/notices/heartbeat.h"
#include "app/notices/report_numbers.h"
#include "app/pipeline/mute_notices.h"
#include "app/pipeline/unanswered.h"
#include "app/purge_receipts.h"
#include "app/terminal.h"
#include "core/mutex.h"
#include "storage/retention.h"

namespace schoolwatch::app {
namespace {

using std::chrono::seconds;

constexpr seconds kUrgentRound{5};
// A mail that waits longer than this is a person's business.
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

// The pass, with what is urgent sent meanwhile; says how many messages that were.
core::Result<PassReport> PassWithUrgentMails(const Equipment& equipment, storage::Store* store,
                                             const core::Clock& clock, const RunOptions& options,
                                             ProgressLine& progress, std::stop_source stop,
                                             std::size_t& sent) {
  const TimeLimit limit(equipment.workspace.config.settings.limits.run_time, stop);
  std::optional<UrgentRounds> urgent;
  if (equipment.sink != nullptr) {
    urgent.emplace(equipment.workspace, *store, *equipment.sink, clock);
  }
  core::Result<PassReport> pass = RunPass(
      equipment.workspace, store, *equipment.fetcher, clock, options,
      [&progress](const Progress& so_far) {
        progress.Show(fmt::format("{} read, {}, {}, {}", Count(so_far.documents, "page"),
                                  Count(so_far.posts, "post"), Count(so_far.mentions, "mention"),
                                  Count(so_far.findings, "possible concern")));
      },
      stop.get_token());
  sent = urgent ? urgent->Finish() : 0;
  if (pass) {
    pass->reached_time_limit = limit.reached();
  }
  return pass;
}

// Says what the sources' health is, once, and marks it said.
core::Result<std::vector<SourceNews>> TellSourceNews(const Equipment& equipment,
                                                     storage::Store& store, core::Timestamp now,
                                                     std::ostream& errors) {
  const config::Configuration& config = equipment.workspace.config;
  SW_ASSIGN(std::vector<SourceNews> news, LoadSourceNews(config.sources, store));
  SW_ASSIGN(std::vector<SourceNews> reports, LoadSourceNews(IntakeWays(config.settings), store));
  std::ranges::move(reports, std::back_inserter(news));
  for (const SourceNews& one : news) {
    errors << "schoolwatch: " << Describe(one, now) << '\n';
  }
  // Only what reached its reader counts as told: said twice is better than never.
  if (errors.flush()) {
    SW_TRY(MarkTold(news, NoticesOf(news, config.settings, now), store));
  }
  return news;
}

// What is due to be said beside alerts: of the sources, of the day, of the week. Queued before the
// round's mails are sent, so that it goes with them.
core::Result<std::vector<SourceNews>> TellRest(const Equipment& equipment, const PassReport& pass,
                                               storage::Store& store, core::Timestamp now,
                                               std::ostream& errors) {
  const core::MutexLock turn(store.turn());
  SW_ASSIGN(std::vector<SourceNews> told, TellSourceNews(equipment, store, now, errors));
  SW_TRY(CountPass(pass, store, now));
  SW_TRY(QueueDayLines(equipment.workspace.config, store, now));
  SW_TRY(QueueReports(equipment.workspace.config, equipment.workspace.data_dir, store, now));
  return told;
}

// True where the limit was reached in the round before, too.
core::Result<bool> NoteTimeLimit(bool reached, storage::Store& store) {
  SW_ASSIGN(const std::optional<std::string> before, store.FindNote(kTimeLimitNote));
  SW_TRY(store.SetNote(kTimeLimitNote, reached ? "yes" : "no"));
  return reached && before == "yes";
}

}  // namespace

core::Result<RoundReport> RunRound(const Equipment& equipment, storage::Store* store,
                                   const core::Clock& clock, const RunOptions& options,
                                   std::stop_token stop, std::ostream& errors) {
  const bool dry = options.effects == Effects::kDryRun;
  RoundReport round;
  if (!dry) {
    const core::MutexLock turn(store->turn());
    SW_ASSIGN(round.act, TellLostErasures(*store, clock.Now(), errors));
  }
  if (!dry && HasIntake(equipment.workspace.config.settings)) {
    // First: what is urgent in it goes while the sources are looked at.
    SW_ASSIGN(round.intake, TakeReports(equipment, *store, clock, IntakePace::kWhenDue, stop));
    for (const std::string& trouble : round.intake.troubles) {
      errors << "schoolwatch: intake: " << SafeForTerminal(trouble) << '\n';
    }
  }
  {
    ProgressLine progress;
    // The time limit ends the pass but not the round.
    std::stop_source pass_stop;
    const std::stop_callback passed_on(stop, [&pass_stop] { pass_stop.request_stop(); });
    std::size_t sent_meanwhile = 0;
    SW_ASSIGN(round.pass, PassWithUrgentMails(equipment, store, clock, options, progress, pass_stop,
                                              sent_meanwhile));
    if (!dry) {
      progress.Clear();
      SW_ASSIGN(round.told, TellRest(equipment, round.pass, *store, clock.Now(), errors));
      const config::Settings& settings = equipment.workspace.config.settings;
      SW_TRY(QueueMuteNotices(settings, *store, clock.Now()));
      SW_TRY(TellOfUnanswered(settings, *store, clock.Now()));
    }
    // A person who stopped it wants it to end now; the mails are safe in the outbox.
    if (equipment.sink != nullptr && !stop.stop_requested()) {
      progress.Show("sending mail …");
      SW_ASSIGN(round.delivery, DeliverWaiting(equipment.workspace, *store, *equipment.sink, clock,
                                               DeliveryRound::kAll));
    }
    round.delivery.sent += sent_meanwhile;
  }

  round.act = round.act || round.intake.refused || round.delivery.given_up > 0 ||
              round.delivery.longest_wait > kLongWait;
  const std::size_t untold = round.pass.commits.untold + round.delivery.untold;
  if (untold > 0) {
    round.act = true;
    errors << fmt::format(
        "schoolwatch: {} can be told to nobody, as every contact may be named in it; add a chair "
        "of governors to the contacts, and look with: schoolwatch cases list\n",
        Count(untold, "possible concern"));
  }
  if (!dry) {
    for (const SourceNews& one : round.told) {
      round.act = round.act || one.state.health == core::SourceHealth::kBroken;
    }
  }
  for (const std::string& trouble : round.delivery.troubles) {
    errors << "schoolwatch: " << SafeForTerminal(trouble) << '\n';
  }
  if (!dry) {
    SW_ASSIGN(const bool twice, NoteTimeLimit(round.pass.reached_time_limit, *store));
    round.act = round.act || twice;
    if (round.pass.reached_time_limit) {
      errors << fmt::format(
          "schoolwatch: the run reached its limit of {} s{}; what was not fetched stays due\n",
          equipment.workspace.config.settings.limits.run_time.count(),
          twice ? " for the second time running" : "");
    }
  }
  if (!dry && options.upkeep == Upkeep::kPurge) {
    const core::MutexLock turn(store->turn());
    SW_ASSIGN(const storage::PurgeReport purged,
              PurgeWithReceipt(*store, equipment.workspace.config.settings, clock.Now(),
                               storage::PurgeLimits{}));
    round.receipt = ReceiptLine(purged);
    if (purged.clock_jumped) {
      errors << "schoolwatch: " << round.receipt << '\n';
    }
  }
  if (store != nullptr) {
    SW_ASSIGN(round.head, store->LoadAuditHead());
  }
  if (!dry) {
    const auto troubled = std::ranges::count_if(
        round.pass.turns, [](const SourceTurn& turn) { return !turn.trouble.empty(); });
    const core::Result<void> beat =
        WriteHeartbeat(equipment.workspace.config.settings.storage.folder,
                       {.at = clock.Now(),
                        .sources = round.pass.turns.size(),
                        .troubled = static_cast<std::size_t>(troubled)});
    if (!beat) {
      errors << "schoolwatch: " << beat.error().message << '\n';
    }
  }
  return round;
}

}  // namespace schoolwatch::app
