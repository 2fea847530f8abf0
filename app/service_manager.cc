#include "app/service_manager.h"

#include <fmt/format.h>
#include <systemd/sd-daemon.h>

#include <cstdint>

namespace schoolwatch::app {
namespace {

// Where it cannot be told there is nobody to tell that to.
void Tell(const std::string& state) { sd_notify(/*unset_environment=*/0, state.c_str()); }

}  // namespace

ServiceManager::ServiceManager() : well_until_(std::chrono::steady_clock::time_point::max()) {
  std::uint64_t limit = 0;
  if (sd_watchdog_enabled(/*unset_environment=*/0, &limit) <= 0) {
    return;
  }
  const std::chrono::microseconds interval(limit / 3);
  watchdog_ = std::jthread([this, interval](const std::stop_token& finished) {
    const core::MutexLock lock(mutex_);
    while (!finished.stop_requested()) {
      if (std::chrono::steady_clock::now() < well_until_) {
        Tell("WATCHDOG=1");
      }
      never_.wait_for(mutex_, finished, interval, [] { return false; });
    }
  });
}

void ServiceManager::Ready(std::string_view status) {
  Tell(fmt::format("READY=1\nSTATUS={}", status));
}
void ServiceManager::Reloading() { Tell("RELOADING=1\nSTATUS=Reading the configuration again"); }
void ServiceManager::Stopping() { Tell("STOPPING=1\nSTATUS=Stopping"); }

void ServiceManager::ShowLife(std::chrono::seconds patience) {
  const core::MutexLock lock(mutex_);
  well_until_ = std::chrono::steady_clock::now() + patience;
}

}  // namespace schoolwatch::app
