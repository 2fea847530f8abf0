#pragma once

#include <chrono>
#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <unordered_map>
#include <utility>
#include <vector>

#include "core/fetch_memory.h"
#include "core/fetch_state.h"
#include "core/url.h"
#include "crawler/crawler.h"
#include "crawler/frontier.h"
#include "crawler/robots.h"

namespace schoolwatch::crawler {

// What one run knows of a registrable domain: what shares a rate limit.
struct CrawlSite {
  std::string name;
  // Its rest and blocks, stored under the bare name ("quillbrook.example"), beside its origins'.
  core::HostState state;
  Frontier::SiteId id{};
  std::optional<Frontier::AddressId> own_address;        // For hosts of unknown addresses.
  std::optional<std::chrono::milliseconds> crawl_delay;  // The longest of its hosts.
  std::chrono::milliseconds api_gap{0};                  // The longest of its platforms' own.
  std::chrono::milliseconds last_response{0};
  std::chrono::steady_clock::time_point blocked_until =
      std::chrono::steady_clock::time_point::min();
};

// Where a host's robots.txt stands.
enum class RobotsState {
  kUnknown,
  kAsking,
  kKnown,        // `rules` answer.
  kUnreachable,  // Nothing may be fetched; `robots_error` says why.
  kNoAddress,    // The address guard lets nobody there; `robots_error` says why.
};

// Where a host leads, which is asked before anything else.
enum class Whereabouts {
  kUnknown,
  kAsking,
  kKnown,    // `place` is set.
  kNowhere,  // No such name, or no answer: `address_error` says why.
};

// What one run knows of an origin.
struct CrawlHost {
  explicit CrawlHost(core::HttpUrl address) : robots_url(std::move(address)) {}

  core::HttpUrl robots_url;
  CrawlSite* site = nullptr;
  core::HostState state;
  HostReport report;
  RobotsState robots = RobotsState::kUnknown;
  RobotsRules rules;
  std::string robots_error;
  Whereabouts whereabouts = Whereabouts::kUnknown;
  std::string address_error;
  std::optional<Frontier::HostId> place;
  std::vector<std::uint32_t> waiting;  // What waits for its address or robots.txt.
  int silent = 0;                      // Requests in a row that got no answer.
  std::chrono::steady_clock::time_point blocked_until =
      std::chrono::steady_clock::time_point::min();
};

// All hosts of one run, with what earlier runs remembered of them.
class HostBook {
 public:
  HostBook(const core::FetchMemory& memory, std::string_view agent)
      : memory_(memory), agent_(agent) {}

  struct Found {
    CrawlHost& host;  // As long as the book lives.
    bool is_new_host;
    bool is_new_site;
  };
  // The origin of `url`. A robots.txt remembered from less than 24 hours ago still counts; that it
  // could not be read, for 10 minutes.
  Found FindOrMake(const core::HttpUrl& url, core::Timestamp now);

  // What came of asking for robots.txt: the final answer's status, 0 for none (`error` says why).
  // Sections 2.3.1.1 to 2.3.1.4 of RFC 9309; 429 counts as unreachable, as big crawlers have it.
  void SetRobots(CrawlHost& host, int status, std::string body, std::string error,
                 core::Timestamp now) const;

  // By origin.
  std::vector<CrawlHost*> SortedHosts() const;
  // By name.
  std::vector<CrawlSite*> SortedSites() const;

 private:
  core::HostState Load(std::string name) const;
  void ReadRobots(CrawlHost& host, std::string error) const;

  const core::FetchMemory& memory_;
  std::string agent_;
  std::unordered_map<std::string, std::unique_ptr<CrawlHost>> hosts_;
  std::unordered_map<std::string, std::unique_ptr<CrawlSite>> sites_;
};

// Robots.txt in words, for the report: "12 rules, crawl-delay 600 s cut to 120 s".
std::string DescribeRobots(const CrawlHost& host, std::chrono::milliseconds max_crawl_delay);

}  // namespace schoolwatch::crawler
