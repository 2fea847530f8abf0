#pragma once

#include <chrono>
#include <cstddef>
#include <cstdint>
#include <string>
#include <vector>

#include "core/time.h"

namespace schoolwatch::core {

// What an origin was asked for in some time, and what it answered.
struct HostTally {
  // Requests that were sent, each of one kind.
  std::uint64_t robots = 0;  // For robots.txt.
  std::uint64_t feeds = 0;   // Feeds and APIs.
  std::uint64_t pages = 0;
  std::uint64_t redirects = 0;    // Where a redirect led.
  std::uint64_t conditional = 0;  // Of all: those that asked only for what changed.
  // Answers.
  std::uint64_t ok = 0;            // 2xx.
  std::uint64_t not_modified = 0;  // 304.
  std::uint64_t redirected = 0;    // Other 3xx.
  std::uint64_t refused = 0;       // 4xx but 429.
  std::uint64_t errors = 0;        // 5xx but 503.
  std::uint64_t too_many = 0;      // 429.
  std::uint64_t unavailable = 0;   // 503.
  std::uint64_t unanswered = 0;
  std::uint64_t bytes = 0;  // As received.
  // What robots.txt decided, an address counted each time it was to be asked.
  std::uint64_t allowed = 0;
  std::uint64_t withheld = 0;

  std::uint64_t requests() const { return robots + feeds + pages + redirects; }
  HostTally& operator+=(const HostTally& more);
  bool operator==(const HostTally&) const = default;
};

struct LedgerDay {
  std::int64_t day = 0;  // UTC, in days since 1970.
  HostTally tally;
  bool operator==(const LedgerDay&) const = default;
};

// An address that was left alone, and the line of robots.txt that says so.
struct LedgerRefusal {
  std::string url;   // Without its query, which may hold what somebody typed.
  std::string rule;  // "line 3: Disallow: /private/"
  bool operator==(const LedgerRefusal&) const = default;
};

// A time for which the host asked us to stay away.
struct LedgerPause {
  Timestamp asked_at{};
  Timestamp until{};
  bool operator==(const LedgerPause&) const = default;
};

// How an origin was treated over all runs: what a receipt for its owner is printed from.
struct HostLedger {
  static constexpr std::size_t kMostDays = 30;
  static constexpr std::size_t kMostExamples = 20;
  static constexpr std::size_t kMostPauses = 10;

  std::string origin;
  std::string site;  // Its registrable domain, whose gap it shares.
  Timestamp first_request{};
  Timestamp last_request{};
  HostTally total;
  std::vector<LedgerDay> days;          // The last ones on which it was asked, the oldest first.
  std::vector<LedgerRefusal> withheld;  // The last ones, no address twice.
  std::vector<LedgerPause> pauses;      // The last ones, the oldest first.
  // As of the last run.
  std::chrono::milliseconds page_gap{0};
  std::chrono::milliseconds feed_gap{0};
  std::chrono::milliseconds crawl_delay{0};       // Asked for in robots.txt; zero: none.
  std::chrono::milliseconds crawl_delay_kept{0};  // Less where that is over our limit.
  std::string robots;                             // In words: "12 rules".
  // Ever.
  std::chrono::milliseconds longest_gap{0};
  std::chrono::milliseconds slowest_answer{0};
  bool operator==(const HostLedger&) const = default;
};

// The sum of the last 30 days up to `now`.
HostTally LastDays(const HostLedger& ledger, Timestamp now);

}  // namespace schoolwatch::core
