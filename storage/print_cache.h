#pragma once

#include <cstddef>
#include <cstdint>
#include <deque>
#include <memory>
#include <string>
#include <unordered_map>

#include "core/finding.h"
#include "core/fingerprint.h"
#include "core/mutex.h"

namespace schoolwatch::storage {

// Fingerprints of the findings that were compared last: a story that goes round is compared with
// the same few again and again. Thread-safe.
class PrintCache {
 public:
  static constexpr std::size_t kMost = 512;  // About a megabyte.

  // That of the finding's title and text as they are now.
  std::shared_ptr<const core::Fingerprint> Of(const core::Finding& finding);

 private:
  struct Entry {
    std::uint64_t text = 0;  // Hash of what it was made of.
    std::shared_ptr<const core::Fingerprint> print;
  };
  core::Mutex mutex_;
  std::unordered_map<std::string, Entry> prints_ SW_GUARDED_BY(mutex_);  // By finding id.
  std::deque<std::string> oldest_first_ SW_GUARDED_BY(mutex_);
};

}  // namespace schoolwatch::storage
