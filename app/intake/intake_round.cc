#include "app/intake/intake_round.h"

#include <fmt/format.h>

#include <algorithm>
#include <chrono>
#include <filesystem>
#include <fstream>
#include <map>
#include <memory>
#include <optional>
#include <span>
#include <system_error>
#include <utility>

#include "alerts/channels/mail.h"
#include "app/intake/intake_ways.h"
#include "app/intake/link_opener.h"
#include "core/outcome.h"
#include "crawler/readers/mail_parts.h"
#include "net/http_post.h"
#include "net/imap_mailbox.h"

namespace schoolwatch::app {
namespace {

namespace fs = std::filesystem;

constexpr std::size_t kMostAtOnce = 200;
// A file that is still being written to changes; one that is this old does not.
constexpr std::chrono::seconds kSettled{2};
constexpr std::string_view kLastLook = "intake/looked-at";

struct FoundFile {
  fs::path path;
  fs::file_time_type changed;
};

// Plain files, the oldest first. A link could lead anywhere, and is none.
core::Result<std::vector<FoundFile>> FilesIn(const fs::path& folder) {
  std::vector<FoundFile> files;
  std::error_code error;
  for (fs::directory_iterator entry(folder, error), end; !error && entry != end;
       entry.increment(error)) {
    std::error_code gone;
    const bool plain = fs::is_regular_file(fs::symlink_status(entry->path(), gone));
    if (plain && !entry->path().filename().string().starts_with('.')) {
      files.push_back({entry->path(), fs::last_write_time(entry->path(), gone)});
    }
  }
  if (error) {
    return core::Fail(core::ErrorKind::kUnavailable,
                      "folder '" + folder.string() + "': " + error.message());
  }
  std::ranges::sort(files, {},
                    [](const FoundFile& file) { return std::pair(file.changed, file.path); });
  if (files.size() > kMostAtOnce) {
    files.resize(kMostAtOnce);
  }
  return files;
}

core::Result<std::string> ReadWhole(const fs::path& file) {
  std::ifstream in(file, std::ios::binary);
  std::string bytes;
  std::string piece(1u << 20, '\0');
  while (in && bytes.size() <= crawler::kMaxMailBytes) {
    in.read(piece.data(), static_cast<std::streamsize>(piece.size()));
    bytes.append(piece, 0, static_cast<std::size_t>(in.gcount()));
  }
  if (!in && !in.eof()) {
    return core::Fail(core::ErrorKind::kUnavailable,
                      "'" + file.filename().string() + "' cannot be read");
  }
  return bytes;
}

core::Result<std::unique_ptr<net::ImapMailbox>> OpenMailbox(const config::Settings& settings,
                                                            const core::Clock& clock) {
  const config::ImapSettings& imap = settings.intake.imap;
  std::unique_ptr<net::TokenSource> tokens;
  if (imap.login == "xoauth2") {
    SW_ASSIGN(auto poster, net::MakeHttpPoster({.ca_file = imap.ca_file}));
    SW_ASSIGN(tokens, net::MakeTokenSource(
                          alerts::MakeOAuth2Options(
                              imap.oauth2, imap.user, settings.storage.folder / "intake-token",
                              "https://outlook.office.com/IMAP.AccessAsUser.All"),
                          std::move(poster), clock));
  }
  const net::TlsMode tls = imap.tls == "implicit"   ? net::TlsMode::kImplicit
                           : imap.tls == "starttls" ? net::TlsMode::kStartTls
                                                    : net::TlsMode::kNone;
  return net::MakeImapMailbox({.host = imap.host,
                               .port = imap.port,
                               .tls = tls,
                               .user = imap.user,
                               .password = tokens ? std::string() : imap.password,
                               .ca_file = imap.ca_file,
                               .box = imap.box},
                              std::move(tokens));
}

class Round {
 public:
  Round(const Equipment& equipment, storage::Store& store, const core::Clock& clock,
        std::stop_token stop)
      : settings_(equipment.workspace.config.settings),
        store_(store),
        clock_(clock),
        stop_(stop),
        taker_(equipment.workspace, store, clock,
               MakeLinkOpener(equipment.workspace, store, *equipment.fetcher, clock,
                              std::move(stop))) {}

  core::Result<void> LookAtMailbox() {
    return Look(kMailboxWay, settings_.intake.every, &Round::EmptyMailbox);
  }
  core::Result<void> LookAtMaildir() { return Look(kMaildirWay, {}, &Round::EmptyMaildir); }
  core::Result<void> LookAtFolder() { return Look(kFolderWay, {}, &Round::EmptyFolder); }
  IntakeReport& report() { return report_; }

 private:
  core::Result<void> EmptyMailbox();
  core::Result<void> EmptyMaildir();
  core::Result<void> EmptyFolder();

  // Empties one way and remembers how that went.
  core::Result<void> Look(std::string_view way, std::chrono::milliseconds every,
                          core::Result<void> (Round::*empty)()) {
    failed_.reset();
    const std::size_t before = report_.taken.size();
    SW_TRY((this->*empty)());
    SW_ASSIGN(const std::optional<core::SourceState> stored, store_.FindSource(way));
    core::SourceState known = stored.value_or(core::SourceState{});
    known.name = way;
    core::DocumentOutcome outcome;
    outcome.sources.push_back(AfterIntakeLook(
        known, {.failed = failed_, .taken = report_.taken.size() - before, .every = every},
        clock_.Now()));
    return IsWorthKeeping(known, outcome.sources.front()) ? store_.Commit(std::span(&outcome, 1))
                                                          : core::Result<void>{};
  }

  void Note(std::string_view way, std::string name, TakenReport taken) {
    report_.findings += taken.findings;
    report_.taken.push_back(
        {.way = std::string(way), .name = std::move(name), .report = std::move(taken)});
  }
  void Trouble(const core::Error& error) {
    report_.refused = report_.refused || error.kind == core::ErrorKind::kForbidden;
    report_.troubles.push_back(error.message);
  }
  // The way itself cannot be had, and nothing more of it now.
  void Fail(const core::Error& error) {
    failed_ = error;
    Trouble(error);
  }
  void Remove(const fs::path& file) {
    std::error_code error;
    fs::remove(file, error);
    if (error) {
      // Without its name, which may be a person's: this gets into the log.
      report_.troubles.push_back("a file in '" + file.parent_path().string() +
                                 "' was taken but cannot be deleted: " + error.message());
    }
  }
  // For its owner to look at: it is no mail of somebody's, but a file of a person here.
  void SetAside(const fs::path& file) {
    const fs::path folder = file.parent_path() / "not-read";
    std::error_code error;
    fs::create_directory(folder, error);
    fs::path to = folder / file.filename();
    for (int i = 2; !error && fs::exists(fs::symlink_status(to, error)) && i < 1000; ++i) {
      to = folder / (std::to_string(i) + "-" + file.filename().string());
    }
    error.clear();
    fs::rename(file, to, error);
    report_.troubles.push_back(
        error ? "a file in the drop folder cannot be read or moved: " + error.message()
              : "a file in the drop folder cannot be read and now lies in its not-read");
  }

  const config::Settings& settings_;
  storage::Store& store_;
  const core::Clock& clock_;
  const std::stop_token stop_;
  ReportTaker taker_;
  IntakeReport report_;
  std::optional<core::Error> failed_;  // Of the way that is looked at.
};

core::Result<void> Round::EmptyMailbox() {
  core::Result<std::unique_ptr<net::ImapMailbox>> opened = OpenMailbox(settings_, clock_);
  if (!opened) {
    Fail(opened.error());
    return {};
  }
  net::ImapMailbox& mailbox = **opened;
  const core::Result<std::vector<net::ImapMessage>> messages = mailbox.List(kMostAtOnce);
  if (!messages) {
    Fail(messages.error());
    return {};
  }
  for (const net::ImapMessage& message : *messages) {
    if (stop_.stop_requested()) {
      break;
    }
    const std::string name = fmt::format("mail {}", message.uid);
    if (message.size > crawler::kMaxMailBytes) {
      report_.troubles.push_back(fmt::format(
          "{} is too large to be read ({} MB) and stays in the mailbox: look at it there", name,
          message.size >> 20));
      continue;
    }
    const core::Result<std::string> mail = mailbox.Fetch(message.uid, crawler::kMaxMailBytes);
    if (!mail && mail.error().kind == core::ErrorKind::kNotFound) {
      continue;
    }
    if (!mail) {
      Fail(mail.error());
      return {};
    }
    SW_ASSIGN(TakenReport taken, taker_.TakeMail(*mail, "mailbox"));
    Note("mailbox", name, std::move(taken));
    if (const core::Result<void> deleted = mailbox.Delete(message.uid); !deleted) {
      Fail(deleted.error());
      return {};
    }
  }
  return {};
}

core::Result<void> Round::EmptyMaildir() {
  for (const char* const part : {"new", "cur"}) {
    const core::Result<std::vector<FoundFile>> files = FilesIn(settings_.intake.maildir / part);
    if (!files) {
      Fail(files.error());
      continue;
    }
    for (const FoundFile& file : *files) {
      if (stop_.stop_requested()) {
        return {};
      }
      const core::Result<std::string> mail = ReadWhole(file.path);
      if (!mail) {
        Trouble(mail.error());
        continue;
      }
      SW_ASSIGN(TakenReport taken, taker_.TakeMail(*mail, "maildir"));
      Note("maildir", file.path.filename().string(), std::move(taken));
      Remove(file.path);
    }
  }
  return {};
}

core::Result<void> Round::EmptyFolder() {
  const core::Result<std::vector<FoundFile>> files = FilesIn(settings_.intake.folder);
  if (!files) {
    Fail(files.error());
    return {};
  }
  const fs::file_time_type settled = fs::file_time_type::clock::now() - kSettled;
  for (const FoundFile& file : *files) {
    if (stop_.stop_requested()) {
      break;
    }
    if (file.changed > settled) {
      continue;  // The next round takes it.
    }
    if (!std::ifstream(file.path, std::ios::binary)) {
      Trouble({core::ErrorKind::kForbidden, "a file in '" + settings_.intake.folder.string() +
                                                "' may not be read by this user"});
      continue;
    }
    SW_ASSIGN(TakenReport taken, taker_.TakeFile(file.path));
    const ReportFate fate = taken.fate;
    Note("folder", file.path.filename().string(), std::move(taken));
    if (fate == ReportFate::kUnreadable) {
      SetAside(file.path);
    } else {
      Remove(file.path);
    }
  }
  return {};
}

core::Result<bool> IsMailboxDue(const config::IntakeSettings& intake, storage::Store& store,
                                IntakePace pace, core::Timestamp now) {
  SW_ASSIGN(const std::optional<std::string> note, store.FindNote(kLastLook));
  const auto last = note ? core::ParseRfc3339(*note) : core::Result<core::Timestamp>();
  const bool due =
      pace == IntakePace::kNow || !note || !last || now - *last >= intake.every || now < *last;
  if (due) {
    SW_TRY(store.SetNote(kLastLook, core::FormatRfc3339(now)));
  }
  return due;
}

}  // namespace

bool HasIntake(const config::Settings& settings) {
  const config::IntakeSettings& intake = settings.intake;
  return !intake.imap.host.empty() || !intake.maildir.empty() || !intake.folder.empty();
}

core::Result<IntakeReport> TakeReports(const Equipment& equipment, storage::Store& store,
                                       const core::Clock& clock, IntakePace pace,
                                       std::stop_token stop) {
  const config::IntakeSettings& intake = equipment.workspace.config.settings.intake;
  Round round(equipment, store, clock, std::move(stop));
  if (!intake.imap.host.empty()) {
    SW_ASSIGN(const bool due, IsMailboxDue(intake, store, pace, clock.Now()));
    if (due) {
      SW_TRY(round.LookAtMailbox());
    }
  }
  if (!intake.maildir.empty()) {
    SW_TRY(round.LookAtMaildir());
  }
  if (!intake.folder.empty()) {
    SW_TRY(round.LookAtFolder());
  }
  return std::move(round.report());
}

}  // namespace schoolwatch::app
