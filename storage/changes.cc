#include "storage/changes.h"

#include <algorithm>
#include <iterator>
#include <optional>
#include <set>
#include <string>

#include "storage/near_index.h"

namespace schoolwatch::storage {
namespace {

// More than kMaxVersions, for what an older release or a repair may have left.
constexpr std::size_t kMostListed = 1000;

}  // namespace

core::Result<void> Changes::Add(const core::DocumentOutcome& outcome) {
  by_ = outcome.by;
  for (const core::SeenMark& mark : outcome.seen) {
    batch_.Put(Key(kSeenPrefix, mark.post_key), Encode(mark));
  }
  for (const core::Case& changed : outcome.cases) {
    SW_TRY(PutCase(changed));
  }
  for (const core::Finding& finding : outcome.findings) {
    SW_TRY(PutFinding(finding));
  }
  for (const core::PostVersion& version : outcome.versions) {
    SW_TRY(PutVersion(version));
  }
  for (const core::Evidence& evidence : outcome.evidence) {
    const auto finding =
        std::ranges::find(outcome.findings, evidence.finding_id, &core::Finding::id);
    SW_TRY(PutEvidence(evidence, finding == outcome.findings.end() ? "" : finding->case_id));
  }
  for (const core::OutboxItem& item : outcome.outbox) {
    SW_TRY(QueueItem(item));
  }
  for (const core::UrlState& url : outcome.urls) {
    batch_.Put(Key(kUrlPrefix, url.key), Encode(url));
  }
  for (const core::HostState& host : outcome.hosts) {
    batch_.Put(Key(kHostPrefix, host.origin), Encode(host));
  }
  for (const core::SourceState& source : outcome.sources) {
    batch_.Put(Key(kSourcePrefix, source.name), Encode(source));
  }
  for (const core::HostLedger& ledger : outcome.ledgers) {
    batch_.Put(Key(kLedgerPrefix, ledger.origin), Encode(ledger));
  }
  for (const std::string& id : outcome.redacted) {
    SW_TRY(RemoveWords(id));
  }
  for (const core::RouteState& route : outcome.routes) {
    batch_.Put(Key(kRoutePrefix, route.key), Encode(route));
  }
  for (const core::PlatformSession& session : outcome.sessions) {
    batch_.Put(Key(kSessionPrefix, session.key), Encode(session));
  }
  for (const core::PlatformSpending& spending : outcome.spending) {
    batch_.Put(Key(kSpendingPrefix, spending.key), Encode(spending));
  }
  for (const std::string& id : outcome.dropped_examples) {
    batch_.Remove(Key(kExamplePrefix, id));
  }
  for (const core::KeptExample& example : outcome.examples) {
    batch_.Put(Key(kExamplePrefix, example.id), Encode(example));
  }
  for (const core::IntakeReceipt& report : outcome.reports) {
    batch_.Put(Key(kReportPrefix, report.id), Encode(report));
  }
  return {};
}

core::Result<void> Changes::PutFinding(const core::Finding& finding) {
  std::string key = Key(kFindingPrefix, finding.id);
  SW_ASSIGN(std::optional<core::Finding> before, reader_.Find<core::Finding>(key));
  if (finding.placed && before && before->case_id != finding.case_id && !before->post.url.empty()) {
    // It moves: its own address leads to its new case, and no longer to the old one.
    batch_.Remove(LinkPrefix(before->school, before->post.url) + before->case_id);
  }
  std::string bytes = Encode(finding);
  // Where it stands is looked up day by day: what comes of that is in the case's history.
  if (before) {
    before->standing = finding.standing;
  }
  if (before != finding) {
    SW_TRY(Record(
        {.action = before ? core::AuditAction::kFindingChanged : core::AuditAction::kFindingKept,
         .actor = by_,
         .case_id = finding.case_id,
         .subject = core::FindingSubject(finding.id),
         .content = bytes}));
  }
  if (before && before->case_id != finding.case_id) {
    SW_TRY(RecordMovedEvidence(finding));
  }
  if (!before || !SameInNearIndex(*before, finding)) {
    if (before) {
      SW_TRY(RemoveFromNearIndex(reader_, batch_, *before));
    }
    SW_TRY(AddToNearIndex(reader_, batch_, finding));
  }
  batch_.Put(std::move(key), std::move(bytes));
  const std::string& thread = finding.placed ? finding.post.url : finding.post.thread_url;
  for (const std::string* url : {&thread, &finding.post.url}) {
    if (!url->empty() && !finding.case_id.empty()) {
      batch_.Put(LinkPrefix(finding.school, *url) + finding.case_id, "");
    }
  }
  return {};
}

core::Result<void> Changes::PutVersion(const core::PostVersion& version) {
  std::string key = VersionKeyOf(version.finding_id, version.at);
  const std::string prefix = Key(kVersionPrefix, version.finding_id);
  SW_ASSIGN(const auto stored, reader_.view().List(prefix, kMostListed));
  std::set<std::string> kept{key};
  for (const auto& [one, bytes] : stored) {
    if (IsVersionOf(one, version.finding_id)) {
      kept.insert(one);
    }
  }
  for (auto change = batch_.changes().lower_bound(prefix);
       change != batch_.changes().end() && change->first.starts_with(prefix); ++change) {
    if (IsVersionOf(change->first, version.finding_id)) {
      change->second ? void(kept.insert(change->first)) : void(kept.erase(change->first));
    }
  }
  batch_.Put(std::move(key), Encode(version));
  // What it said first is worth more than what it said in between.
  for (auto second = std::next(kept.begin()); kept.size() > core::kMaxVersions;) {
    batch_.Remove(*second);
    second = kept.erase(second);
  }
  return {};
}

core::Result<void> Changes::PutEvidence(const core::Evidence& evidence, std::string_view case_id) {
  std::string key = Key(kEvidencePrefix, evidence.finding_id);
  SW_ASSIGN(const auto kept, reader_.Find<core::Evidence>(key));
  if (kept) {
    return {};  // The first look is the evidence.
  }
  batch_.Put(std::move(key), Encode(evidence));
  return RecordEvidence(evidence, case_id);
}

core::Result<void> Changes::RemoveWords(const std::string& finding_id) {
  SW_ASSIGN(const auto finding, reader_.Find<core::Finding>(Key(kFindingPrefix, finding_id)));
  std::string evidence = Key(kEvidencePrefix, finding_id);
  SW_ASSIGN(const auto kept, reader_.Find<core::Evidence>(evidence));
  if (kept) {
    batch_.Remove(std::move(evidence));
    SW_TRY(Record({.action = core::AuditAction::kDeleted,
                   .actor = by_,
                   .case_id = finding ? finding->case_id : "",
                   .subject = core::EvidenceSubject(finding_id),
                   .content = "deleted at its source"}));
  }
  SW_ASSIGN(const auto versions, reader_.view().List(Key(kVersionPrefix, finding_id), kMostListed));
  for (const auto& [key, bytes] : versions) {
    if (IsVersionOf(key, finding_id)) {
      batch_.Remove(key);
    }
  }
  return {};
}

core::Result<void> Changes::RecordEvidence(const core::Evidence& evidence,
                                           std::string_view case_id) {
  return Record({.action = core::AuditAction::kEvidenceKept,
                 .actor = by_,
                 .case_id = std::string(case_id),
                 .subject = core::EvidenceSubject(evidence.finding_id),
                 .content = core::EvidenceStatement(evidence)});
}

// A case's part of the log must vouch for its evidence by itself, also where people merged it.
core::Result<void> Changes::RecordMovedEvidence(const core::Finding& finding) {
  SW_ASSIGN(const auto kept, reader_.Find<core::Evidence>(Key(kEvidencePrefix, finding.id)));
  return kept ? RecordEvidence(*kept, finding.case_id) : core::Result<void>{};
}

core::Result<void> Changes::PutCase(const core::Case& changed) {
  std::string key = Key(kCasePrefix, changed.id);
  SW_ASSIGN(const auto before, reader_.Find<core::Case>(key));
  if (before) {
    batch_.Remove(ChangedKey(before->changed_at, before->id));
    batch_.Remove(ChangedInKey(before->school, before->changed_at, before->id));
  }
  std::string bytes = Encode(changed);
  if (before != changed) {
    SW_TRY(
        Record({.action = before ? core::AuditAction::kCaseChanged : core::AuditAction::kCaseOpened,
                .actor = by_,
                .case_id = changed.id,
                .subject = "case " + changed.id,
                .content = bytes}));
  }
  batch_.Put(std::move(key), std::move(bytes));
  batch_.Put(ChangedKey(changed.changed_at, changed.id), "");
  batch_.Put(ChangedInKey(changed.school, changed.changed_at, changed.id), "");
  if (!changed.thread_url.empty()) {
    batch_.Put(LinkPrefix(changed.school, changed.thread_url) + changed.id, "");
  }
  return {};
}

core::Result<void> Changes::QueueItem(const core::OutboxItem& item) {
  const std::string key = Key(kItemPrefix, item.id);
  SW_ASSIGN(const auto waiting, reader_.Find<core::OutboxItem>(key));
  SW_ASSIGN(const auto trace, reader_.Find<ItemTrace>(Key(kTracePrefix, item.id)));
  if (waiting || trace) {
    return {};
  }
  batch_.Put(key, Encode(item));
  return Record({.action = core::AuditAction::kMailQueued,
                 .actor = by_,
                 .case_id = item.case_id,
                 .subject = "mail to " + item.recipient,
                 .content = item.id});
}

core::Result<void> Changes::SaveBatch(const core::OutboxBatch& batch) {
  const std::string key = Key(kBatchPrefix, batch.key);
  SW_ASSIGN(const auto before, reader_.Find<core::OutboxBatch>(key));
  for (const core::OutboxItem& item : batch.items) {
    const std::string trace_key = Key(kTracePrefix, item.id);
    SW_ASSIGN(const auto trace, reader_.Find<ItemTrace>(trace_key));
    if (trace && (trace->delivered || trace->batch_key != batch.key)) {
      return core::Fail(core::ErrorKind::kBadInput,
                        "outbox item '" + item.id + "' " +
                            (trace->delivered ? "was delivered" : "is already") + " in batch '" +
                            trace->batch_key + "' and cannot go into batch '" + batch.key + "'");
    }
    batch_.Remove(Key(kItemPrefix, item.id));
    batch_.Put(trace_key, Encode(ItemTrace{batch.key, false, batch.created_at}));
  }
  if (before) {
    for (const core::OutboxItem& item : before->items) {
      if (std::ranges::find(batch.items, item.id, &core::OutboxItem::id) == batch.items.end()) {
        batch_.Remove(Key(kTracePrefix, item.id));
        batch_.Put(Key(kItemPrefix, item.id), Encode(item));
      }
    }
  }
  batch_.Put(key, Encode(batch));
  if (batch.given_up && (!before || !before->given_up)) {
    SW_TRY(RecordMail(core::AuditAction::kMailGivenUp, batch));
  }
  return {};
}

core::Result<void> Changes::Record(const core::AuditEvent& event) {
  return AppendAudit(batch_, reader_, audit_, event);
}

core::Result<void> Changes::RecordMail(core::AuditAction action, const core::OutboxBatch& batch) {
  std::set<std::string> cases;
  for (const core::OutboxItem& item : batch.items) {
    if (cases.insert(item.case_id).second) {
      SW_TRY(Record({.action = action,
                     .case_id = item.case_id,
                     .subject = "mail to " + batch.recipient,
                     .content = batch.message_id}));
    }
  }
  return {};
}

core::Result<void> Changes::RemoveBatch(std::string_view key, BatchEnd end) {
  const std::string batch_key = Key(kBatchPrefix, key);
  SW_ASSIGN(const auto batch, reader_.Find<core::OutboxBatch>(batch_key));
  if (!batch) {
    return {};
  }
  for (const core::OutboxItem& item : batch->items) {
    batch_.Put(Key(kTracePrefix, item.id), Encode(ItemTrace{batch->key, true, batch->created_at}));
  }
  batch_.Remove(batch_key);
  return RecordMail(end == BatchEnd::kAccepted ? core::AuditAction::kMailAccepted
                                               : core::AuditAction::kMailDropped,
                    *batch);
}

}  // namespace schoolwatch::storage
