#include "app/notices/heartbeat.h"

#include <fmt/format.h>

#include <boost/json.hpp>
#include <string_view>

#include "app/atomic_file.h"
#include "app/terminal.h"
#include "config/file.h"

namespace schoolwatch::app {
namespace {

namespace fs = std::filesystem;
namespace json = boost::json;
using core::Timestamp;
using std::chrono::hours;

constexpr const char* kBeatFile = "heartbeat.json";
constexpr const char* kStateFile = "watchdog.json";
constexpr std::chrono::minutes kLeast{1};
constexpr std::size_t kMaxBytes = 4096;

// A small file's object; kNotFound where there is none.
core::Result<json::object> ReadObject(const fs::path& file) {
  const core::Result<std::string> bytes = config::ReadSmallFile(file, kMaxBytes);
  if (!bytes) {
    return core::Fail(bytes.error().kind, "'" + file.string() + "': " + bytes.error().message);
  }
  boost::system::error_code wrong;
  const json::value value = json::parse(*bytes, wrong);
  if (wrong || !value.is_object()) {
    return core::Fail(core::ErrorKind::kCorrupt, "'" + file.string() + "' is damaged");
  }
  return value.as_object();
}

Timestamp TimeIn(const json::object& object, std::string_view name) {
  const json::value* const value = object.if_contains(name);
  if (value == nullptr || !value->is_string()) {
    return {};
  }
  return core::ParseRfc3339(std::string_view(value->as_string())).value_or(Timestamp{});
}

std::size_t NumberIn(const json::object& object, std::string_view name) {
  const json::value* const value = object.if_contains(name);
  return value != nullptr && value->is_int64() && value->as_int64() > 0
             ? static_cast<std::size_t>(value->as_int64())
             : 0;
}

void AddTime(json::object& object, std::string_view name, Timestamp time) {
  if (time != Timestamp{}) {
    object[name] = core::FormatRfc3339(time);
  }
}

core::Result<void> WriteObject(const fs::path& file, const json::object& object) {
  return WriteFileAtomically(file, json::serialize(object) + "\n", ReadableBy::kOwner);
}

std::string SilenceSince(Timestamp last, Timestamp now) {
  return fmt::format("The last run that came to its end did so at {}, {} ago.",
                     core::FormatRfc3339(last), RoughTime(now - last));
}

}  // namespace

core::Result<void> WriteHeartbeat(const fs::path& store_folder, const Heartbeat& beat) {
  const core::Result<std::optional<Heartbeat>> before = ReadHeartbeat(store_folder);
  if (before && *before && (*before)->at <= beat.at && beat.at - (*before)->at < kLeast) {
    return {};
  }
  json::object object;
  AddTime(object, "at", beat.at);
  object["sources"] = beat.sources;
  object["troubled"] = beat.troubled;
  return WriteObject(store_folder / kBeatFile, object);
}

core::Result<std::optional<Heartbeat>> ReadHeartbeat(const fs::path& store_folder) {
  const core::Result<json::object> object = ReadObject(store_folder / kBeatFile);
  if (!object) {
    if (object.error().kind == core::ErrorKind::kNotFound) {
      return std::nullopt;
    }
    return core::Fail(object.error());
  }
  const Heartbeat beat{.at = TimeIn(*object, "at"),
                       .sources = NumberIn(*object, "sources"),
                       .troubled = NumberIn(*object, "troubled")};
  if (beat.at == Timestamp{}) {
    return core::Fail(core::ErrorKind::kCorrupt,
                      "'" + (store_folder / kBeatFile).string() + "' is damaged");
  }
  return beat;
}

core::Result<void> WriteWatchdogState(const fs::path& store_folder, const WatchdogState& state) {
  json::object object;
  AddTime(object, "missed_since", state.missed_since);
  AddTime(object, "told_at", state.told_at);
  return WriteObject(store_folder / kStateFile, object);
}

WatchdogState ReadWatchdogState(const fs::path& store_folder) {
  const core::Result<json::object> object = ReadObject(store_folder / kStateFile);
  if (!object) {
    return {};
  }
  return {.missed_since = TimeIn(*object, "missed_since"), .told_at = TimeIn(*object, "told_at")};
}

WatchdogVerdict JudgeHeartbeat(const core::Result<std::optional<Heartbeat>>& beat,
                               const WatchdogState& before, const WatchdogLimits& limits,
                               Timestamp now) {
  WatchdogVerdict verdict;
  verdict.after = before;
  if (!beat) {
    verdict.trouble = "Whether runs go on cannot be seen: " + beat.error().message + ".";
  } else if (!*beat) {
    if (before.missed_since == Timestamp{} || before.missed_since > now) {
      verdict.after.missed_since = now;  // It may be new here: time begins to count now.
    } else if (now - before.missed_since >= limits.silent_for) {
      verdict.trouble = "No run has come to its end yet.";
    }
  } else {
    verdict.after.missed_since = {};
    const Timestamp last = (*beat)->at;
    if (last > now + hours(1)) {
      verdict.trouble = fmt::format(
          "The last run that came to its end did so at {}, which has not come yet: the clock of "
          "this machine was set back, or is wrong now.",
          core::FormatRfc3339(last));
    } else if (now - last >= limits.silent_for) {
      verdict.trouble = SilenceSince(last, now);
    }
  }
  if (!verdict.trouble.empty()) {
    verdict.kind = WatchdogVerdict::Kind::kTrouble;
    verdict.tell = before.told_at == Timestamp{} || before.told_at > now ||
                   now - before.told_at >= limits.remind;
    verdict.after.told_at = verdict.tell ? now : before.told_at;
  } else if (before.told_at != Timestamp{}) {
    verdict.kind = WatchdogVerdict::Kind::kRecovered;
    verdict.tell = true;
    verdict.after.told_at = {};
  }
  return verdict;
}

}  // namespace schoolwatch::app
