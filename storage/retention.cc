#include "storage/retention.h"

#include <algorithm>
#include <functional>
#include <set>
#include <string_view>
#include <utility>
#include <vector>

#include "storage/audit.h"
#include "storage/erasure.h"
#include "storage/keys.h"
#include "storage/looks.h"
#include "storage/privacy_records.h"
#include "storage/purge_sweep.h"
#include "storage/records.h"
#include "storage/retention_periods.h"

namespace schoolwatch::storage {
namespace {

using core::Timestamp;
using std::chrono::hours;

constexpr hours kClockJump{30 * 24};
constexpr hours kConfirmed{24};
constexpr hours kBetweenCompactions{24};
constexpr std::string_view kClockNote = "retention/clock";
constexpr std::string_view kJumpNote = "retention/clock-jumped";
constexpr std::string_view kCompactedNote = "retention/compacted";

bool IsPast(Timestamp at, hours kept, Timestamp now) {
  return at != Timestamp{} && now - at > kept;
}

// One purge of a database that nobody else writes to.
class Purger {
 public:
  Purger(Db& db, AuditContext audit, const config::Retention& periods, hours looks_within,
         Timestamp now, const PurgeLimits& limits, PurgeEffect effect)
      : db_(db),
        audit_(std::move(audit)),
        periods_(periods),
        looks_within_(looks_within),
        now_(now),
        limits_(limits),
        effect_(effect),
        sweep_(db, limits, effect, report_) {}

  core::Result<PurgeReport> Run();

 private:
  // Sets `clock_jumped`.
  core::Result<void> CheckClock();
  core::Result<void> FindBusyCases();
  core::Result<void> PurgeCase(const core::Case& one);
  core::Result<void> PurgeCases();
  core::Result<void> PurgeNearWeeks();
  core::Result<void> PurgeOrphans();
  core::Result<void> PurgeByAge();
  core::Result<void> PurgeReasons();
  core::Result<void> Compact();
  // Of records of type T: those that are past `kept` by what `age` tells of them.
  template <class T, class Age>
  PurgeSweep::Treat Older(std::string_view kind, hours kept, Age age) const;

  core::Result<std::optional<std::string>> FindBytes(std::string_view prefix,
                                                     std::string_view id) const {
    return View(db_).Get(Key(prefix, id));
  }

  Db& db_;
  const AuditContext audit_;
  const config::Retention& periods_;
  const hours looks_within_;
  const Timestamp now_;
  const PurgeLimits limits_;
  const PurgeEffect effect_;
  PurgeReport report_;
  PurgeSweep sweep_;
  std::set<std::string, std::less<>> busy_;  // Cases that a waiting mail is about.
};

core::Result<void> Purger::CheckClock() {
  SW_ASSIGN(const auto last, sweep_.FindTime(kClockNote));
  SW_ASSIGN(const auto jumped, sweep_.FindTime(kJumpNote));
  const bool ahead = last && now_ - *last > kClockJump;
  if (ahead && (!jumped || now_ - *jumped < kConfirmed || now_ - *jumped > kClockJump)) {
    if (!jumped || now_ - *jumped > kClockJump || now_ < *jumped) {
      SW_TRY(sweep_.SetNote(kJumpNote, core::FormatRfc3339(now_)));
    }
    report_.clock_jumped = true;
    report_.everything = false;
    return {};
  }
  return sweep_.SetNote(kClockNote, core::FormatRfc3339(now_));
}

core::Result<void> Purger::FindBusyCases() {
  constexpr std::size_t kAll = std::numeric_limits<std::size_t>::max();
  const View view(db_);
  SW_ASSIGN(const auto items, view.List(kItemPrefix, kAll));
  for (const auto& [key, value] : items) {
    SW_ASSIGN(const auto item, DecodeRecord<core::OutboxItem>(db_.shown(), key, value));
    busy_.insert(item.case_id);
  }
  SW_ASSIGN(const auto batches, view.List(kBatchPrefix, kAll));
  for (const auto& [key, value] : batches) {
    SW_ASSIGN(const auto batch, DecodeRecord<core::OutboxBatch>(db_.shown(), key, value));
    if (batch.given_up) {
      continue;  // It will never go, and would keep its cases for ever.
    }
    for (const core::OutboxItem& item : batch.items) {
      busy_.insert(item.case_id);
    }
  }
  return {};
}

core::Result<void> Purger::PurgeCase(const core::Case& one) {
  Batch batch;
  KindCounts counts;
  {
    Removal removal(db_, batch);
    SW_TRY(removal.RemoveCase(one));
    for (const std::string& id : one.findings) {
      SW_ASSIGN(const auto finding, removal.reader().Find<core::Finding>(Key(kFindingPrefix, id)));
      // One that people moved to another case stays with that.
      if (finding && finding->case_id == one.id) {
        SW_TRY(removal.RemoveFinding(*finding));
      }
    }
    SW_TRY(AppendAudit(batch, removal.reader(), audit_,
                       {.action = core::AuditAction::kDeleted,
                        .case_id = one.id,
                        .subject = "case " + one.id,
                        .content = "retention"}));
    counts = removal.counts();
  }
  SW_ASSIGN(const auto purged, sweep_.FindNote(kPurgedCasesNote));
  batch.Put(Key(kNotePrefix, kPurgedCasesNote), purged.value_or("") + one.id + "\n");
  return sweep_.Write(batch, counts);
}

core::Result<void> Purger::PurgeCases() {
  SW_TRY(FindBusyCases());
  std::size_t purged = 0;
  return sweep_.Through(kCasePrefix,
                        [&](Removal& /*removal*/, const std::string& key,
                            const std::string& value) -> core::Result<void> {
                          SW_ASSIGN(const auto one,
                                    DecodeRecord<core::Case>(db_.shown(), key, value));
                          const std::optional<CasePeriod> period = PeriodOf(one, periods_);
                          bool old = period && IsPast(period->since, period->kept, now_);
                          if (!one.merged_into.empty()) {
                            SW_ASSIGN(const auto target, FindBytes(kCasePrefix, one.merged_into));
                            old = !target;
                          }
                          if (!old || busy_.contains(one.id)) {
                            return {};
                          }
                          if (purged >= limits_.cases) {
                            report_.everything = false;
                            return {};
                          }
                          ++purged;
                          return PurgeCase(one);
                        });
}

core::Result<void> Purger::PurgeNearWeeks() {
  std::string oldest_asked;
  {
    const View view(db_);
    std::string end(kNearPrefix);
    ++end.back();
    for (std::size_t week = 0; week < kNearWeeks; ++week) {
      SW_ASSIGN(const auto last, view.FindKeyBefore(end));
      const std::string prefix(last ? WeekPrefixOf(*last) : std::string_view());
      if (prefix.empty()) {
        return {};  // Fewer weeks than are asked.
      }
      end = prefix;
    }
    oldest_asked = end;
  }
  return sweep_.Through(kNearPrefix,
                        [&](Removal& removal, const std::string& key,
                            const std::string& /*value*/) -> core::Result<void> {
                          if (key < oldest_asked) {
                            removal.RemoveRecord(key, "index entries");
                          }
                          return {};
                        });
}

// What belongs to something that is gone: left by people's merging and splitting, or by a crash of
// an older release.
core::Result<void> Purger::PurgeOrphans() {
  SW_TRY(sweep_.Through(kFindingPrefix,
                        [&](Removal& removal, const std::string& key,
                            const std::string& value) -> core::Result<void> {
                          SW_ASSIGN(const auto finding,
                                    DecodeRecord<core::Finding>(db_.shown(), key, value));
                          if (!IsPast(finding.fetched_at, periods_.unmatched, now_) ||
                              busy_.contains(finding.case_id)) {
                            return {};
                          }
                          SW_ASSIGN(const auto its_case, FindBytes(kCasePrefix, finding.case_id));
                          return its_case ? core::Result<void>() : removal.RemoveFinding(finding);
                        }));
  SW_TRY(sweep_.Through(kLinkPrefix,
                        [&](Removal& removal, const std::string& key,
                            const std::string& /*value*/) -> core::Result<void> {
                          const std::size_t end = key.rfind('\0');
                          SW_ASSIGN(const auto target,
                                    FindBytes(kCasePrefix,
                                              end == std::string::npos ? "" : key.substr(end + 1)));
                          if (!target) {
                            removal.RemoveRecord(key, "index entries");
                          }
                          return {};
                        }));
  const auto hangs_on_finding = [&](std::string_view prefix, std::size_t behind_id,
                                    std::string_view kind) {
    return sweep_.Through(
        prefix,
        [&, prefix, behind_id, kind](Removal& removal, const std::string& key,
                                     const std::string& /*value*/) -> core::Result<void> {
          const std::size_t end = std::max(key.size() - behind_id, prefix.size());
          SW_ASSIGN(const auto finding,
                    FindBytes(kFindingPrefix,
                              std::string_view(key).substr(prefix.size(), end - prefix.size())));
          if (!finding) {
            removal.RemoveRecord(key, kind);
          }
          return {};
        });
  };
  constexpr std::size_t kTimeBytes = 8;
  // Who reported what is known for as long as it is kept.
  SW_TRY(sweep_.Through(kReportPrefix,
                        [&](Removal& removal, const std::string& key,
                            const std::string& value) -> core::Result<void> {
                          SW_ASSIGN(const auto report,
                                    DecodeRecord<core::IntakeReceipt>(db_.shown(), key, value));
                          if (!IsPast(report.received_at, periods_.unmatched, now_)) {
                            return {};
                          }
                          for (const std::string& id : report.findings) {
                            SW_ASSIGN(const auto finding, FindBytes(kFindingPrefix, id));
                            if (finding) {
                              return {};
                            }
                          }
                          removal.RemoveRecord(key, "reports");
                          return {};
                        }));
  SW_TRY(hangs_on_finding(kEvidencePrefix, 0, "evidence records"));
  return hangs_on_finding(kVersionPrefix, kTimeBytes, "earlier versions");
}

template <class T, class Age>
PurgeSweep::Treat Purger::Older(std::string_view kind, hours kept, Age age) const {
  return [this, kind, kept, age](Removal& removal, const std::string& key,
                                 const std::string& value) -> core::Result<void> {
    SW_ASSIGN(const T record, DecodeRecord<T>(db_.shown(), key, value));
    if (IsPast(age(record), kept, now_)) {
      removal.RemoveRecord(key, kind);
    }
    return {};
  };
}

core::Result<void> Purger::PurgeByAge() {
  SW_TRY(sweep_.Through(kExamplePrefix, Older<core::KeptExample>("kept examples", periods_.examples,
                                                                 [](const core::KeptExample& one) {
                                                                   return one.kept_at;
                                                                 })));
  SW_TRY(sweep_.Through(
      kSeenPrefix, Older<core::SeenMark>("seen marks", periods_.seen,
                                         [](const core::SeenMark& one) { return one.seen_at; })));
  SW_TRY(sweep_.Through(kUrlPrefix, Older<core::UrlState>("addresses", periods_.fetch_state,
                                                          [](const core::UrlState& one) {
                                                            return std::max(one.fetched_at,
                                                                            one.next_due);
                                                          })));
  SW_TRY(sweep_.Through(
      kHostPrefix,
      Older<core::HostState>("hosts", periods_.fetch_state, [](const core::HostState& one) {
        return std::max({one.robots_fetched_at, one.last_request_at, one.blocked_until,
                         Timestamp(std::chrono::days(one.day))});
      })));
  SW_TRY(sweep_.Through(
      kSourcePrefix,
      Older<core::SourceState>("sources", periods_.fetch_state, [](const core::SourceState& one) {
        return std::max(one.last_looked_at, one.next_due);
      })));
  SW_TRY(sweep_.Through(kLedgerPrefix, Older<core::HostLedger>("ledgers", periods_.ledger,
                                                               [](const core::HostLedger& one) {
                                                                 return one.last_request;
                                                               })));
  SW_TRY(sweep_.Through(
      kRoutePrefix,
      Older<core::RouteState>("routes of platforms", periods_.fetch_state,
                              [](const core::RouteState& one) { return one.looked_at; })));
  SW_TRY(sweep_.Through(kSessionPrefix, Older<core::PlatformSession>(
                                            "logins at platforms", periods_.fetch_state,
                                            [](const core::PlatformSession& one) {
                                              return std::max(one.created_at, one.access_until);
                                            })));
  SW_TRY(sweep_.Through(kSpendingPrefix,
                        Older<core::PlatformSpending>(
                            "spending at platforms", periods_.ledger,
                            [](const core::PlatformSpending& one) { return one.period_began; })));
  SW_TRY(sweep_.Through(
      kTracePrefix,
      Older<ItemTrace>("traces of mails", periods_.mail_traces,
                       [](const ItemTrace& one) { return one.delivered ? one.at : Timestamp{}; })));
  SW_TRY(sweep_.Through(
      kBatchPrefix, Older<core::OutboxBatch>("mails given up", periods_.mail_traces,
                                             [](const core::OutboxBatch& one) {
                                               return one.given_up ? one.created_at : Timestamp{};
                                             })));
  SW_TRY(sweep_.Through(kErasedPrefix,
                        Older<ErasureMark>("marks of erasures", hours(0),
                                           [](const ErasureMark& one) { return one.until; })));
  return sweep_.Through(kLookPrefix,
                        Older<LookCount>("counts of looks", looks_within_,
                                         [](const LookCount& one) { return one.last; }));
}

// Why somebody was looked at again is kept as long as a safeguarding case at least is: three years,
// unless configured otherwise, is what the code of practice on surveillance asks of authorisations.
core::Result<void> Purger::PurgeReasons() {
  constexpr std::string_view kBegin = "{\"at\":\"";
  const std::string key = Key(kNotePrefix, kLookReasonsNote);
  SW_ASSIGN(const auto reasons, sweep_.FindNote(kLookReasonsNote));
  std::string left;
  std::size_t gone = 0;
  for (std::string_view rest = reasons ? *reasons : std::string_view(); !rest.empty();) {
    const std::string_view line = rest.substr(0, rest.find('\n'));
    rest.remove_prefix(std::min(line.size() + 1, rest.size()));
    const std::string_view time =
        line.starts_with(kBegin) ? line.substr(kBegin.size()) : std::string_view();
    const auto at = core::ParseRfc3339(time.substr(0, time.find('"')));
    if (at && IsPast(*at, periods_.safeguarding, now_)) {
      ++gone;
    } else {
      left += std::string(line) + "\n";
    }
  }
  if (gone == 0) {
    return {};
  }
  Batch batch;
  if (left.empty()) {
    batch.Remove(key);
  } else {
    batch.Put(key, std::move(left));
  }
  return sweep_.Write(batch, {{"reasons for looks", gone}});
}

core::Result<void> Purger::Compact() {
  if (effect_ == PurgeEffect::kCountOnly) {
    return {};
  }
  SW_ASSIGN(const auto owed, sweep_.FindNote(kCompactionOwed));
  SW_ASSIGN(const auto last, sweep_.FindTime(kCompactedNote));
  const bool due = !last || now_ - *last >= kBetweenCompactions || now_ < *last;
  if (!owed || owed->empty() || !due) {
    return {};  // What is owed waits for its day.
  }
  std::vector<std::string> prefixes;
  for (const std::string_view prefix :
       {kCasePrefix, kFindingPrefix, kEvidencePrefix, kVersionPrefix, kExamplePrefix, kLinkPrefix,
        kReportPrefix, kUrlPrefix, kNotePrefix}) {
    prefixes.emplace_back(prefix);
  }
  db_.Compact(prefixes);
  SW_TRY(sweep_.SetNote(kCompactionOwed, ""));
  return sweep_.SetNote(kCompactedNote, core::FormatRfc3339(now_));
}

core::Result<PurgeReport> Purger::Run() {
  if (effect_ == PurgeEffect::kDelete) {
    SW_TRY(FinishErasures(db_));
  }
  SW_TRY(CheckClock());
  if (!report_.clock_jumped) {
    SW_TRY(PurgeCases());
    SW_TRY(PurgeOrphans());
    SW_TRY(PurgeNearWeeks());
    SW_TRY(PurgeByAge());
    SW_TRY(PurgeReasons());
    SW_TRY(Compact());
  }
  return std::move(report_);
}

}  // namespace

core::Result<PurgeReport> Purge(Store& store, const config::Retention& periods, hours looks_within,
                                Timestamp now, const PurgeLimits& limits, PurgeEffect effect) {
  core::Result<PurgeReport> report;
  const auto purge = [&](Db& db, const AuditContext& audit) -> core::Result<void> {
    report = Purger(db, audit, periods, looks_within, now, limits, effect).Run();
    return report ? core::Result<void>() : core::Fail(report.error());
  };
  SW_TRY(store.WithDatabase(
      effect == PurgeEffect::kDelete ? DatabaseUse::kWrite : DatabaseUse::kRead, purge));
  return report;
}

}  // namespace schoolwatch::storage
