#pragma once

#include <span>
#include <string_view>

#include "core/result.h"

namespace schoolwatch::storage {

// A kind of record, told by the word that its key begins with.
struct RecordKind {
  std::string_view prefix;
  std::string_view name;  // For people, in the plural: "seen marks".
  // Whether a value of this kind can be read back, and belongs under its key.
  core::Result<void> (*check)(std::string_view key, std::string_view value);
};

// All kinds that this release knows; docs/storage.md has the table.
std::span<const RecordKind> RecordKinds();

// Null: a newer release's.
const RecordKind* FindRecordKind(std::string_view key);

}  // namespace schoolwatch::storage
