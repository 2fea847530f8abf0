#include "storage/removal.h"

#include <limits>
#include <optional>
#include <utility>

#include "storage/keys.h"
#include "storage/near_index.h"

namespace schoolwatch::storage {

void Removal::RemoveRecord(std::string key, std::string_view kind) {
  batch_.Remove(std::move(key));
  ++counts_[std::string(kind)];
}

core::Result<void> Removal::RemoveFinding(const core::Finding& finding) {
  RemoveRecord(Key(kFindingPrefix, finding.id), "posts");
  SW_TRY(RemoveFromNearIndex(reader_, batch_, finding));
  std::string evidence = Key(kEvidencePrefix, finding.id);
  SW_ASSIGN(const auto kept, reader_.view().Get(evidence));
  if (kept) {
    RemoveRecord(std::move(evidence), "evidence records");
  }
  SW_ASSIGN(const auto versions, reader_.view().List(Key(kVersionPrefix, finding.id),
                                                     std::numeric_limits<std::size_t>::max()));
  for (const auto& [key, value] : versions) {
    RemoveRecord(key, "earlier versions");
  }
  if (!finding.post.url.empty()) {
    batch_.Remove(LinkPrefix(finding.school, finding.post.url) + finding.case_id);
  }
  return {};
}

core::Result<void> Removal::RemoveCase(const core::Case& one) {
  RemoveRecord(Key(kCasePrefix, one.id), "cases");
  batch_.Remove(ChangedKey(one.changed_at, one.id));
  batch_.Remove(ChangedInKey(one.school, one.changed_at, one.id));
  if (!one.thread_url.empty()) {
    batch_.Remove(LinkPrefix(one.school, one.thread_url) + one.id);
  }
  for (const std::string& id : one.findings) {
    SW_ASSIGN(const std::optional<std::string> bytes, reader_.view().Get(Key(kFindingPrefix, id)));
    if (!bytes) {
      continue;
    }
    SW_ASSIGN(const auto finding,
              DecodeRecord<core::Finding>(reader_.store(), Key(kFindingPrefix, id), *bytes));
    for (const std::string* url : {&finding.post.thread_url, &finding.post.url}) {
      if (!url->empty()) {
        batch_.Remove(LinkPrefix(one.school, *url) + one.id);
      }
    }
  }
  return {};
}

}  // namespace schoolwatch::storage
