#pragma once

#include <cstddef>
#include <functional>
#include <map>
#include <span>
#include <string>

#include "core/result.h"
#include "storage/inventory.h"
#include "storage/store.h"

namespace schoolwatch::storage {

// Posts that are still there while their evidence is not, though nobody deleted it. Damage took it,
// and as the posts count as seen, no run takes it again.
struct LostEvidence {
  using Posts = std::map<std::string, std::size_t, std::less<>>;  // How many, by the case's id.
  Posts lost;  // The audit log says that it was kept.
  Posts
      unsure;  // The log cannot say, as entries of it are lost, or the key that it was kept under.
};

// `keys`: the audit log's, and those kept beside it.
LostEvidence FindLostEvidence(const Inventory& inventory, std::span<const std::string> keys);
// With the keys of `store`, of which the inventory was taken. Needs no turn: it reads no record.
core::Result<LostEvidence> FindLostEvidence(Store& store, const Inventory& inventory);

}  // namespace schoolwatch::storage
