#include "storage/print_cache.h"

#include <utility>

#include "core/hash.h"

namespace schoolwatch::storage {

std::shared_ptr<const core::Fingerprint> PrintCache::Of(const core::Finding& finding) {
  const std::uint64_t text = core::Hash64(finding.post.title + '\n' + finding.post.text);
  {
    const core::MutexLock lock(mutex_);
    const auto known = prints_.find(finding.id);
    if (known != prints_.end() && known->second.text == text) {
      return known->second.print;
    }
  }
  auto print = std::make_shared<const core::Fingerprint>(core::FingerprintOf(finding.post));
  const core::MutexLock lock(mutex_);
  if (prints_.insert_or_assign(finding.id, Entry{text, print}).second) {
    oldest_first_.push_back(finding.id);
  }
  if (oldest_first_.size() > kMost) {
    prints_.erase(oldest_first_.front());
    oldest_first_.pop_front();
  }
  return print;
}

}  // namespace schoolwatch::storage
