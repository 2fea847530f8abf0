#pragma once

#include <cstddef>
#include <cstdint>
#include <utility>
#include <vector>

namespace schoolwatch::crawler {

// A growing set of hashes, which are spread well already: open addressing with linear probing, so
// that asking touches one cache line where std::unordered_set follows two or three pointers, and a
// key costs 11 to 21 bytes instead of 40.
class KeySet {
 public:
  // False: it was in.
  bool Insert(std::uint64_t key) {
    if (4 * (size_ + 1) > 3 * slots_.size()) {
      Grow();
    }
    const bool is_new = Put(key == kFree ? kFree + 1 : key);
    size_ += is_new ? 1 : 0;
    return is_new;
  }
  std::size_t size() const { return size_; }

 private:
  static constexpr std::uint64_t kFree = 0;

  bool Put(std::uint64_t key) {
    const std::size_t mask = slots_.size() - 1;
    std::size_t at = key & mask;
    while (slots_[at] != kFree) {
      if (slots_[at] == key) {
        return false;
      }
      at = (at + 1) & mask;
    }
    slots_[at] = key;
    return true;
  }
  void Grow() {
    const std::vector<std::uint64_t> old =
        std::exchange(slots_, std::vector<std::uint64_t>(slots_.empty() ? 64 : 2 * slots_.size()));
    for (const std::uint64_t key : old) {
      if (key != kFree) {
        Put(key);
      }
    }
  }

  std::vector<std::uint64_t> slots_;
  std::size_t size_ = 0;
};

}  // namespace schoolwatch::crawler
