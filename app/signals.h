#pragma once

#include <atomic>
#include <stop_token>
#include <thread>

namespace schoolwatch::app {

// Turns SIGTERM, SIGINT and SIGHUP into a stop request. Make it before any other thread is started,
// since threads inherit which signals they ignore. A second SIGINT ends the program at once, for
// people who are in a hurry.
class StopOnSignal {
 public:
  StopOnSignal();
  ~StopOnSignal();
  StopOnSignal(const StopOnSignal&) = delete;
  StopOnSignal& operator=(const StopOnSignal&) = delete;

  std::stop_token token() const { return stop_.get_token(); }
  // Requests a stop for another reason, as a time limit.
  std::stop_source& source() { return stop_; }
  // The signal that came, or 0.
  int signal() const { return signal_; }

 private:
  std::stop_source stop_;
  std::atomic<int> signal_ = 0;
  std::jthread watcher_;
};

}  // namespace schoolwatch::app
