#pragma once

#include <chrono>
#include <cstddef>
#include <cstdint>
#include <optional>

#include "net/stream_client.h"

namespace schoolwatch::crawler {

// When a stream that ended is opened again, and at which of its hosts. Pure but for its own count.
class StreamPace {
 public:
  using Time = std::chrono::steady_clock::time_point;

  // `hosts` is at least 1. `seed` makes the jitter, so that many installations that lose the same
  // server do not come back together.
  StreamPace(std::size_t hosts, std::uint64_t seed);

  // It was opened; what comes now proves that it works.
  void Opened(Time now);
  // It has ended. Afterwards `host` and `due` say where and when it is tried again: at once at
  // another host after a stream that had worked, then later and later, up to ten minutes; as late
  // as the server asks; after an hour where it says that it has no such stream or refuses us.
  void Ended(const net::StreamEnd& end, Time now);

  std::size_t host() const { return host_; }
  Time due() const { return due_; }
  // Times in a row that it could not be opened, or broke soon.
  std::size_t failures() const { return failures_; }

 private:
  std::chrono::milliseconds Jittered(std::chrono::milliseconds longest);

  const std::size_t hosts_;
  std::uint64_t random_;
  std::size_t host_ = 0;
  std::size_t failures_ = 0;
  Time due_{};
  std::optional<Time> opened_;
};

}  // namespace schoolwatch::crawler
