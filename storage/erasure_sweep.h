#pragma once

#include <set>
#include <string>
#include <string_view>
#include <vector>

#include "core/audit.h"
#include "core/result.h"
#include "storage/db.h"
#include "storage/erasure_subject.h"
#include "storage/removal.h"

namespace schoolwatch::storage {

// What a sweep changes. Nothing is written.
struct ErasureChanges {
  Batch batch;
  KindCounts deleted;
  // Records of others, in which names were masked and quotes and links removed.
  KindCounts changed;
  std::set<std::string, std::less<>> gone_cases;
  // Keys of posts whose seen marks go; those too under which another source had them.
  std::set<std::string, std::less<>> gone_post_keys;
  std::vector<core::AuditEvent> events;  // Of what was changed, for the audit log.
};

// Goes through every record there is. Takes time in proportion to the store, but for seen marks.
core::Result<void> SweepAll(const Db& db, const ErasureSubject& subject, ErasureChanges& changes);

// The kinds of records that a sweep knows, by the beginnings of their keys: all of keys.h.
std::vector<std::string_view> SweptPrefixes();

}  // namespace schoolwatch::storage
