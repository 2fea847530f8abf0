#include "tests/fakes/memory_store.h"

#include <algorithm>
#include <set>
#include <tuple>

#include "storage/case_id.h"
#include "storage/case_search.h"
#include "storage/codec.h"
#include "storage/keys.h"
#include "storage/near_duplicates.h"

namespace schoolwatch::fakes {
namespace {

using core::MutexLock;

constexpr std::string_view kAuditKey = "the fake's key";

template <class T>
std::optional<T> FindIn(const std::map<std::string, T, std::less<>>& table, std::string_view key) {
  const auto entry = table.find(key);
  return entry == table.end() ? std::nullopt : std::optional<T>(entry->second);
}

// What `id` names or alone begins.
template <class T>
core::Result<T> FindByBeginning(const std::map<std::string, T, std::less<>>& table,
                                std::string_view id) {
  auto entry = table.lower_bound(id);
  if (id.empty() || entry == table.end() || !entry->first.starts_with(id)) {
    return core::Fail(core::ErrorKind::kNotFound, "there is no '" + std::string(id) + "'");
  }
  const auto& [key, found] = *entry;
  if (key != id && ++entry != table.end() && entry->first.starts_with(id)) {
    return core::Fail(core::ErrorKind::kBadInput,
                      "'" + std::string(id) + "' fits several (" + key + ", " + entry->first + ")");
  }
  return found;
}

}  // namespace

void MemoryStore::FailWrites(std::optional<core::Error> error) {
  const MutexLock lock(mutex_);
  failing_ = std::move(error);
}

core::Result<void> MemoryStore::CheckWorking() const {
  if (failing_) {
    return core::Fail(*failing_);
  }
  return {};
}

core::Result<std::optional<core::SeenMark>> MemoryStore::FindSeen(std::string_view key) const {
  const MutexLock lock(mutex_);
  return FindIn(seen_, key);
}

core::Result<std::optional<core::UrlState>> MemoryStore::FindUrl(std::string_view key) const {
  const MutexLock lock(mutex_);
  return FindIn(urls_, key);
}

core::Result<std::optional<core::HostState>> MemoryStore::FindHost(std::string_view origin) const {
  const MutexLock lock(mutex_);
  return FindIn(hosts_, origin);
}

core::Result<std::optional<core::SourceState>> MemoryStore::FindSource(
    std::string_view name) const {
  const MutexLock lock(mutex_);
  return FindIn(sources_, name);
}

core::Result<core::Case> MemoryStore::LoadCase(std::string_view id) const {
  const MutexLock lock(mutex_);
  core::Result<core::Case> found = FindByBeginning(cases_, id);
  if (!found.has_value() && found.error().kind == core::ErrorKind::kNotFound) {
    found = FindByBeginning(cases_, storage::NormalizeCaseId(id));
  }
  if (found && !found->merged_into.empty()) {
    std::optional<core::Case> living = FindLiving(found->school, found->merged_into);
    return living ? core::Result<core::Case>(*std::move(living))
                  : core::Fail(core::ErrorKind::kNotFound, "there is no '" + std::string(id) + "'");
  }
  return found;
}

core::Result<core::Finding> MemoryStore::LoadFinding(std::string_view id) const {
  const MutexLock lock(mutex_);
  return FindByBeginning(findings_, id);
}

core::Result<std::vector<core::PostVersion>> MemoryStore::LoadVersions(
    std::string_view finding_id) const {
  const MutexLock lock(mutex_);
  std::vector<core::PostVersion> versions;
  if (const auto found = versions_.find(finding_id); found != versions_.end()) {
    for (const auto& [at, version] : found->second) {
      versions.push_back(version);
    }
  }
  return versions;
}

core::Result<std::vector<core::Case>> MemoryStore::ListCases(
    const storage::CaseFilter& filter) const {
  const MutexLock lock(mutex_);
  std::vector<core::Case> cases;
  for (const auto& [id, candidate] : cases_) {
    if (storage::Matches(filter, candidate)) {
      cases.push_back(candidate);
    }
  }
  std::ranges::stable_sort(cases, std::greater<>(), &core::Case::changed_at);
  cases.resize(std::min(cases.size(), filter.limit));
  return cases;
}

std::optional<core::Case> MemoryStore::FindLiving(std::string_view school, std::string id) const {
  for (;;) {
    const auto entry = cases_.find(id);
    if (entry == cases_.end() || entry->second.school != school) {
      return std::nullopt;
    }
    if (entry->second.merged_into.empty()) {
      return entry->second;
    }
    id = entry->second.merged_into;
  }
}

core::Result<std::optional<core::Case>> MemoryStore::FindCaseByLink(std::string_view school,
                                                                    std::string_view url) const {
  const MutexLock lock(mutex_);
  std::optional<core::Case> best;
  const std::string link = storage::LinkPrefix(school, url);
  for (auto entry = links_.lower_bound({link, ""}); entry != links_.end() && entry->first == link;
       ++entry) {
    const std::optional<core::Case> found = FindLiving(school, entry->second);
    if (found && (!best || storage::IsBetterAt(link, *found, *best))) {
      best = found;
    }
  }
  return best;
}

core::Result<std::optional<core::Case>> MemoryStore::FindCaseByText(
    std::string_view school, const core::Fingerprint& fingerprint) const {
  const MutexLock lock(mutex_);
  std::set<std::string, std::greater<>> weeks;
  for (const auto& [id, finding] : findings_) {
    weeks.insert(storage::NearWeekPrefix(finding.fetched_at));
  }
  while (weeks.size() > storage::kNearWeeks) {
    weeks.erase(std::prev(weeks.end()));
  }
  std::optional<core::Case> best;
  std::pair<bool, double> best_rank(false, -1);
  for (const auto& [id, finding] : findings_) {
    if (finding.school != school || !weeks.contains(storage::NearWeekPrefix(finding.fetched_at))) {
      continue;
    }
    const storage::Resemblance resemblance =
        storage::Compare(core::FingerprintOf(finding.post), fingerprint);
    const std::optional<core::Case> found = FindLiving(school, finding.case_id);
    if (!resemblance.same || !found) {
      continue;
    }
    const std::pair rank(storage::IsOpen(*found), resemblance.jaccard);
    if (rank > best_rank) {
      best = found;
      best_rank = rank;
    }
  }
  return best;
}

core::Result<std::vector<core::KeptExample>> MemoryStore::ListExamples() const {
  const MutexLock lock(mutex_);
  std::vector<core::KeptExample> examples;
  for (const auto& [id, example] : examples_) {
    examples.push_back(example);
  }
  return examples;
}

core::Result<std::optional<core::IntakeReceipt>> MemoryStore::FindReport(
    std::string_view id) const {
  const MutexLock lock(mutex_);
  const auto found = reports_.find(id);
  return found == reports_.end() ? std::nullopt : std::optional(found->second);
}

core::Result<std::vector<core::IntakeReceipt>> MemoryStore::ListReports() const {
  const MutexLock lock(mutex_);
  std::vector<core::IntakeReceipt> reports;
  for (const auto& [id, report] : reports_) {
    reports.push_back(report);
  }
  return reports;
}

core::Result<void> MemoryStore::Commit(std::span<const core::DocumentOutcome> outcomes) {
  const MutexLock lock(mutex_);
  SW_TRY(CheckWorking());
  for (const core::DocumentOutcome& outcome : outcomes) {
    for (const core::SeenMark& mark : outcome.seen) {
      seen_.insert_or_assign(mark.post_key, mark);
    }
    for (const core::Case& changed : outcome.cases) {
      if (const auto before = FindIn(cases_, changed.id); before != changed) {
        Append({.action = before ? core::AuditAction::kCaseChanged : core::AuditAction::kCaseOpened,
                .actor = outcome.by,
                .case_id = changed.id,
                .subject = "case " + changed.id,
                .content = storage::Encode(changed)});
      }
      cases_.insert_or_assign(changed.id, changed);
      if (!changed.thread_url.empty()) {
        links_.emplace(storage::LinkPrefix(changed.school, changed.thread_url), changed.id);
      }
    }
    for (const core::Finding& finding : outcome.findings) {
      std::optional<core::Finding> before = FindIn(findings_, finding.id);
      if (before && finding.placed && before->case_id != finding.case_id) {
        links_.erase({storage::LinkPrefix(before->school, before->post.url), before->case_id});
      }
      if (before) {
        before->standing = finding.standing;
      }
      if (before != finding) {
        Append({.action =
                    before ? core::AuditAction::kFindingChanged : core::AuditAction::kFindingKept,
                .actor = outcome.by,
                .case_id = finding.case_id,
                .subject = core::FindingSubject(finding.id),
                .content = storage::Encode(finding)});
      }
      if (const auto kept = FindIn(evidence_, finding.id);
          kept && before && before->case_id != finding.case_id) {
        AppendEvidence(*kept, finding.case_id, outcome.by);
      }
      findings_.insert_or_assign(finding.id, finding);
      const std::string& thread = finding.placed ? finding.post.url : finding.post.thread_url;
      for (const std::string* url : {&thread, &finding.post.url}) {
        if (!url->empty() && !finding.case_id.empty()) {
          links_.emplace(storage::LinkPrefix(finding.school, *url), finding.case_id);
        }
      }
    }
    for (const core::Evidence& evidence : outcome.evidence) {
      if (evidence_.try_emplace(evidence.finding_id, evidence).second) {
        const auto finding =
            std::ranges::find(outcome.findings, evidence.finding_id, &core::Finding::id);
        AppendEvidence(evidence, finding == outcome.findings.end() ? "" : finding->case_id,
                       outcome.by);
      }
    }
    for (const core::PostVersion& version : outcome.versions) {
      auto& kept = versions_[version.finding_id];
      kept.insert_or_assign(version.at, version);
      while (kept.size() > core::kMaxVersions) {
        kept.erase(std::next(kept.begin()));
      }
    }
    for (const core::OutboxItem& item : outcome.outbox) {
      if (!batch_of_item_.contains(item.id) && !delivered_.contains(item.id) &&
          items_.try_emplace(item.id, item).second) {
        Append({.action = core::AuditAction::kMailQueued,
                .actor = outcome.by,
                .case_id = item.case_id,
                .subject = "mail to " + item.recipient,
                .content = item.id});
      }
    }
    for (const core::UrlState& url : outcome.urls) {
      urls_.insert_or_assign(url.key, url);
    }
    for (const core::HostState& host : outcome.hosts) {
      hosts_.insert_or_assign(host.origin, host);
    }
    for (const core::SourceState& source : outcome.sources) {
      sources_.insert_or_assign(source.name, source);
    }
    for (const core::HostLedger& ledger : outcome.ledgers) {
      ledgers_.insert_or_assign(ledger.origin, ledger);
    }
    for (const std::string& id : outcome.redacted) {
      evidence_.erase(id);
      versions_.erase(id);
    }
    for (const core::RouteState& route : outcome.routes) {
      routes_.insert_or_assign(route.key, route);
    }
    for (const core::PlatformSession& session : outcome.sessions) {
      sessions_.insert_or_assign(session.key, session);
    }
    for (const core::PlatformSpending& spending : outcome.spending) {
      spending_.insert_or_assign(spending.key, spending);
    }
    for (const std::string& id : outcome.dropped_examples) {
      examples_.erase(id);
    }
    for (const core::IntakeReceipt& report : outcome.reports) {
      reports_.insert_or_assign(report.id, report);
    }
    for (const core::KeptExample& example : outcome.examples) {
      examples_.insert_or_assign(example.id, example);
    }
  }
  return {};
}

void MemoryStore::AppendEvidence(const core::Evidence& evidence, const std::string& case_id,
                                 core::AuditActor by) {
  Append({.action = core::AuditAction::kEvidenceKept,
          .actor = by,
          .case_id = case_id,
          .subject = core::EvidenceSubject(evidence.finding_id),
          .content = core::EvidenceStatement(evidence)});
}

core::Result<std::vector<core::OutboxItem>> MemoryStore::LoadItems() const {
  const MutexLock lock(mutex_);
  std::vector<core::OutboxItem> items;
  for (const auto& [id, item] : items_) {
    items.push_back(item);
  }
  std::ranges::stable_sort(items, {}, &core::OutboxItem::created_at);
  return items;
}

core::Result<std::vector<core::OutboxBatch>> MemoryStore::LoadBatches() const {
  const MutexLock lock(mutex_);
  std::vector<core::OutboxBatch> batches;
  for (const auto& [key, batch] : batches_) {
    batches.push_back(batch);
  }
  std::ranges::stable_sort(batches, {}, &core::OutboxBatch::created_at);
  return batches;
}

core::Result<void> MemoryStore::SaveBatches(std::span<const core::OutboxBatch> batches) {
  const MutexLock lock(mutex_);
  SW_TRY(CheckWorking());
  std::map<std::string, std::string> taken;
  for (const core::OutboxBatch& batch : batches) {
    for (const core::OutboxItem& item : batch.items) {
      const auto in_batch = batch_of_item_.find(item.id);
      if (delivered_.contains(item.id) ||
          (in_batch != batch_of_item_.end() && in_batch->second != batch.key) ||
          taken.emplace(item.id, batch.key).first->second != batch.key) {
        return core::Fail(core::ErrorKind::kBadInput,
                          "outbox item '" + item.id + "' was delivered or is in another batch");
      }
    }
  }
  for (const core::OutboxBatch& batch : batches) {
    Put(batch);
  }
  return {};
}

void MemoryStore::Put(const core::OutboxBatch& batch) {
  const auto before = batches_.find(batch.key);
  const bool given_up_before = before != batches_.end() && before->second.given_up;
  if (before != batches_.end()) {
    for (const core::OutboxItem& item : before->second.items) {
      batch_of_item_.erase(item.id);
      items_.insert_or_assign(item.id, item);
    }
  }
  for (const core::OutboxItem& item : batch.items) {
    items_.erase(item.id);
    batch_of_item_.insert_or_assign(item.id, batch.key);
  }
  batches_.insert_or_assign(batch.key, batch);
  if (batch.given_up && !given_up_before) {
    AppendMail(core::AuditAction::kMailGivenUp, batch);
  }
}

core::Result<void> MemoryStore::RemoveBatch(std::string_view key) {
  return EndBatch(key, core::AuditAction::kMailAccepted);
}

core::Result<void> MemoryStore::DropBatch(std::string_view key) {
  return EndBatch(key, core::AuditAction::kMailDropped);
}

core::Result<void> MemoryStore::EndBatch(std::string_view key, core::AuditAction action) {
  const MutexLock lock(mutex_);
  SW_TRY(CheckWorking());
  const auto batch = batches_.find(key);
  if (batch == batches_.end()) {
    return {};
  }
  for (const core::OutboxItem& item : batch->second.items) {
    batch_of_item_.erase(item.id);
    delivered_.insert(item.id);
  }
  AppendMail(action, batch->second);
  batches_.erase(batch);
  return {};
}

void MemoryStore::Append(const core::AuditEvent& event) {
  core::AuditHead last;
  core::AuditHead of_case;
  for (const core::AuditEntry& entry : audit_) {
    last = {entry.number, entry.number, entry.hash};
    if (!event.case_id.empty() && entry.case_id == event.case_id) {
      of_case = {entry.number, entry.case_entry, entry.hash};
    }
  }
  audit_.push_back(core::MakeEntry(event, kAuditKey, clock_.Now(), last, of_case));
}

void MemoryStore::AppendMail(core::AuditAction action, const core::OutboxBatch& batch) {
  std::set<std::string> cases;
  for (const core::OutboxItem& item : batch.items) {
    if (cases.insert(item.case_id).second) {
      Append({.action = action,
              .case_id = item.case_id,
              .subject = "mail to " + batch.recipient,
              .content = batch.message_id});
    }
  }
}

core::Result<std::vector<core::AuditEntry>> MemoryStore::LoadAudit(std::uint64_t after,
                                                                   std::size_t limit) const {
  const MutexLock lock(mutex_);
  std::vector<core::AuditEntry> entries;
  for (const core::AuditEntry& entry : audit_) {
    if (entry.number > after && entries.size() < limit) {
      entries.push_back(entry);
    }
  }
  return entries;
}

core::Result<std::vector<core::AuditEntry>> MemoryStore::LoadAuditOf(
    std::string_view case_id) const {
  const MutexLock lock(mutex_);
  std::vector<core::AuditEntry> entries;
  for (const core::AuditEntry& entry : audit_) {
    if (!case_id.empty() && entry.case_id == case_id) {
      entries.push_back(entry);
    }
  }
  return entries;
}

core::Result<core::AuditHead> MemoryStore::LoadAuditHead() const {
  const MutexLock lock(mutex_);
  return audit_.empty() ? core::AuditHead{}
                        : core::AuditHead{audit_.size(), audit_.size(), audit_.back().hash};
}

core::Result<void> MemoryStore::Record(std::span<const core::AuditEvent> events) {
  const MutexLock lock(mutex_);
  SW_TRY(CheckWorking());
  for (const core::AuditEvent& event : events) {
    Append(event);
  }
  return {};
}

core::Result<std::optional<core::Evidence>> MemoryStore::FindEvidence(
    std::string_view finding_id) const {
  const MutexLock lock(mutex_);
  return FindIn(evidence_, finding_id);
}

core::Result<std::vector<core::Evidence>> MemoryStore::LoadEvidence(std::string_view after,
                                                                    std::size_t limit) const {
  const MutexLock lock(mutex_);
  std::vector<core::Evidence> found;
  for (auto at = evidence_.upper_bound(after); at != evidence_.end() && found.size() < limit;
       ++at) {
    found.push_back(at->second);
  }
  return found;
}

std::vector<core::Sha256> MemoryStore::EvidenceKeys(std::string_view finding_id) const {
  return {core::SubjectKey(kAuditKey, core::EvidenceSubject(finding_id))};
}

core::Result<std::optional<core::HostLedger>> MemoryStore::FindLedger(
    std::string_view origin) const {
  const MutexLock lock(mutex_);
  return FindIn(ledgers_, origin);
}

core::Result<std::optional<core::RouteState>> MemoryStore::FindRoute(std::string_view key) const {
  const MutexLock lock(mutex_);
  return FindIn(routes_, key);
}

core::Result<std::optional<core::PlatformSession>> MemoryStore::FindSession(
    std::string_view key) const {
  const MutexLock lock(mutex_);
  return FindIn(sessions_, key);
}

core::Result<std::optional<core::PlatformSpending>> MemoryStore::FindSpending(
    std::string_view key) const {
  const MutexLock lock(mutex_);
  return FindIn(spending_, key);
}

core::Result<std::vector<core::HostLedger>> MemoryStore::ListLedgers() const {
  const MutexLock lock(mutex_);
  std::vector<core::HostLedger> ledgers;
  for (const auto& [origin, ledger] : ledgers_) {
    ledgers.push_back(ledger);
  }
  return ledgers;
}

core::Result<void> MemoryStore::VisitRecords(const Visit& /*visit*/) const {
  return core::Fail(core::ErrorKind::kNotFound, "a store in memory has no records on disk");
}

core::Result<std::optional<std::string>> MemoryStore::FindNote(std::string_view name) const {
  const MutexLock lock(mutex_);
  return FindIn(notes_, name);
}

core::Result<void> MemoryStore::SetNote(std::string_view name, std::string_view value) {
  const MutexLock lock(mutex_);
  SW_TRY(CheckWorking());
  notes_.insert_or_assign(std::string(name), std::string(value));
  return {};
}

}  // namespace schoolwatch::fakes
