#include "app/commands/run.h"

#include <memory>
#include <ostream>
#include <utility>

#include "app/commands/round_report.h"
#include "app/equipment.h"
#include "app/log.h"
#include "app/owner/owner.h"
#include "app/owner/store_command.h"
#include "app/pipeline/round.h"
#include "app/signals.h"
#include "core/clock.h"
#include "storage/store.h"

namespace schoolwatch::app {
ExitCode RunCommand(const RunCommandOptions& options, std::ostream& out, std::ostream& errors) {
  const auto fail = [&errors](const core::Error& error) { return ReportError(error, errors); };
  const bool dry = options.run.effects == Effects::kDryRun;
  const auto equipment = Equip(options.config_dir, options.data_dir, options.run.connect_overrides,
                               dry ? Mails::kNone : Mails::kSent);
  if (!equipment) {
    return fail(equipment.error());
  }
  const config::Settings& settings = (*equipment)->workspace.config.settings;
  const Signals signals(Hangup::kStops);
  const core::SystemClock clock;

  std::unique_ptr<storage::Store> store;
  std::unique_ptr<Owner> owner;  // Gone before the store is.
  const storage::OpenMode mode = dry ? storage::OpenMode::kReadOnly : storage::OpenMode::kReadWrite;
  core::Result<std::unique_ptr<storage::Store>> opened =
      OpenStoreWithin(options.wait, settings.storage.folder, mode, "schoolwatch run");
  if (opened) {
    store = std::move(*opened);
    owner = ServeOthers(*store, mode, settings.storage.folder, errors);
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
  const core::Result<RoundReport> round =
      RunRound(**equipment, store.get(), clock, options.run, signals.token(), errors);
  if (!round) {
    if (log) {
      log->Warn(round.error().message);
    }
    return fail(round.error());
  }
  if (log) {
    LogRound(*round, *log);
  }
  PrintRound(*round, options.run.effects, options.form, out);
  return round->act ? ExitCode::kActionNeeded : ExitCode::kDone;
}

}  // namespace schoolwatch::app
