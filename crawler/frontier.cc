#include "crawler/frontier.h"

#include <algorithm>
#include <bit>
#include <cassert>
#include <utility>

namespace schoolwatch::crawler {
namespace {

using Time = Frontier::Time;

// Of robots.txt and feeds.
constexpr std::uint32_t kQuickWork =
    (1u << std::to_underlying(Priority::kRobots)) | (1u << std::to_underlying(Priority::kFeed));

// When the first of `hosts` may be asked by a site that rests for `gap`.
Time ReadyTime(const WakeHeap& hosts, Time released, Time blocked_until,
               std::chrono::milliseconds gap) {
  if (hosts.empty()) {
    return Time::max();
  }
  // Never asked: nothing to rest from (and Time::min() plus a gap is no time to compare with).
  const Time rested = released == Time::min() ? Time::min() : released + gap;
  return std::max({rested, blocked_until, hosts.top().wake});
}

}  // namespace

Frontier::AddressId Frontier::AddAddress(const AddressLimits& limits) {
  addresses_.emplace_back().limits = limits;
  return AddressId(static_cast<std::uint32_t>(addresses_.size() - 1));
}

Frontier::SiteId Frontier::AddSite() {
  sites_.emplace_back();
  return SiteId(static_cast<std::uint32_t>(sites_.size() - 1));
}

Frontier::HostId Frontier::AddHost(SiteId site, AddressId address) {
  Host& host = hosts_.emplace_back();
  host.site = std::to_underlying(site);
  host.address = std::to_underlying(address);
  return HostId(static_cast<std::uint32_t>(hosts_.size() - 1));
}

bool Frontier::Add(HostId host_id, Priority priority, std::uint32_t id) {
  if (stats_.queued >= max_queued_) {
    return false;
  }
  const std::uint32_t number = std::to_underlying(host_id);
  Host& host = hosts_[number];
  const std::uint32_t before = host.work;
  queues_.Push(host.queues[std::to_underlying(priority)], id);
  host.work |= 1u << std::to_underlying(priority);
  ++stats_.queued;
  if (before == 0) {
    Requeue(number, latest_, Turn::kNew);
  } else if ((before & kQuickWork) == 0 && (host.work & kQuickWork) != 0) {
    // Its next address is a quick one now.
    Requeue(number, sites_[host.site].slow_hosts.at(host.place).wake, Turn::kNew);
  }
  return true;
}

// Puts the host into the heap that its first address belongs to, or into none where it has no work.
void Frontier::Requeue(std::uint32_t id, Time wake, Turn turn) {
  Host& host = hosts_[id];
  Site& site = sites_[host.site];
  const auto place_of = [this](std::uint32_t of) -> std::uint32_t& { return hosts_[of].place; };
  const bool quick = (host.work & kQuickWork) != 0;
  WakeHeap& heap = quick ? site.quick_hosts : site.slow_hosts;
  if (host.place != WakeHeap::kNowhere && (host.work == 0 || host.quick != quick)) {
    (host.quick ? site.quick_hosts : site.slow_hosts).Remove(id, place_of);
  }
  if (host.work != 0) {
    const bool stays = turn == Turn::kKeeps && host.place != WakeHeap::kNowhere;
    heap.Set({.wake = std::max(wake, host.blocked_until),
              .turn = stays ? heap.at(host.place).turn : next_turn_++,
              .id = id},
             place_of);
    host.quick = quick;
  }
  Offer(host.site);
}

// Lets the site wait for its next host at that host's address.
void Frontier::Offer(std::uint32_t id) {
  Site& site = sites_[id];
  if (site.busy_at != kNone || (site.quick_hosts.empty() && site.slow_hosts.empty())) {
    return Withdraw(site, id);
  }
  const Time quick = ReadyTime(site.quick_hosts, site.released, site.blocked_until, site.gaps.feed);
  const Time slow = ReadyTime(site.slow_hosts, site.released, site.blocked_until, site.gaps.page);
  // Of two that are both due, the quick one.
  const bool is_quick = std::max(quick, latest_) <= std::max(slow, latest_) && quick != Time::max();
  site.offered = (is_quick ? site.quick_hosts : site.slow_hosts).top().id;
  const std::uint32_t address = hosts_[site.offered].address;
  if (site.waits_at != address) {
    Withdraw(site, id);
    site.waits_at = address;
  }
  WakeHeap& sites = addresses_[address].sites;
  sites.Set({.wake = is_quick ? quick : slow,
             .turn = site.place == WakeHeap::kNowhere ? next_turn_++ : sites.at(site.place).turn,
             .id = id},
            [this](std::uint32_t of) -> std::uint32_t& { return sites_[of].place; });
  Reschedule(address, Turn::kKeeps);
}

void Frontier::Withdraw(Site& site, std::uint32_t id) {
  if (site.waits_at == kNone) {
    return;
  }
  const std::uint32_t address = std::exchange(site.waits_at, kNone);
  addresses_[address].sites.Remove(
      id, [this](std::uint32_t of) -> std::uint32_t& { return sites_[of].place; });
  Reschedule(address, Turn::kKeeps);
}

void Frontier::Reschedule(std::uint32_t id, Turn turn) {
  Address& address = addresses_[id];
  const auto place_of = [this](std::uint32_t of) -> std::uint32_t& { return addresses_[of].place; };
  if (address.sites.empty() || address.in_flight >= address.limits.max_in_flight) {
    return waking_.Remove(id, place_of);
  }
  const bool stays = turn == Turn::kKeeps && address.place != WakeHeap::kNowhere;
  waking_.Set({.wake = std::max(address.next_start, address.sites.top().wake),
               .turn = stays ? waking_.at(address.place).turn : next_turn_++,
               .id = id},
              place_of);
}

std::optional<Frontier::Taken> Frontier::Take(Time now) {
  latest_ = std::max(latest_, now);
  if (waking_.empty() || waking_.top().wake > now) {
    return std::nullopt;
  }
  const std::uint32_t address_id = waking_.top().id;
  Address& address = addresses_[address_id];
  const std::uint32_t site_id = address.sites.top().id;
  Site& site = sites_[site_id];
  const std::uint32_t host_id = site.offered;
  Host& host = hosts_[host_id];

  const auto first = static_cast<std::size_t>(std::countr_zero(host.work));
  IdQueues::Queue& queue = host.queues[first];
  const std::uint32_t id = queues_.Pop(queue);
  if (queue.empty()) {
    host.work &= ~(1u << first);
  }
  --stats_.queued;
  ++stats_.taken;
  ++stats_.busy_sites;

  ++address.in_flight;
  address.start_before = std::exchange(address.next_start, now + address.limits.gap);
  address.last_taker = site_id;
  site.busy_at = address_id;
  address.sites.Remove(site_id,
                       [this](std::uint32_t of) -> std::uint32_t& { return sites_[of].place; });
  site.waits_at = kNone;
  Reschedule(address_id, Turn::kNew);
  // Behind the others of its site: hosts take turns.
  Requeue(host_id, now, Turn::kNew);
  return Taken{id, HostId(host_id), SiteId(site_id)};
}

void Frontier::EndRequest(Site& site) {
  if (site.busy_at == kNone) {
    return;
  }
  const std::uint32_t address = std::exchange(site.busy_at, kNone);
  --addresses_[address].in_flight;
  --stats_.busy_sites;
  Reschedule(address, Turn::kKeeps);
}

void Frontier::Release(SiteId id, Time now) {
  latest_ = std::max(latest_, now);
  Site& site = sites_[std::to_underlying(id)];
  site.released = std::max(site.released, now);
  EndRequest(site);
  Offer(std::to_underlying(id));
}

void Frontier::Forgo(SiteId id) {
  Site& site = sites_[std::to_underlying(id)];
  if (site.busy_at != kNone) {
    Address& address = addresses_[site.busy_at];
    if (address.last_taker == std::to_underlying(id)) {
      address.next_start = address.start_before;
    }
  }
  EndRequest(site);
  Offer(std::to_underlying(id));
}

void Frontier::RestFrom(SiteId id, Time then) {
  Site& site = sites_[std::to_underlying(id)];
  site.released = std::max(site.released, then);
  Offer(std::to_underlying(id));
}

void Frontier::SetDelay(SiteId id, Gaps gaps) {
  Site& site = sites_[std::to_underlying(id)];
  if (site.gaps != gaps) {
    site.gaps = gaps;
    Offer(std::to_underlying(id));
  }
}

void Frontier::BlockHostUntil(HostId id, Time until) {
  const std::uint32_t number = std::to_underlying(id);
  Host& host = hosts_[number];
  host.blocked_until = std::max(host.blocked_until, until);
  if (host.place != WakeHeap::kNowhere) {
    const Site& site = sites_[host.site];
    const WakeHeap& heap = host.quick ? site.quick_hosts : site.slow_hosts;
    Requeue(number, heap.at(host.place).wake, Turn::kKeeps);
  }
}

void Frontier::BlockSiteUntil(SiteId id, Time until) {
  Site& site = sites_[std::to_underlying(id)];
  site.blocked_until = std::max(site.blocked_until, until);
  Offer(std::to_underlying(id));
}

void Frontier::EmptyHost(std::uint32_t id, std::vector<std::uint32_t>& ids) {
  Host& host = hosts_[id];
  const std::size_t before = ids.size();
  for (IdQueues::Queue& queue : host.queues) {
    while (!queue.empty()) {
      ids.push_back(queues_.Pop(queue));
    }
  }
  stats_.queued -= ids.size() - before;
  host.work = 0;
  Requeue(id, latest_, Turn::kKeeps);
}

void Frontier::EmptyHosts(const WakeHeap& hosts, std::vector<std::uint32_t>& ids) {
  while (!hosts.empty()) {
    EmptyHost(hosts.top().id, ids);
  }
}

std::vector<std::uint32_t> Frontier::DropHost(HostId id) {
  std::vector<std::uint32_t> ids;
  EmptyHost(std::to_underlying(id), ids);
  return ids;
}

std::vector<std::uint32_t> Frontier::DropSite(SiteId id) {
  std::vector<std::uint32_t> ids;
  EmptyHosts(sites_[std::to_underlying(id)].quick_hosts, ids);
  EmptyHosts(sites_[std::to_underlying(id)].slow_hosts, ids);
  return ids;
}

std::optional<Frontier::Time> Frontier::NextReady() const {
  return waking_.empty() ? std::nullopt : std::optional(waking_.top().wake);
}

Frontier::Stats Frontier::stats() const {
  Stats stats = stats_;
  stats.addresses = addresses_.size();
  stats.sites = sites_.size();
  stats.hosts = hosts_.size();
  return stats;
}

}  // namespace schoolwatch::crawler
