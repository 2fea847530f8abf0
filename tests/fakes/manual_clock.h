#pragma once

#include <atomic>
#include <chrono>

#include "core/clock.h"

namespace schoolwatch::fakes {

// A clock that moves only when told to. Starts at noon UTC on Friday 20 November 2026, in term and
// in office hours. Thread-safe.
class ManualClock final : public core::Clock {
 public:
  ManualClock() = default;
  explicit ManualClock(core::Timestamp now) : now_(now.time_since_epoch()) {}

  core::Timestamp Now() const override { return core::Timestamp{now_.load()}; }
  std::chrono::steady_clock::time_point Steady() const override {
    return std::chrono::steady_clock::time_point{steady_.load()};
  }

  // Moves both clocks on, as passing time does.
  void Advance(std::chrono::milliseconds by) {
    now_ = now_.load() + by;
    steady_ = steady_.load() + by;
  }
  // Sets the wall clock alone, as NTP or a person does: it may go back.
  void SetNow(core::Timestamp now) { now_ = now.time_since_epoch(); }

 private:
  static constexpr core::Timestamp kStart =
      std::chrono::sys_days{std::chrono::year{2026} / 11 / 20} + std::chrono::hours{12};
  std::atomic<std::chrono::milliseconds> now_{kStart.time_since_epoch()};
  // Not zero, so that "one hour ago" is a moment too.
  std::atomic<std::chrono::milliseconds> steady_{std::chrono::hours{1000}};
};

}  // namespace schoolwatch::fakes
