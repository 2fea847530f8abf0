#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "core/time.h"

namespace schoolwatch::core {

// How far one question to a platform's interface has come: a route of a source, with the words that
// it asks for. Plain data; kept by the store.
struct RouteState {
  std::string key;        // Source, route and a hash of what is asked.
  std::string newest_id;  // Of the newest post seen; empty: none yet.
  Timestamp newest_time{};
  std::string cursor;  // Where a stream goes on, or a reading of many pages that was broken off.
  std::string cursor_host;  // Whose cursor it is, where they differ between hosts.
  Timestamp looked_at{};
  bool operator==(const RouteState&) const = default;
};

// A login of a platform's account, kept between runs so that no more are made than needed. Its
// tokens are secrets: the store's folder is closed to others, and no log or export holds them.
struct PlatformSession {
  std::string key;  // Platform and a hash of the account's name.
  std::string access_token;
  std::string refresh_token;
  Timestamp access_until{};
  Timestamp created_at{};     // By name and password, or by the client's own secret.
  std::uint32_t refused = 0;  // Times in a row that a fresh token was refused.
  bool operator==(const PlatformSession&) const = default;
};

// What has been used of one budget of a platform in one period. A request that costs money is
// reserved here, durably, before it is sent, and settled after its answer: a crash in between
// leaves the reservation standing, so that a cap is never crossed.
struct PlatformSpending {
  std::string key;             // Platform, account and what is counted: "x/money".
  Timestamp period_began{};    // Of the period that is counted.
  std::uint64_t used = 0;      // Settled; millionths of the currency's unit for money.
  std::uint64_t reserved = 0;  // Of requests on their way.
  bool operator==(const PlatformSpending&) const = default;
};

}  // namespace schoolwatch::core
