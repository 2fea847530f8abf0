#include "app/signals.h"

#include <signal.h>  // NOLINT(modernize-deprecated-headers): POSIX signal sets are not in <csignal>.
#include <time.h>

#include <cstdlib>
#include <utility>

namespace schoolwatch::app {
namespace {

sigset_t WatchedSignals() {
  sigset_t set;
  sigemptyset(&set);
  sigaddset(&set, SIGTERM);
  sigaddset(&set, SIGINT);
  sigaddset(&set, SIGHUP);
  return set;
}

}  // namespace

Signals::Signals(Hangup hangup) : hangup_(hangup) {
  const sigset_t set = WatchedSignals();
  pthread_sigmask(SIG_BLOCK, &set, nullptr);
  // A peer that hangs up is an error of that connection, not the end of the program.
  ::signal(SIGPIPE, SIG_IGN);
  watcher_ = std::jthread([this](const std::stop_token& finished) {
    const sigset_t watched = WatchedSignals();
    while (!finished.stop_requested()) {
      const timespec patience{.tv_sec = 0, .tv_nsec = 200'000'000};
      const int got = sigtimedwait(&watched, nullptr, &patience);
      if (got > 0) {
        OnSignal(got);
      }
    }
  });
}

Signals::~Signals() = default;

void Signals::OnSignal(int number) {
  if (stop_.stop_requested() && number == SIGINT) {
    std::_Exit(128 + SIGINT);
  }
  if (number == SIGHUP && hangup_ == Hangup::kReloads) {
    const core::MutexLock lock(mutex_);
    reload_ = true;
  } else {
    stop_.request_stop();
  }
  changed_.notify_all();
}

void Signals::WaitFor(std::chrono::milliseconds time) {
  const core::MutexLock lock(mutex_);
  changed_.wait_for(mutex_, stop_.get_token(), time,
                    [this]() SW_REQUIRES(mutex_) { return reload_; });
}

bool Signals::TakeReload() {
  const core::MutexLock lock(mutex_);
  return std::exchange(reload_, false);
}

}  // namespace schoolwatch::app
