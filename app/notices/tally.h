#pragma once

#include <cstdint>
#include <string_view>

#include "app/pipeline/run_pass.h"
#include "core/result.h"
#include "core/time.h"
#include "storage/store.h"

namespace schoolwatch::app {

// What all rounds since `since` did together. A note of the store, so numbers alone.
struct Tally {
  core::Timestamp since{};  // Zero: nothing was counted yet.
  std::uint64_t rounds = 0;
  std::uint64_t posts = 0;
  std::uint64_t mentions = 0;
  std::uint64_t findings = 0;
  bool operator==(const Tally&) const = default;
};

inline constexpr std::string_view kDayTally = "tally/day";
inline constexpr std::string_view kWeekTally = "tally/week";

core::Result<Tally> LoadTally(const storage::Notes& notes, std::string_view name);
core::Result<void> SaveTally(storage::Notes& notes, std::string_view name, const Tally& tally);

// Adds a pass to both.
core::Result<void> CountPass(const PassReport& pass, storage::Notes& notes, core::Timestamp now);

}  // namespace schoolwatch::app
