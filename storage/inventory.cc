#include "storage/inventory.h"

#include <algorithm>
#include <charconv>
#include <utility>

#include "core/hash.h"
#include "core/post.h"
#include "storage/codec.h"
#include "storage/keys.h"
#include "storage/leveldb_store.h"
#include "storage/record_kinds.h"

namespace schoolwatch::storage {
namespace {

std::string_view NameIn(std::string_view key, std::string_view prefix) {
  return key.substr(prefix.size());
}

// The id at the end of an index key; empty: the key is too short for one.
std::string_view CaseIdIn(std::string_view key) {
  if (key.starts_with(kChangedPrefix)) {
    return CaseIdOfChangedKey(key, kChangedPrefix).value_or("");
  }
  if (key.starts_with(kChangedInPrefix)) {
    // The time's own bytes may be zero: the school's key, which has none, comes first.
    const std::size_t end = key.find('\0');
    return end == std::string_view::npos
               ? std::string_view()
               : CaseIdOfChangedKey(key, key.substr(0, end + 1)).value_or("");
  }
  return key.substr(key.rfind('\0') + 1);
}

class Taker {
 public:
  explicit Taker(const OnDamaged& on_damaged) : on_damaged_(on_damaged) {
    for (const RecordKind& kind : RecordKinds()) {
      taken_.kinds.push_back({.name = kind.name});
    }
  }

  void Add(std::string_view key, std::string_view value) {
    const RecordKind* const kind = FindRecordKind(key);
    if (kind == nullptr) {
      ++taken_.unknown_kinds;
      return;
    }
    Inventory::OfKind& count = taken_.kinds[static_cast<std::size_t>(kind - RecordKinds().data())];
    ++count.records;
    count.bytes += key.size() + value.size();
    if (const core::Result<void> good = kind->check(key, value); !good) {
      ++count.damaged;
      if (on_damaged_) {
        on_damaged_(key, value, good.error());
      }
      return;
    }
    Note(key, value);
  }

  Inventory Take() && {
    std::erase_if(taken_.kinds, [](const auto& kind) { return kind.records == 0; });
    return std::move(taken_);
  }

 private:
  void Later(core::Timestamp time) { taken_.newest = std::max(taken_.newest, time); }

  static Inventory::OfItem Brief(const core::OutboxItem& item) {
    return {.id = item.id,
            .case_id = item.case_id,
            .finding_id = item.finding_id,
            .notice = !item.notice.kind.empty()};
  }

  // Everything here was checked, so Decode cannot fail.
  void Note(std::string_view key, std::string_view value) {
    if (key.starts_with(kSeenPrefix)) {
      const core::SeenMark mark = *Decode<core::SeenMark>(value);
      Later(mark.seen_at);
      if (const auto found = by_post_.find(NameIn(key, kSeenPrefix)); found != by_post_.end()) {
        for (const std::string& id : found->second) {
          taken_.findings.find(id)->second.seen = true;
        }
      }
    } else if (key.starts_with(kCasePrefix)) {
      core::Case one = *Decode<core::Case>(value);
      Later(one.changed_at);
      taken_.cases.emplace(one.id, Inventory::OfCase{.school = std::move(one.school),
                                                     .changed_at = one.changed_at,
                                                     .merged_into = std::move(one.merged_into),
                                                     .thread_url = std::move(one.thread_url),
                                                     .findings = std::move(one.findings)});
    } else if (key.starts_with(kFindingPrefix)) {
      core::Finding one = *Decode<core::Finding>(value);
      Later(one.fetched_at);
      std::string post_key = core::PostKey(one.post);
      by_post_[post_key].push_back(one.id);
      std::vector<std::uint64_t> near_keys;
      for (const std::string& near_key : NearKeysOf(one)) {
        near_keys.push_back(core::Hash64(near_key));
      }
      taken_.findings.emplace(
          one.id, Inventory::OfFinding{.school = std::move(one.school),
                                       .case_id = std::move(one.case_id),
                                       .thread = one.placed ? "" : std::move(one.post.thread_url),
                                       .url = std::move(one.post.url),
                                       .post_key = std::move(post_key),
                                       .fetched_at = one.fetched_at,
                                       .near_week = NearWeekPrefix(one.fetched_at),
                                       .near_keys = std::move(near_keys)});
    } else if (key.starts_with(kSourcePrefix)) {
      Later(Decode<core::SourceState>(value)->last_looked_at);
    } else if (key.starts_with(kItemPrefix)) {
      const core::OutboxItem item = *Decode<core::OutboxItem>(value);
      taken_.items.emplace(item.id, Brief(item));
    } else if (key.starts_with(kBatchPrefix)) {
      const core::OutboxBatch batch = *Decode<core::OutboxBatch>(value);
      std::vector<Inventory::OfItem>& items = taken_.batches[batch.key];
      for (const core::OutboxItem& item : batch.items) {
        items.push_back(Brief(item));
      }
    } else if (key.starts_with(kTracePrefix)) {
      const ItemTrace trace = *Decode<ItemTrace>(value);
      const std::string_view id = NameIn(key, kTracePrefix);
      if (trace.delivered) {
        taken_.delivered.insert(core::Hash64(id));
      } else {
        taken_.open_traces.emplace(id, trace.batch_key);
      }
    } else if (key.starts_with(kNearPrefix)) {
      NearList list = *Decode<NearList>(value);
      for (std::string& id : list.findings) {
        taken_.near_findings.insert(std::move(id));
      }
      taken_.near_weeks.emplace(WeekPrefixOf(key));
      taken_.near_keys.insert(core::Hash64(key));
    } else {
      NoteOther(key, value);
    }
  }

  void NoteOther(std::string_view key, std::string_view value) {
    if (key.starts_with(kVersionPrefix)) {
      core::PostVersion version = *Decode<core::PostVersion>(value);
      taken_.versions[std::move(version.finding_id)].push_back(version.at);
    } else if (key.starts_with(kChangedPrefix) || key.starts_with(kChangedInPrefix) ||
               key.starts_with(kLinkPrefix)) {
      // Cases come before all three in key order.
      const auto one = taken_.cases.find(CaseIdIn(key));
      bool good = one != taken_.cases.end();
      if (good && !key.starts_with(kLinkPrefix)) {
        good = key == ChangedKey(one->second.changed_at, one->first) ||
               key == ChangedInKey(one->second.school, one->second.changed_at, one->first);
      }
      if (good) {
        taken_.index_keys.insert(core::Hash64(key));
      } else {
        taken_.dangling_index_keys.emplace_back(key);
      }
    } else if (key.starts_with(kAuditPrefix)) {
      const core::AuditEntry entry = *Decode<core::AuditEntry>(value);
      Later(entry.at);
      ++taken_.audit_entries;
      NoteSubject(entry);
      taken_.last_audit = {entry.number, entry.number, entry.hash};
      if (!entry.case_id.empty()) {
        taken_.audit_tails[entry.case_id] = {entry.number, entry.case_entry, entry.hash};
      }
    } else if (key.starts_with(kAuditTailPrefix)) {
      taken_.recorded_tails.emplace(NameIn(key, kAuditTailPrefix),
                                    Decode<core::AuditHead>(value)->number);
    } else if (key.starts_with(kEvidencePrefix)) {
      taken_.evidence.insert(core::Hash64(NameIn(key, kEvidencePrefix)));
    } else if (key == kAuditHeadKey) {
      taken_.audit_head = *Decode<core::AuditHead>(value);
    } else if (key == kSchemaKey) {
      int version = 0;
      std::from_chars(value.data(), value.data() + value.size(), version);
      taken_.schema = version;
    }
  }

  // Entries come in the order of their numbers.
  void NoteSubject(const core::AuditEntry& entry) {
    using core::AuditAction;
    const std::uint64_t subject = HashSubject(entry.subject);
    switch (entry.action) {
      case AuditAction::kEvidenceKept:
        taken_.logged_evidence.insert(subject);
        break;
      case AuditAction::kDeleted:
        taken_.logged_evidence.erase(subject);
        break;
      case AuditAction::kFindingKept:
      case AuditAction::kFindingChanged:
        break;
      case AuditAction::kKeyRenewed:
        taken_.key_renewed = true;
        return;
      default:
        return;
    }
    taken_.logged.insert(subject);
  }

  const OnDamaged& on_damaged_;
  Inventory taken_;
  std::map<std::string, std::vector<std::string>, std::less<>> by_post_;  // Finding ids.
};

// Gathers what is wrong in one way.
class Problem {
 public:
  Problem(std::vector<StoreProblem>& all, std::string what) : all_(all) {
    problem_.what = std::move(what);
  }
  ~Problem() {
    if (problem_.count > 0) {
      all_.push_back(std::move(problem_));
    }
  }
  Problem(const Problem&) = delete;
  Problem& operator=(const Problem&) = delete;
  void Add(std::string_view case_id = {}) {
    ++problem_.count;
    if (!case_id.empty()) {
      problem_.cases.emplace(case_id);
    }
  }

 private:
  std::vector<StoreProblem>& all_;
  StoreProblem problem_;
};

void FindInCases(const Inventory& in, std::vector<StoreProblem>& all) {
  Problem missing(all, "cases name posts that are not there");
  Problem elsewhere(all, "cases name posts that belong to another case");
  Problem lost_merge(all, "cases were merged into ones that are not there");
  Problem unindexed(all, "cases are missing in the lists of cases");
  for (const auto& [id, one] : in.cases) {
    for (const std::string& finding : one.findings) {
      const auto found = in.findings.find(finding);
      if (found == in.findings.end()) {
        missing.Add(id);
      } else if (found->second.case_id != id && one.merged_into.empty()) {
        elsewhere.Add(id);
      }
    }
    if (!one.merged_into.empty() && !in.cases.contains(one.merged_into)) {
      lost_merge.Add(id);
    }
    for (const std::string& key : IndexKeysOf(id, one)) {
      if (!in.index_keys.contains(core::Hash64(key))) {
        unindexed.Add(id);
      }
    }
  }
  Problem dangling(all, "entries in the lists of cases lead nowhere");
  for (const std::string& key : in.dangling_index_keys) {
    dangling.Add(CaseIdIn(key));
  }
}

void FindInFindings(const Inventory& in, std::vector<StoreProblem>& all) {
  Problem caseless(all, "posts belong to cases that are not there");
  Problem unlisted(all, "posts are missing in their cases");
  Problem unlinked(all, "posts cannot be found by their links");
  Problem unindexed(all, "posts cannot be compared with new ones");
  Problem unseen(all, "posts would be taken for new ones");
  for (const auto& [id, one] : in.findings) {
    const auto of = in.cases.find(one.case_id);
    if (of == in.cases.end()) {
      caseless.Add(one.case_id);
      continue;
    }
    if (std::ranges::find(of->second.findings, id) == of->second.findings.end()) {
      unlisted.Add(one.case_id);
    }
    for (const std::string& key : IndexKeysOf(one)) {
      if (!in.index_keys.contains(core::Hash64(key))) {
        unlinked.Add(one.case_id);
      }
    }
    // Weeks that are old were dropped whole; an older format is indexed anew when it is opened.
    if (in.schema == kSchemaVersion && in.near_weeks.contains(one.near_week) &&
        !std::ranges::all_of(one.near_keys,
                             [&](std::uint64_t key) { return in.near_keys.contains(key); })) {
      unindexed.Add(one.case_id);
    }
    if (!one.seen) {
      unseen.Add(one.case_id);
    }
  }
  Problem textless(all, "earlier texts belong to posts that are not there");
  for (const auto& [id, times] : in.versions) {
    if (!in.findings.contains(id)) {
      textless.Add();
    }
  }
  Problem postless(all, "entries in the index of texts lead nowhere");
  for (const std::string& id : in.near_findings) {
    if (!in.findings.contains(id)) {
      postless.Add();
    }
  }
}

void FindInOutbox(const Inventory& in, std::vector<StoreProblem>& all) {
  Problem twice(all, "alerts wait though they are in a mail, or were sent");
  Problem empty(all, "alerts are about posts that are not there");
  const auto exists = [&](const Inventory::OfItem& item) {
    return item.notice ||
           (in.findings.contains(item.finding_id) && in.cases.contains(item.case_id));
  };
  for (const auto& [id, item] : in.items) {
    if (in.delivered.contains(core::Hash64(id)) || in.open_traces.contains(id)) {
      twice.Add(item.case_id);
    }
    if (!exists(item)) {
      empty.Add(item.case_id);
    }
  }
  Problem untraced(all, "mails under way hold alerts that might be sent twice");
  Problem sent(all, "mails wait though they were sent");
  std::unordered_set<std::string_view> in_batches;
  for (const auto& [key, items] : in.batches) {
    for (const Inventory::OfItem& item : items) {
      in_batches.insert(item.id);
      const auto trace = in.open_traces.find(item.id);
      if (in.delivered.contains(core::Hash64(item.id))) {
        sent.Add(item.case_id);
      } else if (trace == in.open_traces.end() || trace->second != key) {
        untraced.Add(item.case_id);
      }
      if (!exists(item)) {
        empty.Add(item.case_id);
      }
    }
  }
  Problem lost(all, "alerts went into mails that are not there");
  for (const auto& [id, batch] : in.open_traces) {
    if (!in_batches.contains(id)) {
      lost.Add();
    }
  }
}

void FindInAudit(const Inventory& in, std::vector<StoreProblem>& all) {
  Problem head(all, "the audit log does not know its own end");
  if (in.last_audit.number > in.audit_head.value_or(core::AuditHead{}).number) {
    head.Add();
  }
  for (const auto& [id, tail] : in.audit_tails) {
    const auto recorded = in.recorded_tails.find(id);
    if (recorded == in.recorded_tails.end() || recorded->second < tail.number) {
      head.Add(id);
    }
  }
}

}  // namespace

std::uint64_t HashSubject(const core::Sha256& subject) {
  return core::Hash64({reinterpret_cast<const char*>(subject.data()), subject.size()});
}

std::vector<std::string> IndexKeysOf(std::string_view id, const Inventory::OfCase& one) {
  std::vector<std::string> keys{ChangedKey(one.changed_at, id),
                                ChangedInKey(one.school, one.changed_at, id)};
  if (!one.thread_url.empty() && one.merged_into.empty()) {
    keys.push_back(LinkPrefix(one.school, one.thread_url) + std::string(id));
  }
  return keys;
}

std::vector<std::string> IndexKeysOf(const Inventory::OfFinding& one) {
  std::vector<std::string> keys;
  for (const std::string* url : {&one.thread, &one.url}) {
    if (!url->empty() && !one.case_id.empty()) {
      keys.push_back(LinkPrefix(one.school, *url) + one.case_id);
    }
  }
  return keys;
}

core::Result<Inventory> TakeInventory(const RawRecords& records, const OnDamaged& on_damaged) {
  Taker taker(on_damaged);
  SW_TRY(records.VisitRecords([&](std::string_view key, std::string_view value) {
    taker.Add(key, value);
    return core::Result<void>{};
  }));
  return std::move(taker).Take();
}

std::vector<StoreProblem> FindProblems(const Inventory& inventory) {
  std::vector<StoreProblem> all;
  for (const Inventory::OfKind& kind : inventory.kinds) {
    if (kind.damaged > 0) {
      all.push_back(
          {.what = std::string(kind.name) + " cannot be read", .count = kind.damaged, .cases = {}});
    }
  }
  if (!inventory.schema) {
    all.push_back(
        {.what = "the store does not say of which format it is", .count = 1, .cases = {}});
  }
  FindInCases(inventory, all);
  FindInFindings(inventory, all);
  FindInOutbox(inventory, all);
  FindInAudit(inventory, all);
  return all;
}

}  // namespace schoolwatch::storage
