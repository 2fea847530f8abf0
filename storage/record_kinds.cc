#include "storage/record_kinds.h"

#include <algorithm>
#include <array>
#include <string>

#include "storage/codec.h"
#include "storage/keys.h"
#include "storage/privacy_records.h"

namespace schoolwatch::storage {
namespace {

template <class T>
core::Result<void> Readable(std::string_view /*key*/, std::string_view value) {
  const core::Result<T> record = Decode<T>(value);
  return record ? core::Result<void>{} : core::Fail(record.error());
}

// A record that also holds its own name: under another's key it is damage.
template <class T, auto kName>
core::Result<void> Named(std::string_view key, std::string_view value) {
  const core::Result<T> record = Decode<T>(value);
  if (!record) {
    return core::Fail(record.error());
  }
  return key.substr(key.find('/') + 1) == (*record).*kName
             ? core::Result<void>{}
             : core::Fail(core::ErrorKind::kCorrupt, "it stands under another one's key");
}

core::Result<void> Anything(std::string_view /*key*/, std::string_view /*value*/) { return {}; }

core::Result<void> Empty(std::string_view /*key*/, std::string_view value) {
  return value.empty() ? core::Result<void>{}
                       : core::Fail(core::ErrorKind::kCorrupt, "it should be empty");
}

core::Result<void> AuditEntryInPlace(std::string_view key, std::string_view value) {
  const core::Result<core::AuditEntry> entry = Decode<core::AuditEntry>(value);
  if (!entry) {
    return core::Fail(entry.error());
  }
  return key == AuditKeyOf(entry->number)
             ? core::Result<void>{}
             : core::Fail(core::ErrorKind::kCorrupt, "it stands under another one's key");
}

core::Result<void> VersionInPlace(std::string_view key, std::string_view value) {
  const core::Result<core::PostVersion> version = Decode<core::PostVersion>(value);
  if (!version) {
    return core::Fail(version.error());
  }
  return key == VersionKeyOf(version->finding_id, version->at)
             ? core::Result<void>{}
             : core::Fail(core::ErrorKind::kCorrupt, "it stands under another one's key");
}

core::Result<void> Meta(std::string_view key, std::string_view value) {
  if (key == kAuditHeadKey) {
    return Readable<core::AuditHead>(key, value);
  }
  const bool number = !value.empty() && value.size() < 6 &&
                      value.find_first_not_of("0123456789") == std::string_view::npos;
  return key != kSchemaKey || number ? core::Result<void>{}
                                     : core::Fail(core::ErrorKind::kCorrupt, "it is no number");
}

constexpr std::array kKinds{
    RecordKind{"meta/", "facts about the store", Meta},
    RecordKind{kSeenPrefix, "seen marks", Readable<core::SeenMark>},
    RecordKind{kUrlPrefix, "addresses", Named<core::UrlState, &core::UrlState::key>},
    RecordKind{kHostPrefix, "hosts", Named<core::HostState, &core::HostState::origin>},
    RecordKind{kSourcePrefix, "sources", Named<core::SourceState, &core::SourceState::name>},
    RecordKind{kLedgerPrefix, "host ledgers", Named<core::HostLedger, &core::HostLedger::origin>},
    RecordKind{kRoutePrefix, "routes of platforms",
               Named<core::RouteState, &core::RouteState::key>},
    RecordKind{kSessionPrefix, "logins at platforms",
               Named<core::PlatformSession, &core::PlatformSession::key>},
    RecordKind{kSpendingPrefix, "spending at platforms",
               Named<core::PlatformSpending, &core::PlatformSpending::key>},
    RecordKind{kFindingPrefix, "findings", Named<core::Finding, &core::Finding::id>},
    RecordKind{kCasePrefix, "cases", Named<core::Case, &core::Case::id>},
    RecordKind{kChangedPrefix, "cases by time", Empty},
    RecordKind{kChangedInPrefix, "cases by school", Empty},
    RecordKind{kLinkPrefix, "cases by link", Empty},
    RecordKind{kNearPrefix, "texts by likeness", Readable<NearList>},
    RecordKind{kItemPrefix, "alerts that wait", Named<core::OutboxItem, &core::OutboxItem::id>},
    RecordKind{kTracePrefix, "traces of alerts", Readable<ItemTrace>},
    RecordKind{kBatchPrefix, "mails under way", Named<core::OutboxBatch, &core::OutboxBatch::key>},
    RecordKind{kNotePrefix, "notes", Anything},
    RecordKind{kEvidencePrefix, "evidence", Named<core::Evidence, &core::Evidence::finding_id>},
    RecordKind{kReportPrefix, "reports", Named<core::IntakeReceipt, &core::IntakeReceipt::id>},
    RecordKind{kExamplePrefix, "kept examples", Named<core::KeptExample, &core::KeptExample::id>},
    RecordKind{kVersionPrefix, "earlier versions", VersionInPlace},
    RecordKind{kErasedPrefix, "marks of erasures", Readable<ErasureMark>},
    RecordKind{kLookPrefix, "counts of looks", Readable<LookCount>},
    RecordKind{kAuditPrefix, "audit entries", AuditEntryInPlace},
    RecordKind{kAuditTailPrefix, "ends of cases' audit", Readable<core::AuditHead>},
};

}  // namespace

std::span<const RecordKind> RecordKinds() { return kKinds; }

const RecordKind* FindRecordKind(std::string_view key) {
  const auto kind = std::ranges::find_if(
      kKinds, [key](const RecordKind& one) { return key.starts_with(one.prefix); });
  return kind == kKinds.end() ? nullptr : &*kind;
}

}  // namespace schoolwatch::storage
