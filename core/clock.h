#pragma once

#include <chrono>

#include "core/time.h"

namespace schoolwatch::core {

// Where time comes from. `app` hands in the system's; tests a ManualClock (tests/fakes).
// Thread-safe.
class Clock {
 public:
  virtual ~Clock() = default;
  // The wall clock in UTC: for what is stored or shown. It may jump.
  virtual Timestamp Now() const = 0;
  // Never goes back: for gaps, limits and measurements inside one process.
  virtual std::chrono::steady_clock::time_point Steady() const = 0;
};

// The machine's clocks.
class SystemClock final : public Clock {
 public:
  Timestamp Now() const override {
    return std::chrono::floor<std::chrono::milliseconds>(std::chrono::system_clock::now());
  }
  std::chrono::steady_clock::time_point Steady() const override {
    return std::chrono::steady_clock::now();
  }
};

}  // namespace schoolwatch::core
