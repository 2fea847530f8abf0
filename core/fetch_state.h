#pragma once

#include <chrono>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "core/time.h"

namespace schoolwatch::core {

// What is remembered of an address between looks.
struct UrlState {
  std::string key;               // CanonicalKey.
  std::string etag;              // Byte for byte, quotes included.
  std::string last_modified;     // The server's own string, never one of ours.
  Timestamp validators_since{};  // When these validators were first stored: dropped after 8 days.
  std::string body_hash;         // ShortHash of the last body.
  Timestamp read_at{};           // When a body was last read into posts, and not only compared.
  int last_status = 0;
  Timestamp fetched_at{};
  Timestamp next_due{};        // Not asked again before; zero means whenever wanted.
  std::uint32_t failures = 0;  // In a row.
  // For pages that were followed to: how often they are asked now (zero: not yet known), and a hash
  // of the words last read there; bodies change at every look, by advertisements and tokens.
  std::chrono::milliseconds interval{0};
  std::string text_hash;
  // What was followed from it ("thread https://…"), so that an unchanged page still leads to the
  // pages behind it. At most 200.
  std::vector<std::string> follow;
  bool operator==(const UrlState&) const = default;
};

// What is remembered of an origin between looks, so that a restart is as polite as staying up.
struct HostState {
  std::string origin;
  Timestamp robots_fetched_at{};  // Zero: never.
  int robots_status = 0;    // HTTP status; 0 for no answer, which forbids (RFC 9309, 2.3.1.4).
  std::string robots_body;  // At most 500 KiB.
  Timestamp last_request_at{};
  Timestamp blocked_until{};    // From 429, 503 or Retry-After.
  std::uint32_t incidents = 0;  // For growing back-off.
  // Of a registrable domain: what it was asked for on that day, for its budget.
  std::int64_t day = 0;  // UTC, in days since 1970.
  std::uint64_t day_requests = 0;
  std::uint64_t day_bytes = 0;  // As received.
  bool operator==(const HostState&) const = default;
};

// "working"; "empty": answers without posts; "quiet": unusually long without a new post; "broken":
// fails again and again; "forbidden": robots.txt says no.
enum class SourceHealth { kNew, kWorking, kEmpty, kQuiet, kBroken, kForbidden };
std::string_view SourceHealthName(SourceHealth health);

// What a feed says of its own rhythm, and what its entries show of it.
struct FeedHints {
  std::chrono::milliseconds wait{0};  // ttl or sy:updatePeriod: no news is to be expected sooner.
  // Hours and weekdays, in UTC, on which there is none: a bit for each hour, and for each day from
  // Sunday.
  std::uint32_t skip_hours = 0;
  std::uint32_t skip_days = 0;
  std::chrono::milliseconds usual_gap{0};  // Between its last 20 entries; zero: not known.
  bool operator==(const FeedHints&) const = default;
};

// Why the last look at a source failed; tells what to do about it. The message is for people.
enum class SourceTrouble {
  kNone,
  kNoAnswer,    // No connection, no name, no answer in time.
  kGone,        // 404 or 410.
  kRefused,     // Another 4xx: a login, a ban, a wrong method.
  kThrottled,   // 429.
  kServer,      // 5xx.
  kUnreadable,  // It answers, but its posts cannot be read.
  kRobots,      // robots.txt says no.
  kNoRobots,    // robots.txt cannot be had, which forbids too.
  kAddress,     // Not an address that we go to: private, with a password, redirected in a circle.
  kOther,
};

// The worst of one day; zero where there was none.
struct SourceDelays {
  std::int64_t day = 0;               // UTC, in days since 1970.
  std::chrono::milliseconds post{0};  // From a post's published time to our fetching it.
  std::chrono::milliseconds look{0};  // From the time a look was due to the look.
  bool operator==(const SourceDelays&) const = default;
};

struct SourceState {
  std::string name;
  Timestamp first_looked_at{};  // Zero: never looked at; its posts so far are the backlog.
  Timestamp last_looked_at{};
  Timestamp last_worked_at{};
  Timestamp next_due{};
  std::optional<Timestamp> newest_post;
  std::uint32_t failures = 0;  // Looks that failed in a row.
  SourceHealth health = SourceHealth::kNew;
  std::string last_error;
  std::uint64_t posts_seen = 0;
  std::chrono::milliseconds interval{0};  // How often it is asked now; zero: as configured.
  FeedHints feed;
  SourceTrouble trouble = SourceTrouble::kNone;  // Of the last look.
  Timestamp last_held_at{};  // The last look that found posts there, new ones or not.
  Timestamp health_since{};  // When `health` became what it is.
  // What people were told of its health last. Changed only after it was said, so that a crash in
  // between says it again rather than never.
  SourceHealth told = SourceHealth::kNew;
  std::vector<SourceDelays> delays;  // Of the last 30 days, the oldest first.
  bool operator==(const SourceState&) const = default;
};

}  // namespace schoolwatch::core
