#pragma once

#include <array>
#include <atomic>
#include <cstddef>
#include <cstdint>
#include <string_view>
#include <vector>

namespace schoolwatch::storage {

// Which keys may be there: a Bloom filter in blocks of a cache line (Putze, Sanders and Singler,
// "Cache-, Hash- and Space-Efficient Bloom Filters", 2007). "Perhaps" of every key that was added,
// and of about one in a hundred others as long as it holds no more than it was made for; more make
// that worse, never wrong. Any thread: who asks after an Add, by whatever orders the two, sees it.
class KeyFilter {
 public:
  // Twelve bits for each of `keys`; 64 MB at most.
  explicit KeyFilter(std::size_t keys);

  void Add(std::string_view key);
  bool MayHold(std::string_view key) const;

 private:
  struct alignas(64) Block {
    std::array<std::atomic<std::uint64_t>, 8> words{};
  };
  std::vector<Block> blocks_;
};

}  // namespace schoolwatch::storage
