#include "storage/mark_cache.h"

#include "core/hash.h"

namespace schoolwatch::storage {

void MarkCache::Set(const core::SeenMark& mark, std::uint64_t hash, Shard& shard) {
  shard.places.resize(kPlaces);
  shard.places[hash / kShards % kPlaces] = mark;
}

MarkCache::Answer MarkCache::Find(std::string_view post_key) const {
  const std::uint64_t hash = core::Hash64(post_key);
  const Shard& shard = shards_[hash % kShards];
  const core::MutexLock lock(shard.mutex);
  Answer answer{.mark = std::nullopt, .changes = shard.changes};
  if (!shard.places.empty()) {
    const core::SeenMark& mark = shard.places[hash / kShards % kPlaces];
    if (mark.post_key == post_key && !post_key.empty()) {
      answer.mark = mark;
    }
  }
  return answer;
}

void MarkCache::Keep(const core::SeenMark& mark, std::uint64_t changes) {
  const std::uint64_t hash = core::Hash64(mark.post_key);
  Shard& shard = shards_[hash % kShards];
  const core::MutexLock lock(shard.mutex);
  if (shard.changes == changes) {
    Set(mark, hash, shard);
  }
}

void MarkCache::Put(const core::SeenMark& mark) {
  const std::uint64_t hash = core::Hash64(mark.post_key);
  Shard& shard = shards_[hash % kShards];
  const core::MutexLock lock(shard.mutex);
  ++shard.changes;
  Set(mark, hash, shard);
}

void MarkCache::Clear() {
  for (Shard& shard : shards_) {
    const core::MutexLock lock(shard.mutex);
    ++shard.changes;
    shard.places.clear();
    shard.places.shrink_to_fit();
  }
}

}  // namespace schoolwatch::storage
