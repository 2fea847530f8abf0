#pragma once

#include <chrono>
#include <stop_token>
#include <thread>

#include "core/mutex.h"

namespace schoolwatch::app {

// What SIGHUP means: for a daemon that its configuration shall be read again.
enum class Hangup { kStops, kReloads };

// Turns SIGTERM and SIGINT into a stop request. Make it before any other thread is started, since
// threads inherit which signals they ignore. A second SIGINT ends the program at once, for people
// who are in a hurry.
class Signals {
 public:
  explicit Signals(Hangup hangup);
  ~Signals();
  Signals(const Signals&) = delete;
  Signals& operator=(const Signals&) = delete;

  std::stop_token token() const { return stop_.get_token(); }
  // Waits until a stop or a reload is asked for, at most for `time`.
  void WaitFor(std::chrono::milliseconds time);
  // Whether a reload was asked for since the last call.
  bool TakeReload();

 private:
  void OnSignal(int number);

  const Hangup hangup_;
  core::Mutex mutex_;
  core::Condition changed_;
  bool reload_ SW_GUARDED_BY(mutex_) = false;
  std::stop_source stop_;
  std::jthread watcher_;
};

}  // namespace schoolwatch::app
