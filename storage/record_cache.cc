#include "storage/record_cache.h"

#include "core/hash.h"

namespace schoolwatch::storage {

void RecordCache::Set(std::string_view key, std::string_view value, std::uint64_t hash,
                      Shard& shard) {
  shard.places.resize(kPlaces);
  Place& place = shard.places[hash / kShards % kPlaces];
  place.record.clear();
  if (key.size() + value.size() <= kLongestBytes) {
    place.record.append(key).append(value);
    place.key_size = key.size();
  }
}

RecordCache::Answer RecordCache::Find(std::string_view key) const {
  const std::uint64_t hash = core::Hash64(key);
  const Shard& shard = shards_[hash % kShards];
  const core::MutexLock lock(shard.mutex);
  Answer answer{.value = std::nullopt, .changes = shard.changes};
  if (!shard.places.empty()) {
    if (const Place& place = shard.places[hash / kShards % kPlaces]; place.Holds(key)) {
      answer.value = place.record.substr(key.size());
    }
  }
  return answer;
}

void RecordCache::Keep(std::string_view key, std::string_view value, std::uint64_t changes) {
  const std::uint64_t hash = core::Hash64(key);
  Shard& shard = shards_[hash % kShards];
  const core::MutexLock lock(shard.mutex);
  if (shard.changes == changes) {
    Set(key, value, hash, shard);
  }
}

void RecordCache::Put(std::string_view key, std::string_view value) {
  const std::uint64_t hash = core::Hash64(key);
  Shard& shard = shards_[hash % kShards];
  const core::MutexLock lock(shard.mutex);
  ++shard.changes;
  Set(key, value, hash, shard);
}

void RecordCache::Drop(std::string_view key) {
  const std::uint64_t hash = core::Hash64(key);
  Shard& shard = shards_[hash % kShards];
  const core::MutexLock lock(shard.mutex);
  ++shard.changes;
  if (!shard.places.empty()) {
    if (Place& place = shard.places[hash / kShards % kPlaces]; place.Holds(key)) {
      place = {};  // With its bytes.
    }
  }
}

}  // namespace schoolwatch::storage
