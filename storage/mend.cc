#include "storage/mend.h"

#include <algorithm>
#include <chrono>
#include <utility>

#include "core/hash.h"
#include "core/post.h"
#include "storage/changes.h"
#include "storage/codec.h"
#include "storage/keys.h"
#include "storage/leveldb_store.h"
#include "storage/near_index.h"
#include "storage/records.h"

namespace schoolwatch::storage {
namespace {

constexpr std::size_t kBatchRecords = 2000;
constexpr std::chrono::days kLookAgain{30};
constexpr std::size_t kTitleBytes = 80;

// Collects changes, and writes them when there are many.
class Writer {
 public:
  explicit Writer(Db& db) : db_(db) {}
  core::Result<void> Put(std::string key, std::string value) {
    batch_.Put(std::move(key), std::move(value));
    return WriteIfMany();
  }
  core::Result<void> Remove(std::string key) {
    batch_.Remove(std::move(key));
    return WriteIfMany();
  }
  core::Result<void> Flush() {
    if (batch_.empty()) {
      return {};
    }
    SW_TRY(db_.Write(batch_));
    batch_ = Batch{};
    return {};
  }

 private:
  core::Result<void> WriteIfMany() {
    return batch_.changes().size() < kBatchRecords ? core::Result<void>{} : Flush();
  }
  Db& db_;
  Batch batch_;
};

std::string TitleOf(const core::Post& post) {
  const std::string& text = !post.thread_title.empty() ? post.thread_title
                            : !post.title.empty()      ? post.title
                                                       : post.text;
  std::size_t end = std::min(text.find('\n'), text.size());
  if (end > kTitleBytes) {
    end = kTitleBytes;
    while (end > 0 && (static_cast<unsigned char>(text[end]) & 0xC0u) == 0x80u) {
      --end;
    }
  }
  return text.substr(0, end);
}

class Mender {
 public:
  Mender(Db& db, const Inventory& in, const AuditContext& audit)
      : db_(db), in_(in), audit_(audit), writer_(db) {}

  core::Result<Mended> Run(Lost lost, LogKey log_key) {
    SW_TRY(MendAudit());
    if (log_key == LogKey::kNew && in_.last_audit.number > 0) {
      Batch batch;
      SW_TRY(AppendAudit(batch, RecordReader(db_), audit_,
                         {.action = core::AuditAction::kKeyRenewed}));
      SW_TRY(db_.Write(batch));
    }
    if (!in_.schema) {
      SW_TRY(writer_.Put(std::string(kSchemaKey), std::to_string(kSchemaVersion)));
    }
    for (const std::string_view prefix : {kChangedPrefix, kChangedInPrefix}) {
      SW_TRY(RemoveAll(db_, prefix));
    }
    for (const std::string& key : in_.dangling_index_keys) {
      SW_TRY(writer_.Remove(key));
    }
    SW_TRY(writer_.Flush());
    SW_TRY(MendCases());
    SW_TRY(MendVersions());
    SW_TRY(writer_.Flush());
    SW_TRY(RebuildNearIndex(db_));
    SW_TRY(MendOutbox());
    SW_TRY(MendSeen(lost));
    SW_TRY(writer_.Flush());
    return std::move(mended_);
  }

 private:
  core::Result<void> MendAudit() {
    // A recorded end behind the last entry stays: that entries are missing is what it shows.
    if (in_.last_audit.number > in_.audit_head.value_or(core::AuditHead{}).number) {
      SW_TRY(writer_.Put(std::string(kAuditHeadKey), Encode(in_.last_audit)));
    }
    for (const auto& [id, tail] : in_.audit_tails) {
      const auto recorded = in_.recorded_tails.find(id);
      if (recorded == in_.recorded_tails.end() || recorded->second < tail.number) {
        SW_TRY(writer_.Put(Key(kAuditTailPrefix, id), Encode(tail)));
      }
    }
    return writer_.Flush();
  }

  // Which findings each case should list, oldest first.
  std::map<std::string, std::vector<std::string>> FindingsByCase() const {
    std::map<std::string, std::vector<std::string>> by_case;
    for (const auto& [id, finding] : in_.findings) {
      by_case[finding.case_id].push_back(id);
    }
    for (auto& [case_id, ids] : by_case) {
      std::ranges::stable_sort(ids, {}, [this](const std::string& id) {
        return in_.findings.find(id)->second.fetched_at;
      });
    }
    return by_case;
  }

  core::Result<void> MendCases() {
    const auto by_case = FindingsByCase();
    for (const auto& [id, brief] : in_.cases) {
      const auto found = by_case.find(id);
      SW_TRY(
          MendCase(id, brief, found == by_case.end() ? std::vector<std::string>{} : found->second));
    }
    for (const auto& [id, findings] : by_case) {
      if (!in_.cases.contains(id)) {
        SW_TRY(RebuildCase(id, findings));
      }
    }
    for (const auto& [id, finding] : in_.findings) {
      for (std::string& key : IndexKeysOf(finding)) {
        SW_TRY(writer_.Put(std::move(key), ""));
      }
    }
    return writer_.Flush();
  }

  core::Result<void> MendCase(const std::string& id, const Inventory::OfCase& brief,
                              const std::vector<std::string>& should) {
    // In the order that it had; what it never listed comes last.
    std::vector<std::string> findings;
    for (const std::string& one : brief.findings) {
      if (std::ranges::find(should, one) != should.end()) {
        findings.push_back(one);
      }
    }
    for (const std::string& one : should) {
      if (std::ranges::find(findings, one) == findings.end()) {
        findings.push_back(one);
      }
    }
    const bool lost_merge = !brief.merged_into.empty() &&
                            (!in_.cases.contains(brief.merged_into) || MergesInCircle(id));
    if (findings == brief.findings && !lost_merge) {
      for (std::string& key : IndexKeysOf(id, brief)) {
        SW_TRY(writer_.Put(std::move(key), ""));
      }
      return {};
    }
    SW_ASSIGN(auto whole, RecordReader(db_).Find<core::Case>(Key(kCasePrefix, id)));
    if (!whole) {
      return {};
    }
    whole->findings = std::move(findings);
    if (lost_merge) {
      whole->merged_into.clear();
    }
    ++mended_.changed_cases;
    return PutCase(*std::move(whole), "its list of posts was put right after damage to the store");
  }

  bool MergesInCircle(const std::string& id) const {
    std::set<std::string> passed{id};
    for (auto at = in_.cases.find(id); at != in_.cases.end() && !at->second.merged_into.empty();) {
      if (!passed.insert(at->second.merged_into).second) {
        return true;
      }
      at = in_.cases.find(at->second.merged_into);
    }
    return false;
  }

  core::Result<void> RebuildCase(const std::string& id, const std::vector<std::string>& findings) {
    core::Case one;
    one.id = id;
    std::set<std::string> authors;
    const auto add = [](auto& all, const auto& more) {
      if (std::ranges::find(all, more) == all.end()) {
        all.push_back(more);
      }
    };
    for (const std::string& finding_id : findings) {
      SW_ASSIGN(const auto finding,
                RecordReader(db_).Find<core::Finding>(Key(kFindingPrefix, finding_id)));
      if (!finding) {
        continue;
      }
      if (one.findings.empty()) {
        one.school = finding->school;
        one.title = TitleOf(finding->post);
        one.opened_at = finding->fetched_at;
        one.thread_url = finding->post.thread_url;
      }
      one.findings.push_back(finding_id);
      one.severity = std::max(one.severity, finding->judgement.severity);
      one.changed_at = std::max(one.changed_at, finding->fetched_at);
      for (const core::Category category : finding->judgement.categories) {
        add(one.categories, category);
      }
      for (const std::string& topic : finding->judgement.topics) {
        add(one.topics, topic);
      }
      add(one.sources, finding->post.source);
      authors.insert(finding->post.author);
    }
    one.authors = static_cast<std::uint32_t>(authors.size());
    ++mended_.rebuilt_cases;
    return PutCase(std::move(one), "made anew from its posts after damage to the store");
  }

  core::Result<void> PutCase(core::Case one, std::string reason) {
    mended_.cases.insert(one.id);
    one.history.push_back({.at = audit_.now,
                           .who = {},
                           .kind = core::CaseEventKind::kNoted,
                           .about = {},
                           .reason = std::move(reason)});
    SW_TRY(writer_.Flush());
    core::DocumentOutcome outcome;
    outcome.cases.push_back(std::move(one));
    Changes changes(db_, audit_);
    SW_TRY(changes.Add(outcome));
    return db_.Write(changes.batch());
  }

  core::Result<void> MendVersions() {
    for (const auto& [id, times] : in_.versions) {
      for (const core::Timestamp at : times) {
        if (!in_.findings.contains(id)) {
          SW_TRY(writer_.Remove(VersionKeyOf(id, at)));
        }
      }
    }
    return writer_.Flush();
  }

  core::Result<void> MendOutbox() {
    std::set<std::string, std::less<>> in_batches;
    for (const auto& [key, items] : in_.batches) {
      const bool sent = std::ranges::any_of(items, [this](const Inventory::OfItem& item) {
        return in_.delivered.contains(core::Hash64(item.id));
      });
      if (sent) {  // All of it, in one mail: only that it is gone was lost.
        mended_.dropped_alerts += items.size();
        SW_TRY(writer_.Remove(Key(kBatchPrefix, key)));
      }
      for (const Inventory::OfItem& item : items) {
        in_batches.insert(item.id);
        const auto trace = in_.open_traces.find(item.id);
        if (sent) {
          continue;
        }
        if (trace == in_.open_traces.end() || trace->second != key) {
          SW_TRY(
              writer_.Put(Key(kTracePrefix, item.id), Encode(ItemTrace{key, false, audit_.now})));
        }
      }
    }
    for (const auto& [id, item] : in_.items) {
      if (in_batches.contains(id) || in_.delivered.contains(core::Hash64(id))) {
        ++mended_.dropped_alerts;
        SW_TRY(writer_.Remove(Key(kItemPrefix, id)));
      }
    }
    for (const auto& [id, batch] : in_.open_traces) {
      if (in_batches.contains(id)) {
        continue;
      }
      // Its mail is lost. Where the alert itself still waits, it goes into the next one; where it
      // does not, the trace goes too, so that reading its post again queues it again.
      SW_TRY(writer_.Remove(Key(kTracePrefix, id)));
      mended_.lost_mails += in_.items.contains(id) ? 0u : 1u;
    }
    return writer_.Flush();
  }

  core::Result<void> MendSeen(Lost lost) {
    std::set<std::string_view> found;
    for (const auto& [id, finding] : in_.findings) {
      found.insert(finding.post_key);
      if (finding.seen) {
        continue;
      }
      SW_ASSIGN(const auto whole, RecordReader(db_).Find<core::Finding>(Key(kFindingPrefix, id)));
      if (whole) {
        SW_TRY(writer_.Put(Key(kSeenPrefix, finding.post_key),
                           Encode(core::SeenMark{.post_key = {},
                                                 .text_hash = core::PostTextHash(whole->post),
                                                 .seen_at = whole->fetched_at})));
      }
    }
    SW_TRY(writer_.Flush());
    if (lost == Lost::kNothing) {
      return {};
    }
    const core::Timestamp since = in_.newest - kLookAgain;
    return View(db_).VisitRecords([&](std::string_view key,
                                      std::string_view value) -> core::Result<void> {
      if (key.starts_with(kSeenPrefix)) {
        SW_ASSIGN(const core::SeenMark mark, DecodeRecord<core::SeenMark>(db_.shown(), key, value));
        if (mark.seen_at >= since && !found.contains(key.substr(kSeenPrefix.size()))) {
          ++mended_.looked_at_again;
          SW_TRY(writer_.Remove(std::string(key)));
        }
      } else if (key.starts_with(kUrlPrefix)) {
        SW_ASSIGN(core::UrlState url, DecodeRecord<core::UrlState>(db_.shown(), key, value));
        // Else an unchanged page would not be read. When it is due stays as it is.
        url.etag.clear();
        url.last_modified.clear();
        url.body_hash.clear();
        SW_TRY(writer_.Put(std::string(key), Encode(url)));
      }
      return {};
    });
  }

  Db& db_;
  const Inventory& in_;
  const AuditContext& audit_;
  Writer writer_;
  Mended mended_;
};

}  // namespace

core::Result<Mended> MendRecords(Db& db, const Inventory& inventory, Lost lost, LogKey key,
                                 const AuditContext& audit) {
  return Mender(db, inventory, audit).Run(lost, key);
}

}  // namespace schoolwatch::storage
