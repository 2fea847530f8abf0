#pragma once

#include <cstdint>
#include <map>
#include <memory>
#include <string>
#include <utility>
#include <vector>

#include "core/time.h"

namespace schoolwatch::crawler {

struct Platform;
struct Route;
struct Recipe;

// A post that a call asks for by its id.
struct AskedPost {
  std::string key;   // core::PostKey.
  std::string id;    // The platform's.
  std::string word;  // That asks for it.
};

// What a request to a platform's interface is beyond its address: carried by a CrawlRequest, never
// changed once made. Its secrets are put in when it is sent and stand nowhere else: not in the
// request's address, a log, the store or a post.
struct ApiCall {
  std::shared_ptr<const Platform> platform;
  const Route* route = nullptr;    // Of `platform`.
  const Recipe* recipe = nullptr;  // Of `platform`; null for feeds and pages without one.
  std::string state_key;           // Of the core::RouteState that its answers move on.
  std::map<std::string, std::string> values;  // "request:" of the recipe: channel, video, …
  std::string method = "GET";
  std::vector<std::pair<std::string, std::string>> headers;
  std::string body;
  std::string body_type;  // "application/json"

  std::vector<std::pair<std::string, std::string>> secret_headers;
  std::string secret_query;  // "key=…", put behind the address's own query.
  std::string agent_front;   // Put before the usual User-Agent, with a space between.
  // Where a secret stands in the path: sent instead of the address's own path and query.
  std::string secret_target;
  std::string session_key;  // Of the core::PlatformSession it was made with; empty: none.

  std::vector<AskedPost> looks;  // Of a route that asks for posts by their ids; else none.

  int page = 0;             // Counted from 0.
  core::Timestamp since{};  // What it was asked from; zero: from wherever.
  // The newest of the pages before this one: the state moves on once the last page is read.
  std::string newest_id;
  core::Timestamp newest_time{};
  std::uint64_t units = 0;     // It costs…
  std::uint64_t reserved = 0;  // …and at most, in money (millionths).

  // What tells it from others to the same address: method, body and whose secrets it carries, by
  // hash. Empty for a plain GET without secrets.
  std::string Identity() const;
};

}  // namespace schoolwatch::crawler
