#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <optional>
#include <string_view>
#include <vector>

#include "core/mutex.h"
#include "core/outcome.h"

namespace schoolwatch::storage {

// Marks of posts that were asked for or written last: a page that is looked at again shows the
// posts that it showed before. Never older than the database, as long as Put follows each write and
// Clear whatever else changes marks. Thread-safe.
class MarkCache {
 public:
  static constexpr std::size_t kMost = 32'768;  // About eight megabytes.

  struct Answer {
    std::optional<core::SeenMark> mark;
    std::uint64_t changes = 0;  // For Keep.
  };
  Answer Find(std::string_view post_key) const;
  // What was read from the database after Find gave `changes`; dropped if there was a Put or Clear
  // meanwhile, as it may be from before.
  void Keep(const core::SeenMark& mark, std::uint64_t changes);
  // What was written.
  void Put(const core::SeenMark& mark);
  void Clear();

 private:
  // A post has one place, which it takes from whoever had it.
  struct Shard {
    mutable core::Mutex mutex;
    std::uint64_t changes SW_GUARDED_BY(mutex) = 0;
    std::vector<core::SeenMark> places SW_GUARDED_BY(mutex);  // None, or all of them.
  };
  static constexpr std::size_t kShards = 16;
  static constexpr std::size_t kPlaces = kMost / kShards;
  static void Set(const core::SeenMark& mark, std::uint64_t hash, Shard& shard)
      SW_REQUIRES(shard.mutex);
  std::array<Shard, kShards> shards_;
};

}  // namespace schoolwatch::storage
