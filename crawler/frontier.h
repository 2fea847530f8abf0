#pragma once

#include <array>
#include <chrono>
#include <cstddef>
#include <cstdint>
#include <limits>
#include <optional>
#include <vector>

#include "crawler/id_queues.h"
#include "crawler/wake_heap.h"

namespace schoolwatch::crawler {

// In which order the addresses of one host are asked for.
enum class Priority : std::uint8_t { kRobots, kFeed, kListing, kThread, kOther };

// What is to be fetched, and when it may be: a wake-up heap of IP addresses, in each the sites
// (registrable domains) whose next host lives there, in each of these the hosts that have work, in
// each of these a queue by priority, first come first served. The next URL is the top of a top of a
// top, never found by a scan.
// - An address has a few requests out at a time, and a gap between two starts.
// - A site has one request out at a time, over all addresses, and rests for its gap after the
//   answer. Its hosts take turns.
// - A site waits at one address: that of the host whose turn it is. So no host of it is starved by
//   one that lives at a less busy address; the price is that its others wait, too.
// All is known by dense numbers; who wants names keeps them. Knows no clock: time is handed in. Not
// thread-safe.
class Frontier {
 public:
  using Time = std::chrono::steady_clock::time_point;
  enum class AddressId : std::uint32_t {};
  enum class SiteId : std::uint32_t {};
  enum class HostId : std::uint32_t {};

  struct AddressLimits {
    std::size_t max_in_flight = std::numeric_limits<std::size_t>::max();
    std::chrono::milliseconds gap{0};
  };
  // How long a site rests after an answer, by what is asked next: robots.txt and feeds, or pages.
  struct Gaps {
    std::chrono::milliseconds feed{0};
    std::chrono::milliseconds page{0};
    bool operator==(const Gaps&) const = default;
  };
  struct Taken {
    std::uint32_t id = 0;
    HostId host{};
    SiteId site{};
  };
  struct Stats {
    std::size_t queued = 0;
    std::size_t addresses = 0;  // Known in this run…
    std::size_t sites = 0;
    std::size_t hosts = 0;
    std::size_t busy_sites = 0;  // …and with a request out.
    std::uint64_t taken = 0;
  };

  explicit Frontier(std::size_t max_queued) : max_queued_(max_queued) {}

  AddressId AddAddress(const AddressLimits& limits);
  SiteId AddSite();
  // A host keeps its address.
  HostId AddHost(SiteId site, AddressId address);

  // Queues `id`. False: the frontier is full.
  [[nodiscard]] bool Add(HostId host, Priority priority, std::uint32_t id);
  // What has been due the longest, as far as addresses and sites allow. Its site is busy until
  // Release.
  std::optional<Taken> Take(Time now);
  // The answer to what was taken from `site` came at `now`: the gap starts.
  void Release(SiteId site, Time now);
  // What was taken from `site` just now was not asked after all: no gap.
  void Forgo(SiteId site);
  // `site` was last asked at `then`, by an earlier process.
  void RestFrom(SiteId site, Time then);

  void SetDelay(SiteId site, Gaps gaps);
  // Nothing of the host, or of a whole site, is handed out before `until`; an earlier, longer block
  // stays.
  void BlockHostUntil(HostId host, Time until);
  void BlockSiteUntil(SiteId site, Time until);

  // Takes out all that is queued for a host, or a site; of each host in order.
  std::vector<std::uint32_t> DropHost(HostId host);
  std::vector<std::uint32_t> DropSite(SiteId site);

  // When the next Take can succeed; nullopt while nothing is queued but behind requests that are
  // out.
  std::optional<Time> NextReady() const;
  bool empty() const { return stats_.queued == 0; }
  Stats stats() const;

 private:
  static constexpr std::size_t kPriorities = 5;
  static constexpr std::uint32_t kNone = std::numeric_limits<std::uint32_t>::max();

  struct Host {
    std::array<IdQueues::Queue, kPriorities> queues;
    std::uint32_t work = 0;  // A bit for each queue that is not empty.
    std::uint32_t site = kNone;
    std::uint32_t address = kNone;
    std::uint32_t place = WakeHeap::kNowhere;  // In one of its site's heaps.
    bool quick = false;                        // In which.
    Time blocked_until = Time::min();
  };
  struct Site {
    // Hosts with work whose first address is of the quick kind, and the others.
    WakeHeap quick_hosts;
    WakeHeap slow_hosts;
    Gaps gaps;
    Time released = Time::min();
    Time blocked_until = Time::min();
    std::uint32_t offered = kNone;             // The host whose turn it is…
    std::uint32_t waits_at = kNone;            // …and its address, where the site waits.
    std::uint32_t place = WakeHeap::kNowhere;  // In that address's heap.
    std::uint32_t busy_at = kNone;             // The address where its request is out.
  };
  struct Address {
    WakeHeap sites;
    AddressLimits limits;
    std::size_t in_flight = 0;
    Time next_start = Time::min();
    Time start_before = Time::min();  // What next_start was before the last Take.
    std::uint32_t last_taker = kNone;
    std::uint32_t place = WakeHeap::kNowhere;  // In waking_.
  };
  enum class Turn { kKeeps, kNew };

  void Requeue(std::uint32_t host, Time wake, Turn turn);
  void Offer(std::uint32_t site);
  void Withdraw(Site& site, std::uint32_t id);
  void Reschedule(std::uint32_t address, Turn turn);
  void EndRequest(Site& site);
  void EmptyHost(std::uint32_t host, std::vector<std::uint32_t>& ids);
  void EmptyHosts(const WakeHeap& hosts, std::vector<std::uint32_t>& ids);

  std::size_t max_queued_;
  std::vector<Host> hosts_;
  std::vector<Site> sites_;
  std::vector<Address> addresses_;
  IdQueues queues_;
  WakeHeap waking_;  // Addresses.
  std::uint64_t next_turn_ = 0;
  Time latest_ = Time::min();  // The latest time heard of.
  Stats stats_;
};

}  // namespace schoolwatch::crawler
