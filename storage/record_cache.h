#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "core/mutex.h"

namespace schoolwatch::storage {

// Small records that were asked for or written last, by key: a page that is looked at again shows
// the posts that it showed before. Never older than the database, as long as Put or Drop follows
// each change of a record and nobody changes two at once. Thread-safe.
class RecordCache {
 public:
  static constexpr std::size_t kMost = 131'072;      // About fifteen megabytes of seen marks.
  static constexpr std::size_t kLongestBytes = 160;  // With the key; longer ones are not kept.

  struct Answer {
    std::optional<std::string> value;
    std::uint64_t changes = 0;  // For Keep.
  };
  Answer Find(std::string_view key) const;
  // What was read from the database after Find gave `changes`; not kept if there was a Put or Drop
  // meanwhile, as it may be from before.
  void Keep(std::string_view key, std::string_view value, std::uint64_t changes);
  // What was written.
  void Put(std::string_view key, std::string_view value);
  void Drop(std::string_view key);

 private:
  // A record has one place, which it takes from whichever had it.
  struct Place {
    std::string record;  // Its key, and behind it its value.
    std::size_t key_size = 0;
    bool Holds(std::string_view key) const {
      return key_size == key.size() && !record.empty() && record.starts_with(key);
    }
  };
  struct Shard {
    mutable core::Mutex mutex;
    std::uint64_t changes SW_GUARDED_BY(mutex) = 0;
    std::vector<Place> places SW_GUARDED_BY(mutex);  // None, or all of them.
  };
  static constexpr std::size_t kShards = 16;
  static constexpr std::size_t kPlaces = kMost / kShards;
  static void Set(std::string_view key, std::string_view value, std::uint64_t hash, Shard& shard)
      SW_REQUIRES(shard.mutex);
  std::array<Shard, kShards> shards_;
};

}  // namespace schoolwatch::storage
