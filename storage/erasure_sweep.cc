#include "storage/erasure_sweep.h"

#include <array>
#include <limits>

#include "storage/sweeper.h"

namespace schoolwatch::storage {
namespace {

constexpr std::size_t kPage = 256;

struct KindRow {
  std::string_view prefix;
  core::Result<void> (Sweeper::*sweep)();
};

// In this order: what becomes of a case depends on its findings, and most else on its case.
constexpr std::array<KindRow, 27> kKinds{{
    {kFindingPrefix, &Sweeper::Findings},
    {kCasePrefix, &Sweeper::Cases},
    {kChangedPrefix, &Sweeper::ChangedIndex},
    {kChangedInPrefix, &Sweeper::ChangedInIndex},
    {kLinkPrefix, &Sweeper::Links},
    {kNearPrefix, &Sweeper::Near},
    {kEvidencePrefix, &Sweeper::Evidence},
    {kVersionPrefix, &Sweeper::Versions},
    {kSeenPrefix, &Sweeper::Seen},
    {kUrlPrefix, &Sweeper::Urls},
    {kHostPrefix, &Sweeper::Nothing},  // A site's robots.txt and times.
    {kSourcePrefix, &Sweeper::Sources},
    {kLedgerPrefix, &Sweeper::Ledgers},
    {kRoutePrefix, &Sweeper::Routes},
    {kSessionPrefix, &Sweeper::Nothing},   // The school's own tokens.
    {kSpendingPrefix, &Sweeper::Nothing},  // Numbers.
    {kItemPrefix, &Sweeper::Items},
    {kBatchPrefix, &Sweeper::Batches},
    {kTracePrefix, &Sweeper::Nothing},  // Hashes and a time.
    {kNotePrefix, &Sweeper::Notes},
    {kExamplePrefix, &Sweeper::Examples},
    {kReportPrefix, &Sweeper::Reports},
    {kErasedPrefix, &Sweeper::Nothing},  // Keyed hashes.
    {kLookPrefix, &Sweeper::Looks},
    {kAuditPrefix, &Sweeper::Nothing},      // Keyed hashes and cases' ids; append-only.
    {kAuditTailPrefix, &Sweeper::Nothing},  // The same.
    {kMetaPrefix, &Sweeper::Nothing},
}};

}  // namespace

core::Result<void> Sweeper::ForEach(std::string_view prefix,
                                    const std::function<Bytes>& work) const {
  std::string after(prefix);
  for (;;) {
    SW_ASSIGN(const auto entries, reader_.view().ListAfter(after, prefix, kPage));
    if (entries.empty()) {
      return {};
    }
    for (const auto& [key, value] : entries) {
      SW_TRY(work(key, value));
    }
    after = entries.back().first;
  }
}

core::Result<void> Sweeper::ByFinding(std::string_view prefix, std::size_t behind,
                                      std::string_view kind) {
  for (const std::string& id : subject_.finding_ids) {
    SW_ASSIGN(const auto entries,
              reader_.view().List(Key(prefix, id), std::numeric_limits<std::size_t>::max()));
    for (const auto& [key, value] : entries) {
      if (key.size() == prefix.size() + id.size() + behind) {
        Remove(key, kind);
      }
    }
  }
  return {};
}

core::Result<void> SweepAll(const Db& db, const ErasureSubject& subject, ErasureChanges& changes) {
  Sweeper sweeper(db, subject, changes);
  for (const KindRow& kind : kKinds) {
    SW_TRY((sweeper.*kind.sweep)());
  }
  return {};
}

std::vector<std::string_view> SweptPrefixes() {
  std::vector<std::string_view> prefixes;
  for (const KindRow& kind : kKinds) {
    prefixes.push_back(kind.prefix);
  }
  return prefixes;
}

}  // namespace schoolwatch::storage
