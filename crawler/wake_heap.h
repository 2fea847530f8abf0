#pragma once

#include <chrono>
#include <cstddef>
#include <cstdint>
#include <limits>
#include <vector>

namespace schoolwatch::crawler {

// A place in a WakeHeap; derived from by what waits in one.
struct WakeEntry {
  static constexpr std::size_t kNowhere = std::numeric_limits<std::size_t>::max();
  std::chrono::steady_clock::time_point wake{};
  std::uint64_t turn = 0;  // Among equal times the lower one is first.
  std::size_t place = kNowhere;
};

// A binary heap of borrowed entries by wake-up time, in which an entry's time can be changed and an
// entry be taken out from the middle: std::priority_queue can do neither, and a std::set costs an
// allocation a move. All but top() and size() take O(log n).
template <class Entry>
class WakeHeap {
 public:
  bool empty() const { return entries_.empty(); }
  std::size_t size() const { return entries_.size(); }
  // The entry that wakes first.
  Entry& top() const { return *entries_.front(); }

  // Puts `entry` in, or moves it to its new place.
  void Set(Entry& entry, std::chrono::steady_clock::time_point wake, std::uint64_t turn) {
    entry.wake = wake;
    entry.turn = turn;
    if (entry.place == WakeEntry::kNowhere) {
      entry.place = entries_.size();
      entries_.push_back(&entry);
    }
    Down(Up(entry.place));
  }

  // Does nothing where it is not in.
  void Remove(Entry& entry) {
    const std::size_t place = entry.place;
    if (place == WakeEntry::kNowhere) {
      return;
    }
    Entry* const last = entries_.back();
    entries_.pop_back();
    entry.place = WakeEntry::kNowhere;
    if (last != &entry) {
      entries_[place] = last;
      last->place = place;
      Down(Up(place));
    }
  }

 private:
  static bool Before(const Entry& a, const Entry& b) {
    return a.wake != b.wake ? a.wake < b.wake : a.turn < b.turn;
  }

  void Swap(std::size_t a, std::size_t b) {
    Entry* const moved = entries_[a];
    entries_[a] = entries_[b];
    entries_[b] = moved;
    entries_[a]->place = a;
    entries_[b]->place = b;
  }

  std::size_t Up(std::size_t at) {
    while (at > 0 && Before(*entries_[at], *entries_[(at - 1) / 2])) {
      Swap(at, (at - 1) / 2);
      at = (at - 1) / 2;
    }
    return at;
  }

  void Down(std::size_t at) {
    while (true) {
      std::size_t first = at;
      for (std::size_t child = 2 * at + 1; child <= 2 * at + 2 && child < entries_.size();
           ++child) {
        if (Before(*entries_[child], *entries_[first])) {
          first = child;
        }
      }
      if (first == at) {
        return;
      }
      Swap(at, first);
      at = first;
    }
  }

  std::vector<Entry*> entries_;
};

}  // namespace schoolwatch::crawler
