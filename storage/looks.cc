#include "storage/looks.h"

#include <set>
#include <utility>

#include "storage/audit.h"
#include "storage/erasure_marks.h"
#include "storage/keys.h"
#include "storage/name_finder.h"
#include "storage/records.h"

namespace schoolwatch::storage {
namespace {

constexpr std::chrono::hours kOneSitting{1};

core::Result<void> Count(Db& db, const PrivacyHash& hash, std::span<const std::string> authors,
                         const LookLimit& limit, LookReason reason, core::Timestamp now) {
  std::set<std::string> keys;
  for (const std::string& author : authors) {
    if (!FoldName(author).empty()) {
      keys.insert(Key(kLookPrefix, hash.OfLooks(author)));
    }
  }
  Batch batch;
  {
    const RecordReader reader(db);
    for (const std::string& key : keys) {
      SW_ASSIGN(const auto before, reader.Find<LookCount>(key));
      LookCount count = before.value_or(LookCount{.looks = 0, .since = now, .last = {}});
      // A clock that was set back counts as no time at all.
      if (now - count.since > limit.within || reason == LookReason::kApproved) {
        count = LookCount{.looks = 0, .since = now, .last = {}};
      }
      if (before && count.looks > 0 && now - count.last < kOneSitting && now >= count.last) {
        continue;
      }
      if (count.looks >= limit.looks) {
        return core::Fail(
            core::ErrorKind::kForbidden,
            "what one author wrote was looked at " + std::to_string(count.looks) + " times in " +
                std::to_string(limit.within.count() / 24) +
                " days. Watching one person needs a reason (docs/data-protection.md): give "
                "--reason … and --approved-by NAME, a senior who agrees");
      }
      ++count.looks;
      count.last = now;
      batch.Put(key, Encode(count));
    }
  }
  return batch.empty() ? core::Result<void>() : db.Write(batch);
}

}  // namespace

core::Result<void> CountLook(Store& store, std::span<const std::string> authors,
                             const LookLimit& limit, LookReason reason, core::Timestamp now) {
  return store.WithDatabase(DatabaseUse::kWrite, [&](Db& db, const AuditContext& audit) {
    return Count(db, PrivacyHash(audit.key), authors, limit, reason, now);
  });
}

}  // namespace schoolwatch::storage
