#include "crawler/platforms/stream_pace.h"

#include <algorithm>

namespace schoolwatch::crawler {
namespace {

using core::ErrorKind;
using std::chrono::milliseconds;
using std::chrono::seconds;

constexpr milliseconds kFirst{2'000};
constexpr milliseconds kLongest{600'000};
constexpr milliseconds kRefused{3'600'000};
constexpr milliseconds kMostAsked{24 * 3'600'000};
// A stream that lived so long had nothing wrong with it.
constexpr seconds kProven{60};

}  // namespace

StreamPace::StreamPace(std::size_t hosts, std::uint64_t seed)
    : hosts_(std::max<std::size_t>(1, hosts)), random_(seed) {}

void StreamPace::Opened(Time now) { opened_ = now; }

void StreamPace::Ended(const net::StreamEnd& end, Time now) {
  const bool worked = opened_ && now - *opened_ >= kProven;
  opened_.reset();
  failures_ = worked ? 0 : failures_ + 1;
  host_ = (host_ + 1) % hosts_;
  milliseconds wait{0};
  switch (end.error.kind) {
    case ErrorKind::kForbidden:
    case ErrorKind::kNotFound:
      wait = kRefused;
      break;
    default: {
      // Every host gets its turn before the pause grows.
      const std::size_t rounds = std::min<std::size_t>(failures_ / hosts_, 20);
      wait = Jittered(std::min(kLongest, kFirst * (1 << std::min<std::size_t>(rounds, 9))));
    }
  }
  if (end.wait) {
    wait = std::max(wait, std::min(*end.wait, kMostAsked));
  }
  due_ = now + wait;
}

// Between half of it and all of it.
milliseconds StreamPace::Jittered(milliseconds longest) {
  // SplitMix64: no more is asked of it than that two installations differ.
  std::uint64_t mixed = random_ += 0x9E3779B97F4A7C15u;
  mixed = (mixed ^ (mixed >> 30)) * 0xBF58476D1CE4E5B9u;
  mixed = (mixed ^ (mixed >> 27)) * 0x94D049BB133111EBu;
  mixed ^= mixed >> 31;
  const auto half = static_cast<std::uint64_t>(longest.count() / 2);
  return milliseconds(static_cast<std::int64_t>(half + mixed % (half + 1)));
}

}  // namespace schoolwatch::crawler
