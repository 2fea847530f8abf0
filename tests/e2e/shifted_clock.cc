// Preloaded: the wall clock goes ahead by SW_CLOCK_AHEAD_HOURS. What measures how long something
// takes has another clock, and is left alone.

#include <dlfcn.h>
#include <time.h>

#include <cstdlib>

// NOLINTNEXTLINE(readability-identifier-naming): the C library's name.
extern "C" int clock_gettime(clockid_t clock, timespec* time) noexcept {
  using ClockGetTime = int (*)(clockid_t, timespec*);
  static const auto kReal = reinterpret_cast<ClockGetTime>(dlsym(RTLD_NEXT, "clock_gettime"));
  const int status = kReal(clock, time);
  const char* const hours = std::getenv("SW_CLOCK_AHEAD_HOURS");
  if (status == 0 && clock == CLOCK_REALTIME && hours != nullptr) {
    time->tv_sec += 3600 * std::atol(hours);
  }
  return status;
}
