#pragma once

#include <functional>
#include <string_view>

#include "core/result.h"

namespace schoolwatch::storage {

// Every record as its bytes lie in the store, as of one moment: for a backup, and for a look at
// whether the store is whole. Thread-safe.
class RawRecords {
 public:
  // Stops at the first error, and passes it on.
  using Visit = std::function<core::Result<void>(std::string_view key, std::string_view value)>;
  virtual ~RawRecords() = default;
  // All in key order. kCorrupt: LevelDB's own files are damaged.
  virtual core::Result<void> VisitRecords(const Visit& visit) const = 0;
};

}  // namespace schoolwatch::storage
