#pragma once

#include <cstdint>
#include <functional>
#include <map>
#include <optional>
#include <set>
#include <string>
#include <string_view>
#include <unordered_set>
#include <vector>

#include "core/audit.h"
#include "core/hash.h"
#include "core/result.h"
#include "core/time.h"
#include "storage/raw_records.h"

namespace schoolwatch::storage {

// What lies in a store, in brief: enough to see whether its records agree with one another. Of
// plain posts nothing is kept but their number.
struct Inventory {
  struct OfKind {
    std::string_view name;
    std::uint64_t records = 0;
    std::uint64_t bytes = 0;
    std::uint64_t damaged = 0;
  };
  struct OfCase {
    std::string school;
    core::Timestamp changed_at{};
    std::string merged_into;
    std::string thread_url;
    std::vector<std::string> findings;
  };
  struct OfFinding {
    std::string school;
    std::string case_id;
    std::string thread;  // The links that lead to it; empty: none.
    std::string url;
    std::string post_key;
    core::Timestamp fetched_at{};
    std::string near_week;                 // Where it stands in the index of texts…
    std::vector<std::uint64_t> near_keys;  // …and the hashes of its keys there.
    bool seen = false;                     // Its post has a seen mark.
  };
  struct OfItem {
    std::string id;
    std::string case_id;
    std::string finding_id;
    bool notice = false;  // About no finding.
  };

  std::vector<OfKind> kinds;        // Of those that are there, in the order of RecordKinds().
  std::uint64_t unknown_kinds = 0;  // Records of a newer release.
  std::optional<int> schema;
  std::map<std::string, OfCase, std::less<>> cases;
  std::map<std::string, OfFinding, std::less<>> findings;
  std::map<std::string, std::vector<core::Timestamp>, std::less<>> versions;  // By finding id.
  std::map<std::string, OfItem, std::less<>> items;
  std::map<std::string, std::vector<OfItem>, std::less<>> batches;
  std::map<std::string, std::string, std::less<>> open_traces;  // Item id: its batch.
  std::unordered_set<std::uint64_t> delivered;                  // Hashes of item ids.
  std::unordered_set<std::uint64_t> index_keys;                 // Hashes of changed, link.
  std::vector<std::string> dangling_index_keys;                 // They lead to no case.
  std::unordered_set<std::string> near_findings;                // That the index of texts names.
  std::set<std::string, std::less<>> near_weeks;                // That stand in it.
  std::unordered_set<std::uint64_t> near_keys;                  // Hashes of its keys.
  std::optional<core::AuditHead> audit_head;                    // As recorded…
  core::AuditHead last_audit;                                   // …and as it is.
  std::map<std::string, core::AuditHead, std::less<>> audit_tails;  // By case, as they are.
  std::map<std::string, std::uint64_t, std::less<>> recorded_tails;
  // What lost_evidence.h needs.
  std::unordered_set<std::uint64_t> evidence;         // Hashes of ids of findings that have some.
  std::unordered_set<std::uint64_t> logged;           // Posts and evidence that the log tells of…
  std::unordered_set<std::uint64_t> logged_evidence;  // …and evidence that by it is still kept.
  std::uint64_t audit_entries = 0;                    // That can be read.
  bool key_renewed = false;                           // The log goes on under another key.
  core::Timestamp newest{};  // The latest time at which anything was written.
};

// Hears of each record that cannot be read.
using OnDamaged =
    std::function<void(std::string_view key, std::string_view value, const core::Error& why)>;

core::Result<Inventory> TakeInventory(const RawRecords& records, const OnDamaged& on_damaged);

struct StoreProblem {
  std::string what;  // "cases name findings that are not there"
  std::uint64_t count = 0;
  std::set<std::string, std::less<>> cases;  // Ids of those concerned, as far as known.
};

// As `logged` and `logged_evidence` have the subject of an entry.
std::uint64_t HashSubject(const core::Sha256& subject);

// Where records do not agree; empty: the store is whole.
std::vector<StoreProblem> FindProblems(const Inventory& inventory);

// The index entries that a case or finding should have (changed, changed-in, link).
std::vector<std::string> IndexKeysOf(std::string_view id, const Inventory::OfCase& one);
std::vector<std::string> IndexKeysOf(const Inventory::OfFinding& one);

}  // namespace schoolwatch::storage
