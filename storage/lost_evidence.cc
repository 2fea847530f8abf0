#include "storage/lost_evidence.h"

#include <algorithm>
#include <cstdint>
#include <set>
#include <string_view>
#include <unordered_set>
#include <utility>
#include <vector>

#include "core/audit.h"
#include "core/evidence.h"
#include "core/hash.h"
#include "storage/audit.h"
#include "storage/db.h"

namespace schoolwatch::storage {
namespace {

// Whether `subjects` has this one, as the log hashed it under one of `keys`.
bool Has(const std::unordered_set<std::uint64_t>& subjects, std::span<const std::string> keys,
         const std::string& subject) {
  return std::ranges::any_of(keys, [&](const std::string& key) {
    return subjects.contains(HashSubject(core::HmacSha256(key, subject)));
  });
}

// Whether entries are missing: between others, or at the end, as far as the heads tell.
bool HasGap(const Inventory& in) {
  if (in.audit_entries <
      std::max(in.last_audit.number, in.audit_head.value_or(core::AuditHead{}).number)) {
    return true;
  }
  return std::ranges::any_of(in.recorded_tails, [&](const auto& recorded) {
    const auto found = in.audit_tails.find(recorded.first);
    return found == in.audit_tails.end() || found->second.number < recorded.second;
  });
}

}  // namespace

LostEvidence FindLostEvidence(const Inventory& inventory, std::span<const std::string> keys) {
  const bool gap = HasGap(inventory);
  std::map<std::string, std::set<std::string_view>, std::less<>> lost;  // Keys of posts, by case.
  std::map<std::string, std::set<std::string_view>, std::less<>> unsure;
  for (const auto& [id, finding] : inventory.findings) {
    if (inventory.evidence.contains(core::Hash64(id))) {
      continue;
    }
    const std::string subject = core::EvidenceSubject(id);
    if (Has(inventory.logged_evidence, keys, subject)) {
      lost[finding.case_id].insert(finding.post_key);
      continue;
    }
    if (Has(inventory.logged, keys, subject)) {
      continue;  // Deleted.
    }
    // The two entries of a finding and of its evidence were written together: a log without a gap
    // that has only the first tells of a finding that never had any.
    if (gap || (inventory.key_renewed && !Has(inventory.logged, keys, core::FindingSubject(id)))) {
      unsure[finding.case_id].insert(finding.post_key);
    }
  }
  LostEvidence found;
  for (const auto& [case_id, posts] : lost) {
    found.lost.emplace(case_id, posts.size());
  }
  for (const auto& [case_id, posts] : unsure) {
    found.unsure.emplace(case_id, posts.size());
  }
  return found;
}

core::Result<LostEvidence> FindLostEvidence(Store& store, const Inventory& inventory) {
  std::vector<std::string> keys;
  SW_TRY(store.WithDatabase(DatabaseUse::kRead,
                            [&](Db& db, const AuditContext& audit) -> core::Result<void> {
                              SW_ASSIGN(keys, LoadKeptKeys(db.shown()));
                              if (!audit.key.empty()) {
                                keys.push_back(audit.key);
                              }
                              return {};
                            }));
  return FindLostEvidence(inventory, keys);
}

}  // namespace schoolwatch::storage
