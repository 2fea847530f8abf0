#include "app/intake/intake_ways.h"

#include <algorithm>
#include <chrono>
#include <utility>

namespace schoolwatch::app {
namespace {

constexpr std::string_view kPrefix = "intake/";
constexpr std::chrono::hours kForLong{1};
constexpr std::uint32_t kFailuresForLong = 3;
constexpr std::uint32_t kRefusals = 2;
constexpr std::chrono::minutes kBetweenNotes{30};

config::Source Way(std::string_view name) {
  config::Source way;
  way.name = name;
  way.title = IntakeWayTitle(name).substr(std::string_view("the ").size());
  return way;
}

core::SourceTrouble TroubleOf(core::ErrorKind kind) {
  switch (kind) {
    case core::ErrorKind::kForbidden:
      return core::SourceTrouble::kRefused;
    case core::ErrorKind::kNotFound:
      return core::SourceTrouble::kGone;
    case core::ErrorKind::kThrottled:
      return core::SourceTrouble::kThrottled;
    case core::ErrorKind::kUnavailable:
      return core::SourceTrouble::kNoAnswer;
    default:
      return core::SourceTrouble::kOther;
  }
}

bool IsBroken(const core::SourceState& state, core::Timestamp now) {
  if (state.trouble == core::SourceTrouble::kRefused) {
    return state.failures >= kRefusals;
  }
  const core::Timestamp well = std::max(state.last_worked_at, state.first_looked_at);
  return state.failures >= kFailuresForLong && now - well >= kForLong;
}

}  // namespace

std::vector<config::Source> IntakeWays(const config::Settings& settings) {
  std::vector<config::Source> ways;
  if (!settings.intake.imap.host.empty()) {
    ways.push_back(Way(kMailboxWay));
  }
  if (!settings.intake.maildir.empty()) {
    ways.push_back(Way(kMaildirWay));
  }
  if (!settings.intake.folder.empty()) {
    ways.push_back(Way(kFolderWay));
  }
  return ways;
}

bool IsIntakeWay(std::string_view name) { return name.starts_with(kPrefix); }

std::string_view IntakeWayTitle(std::string_view name) {
  if (name == kMailboxWay) {
    return "the report mailbox";
  }
  if (name == kMaildirWay) {
    return "the report Maildir";
  }
  return name == kFolderWay ? "the drop folder" : "";
}

core::SourceState AfterIntakeLook(core::SourceState before, const IntakeLook& look,
                                  core::Timestamp now) {
  core::SourceState state = std::move(before);
  const core::SourceHealth health = state.health;
  if (state.first_looked_at == core::Timestamp{}) {
    state.first_looked_at = now;
  }
  state.last_looked_at = now;
  state.next_due = now + look.every;
  state.posts_seen += look.taken;
  if (look.taken > 0) {
    state.newest_post = now;
  }
  if (look.failed) {
    ++state.failures;
    state.last_error = look.failed->message;
    state.trouble = TroubleOf(look.failed->kind);
    // What is broken stays so until it works, whatever fails next.
    if (IsBroken(state, now)) {
      state.health = core::SourceHealth::kBroken;
    }
  } else {
    state.last_worked_at = now;
    state.failures = 0;
    state.last_error.clear();
    state.trouble = core::SourceTrouble::kNone;
    state.health = core::SourceHealth::kWorking;
  }
  if (state.health != health || state.health_since == core::Timestamp{}) {
    state.health_since = now;
  }
  return state;
}

bool IsWorthKeeping(const core::SourceState& before, const core::SourceState& after) {
  return after.failures != before.failures || after.health != before.health ||
         after.posts_seen != before.posts_seen ||
         after.last_looked_at - before.last_looked_at >= kBetweenNotes ||
         after.last_looked_at < before.last_looked_at;
}

std::string_view IntakeAdvice(std::string_view name, core::SourceTrouble trouble) {
  if (name != kMailboxWay) {
    return trouble == core::SourceTrouble::kNone
               ? ""
               : "See that it is there and that the user who runs schoolwatch may read it and "
                 "delete in it; or set `intake` in schoolwatch.yaml.";
  }
  switch (trouble) {
    case core::SourceTrouble::kNone:
      return "";
    case core::SourceTrouble::kRefused:
      return "The mail server refuses the login: renew the password or token that `intake: imap` "
             "in schoolwatch.yaml refers to, and try: schoolwatch intake.";
    case core::SourceTrouble::kGone:
      return "The mail server knows no such box: correct `intake: imap: box` in schoolwatch.yaml.";
    default:
      return "See that the mail server runs and that `intake: imap` in schoolwatch.yaml has its "
             "host, port and way of encryption, then try: schoolwatch intake. Reports wait there "
             "meanwhile.";
  }
}

}  // namespace schoolwatch::app
