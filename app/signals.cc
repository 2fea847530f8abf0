#include "app/signals.h"

#include <signal.h>  // NOLINT(modernize-deprecated-headers): POSIX signal sets are not in <csignal>.
#include <time.h>

#include <cstdlib>

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

StopOnSignal::StopOnSignal() {
  const sigset_t set = WatchedSignals();
  pthread_sigmask(SIG_BLOCK, &set, nullptr);
  // A peer that hangs up is an error of that connection, not the end of the program.
  ::signal(SIGPIPE, SIG_IGN);
  watcher_ = std::jthread([this](const std::stop_token& finished) {
    const sigset_t watched = WatchedSignals();
    while (!finished.stop_requested()) {
      const timespec patience{.tv_sec = 0, .tv_nsec = 200'000'000};
      const int got = sigtimedwait(&watched, nullptr, &patience);
      if (got <= 0) {
        continue;
      }
      if (signal_ != 0 && got == SIGINT) {
        std::_Exit(128 + SIGINT);
      }
      signal_ = got;
      stop_.request_stop();
    }
  });
}

StopOnSignal::~StopOnSignal() = default;

}  // namespace schoolwatch::app
