#pragma once

#include <cstddef>
#include <filesystem>
#include <optional>
#include <string>

#include "core/result.h"
#include "core/time.h"

namespace schoolwatch::app {

// That a round came to its end: `heartbeat.json` beside the store, so that whoever asks need not
// open the store.
struct Heartbeat {
  core::Timestamp at{};
  std::size_t sources = 0;   // Looked at in that round.
  std::size_t troubled = 0;  // Of these, where something went wrong.
};
// Leaves one that is less than a minute old: `watch` has idle rounds every few seconds.
core::Result<void> WriteHeartbeat(const std::filesystem::path& store_folder, const Heartbeat& beat);
// nullopt: no round has ended yet. kUnavailable: the folder cannot be read. kCorrupt: the file
// holds something else.
core::Result<std::optional<Heartbeat>> ReadHeartbeat(const std::filesystem::path& store_folder);

// What `schoolwatch watchdog` has said, in `watchdog.json` beside it.
struct WatchdogState {
  core::Timestamp missed_since{};  // No beat at all since then; zero: there was one.
  core::Timestamp told_at{};       // Of a trouble that lasts; zero: there is none.
};
core::Result<void> WriteWatchdogState(const std::filesystem::path& store_folder,
                                      const WatchdogState& state);
// What cannot be read counts as never written: said twice is better than never.
WatchdogState ReadWatchdogState(const std::filesystem::path& store_folder);

// What there is to say.
struct WatchdogVerdict {
  enum class Kind { kFine, kTrouble, kRecovered } kind = Kind::kFine;
  bool tell = false;    // Now; not again until the reminder's time.
  std::string trouble;  // A sentence or two.
  WatchdogState after;  // To be kept once it is told.
};
struct WatchdogLimits {
  std::chrono::hours silent_for{6};
  std::chrono::hours remind{24};
};
WatchdogVerdict JudgeHeartbeat(const core::Result<std::optional<Heartbeat>>& beat,
                               const WatchdogState& before, const WatchdogLimits& limits,
                               core::Timestamp now);

}  // namespace schoolwatch::app
