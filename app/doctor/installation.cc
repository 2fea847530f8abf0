#include "app/doctor/installation.h"

#include <date/tz.h>
#include <fmt/format.h>
#include <sys/stat.h>
#include <sys/statvfs.h>
#include <unistd.h>

#include <array>
#include <chrono>
#include <cstdint>
#include <exception>
#include <fstream>
#include <iterator>
#include <string>
#include <string_view>
#include <system_error>

#include "app/terminal.h"
#include "app/workspace.h"
#include "storage/store_folder.h"

namespace schoolwatch::app {
namespace {

namespace fs = std::filesystem;
using Urgency = Advice::Urgency;

constexpr std::uint64_t kMegabyte = 1'000'000;
constexpr std::uint64_t kTooLittle = 200 * kMegabyte;
constexpr std::uint64_t kLittle = 1000 * kMegabyte;
// No clock of a machine that runs this release is before it.
constexpr core::Timestamp kReleased = std::chrono::sys_days(std::chrono::year(2026) / 1 / 1);
constexpr core::Timestamp kUnlikely = std::chrono::sys_days(std::chrono::year(2100) / 1 / 1);

// Whether others may do this with a path.
bool OthersMay(const fs::path& path, fs::perms what) {
  std::error_code error;
  return (fs::status(path, error).permissions() & what) != fs::perms::none && !error;
}

void CheckConfigurationModes(const fs::path& config_dir, std::vector<Advice>& advice) {
  constexpr fs::perms kWrite = fs::perms::group_write | fs::perms::others_write;
  for (const std::string_view name : {"", "schoolwatch.yaml", "sources.yaml", "rules"}) {
    const fs::path path = name.empty() ? config_dir : config_dir / name;
    if (OthersMay(path, kWrite)) {
      advice.push_back({Urgency::kAct, "permissions",
                        fmt::format("others than its owner may change '{}', and with it who is "
                                    "told of what",
                                    path.string()),
                        fmt::format("chmod go-w '{}'", path.string())});
    }
  }
}

bool MentionsUs(const fs::path& file) {
  std::ifstream in(file);
  const std::string text{std::istreambuf_iterator<char>(in), {}};
  return text.find("schoolwatch") != std::string::npos;
}

void CheckLeftovers(const fs::path& folder, std::vector<Advice>& advice) {
  std::error_code error;
  for (fs::directory_iterator at(folder, error); !error && at != fs::directory_iterator();
       at.increment(error)) {
    const std::string name = at->path().filename().string();
    if (name.starts_with(storage::kDamagedPrefix) || name.starts_with(storage::kReplacedPrefix) ||
        name.starts_with(storage::kUnfinishedPrefix) ||
        name.starts_with(storage::kQuarantinePrefix)) {
      advice.push_back({Urgency::kNote, "data protection",
                        fmt::format("'{}' was left by a repair or restore; it holds personal data "
                                    "that no retention reaches",
                                    at->path().string()),
                        "delete it once nobody needs it any more"});
    }
  }
}

}  // namespace

std::optional<config::Configuration> CheckFiles(const fs::path& config_dir,
                                                const fs::path& data_dir,
                                                std::vector<Advice>& advice) {
  core::Result<Workspace> workspace = LoadWorkspace(config_dir, data_dir, config::Secrets::kRead);
  CheckConfigurationModes(config_dir, advice);
  if (workspace) {
    const std::size_t sources = workspace->config.sources.size();
    advice.push_back({Urgency::kFine, "configuration",
                      fmt::format("it is read without an error: {}, {}",
                                  Count(workspace->config.settings.schools.size(), "school"),
                                  Count(sources, "source")),
                      ""});
    if (!workspace->refused.empty()) {
      advice.push_back({Urgency::kAct, "configuration", workspace->refused,
                        "correct what is named; `schoolwatch check` shows whether all is well"});
    }
    if (!workspace->warnings.empty()) {
      advice.push_back({Urgency::kNote, "configuration", workspace->warnings, ""});
    }
    return std::move(workspace->config);
  }
  advice.push_back({Urgency::kAct, "configuration", workspace.error().message,
                    "correct what is named; `schoolwatch check` shows whether all is well"});
  config::Diagnostics problems;
  auto configuration = config::LoadConfiguration(config_dir, problems, config::Secrets::kLeave);
  return configuration ? std::optional(*std::move(configuration)) : std::nullopt;
}

void CheckStoreFolder(const fs::path& folder, std::vector<Advice>& advice) {
  struct stat status{};
  if (::stat(folder.c_str(), &status) != 0) {
    advice.push_back({Urgency::kNote, "store",
                      fmt::format("there is none yet in '{}'", folder.string()),
                      "`schoolwatch run` makes it"});
    return;
  }
  if (status.st_uid != ::geteuid()) {
    advice.push_back({Urgency::kAct, "permissions",
                      fmt::format("'{}' belongs to user number {}, and this is user number {}",
                                  folder.string(), status.st_uid, ::geteuid()),
                      "run schoolwatch, and this command, as the user that owns the store"});
  }
  constexpr fs::perms kAny = fs::perms::group_all | fs::perms::others_all;
  for (const fs::path& path : {storage::DatabaseFolder(folder), folder / "audit.key",
                               folder / "answers.key", folder / "mail-token"}) {
    if (OthersMay(path, kAny)) {
      advice.push_back({Urgency::kAct, "permissions",
                        fmt::format("others may read '{}', which holds {}", path.string(),
                                    path.filename() == "mail-token" ? "the login of the mail server"
                                                                    : "personal data"),
                        fmt::format("chmod go-rwx '{}'", path.string())});
    }
  }
  struct statvfs disk{};
  if (::statvfs(folder.c_str(), &disk) == 0) {
    const std::uint64_t room = std::uint64_t{disk.f_bavail} * disk.f_frsize;
    const std::string what = fmt::format("{} MB are free where the store lies", room / kMegabyte);
    if (room < kTooLittle || disk.f_favail == 0) {
      advice.push_back({Urgency::kAct, "disk", what,
                        "free some space: a run that finds the disk full stops, and nothing is "
                        "watched until there is room"});
    } else {
      advice.push_back({room < kLittle ? Urgency::kNote : Urgency::kFine, "disk", what,
                        room < kLittle ? "free some space soon" : ""});
    }
    if ((disk.f_flag & ST_RDONLY) != 0) {
      advice.push_back({Urgency::kAct, "disk", "the disk that holds the store can only be read",
                        "make it writable; after an error of the disk look at it first (dmesg)"});
    }
  }
  CheckLeftovers(folder, advice);
}

void CheckTime(core::Timestamp now, std::vector<Advice>& advice) {
  if (now < kReleased || now > kUnlikely) {
    advice.push_back(
        {Urgency::kAct, "clock",
         "this machine's clock says " + core::FormatRfc3339(now) + ", which cannot be right",
         "set it, and have it kept right: timedatectl set-ntp true"});
  } else {
    advice.push_back({Urgency::kFine, "clock", "it is " + core::FormatRfc3339(now), ""});
  }
  try {
    // Throws where the system's time zones are not installed.
    (void)date::locate_zone("Europe/London");
    advice.push_back(
        {Urgency::kFine, "time zone", "mails show British time, whatever this machine's zone", ""});
  } catch (const std::exception& error) {
    advice.push_back({Urgency::kAct, "time zone",
                      std::string("British time is not known on this machine: ") + error.what(),
                      "install the system's time zones (Debian: tzdata)"});
  }
}

void CheckTimers(const fs::path& root, std::vector<Advice>& advice) {
  constexpr std::array<std::string_view, 5> kFolders{"etc/cron.d", "etc/cron.hourly",
                                                     "etc/systemd/system", "lib/systemd/system",
                                                     "var/spool/cron/crontabs"};
  std::error_code error;
  if (MentionsUs(root / "etc/crontab")) {
    advice.push_back({Urgency::kFine, "timer", "/etc/crontab names schoolwatch", ""});
    return;
  }
  for (const std::string_view folder : kFolders) {
    fs::directory_iterator at(root / folder, error);
    for (; !error && at != fs::directory_iterator(); at.increment(error)) {
      if (at->is_regular_file(error) && MentionsUs(at->path())) {
        advice.push_back(
            {Urgency::kFine, "timer", "'" + at->path().string() + "' names schoolwatch", ""});
        return;
      }
    }
    error.clear();
  }
  advice.push_back({Urgency::kNote, "timer",
                    "no cron file or systemd unit that this user may read starts schoolwatch",
                    "as the user that owns the store, `crontab -e` with a line such as: */15 * * * "
                    "* schoolwatch run"});
}

}  // namespace schoolwatch::app
