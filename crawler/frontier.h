#pragma once

#include <chrono>
#include <cstddef>
#include <cstdint>
#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <unordered_map>
#include <vector>

#include "crawler/wake_heap.h"

namespace schoolwatch::crawler {

// In which order the addresses of one host are asked for.
enum class Priority : std::uint8_t { kRobots, kFeed, kListing, kThread, kOther };

// What is to be fetched, and when it may be: a wake-up heap of slots (what shares one rate limit: a
// registrable domain, later an IP address), in each the hosts (origins) that have work, in each of
// these a queue by priority, first come first served. The next address is the top of a top, never
// found by a scan. A slot has one request out at a time, and rests for its gap after the answer;
// hosts of a slot take turns. Knows no clock: time is handed in. Not thread-safe.
class Frontier {
 public:
  using Time = std::chrono::steady_clock::time_point;

  // How long a slot rests after an answer, by what is asked next: robots.txt and feeds, or pages.
  struct Gaps {
    std::chrono::milliseconds feed{0};
    std::chrono::milliseconds page{0};
  };
  struct Taken {
    std::uint64_t id = 0;
    std::string_view slot;  // As long as the frontier lives.
    std::string_view host;
  };
  struct Stats {
    std::size_t queued = 0;
    std::size_t slots = 0;  // Known in this run…
    std::size_t hosts = 0;
    std::size_t busy_slots = 0;  // …and with a request out.
    std::uint64_t taken = 0;
  };

  explicit Frontier(std::size_t max_queued) : max_queued_(max_queued) {}

  // Queues `id`; a host stays in the slot that it was first given. False: the frontier is full.
  [[nodiscard]] bool Add(std::string_view slot, std::string_view host, Priority priority,
                         std::uint64_t id);
  // The address whose time has come the longest ago. Its slot is busy until Release.
  std::optional<Taken> Take(Time now);
  // The answer to what was taken from `slot` came at `now`: the gap starts.
  void Release(std::string_view slot, Time now);
  // What was taken from `slot` was not asked after all: no gap.
  void Forgo(std::string_view slot);
  // `slot` was last asked at `then`, by an earlier process.
  void RestFrom(std::string_view slot, Time then);

  void SetDelay(std::string_view slot, Gaps gaps);
  // Nothing of the host, or of a whole slot, is handed out before `until`; an earlier, longer block
  // stays.
  void BlockHostUntil(std::string_view slot, std::string_view host, Time until);
  void BlockSlotUntil(std::string_view slot, Time until);

  // Takes out all that is queued for a host, or a slot, in no particular order.
  std::vector<std::uint64_t> DropHost(std::string_view host);
  std::vector<std::uint64_t> DropSlot(std::string_view slot);

  // When the next Take can succeed; nullopt while nothing is queued but behind busy slots.
  std::optional<Time> NextReady() const;
  bool empty() const { return stats_.queued == 0; }
  Stats stats() const;

 private:
  struct Slot;
  struct Queued {
    std::uint64_t id = 0;
    std::uint64_t turn = 0;
    Priority priority = Priority::kOther;
  };
  struct Host : WakeEntry {
    std::string name;
    Slot* slot = nullptr;
    std::vector<Queued> queue;  // A heap.
    Time blocked_until = Time::min();
    WakeHeap<Host>* heap = nullptr;  // The one it is in.
  };
  struct Slot : WakeEntry {
    std::string name;
    // Hosts with work whose first address is of the quick kind, and the others.
    WakeHeap<Host> quick_hosts;
    WakeHeap<Host> slow_hosts;
    std::vector<Host*> hosts;
    Gaps gaps;
    Time released = Time::min();
    Time blocked_until = Time::min();
    bool busy = false;
  };

  Slot& FindOrMakeSlot(std::string_view name);
  Host& FindOrMakeHost(Slot& slot, std::string_view name);
  void Requeue(Host& host, Time wake);
  void Reschedule(Slot& slot);
  Time ReadyTime(const Slot& slot, const WakeHeap<Host>& hosts,
                 std::chrono::milliseconds gap) const;
  void EmptyHost(Host& host, std::vector<std::uint64_t>& ids);

  struct NameHash {
    using is_transparent = void;
    std::size_t operator()(std::string_view name) const {
      return std::hash<std::string_view>{}(name);
    }
  };
  template <class Value>
  using ByName = std::unordered_map<std::string, std::unique_ptr<Value>, NameHash, std::equal_to<>>;

  std::size_t max_queued_;
  ByName<Slot> slots_;
  ByName<Host> hosts_;
  WakeHeap<Slot> waking_;
  std::uint64_t next_turn_ = 0;
  Time latest_ = Time::min();  // The latest time heard of.
  Stats stats_;
};

}  // namespace schoolwatch::crawler
