#include "app/commands/watchdog.h"

#include <fmt/format.h>

#include <ostream>
#include <string>
#include <utility>
#include <vector>

#include "alerts/channels/channel.h"
#include "alerts/delivery.h"
#include "app/notices/heartbeat.h"
#include "app/notices/notice_item.h"
#include "app/pipeline/delivery.h"
#include "app/workspace.h"
#include "config/file.h"
#include "core/hash.h"

namespace schoolwatch::app {
namespace {

namespace fs = std::filesystem;

// Stands for sources.yaml where that one cannot be read: whom to tell is in the other file.
constexpr std::string_view kNoSources = "sources: {none: {url: \"https://none.example/\"}}\n";

constexpr std::size_t kMaxYamlBytes = 16u << 20;

struct Configured {
  config::Configuration config;
  std::string trouble;  // What keeps runs from starting at all; empty: nothing.
};

core::Result<Configured> LoadWhatIsNeeded(const fs::path& folder) {
  config::Diagnostics problems;
  auto whole = config::LoadConfiguration(folder, problems);
  if (whole) {
    return Configured{*std::move(whole), ""};
  }
  SW_ASSIGN(const std::string text,
            config::ReadSmallFile(folder / "schoolwatch.yaml", kMaxYamlBytes));
  config::Diagnostics others;
  auto half = config::ReadConfiguration(folder, text, kNoSources, others);
  if (!half) {
    return core::Fail(std::move(half).error());
  }
  return Configured{*std::move(half),
                    "The configuration has mistakes, so that no run can start: `schoolwatch check` "
                    "shows them."};
}

core::Notice NoticeOf(const WatchdogVerdict& verdict, const std::string& configuration,
                      const WatchdogState& before) {
  core::Notice notice;
  notice.kind = "watchdog";
  if (verdict.kind == WatchdogVerdict::Kind::kRecovered) {
    notice.subject = "the watch goes on again";
    notice.text = fmt::format(
        "Runs come to their end again. They had stopped, as was said at {}. What was posted "
        "meanwhile is looked at now, as far as it still stands there.",
        core::FormatRfc3339(before.told_at));
    return notice;
  }
  notice.subject = "the watch has stopped";
  notice.text =
      verdict.trouble + (configuration.empty() ? "" : "\n\n" + configuration) +
      "\n\nUntil this is mended nobody is told of new posts: if something worries you, look "
      "yourself.\n\nFor whoever looks after schoolwatch: `schoolwatch doctor` says what is wrong "
      "with the installation, `schoolwatch run` says why a run does not come to its end; then look "
      "whether the timer, service or cron line is still there. Times are UTC.";
  return notice;
}

core::Result<void> Tell(const Configured& configured, const fs::path& data_dir,
                        const core::Notice& notice, core::Timestamp now) {
  Workspace workspace;
  workspace.data_dir = data_dir;
  workspace.config = configured.config;
  const config::Settings& settings = workspace.config.settings;
  SW_ASSIGN(const std::unique_ptr<alerts::Composer> composer, MakeComposer(workspace));
  SW_ASSIGN(const std::unique_ptr<alerts::AlertSink> sink, alerts::MakeSink(settings, *composer));
  core::Result<void> all;
  for (const config::Contact* const contact :
       ContactsFor(settings.contacts, settings.alerts.watchdog.to, "", Fallback::kHeadteacher)) {
    // One a day under one Message-ID, so that what could not be noted down here is at least dropped
    // by a mailbox that knows repeats.
    const std::string day = core::FormatRfc3339(now).substr(0, 10);
    const std::string school = OnlySchool(*contact, settings);
    const core::OutboxItem item =
        NoticeItem(*contact, notice, notice.subject + "\n" + day, school, now);
    core::OutboxBatch batch;
    batch.key = core::ShortHash("batch\n" + item.id);
    batch.message_id =
        "notice-" + batch.key + settings.alerts.from.substr(settings.alerts.from.rfind('@'));
    batch.recipient = contact->email;
    batch.school = school;
    batch.items = {item};
    batch.created_at = batch.next_attempt_at = now;
    const alerts::AlertBatch alert = alerts::MakeAlertBatch(std::move(batch), {}, settings.schools);
    if (core::Result<void> sent = sink->Deliver(alert); !sent) {
      all = core::Fail(sent.error().kind, "the mail to " + contact->email +
                                              " was not accepted: " + sent.error().message);
    }
  }
  return all;
}

// Where nothing can be noted down, one hour of each reminder's time is for telling.
bool IsItsHour(core::Timestamp now, std::chrono::hours remind) {
  return now.time_since_epoch() % remind < std::chrono::hours(1);
}

}  // namespace

ExitCode WatchdogCommand(const WatchdogOptions& options, const core::Clock& clock,
                         std::ostream& out, std::ostream& errors) {
  const core::Result<Configured> configured = LoadWhatIsNeeded(options.config_dir);
  if (!configured) {
    return ReportError(configured.error(), errors);
  }
  const config::Settings& settings = configured->config.settings;
  const fs::path& folder = settings.storage.folder;
  const config::WatchdogSettings& limits = settings.alerts.watchdog;
  const core::Timestamp now = clock.Now();
  const WatchdogState before = ReadWatchdogState(folder);
  const WatchdogVerdict verdict =
      JudgeHeartbeat(ReadHeartbeat(folder), before,
                     {.silent_for = limits.silent_for, .remind = limits.remind}, now);
  if (!verdict.trouble.empty()) {
    out << verdict.trouble << '\n';
  }
  // Before it is told, to know that it can be.
  const core::Result<void> noted = WriteWatchdogState(folder, before);
  if (verdict.tell && (noted || IsItsHour(now, limits.remind))) {
    const core::Result<void> told =
        Tell(*configured, options.data_dir, NoticeOf(verdict, configured->trouble, before), now);
    if (!told) {
      return ReportError(told.error(), errors), ExitCode::kActionNeeded;
    }
    out << (verdict.kind == WatchdogVerdict::Kind::kRecovered ? "Runs go on again; it was said.\n"
                                                              : "It was said.\n");
  }
  if (noted) {
    if (const core::Result<void> kept = WriteWatchdogState(folder, verdict.after); !kept) {
      errors << "schoolwatch: " << kept.error().message << '\n';
    }
  } else if (verdict.kind != WatchdogVerdict::Kind::kFine) {
    errors << "schoolwatch: " << noted.error().message << '\n';
  }
  return verdict.kind == WatchdogVerdict::Kind::kTrouble ? ExitCode::kActionNeeded
                                                         : ExitCode::kDone;
}

}  // namespace schoolwatch::app
