#include "storage/near_index.h"

#include <algorithm>
#include <cstddef>
#include <string>
#include <utility>
#include <vector>

#include "core/fingerprint.h"
#include "storage/codec.h"
#include "storage/keys.h"

namespace schoolwatch::storage {
namespace {

// A lookup key that many posts share tells little; the newest few are enough to find their case.
constexpr std::size_t kFindingsPerKey = 8;

// Findings in one write.
constexpr std::size_t kPage = 500;

}  // namespace

bool SameInNearIndex(const core::Finding& a, const core::Finding& b) {
  return a.school == b.school && NearWeekPrefix(a.fetched_at) == NearWeekPrefix(b.fetched_at) &&
         a.post.title == b.post.title && a.post.text == b.post.text;
}

core::Result<void> AddToNearIndex(const RecordReader& reader, Batch& batch,
                                  const core::Finding& finding) {
  for (const std::string& key : NearKeysOf(finding)) {
    SW_ASSIGN(std::optional<NearList> list, reader.Find<NearList>(key));
    std::vector<std::string> findings;
    if (list) {
      findings = std::move(list->findings);
    }
    if (std::ranges::find(findings, finding.id) != findings.end()) {
      continue;
    }
    findings.push_back(finding.id);
    if (findings.size() > kFindingsPerKey) {
      findings.erase(findings.begin());
    }
    batch.Put(key, Encode(NearList{std::move(findings)}));
  }
  return {};
}

core::Result<void> RemoveFromNearIndex(const RecordReader& reader, Batch& batch,
                                       const core::Finding& finding) {
  for (const std::string& key : NearKeysOf(finding)) {
    SW_ASSIGN(std::optional<NearList> list, reader.Find<NearList>(key));
    if (!list || std::erase(list->findings, finding.id) == 0) {
      continue;
    }
    if (list->findings.empty()) {
      batch.Remove(key);
    } else {
      batch.Put(key, Encode(*list));
    }
  }
  return {};
}

core::Result<void> RebuildNearIndex(Db& db) {
  SW_TRY(RemoveAll(db, kNearPrefix));
  std::vector<std::pair<core::Timestamp, std::string>> by_time;
  for (std::string after(kFindingPrefix);;) {
    SW_ASSIGN(const auto entries, View(db).ListAfter(after, kFindingPrefix, kPage));
    if (entries.empty()) {
      break;
    }
    for (const auto& [key, value] : entries) {
      SW_ASSIGN(const auto finding, DecodeRecord<core::Finding>(db.shown(), key, value));
      by_time.emplace_back(finding.fetched_at, finding.id);
    }
    after = entries.back().first;
  }
  std::ranges::sort(by_time);  // The index keeps the newest of a key.
  for (std::size_t start = 0; start < by_time.size(); start += kPage) {
    Batch batch;
    const RecordReader reader(db, &batch);
    for (std::size_t i = start; i < std::min(start + kPage, by_time.size()); ++i) {
      SW_ASSIGN(const auto finding,
                reader.Find<core::Finding>(Key(kFindingPrefix, by_time[i].second)));
      if (finding) {
        SW_TRY(AddToNearIndex(reader, batch, *finding));
      }
    }
    SW_TRY(db.Write(batch));
  }
  return {};
}

}  // namespace schoolwatch::storage
