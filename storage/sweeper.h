#pragma once

#include <cstddef>
#include <functional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "core/audit.h"
#include "core/evidence.h"
#include "core/finding.h"
#include "core/judgement.h"
#include "core/outbox.h"
#include "core/post.h"
#include "core/result.h"
#include "storage/erasure_subject.h"
#include "storage/erasure_sweep.h"
#include "storage/keys.h"
#include "storage/quote_finder.h"
#include "storage/records.h"

namespace schoolwatch::storage {

inline constexpr std::string_view kErasedTitle = "(erased)";  // In place of what quoted them.

// One sweep's work on a database that nobody else writes to.
class Sweeper {
 public:
  Sweeper(const Db& db, const ErasureSubject& subject, ErasureChanges& changes)
      : subject_(subject), changes_(changes), reader_(db, &changes.batch) {}

  core::Result<void> Nothing() { return {}; }  // Holds no text, name or address.
  core::Result<void> Findings();
  core::Result<void> Cases();
  core::Result<void> ChangedIndex();
  core::Result<void> ChangedInIndex();
  core::Result<void> Links();
  core::Result<void> Near();
  core::Result<void> Evidence();
  core::Result<void> Versions();
  core::Result<void> Seen();
  core::Result<void> Urls();
  core::Result<void> Sources();
  core::Result<void> Ledgers();
  core::Result<void> Routes();
  core::Result<void> Items();
  core::Result<void> Batches();
  core::Result<void> Examples();
  core::Result<void> Reports();
  core::Result<void> Notes();
  core::Result<void> Looks();

 private:
  using Bytes = core::Result<void>(const std::string& key, const std::string& value);

  core::Result<void> ForEach(std::string_view prefix, const std::function<Bytes>& work) const;
  template <class T>
  core::Result<void> ForEachRecord(
      std::string_view prefix,
      const std::function<core::Result<void>(const std::string& key, T record)>& work) const;

  void Remove(const std::string& key, std::string_view kind) {
    changes_.batch.Remove(key);
    ++changes_.deleted[std::string(kind)];
  }
  // Also tells the audit log, for what it has a hash of.
  void Tell(core::AuditAction action, const std::string& case_id, std::string subject,
            std::string content) {
    changes_.events.push_back({.action = action,
                               .actor = core::AuditActor::kOperator,
                               .case_id = case_id,
                               .subject = std::move(subject),
                               .content = std::move(content)});
  }
  template <class T>
  void Change(const std::string& key, const T& record, std::string_view kind) {
    changes_.batch.Put(key, Encode(record));
    ++changes_.changed[std::string(kind)];
  }
  // Records that hang on a finding, whose id ends `behind` bytes before the key does.
  core::Result<void> ByFinding(std::string_view prefix, std::size_t behind, std::string_view kind);
  core::Result<void> CaseIndex(std::string_view prefix);

  // True: something was taken out of the record.
  bool MaskName(std::string& text) const { return subject_.MaskName(text); }
  // Names and addresses, in what people wrote.
  bool Mask(std::string& text) const {
    const bool leads = subject_.MaskAddresses(text);
    return MaskName(text) || leads;
  }
  // In what one person wrote by itself.
  bool MaskQuotesAndNames(std::string& text) const {
    std::string* const texts[] = {&text};
    const bool quotes = subject_.MaskQuotes(texts, Reading::kText);
    return Mask(text) || quotes;
  }
  bool Clean(core::Post& post) const;
  bool Clean(core::Judgement& judgement) const;
  bool Clean(core::Evidence& evidence) const;
  core::Result<void> Shrink(core::Case& one, std::vector<std::string> left) const;
  bool IsGone(std::string_view case_id) const { return changes_.gone_cases.contains(case_id); }
  // An item whose post or case goes.
  bool IsMoot(const core::OutboxItem& item) const {
    return subject_.finding_ids.contains(item.finding_id) || IsGone(item.case_id);
  }

  const ErasureSubject& subject_;
  ErasureChanges& changes_;
  const RecordReader reader_;
  // Findings whose words were changed, before and after.
  std::vector<std::pair<core::Finding, core::Finding>> reworded_;
};

template <class T>
core::Result<void> Sweeper::ForEachRecord(
    std::string_view prefix,
    const std::function<core::Result<void>(const std::string& key, T record)>& work) const {
  return ForEach(prefix, [&](const std::string& key, const std::string& value) {
    core::Result<T> record = DecodeRecord<T>(reader_.store(), key, value);
    return record ? work(key, *std::move(record)) : core::Fail(record.error());
  });
}

}  // namespace schoolwatch::storage
