#pragma once

#include <chrono>
#include <string_view>
#include <thread>

#include "core/mutex.h"

namespace schoolwatch::app {

// Tells systemd how a daemon is, where systemd started it (sd_notify(3)); else does nothing. While
// the daemon shows signs of life, keeps systemd's watchdog from ending it.
class ServiceManager {
 public:
  ServiceManager();

  void Ready(std::string_view status);
  void Reloading();
  void Stopping();
  // The daemon is well, and is at something that may take `patience`; after that it counts as hung.
  void ShowLife(std::chrono::seconds patience);

 private:
  core::Mutex mutex_;
  core::Condition never_;
  std::chrono::steady_clock::time_point well_until_ SW_GUARDED_BY(mutex_);
  std::jthread watchdog_;
};

}  // namespace schoolwatch::app
