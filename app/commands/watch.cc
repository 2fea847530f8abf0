#include "app/commands/watch.h"

#include <fmt/format.h>

#include <memory>
#include <optional>
#include <ostream>
#include <string>
#include <utility>
#include <vector>

#include "app/commands/round_report.h"
#include "app/equipment.h"
#include "app/fetcher.h"
#include "app/log.h"
#include "app/owner/owner.h"
#include "app/owner/store_command.h"
#include "app/pipeline/round.h"
#include "app/pipeline/streams.h"
#include "app/service_manager.h"
#include "app/signals.h"
#include "app/terminal.h"
#include "app/version.h"
#include "core/clock.h"
#include "core/time.h"
#include "storage/store.h"

namespace schoolwatch::app {
namespace {

using std::chrono::seconds;

// How late a source that has become due may be looked at.
constexpr seconds kBetweenRounds{15};
// What a round may take beyond its own time limit before the daemon counts as hung.
constexpr seconds kRoundMargin{600};

// Retention looks at every record, which takes longer than many a round.
constexpr std::chrono::hours kBetweenPurges{1};

bool IsIdle(const RoundReport& round) {
  return round.pass.turns.empty() && round.intake.taken.empty() && round.receipt.empty() &&
         round.delivery.sent == 0 && round.delivery.given_up == 0;
}

std::string Status(const Equipment& equipment, std::size_t streams, core::Timestamp read) {
  const auto& config = equipment.workspace.config;
  return fmt::format("Watching {}{} for {}, by the configuration read at {}",
                     Count(config.sources.size(), "source"),
                     streams == 0 ? std::string() : " and " + Count(streams, "stream"),
                     Count(config.settings.schools.size(), "school"), core::FormatRfc3339(read));
}

class Watch {
 public:
  Watch(const WatchCommandOptions& options, std::unique_ptr<const Equipment> equipment,
        storage::Store& store, Log& log, std::ostream& out, std::ostream& errors)
      : options_(options),
        equipment_(std::move(equipment)),
        store_(store),
        log_(log),
        out_(out),
        errors_(errors),
        read_(clock_.Now()) {}

  // Until a stop is asked for, or the store can no longer be used.
  core::Result<void> Run(Signals& signals) {
    SW_TRY(StartStreams());
    Announce();
    while (!signals.token().stop_requested()) {
      manager_.ShowLife(equipment_->workspace.config.settings.limits.run_time + kRoundMargin);
      SW_ASSIGN(const RoundReport round,
                RunRound(*equipment_, &store_, clock_, {.upkeep = NextUpkeep()}, signals.token(),
                         errors_));
      if (!IsIdle(round)) {
        LogRound(round, log_);
        PrintRound(round, Effects::kFull, options_.form, out_);
        out_.flush();
      }
      SW_TRY(TellStreams());
      signals.WaitFor(kBetweenRounds);
      if (signals.TakeReload()) {
        manager_.Reloading();
        SW_TRY(Reload());
        Announce();
      }
    }
    manager_.Stopping();
    streams_.reset();
    return {};
  }

 private:
  Upkeep NextUpkeep() {
    const core::Timestamp now = clock_.Now();
    if (now - purged_ < kBetweenPurges && now >= purged_) {
      return Upkeep::kNone;
    }
    purged_ = now;
    return Upkeep::kPurge;
  }

  void Announce() {
    const std::string status = Status(*equipment_, stream_count_, read_);
    manager_.Ready(status);
    log_.Info(status);
    if (options_.form == OutputForm::kForPeople && IsTerminal(stdout)) {
      out_ << status << std::endl;
    }
  }

  // Beside the rounds, on a thread of their own.
  core::Result<void> StartStreams() {
    const Workspace& workspace = equipment_->workspace;
    std::vector<std::string> troubles;
    std::vector<StreamJob> jobs = StreamsOf(workspace, kVersion, troubles);
    for (const std::string& trouble : troubles) {
      Warn(trouble);
    }
    stream_count_ = jobs.size();
    if (jobs.empty()) {
      return {};
    }
    SW_ASSIGN(std::unique_ptr<net::StreamClient> client,
              MakeStreamClient(workspace.config.settings, options_.connect_overrides));
    SW_ASSIGN(streams_,
              Streams::Start(std::move(jobs), workspace, store_, std::move(client), clock_));
    return {};
  }

  // What they have to say; an error where they can store nothing any more.
  core::Result<void> TellStreams() {
    if (streams_ == nullptr) {
      return {};
    }
    for (const std::string& news : streams_->TakeNews()) {
      Warn(news);
    }
    const std::optional<core::Error> error = streams_->error();
    return error ? core::Result<void>(core::Fail(*error)) : core::Result<void>();
  }

  void Warn(const std::string& line) {
    errors_ << "schoolwatch: " << SafeForTerminal(line) << std::endl;
    log_.Warn(line);
  }

  // The new configuration, or the reasons why the old one stays.
  core::Result<void> Reload() {
    auto fresh =
        Equip(options_.config_dir, options_.data_dir, options_.connect_overrides, Mails::kSent);
    if (fresh && (*fresh)->workspace.config.settings.storage.folder !=
                     equipment_->workspace.config.settings.storage.folder) {
      fresh = core::Fail(core::ErrorKind::kBadInput,
                         "storage.folder has changed, which needs a restart");
    }
    if (!fresh) {
      const std::string stays = fmt::format(
          "the configuration read at {} stays in force; mend this, try it with `schoolwatch "
          "check`, then reload again",
          core::FormatRfc3339(read_));
      errors_ << fresh.error().message << "\nschoolwatch: " << stays << std::endl;
      log_.Warn("a configuration was refused: " + stays);
      return {};
    }
    // They read by the old one; what they have read is stored before the new ones begin.
    streams_.reset();
    equipment_ = *std::move(fresh);
    read_ = clock_.Now();
    return StartStreams();
  }

  const WatchCommandOptions& options_;
  std::unique_ptr<const Equipment> equipment_;
  storage::Store& store_;
  Log& log_;
  std::ostream& out_;
  std::ostream& errors_;
  const core::SystemClock clock_;
  core::Timestamp read_;      // When the configuration in force was.
  core::Timestamp purged_{};  // When a round with a purge began last.
  std::size_t stream_count_ = 0;
  ServiceManager manager_;
  std::unique_ptr<Streams> streams_;  // Null: no source has one. Ends before what it borrows.
};

}  // namespace

ExitCode WatchCommand(const WatchCommandOptions& options, std::ostream& out, std::ostream& errors) {
  const auto fail = [&errors](const core::Error& error) { return ReportError(error, errors); };
  auto equipment =
      Equip(options.config_dir, options.data_dir, options.connect_overrides, Mails::kSent);
  if (!equipment) {
    return fail(equipment.error());
  }
  const std::filesystem::path folder = (*equipment)->workspace.config.settings.storage.folder;
  Signals signals(Hangup::kReloads);
  const auto store =
      OpenStoreWithin(options.wait, folder, storage::OpenMode::kReadWrite, "schoolwatch watch");
  if (!store) {
    return fail(store.error());
  }
  const std::unique_ptr<Owner> owner =
      ServeOthers(**store, storage::OpenMode::kReadWrite, folder, errors);
  const auto log = Log::Open(folder);
  if (!log) {
    return fail(log.error());
  }
  const core::Result<void> done =
      Watch(options, *std::move(equipment), **store, **log, out, errors).Run(signals);
  if (!done) {
    (*log)->Warn(done.error().message);
    return fail(done.error());
  }
  return ExitCode::kDone;
}

}  // namespace schoolwatch::app
