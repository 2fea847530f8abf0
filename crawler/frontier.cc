#include "crawler/frontier.h"

#include <algorithm>
#include <utility>

namespace schoolwatch::crawler {
namespace {

bool IsQuick(Priority priority) { return priority <= Priority::kFeed; }

}  // namespace

Frontier::Slot& Frontier::FindOrMakeSlot(std::string_view name) {
  if (const auto found = slots_.find(name); found != slots_.end()) {
    return *found->second;
  }
  Slot& slot = *slots_.emplace(name, std::make_unique<Slot>()).first->second;
  slot.name = name;
  return slot;
}

Frontier::Host& Frontier::FindOrMakeHost(Slot& slot, std::string_view name) {
  if (const auto found = hosts_.find(name); found != hosts_.end()) {
    return *found->second;
  }
  Host& host = *hosts_.emplace(name, std::make_unique<Host>()).first->second;
  host.name = name;
  host.slot = &slot;
  slot.hosts.push_back(&host);
  return host;
}

bool Frontier::Add(std::string_view slot_name, std::string_view host_name, Priority priority,
                   std::uint64_t id) {
  if (stats_.queued >= max_queued_) {
    return false;
  }
  Host& host = FindOrMakeHost(FindOrMakeSlot(slot_name), host_name);
  const bool first = host.queue.empty();
  host.queue.push_back({id, next_turn_++, priority});
  std::ranges::push_heap(host.queue, [](const Queued& a, const Queued& b) {
    return std::pair(a.priority, a.turn) > std::pair(b.priority, b.turn);
  });
  ++stats_.queued;
  // A host that had work keeps its place among the others; its first address may be a quick one
  // now.
  Requeue(host, first ? latest_ : host.wake);
  return true;
}

// Puts the host into the heap that its first address belongs to, or into none where it has no work.
void Frontier::Requeue(Host& host, Time wake) {
  Slot& slot = *host.slot;
  WakeHeap<Host>* heap = nullptr;
  if (!host.queue.empty()) {
    heap = IsQuick(host.queue.front().priority) ? &slot.quick_hosts : &slot.slow_hosts;
  }
  if (host.heap != nullptr && host.heap != heap) {
    host.heap->Remove(host);
  }
  const bool stays = heap != nullptr && host.heap == heap;
  host.heap = heap;
  if (heap != nullptr) {
    heap->Set(host, std::max(wake, host.blocked_until), stays ? host.turn : next_turn_++);
  }
  Reschedule(slot);
}

Frontier::Time Frontier::ReadyTime(const Slot& slot, const WakeHeap<Host>& hosts,
                                   std::chrono::milliseconds gap) const {
  if (hosts.empty()) {
    return Time::max();
  }
  // Never asked: nothing to rest from (and Time::min() plus a gap is no time to compare with).
  const Time rested = slot.released == Time::min() ? Time::min() : slot.released + gap;
  return std::max({rested, slot.blocked_until, hosts.top().wake});
}

void Frontier::Reschedule(Slot& slot) {
  if (slot.busy || (slot.quick_hosts.empty() && slot.slow_hosts.empty())) {
    waking_.Remove(slot);
    return;
  }
  const Time ready = std::min(ReadyTime(slot, slot.quick_hosts, slot.gaps.feed),
                              ReadyTime(slot, slot.slow_hosts, slot.gaps.page));
  const bool waits = slot.place != WakeEntry::kNowhere;
  waking_.Set(slot, ready, waits ? slot.turn : next_turn_++);
}

std::optional<Frontier::Taken> Frontier::Take(Time now) {
  latest_ = std::max(latest_, now);
  if (waking_.empty() || waking_.top().wake > now) {
    return std::nullopt;
  }
  Slot& slot = waking_.top();
  const bool quick = ReadyTime(slot, slot.quick_hosts, slot.gaps.feed) <= now;
  Host& host = quick ? slot.quick_hosts.top() : slot.slow_hosts.top();
  const std::uint64_t id = host.queue.front().id;
  std::ranges::pop_heap(host.queue, [](const Queued& a, const Queued& b) {
    return std::pair(a.priority, a.turn) > std::pair(b.priority, b.turn);
  });
  host.queue.pop_back();
  --stats_.queued;
  ++stats_.taken;
  ++stats_.busy_slots;
  slot.busy = true;
  // Behind the others of its slot: hosts take turns.
  host.heap->Remove(host);
  host.heap = nullptr;
  Requeue(host, now);
  return Taken{id, slot.name, host.name};
}

void Frontier::Forgo(std::string_view name) {
  Slot& slot = FindOrMakeSlot(name);
  if (slot.busy) {
    slot.busy = false;
    --stats_.busy_slots;
  }
  Reschedule(slot);
}

void Frontier::Release(std::string_view name, Time now) {
  latest_ = std::max(latest_, now);
  RestFrom(name, now);
  Forgo(name);
}

void Frontier::RestFrom(std::string_view name, Time then) {
  Slot& slot = FindOrMakeSlot(name);
  slot.released = std::max(slot.released, then);
  Reschedule(slot);
}

void Frontier::SetDelay(std::string_view name, Gaps gaps) {
  Slot& slot = FindOrMakeSlot(name);
  slot.gaps = gaps;
  Reschedule(slot);
}

void Frontier::BlockHostUntil(std::string_view slot, std::string_view name, Time until) {
  Host& host = FindOrMakeHost(FindOrMakeSlot(slot), name);
  host.blocked_until = std::max(host.blocked_until, until);
  Requeue(host, host.wake);
}

void Frontier::BlockSlotUntil(std::string_view name, Time until) {
  Slot& slot = FindOrMakeSlot(name);
  slot.blocked_until = std::max(slot.blocked_until, until);
  Reschedule(slot);
}

void Frontier::EmptyHost(Host& host, std::vector<std::uint64_t>& ids) {
  for (const Queued& queued : host.queue) {
    ids.push_back(queued.id);
  }
  stats_.queued -= host.queue.size();
  host.queue = {};
  Requeue(host, host.wake);
}

std::vector<std::uint64_t> Frontier::DropHost(std::string_view name) {
  std::vector<std::uint64_t> ids;
  if (const auto found = hosts_.find(name); found != hosts_.end()) {
    EmptyHost(*found->second, ids);
  }
  return ids;
}

std::vector<std::uint64_t> Frontier::DropSlot(std::string_view name) {
  std::vector<std::uint64_t> ids;
  if (const auto found = slots_.find(name); found != slots_.end()) {
    for (Host* const host : found->second->hosts) {
      EmptyHost(*host, ids);
    }
  }
  return ids;
}

std::optional<Frontier::Time> Frontier::NextReady() const {
  return waking_.empty() ? std::nullopt : std::optional(waking_.top().wake);
}

Frontier::Stats Frontier::stats() const {
  Stats stats = stats_;
  stats.slots = slots_.size();
  stats.hosts = hosts_.size();
  return stats;
}

}  // namespace schoolwatch::crawler
