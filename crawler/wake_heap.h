#pragma once

#include <algorithm>
#include <chrono>
#include <cstddef>
#include <cstdint>
#include <limits>
#include <utility>
#include <vector>

namespace schoolwatch::crawler {

// Who wakes first, among things known by number. An entry's time can be changed and an entry taken
// out from the middle, which std::priority_queue cannot do. Entries are values and a node has four
// children, so that a step down reads two cache lines instead of chasing pointers. Each thing's
// place is kept by who owns the things: `place_of(id)` gives a reference to it, which must be
// kNowhere for what is not in. All but top() and size() take O(log n).
class WakeHeap {
 public:
  using Time = std::chrono::steady_clock::time_point;
  static constexpr std::uint32_t kNowhere = std::numeric_limits<std::uint32_t>::max();

  struct Entry {
    Time wake;
    std::uint64_t turn = 0;  // Among equal times the lower one is first.
    std::uint32_t id = 0;
  };

  bool empty() const { return entries_.empty(); }
  std::size_t size() const { return entries_.size(); }
  const Entry& top() const { return entries_.front(); }
  const Entry& at(std::uint32_t place) const { return entries_[place]; }
  // In no particular order.
  const std::vector<Entry>& entries() const { return entries_; }

  // Puts `entry` in, or moves it to its new place.
  template <class PlaceOf>
  void Set(const Entry& entry, const PlaceOf& place_of) {
    std::uint32_t at = place_of(entry.id);
    if (at == kNowhere) {
      at = static_cast<std::uint32_t>(entries_.size());
      entries_.push_back(entry);
      Up(at, entry, place_of);
    } else {
      Settle(at, entry, place_of);
    }
  }

  // Does nothing where it is not in.
  template <class PlaceOf>
  void Remove(std::uint32_t id, const PlaceOf& place_of) {
    const std::uint32_t at = std::exchange(place_of(id), kNowhere);
    if (at == kNowhere) {
      return;
    }
    const Entry last = entries_.back();
    entries_.pop_back();
    if (last.id != id) {
      Settle(at, last, place_of);
    }
  }

 private:
  static constexpr std::size_t kChildren = 4;

  static bool Before(const Entry& a, const Entry& b) {
    return a.wake != b.wake ? a.wake < b.wake : a.turn < b.turn;
  }

  // Puts `entry` where `at` leaves a hole, or above or below it.
  template <class PlaceOf>
  void Settle(std::size_t at, const Entry& entry, const PlaceOf& place_of) {
    if (at > 0 && Before(entry, entries_[(at - 1) / kChildren])) {
      Up(at, entry, place_of);
    } else {
      Down(at, entry, place_of);
    }
  }

  template <class PlaceOf>
  void Put(std::size_t at, const Entry& entry, const PlaceOf& place_of) {
    entries_[at] = entry;
    place_of(entry.id) = static_cast<std::uint32_t>(at);
  }

  template <class PlaceOf>
  void Up(std::size_t at, const Entry& entry, const PlaceOf& place_of) {
    while (at > 0 && Before(entry, entries_[(at - 1) / kChildren])) {
      Put(at, entries_[(at - 1) / kChildren], place_of);
      at = (at - 1) / kChildren;
    }
    Put(at, entry, place_of);
  }

  template <class PlaceOf>
  void Down(std::size_t at, const Entry& entry, const PlaceOf& place_of) {
    while (true) {
      const std::size_t first_child = kChildren * at + 1;
      const std::size_t end = std::min(first_child + kChildren, entries_.size());
      std::size_t first = at;
      for (std::size_t child = first_child; child < end; ++child) {
        if (Before(entries_[child], first == at ? entry : entries_[first])) {
          first = child;
        }
      }
      if (first == at) {
        return Put(at, entry, place_of);
      }
      Put(at, entries_[first], place_of);
      at = first;
    }
  }

  std::vector<Entry> entries_;
};

}  // namespace schoolwatch::crawler
