#include "core/audit.h"

#include "core/canonical_json.h"

namespace schoolwatch::core {
namespace {

std::string_view AsBytes(const Sha256& digest) {
  return {reinterpret_cast<const char*>(digest.data()), digest.size()};
}

std::string HexOrNothing(const Sha256& digest) { return digest == kNoHash ? "" : ToHex(digest); }

}  // namespace

std::string_view AuditActionName(AuditAction action) {
  switch (action) {
    case AuditAction::kCaseOpened:
      return "case opened";
    case AuditAction::kCaseChanged:
      return "case changed";
    case AuditAction::kFindingKept:
      return "finding kept";
    case AuditAction::kFindingChanged:
      return "finding changed";
    case AuditAction::kMailQueued:
      return "mail queued";
    case AuditAction::kMailAccepted:
      return "mail accepted";
    case AuditAction::kMailGivenUp:
      return "mail given up";
    case AuditAction::kMailDropped:
      return "mail dropped";
    case AuditAction::kLooked:
      return "looked at";
    case AuditAction::kExported:
      return "exported";
    case AuditAction::kDeleted:
      return "deleted";
    case AuditAction::kKeyRenewed:
      return "key renewed";
    case AuditAction::kEvidenceKept:
      return "evidence kept";
    case AuditAction::kBackedUp:
      return "backed up";
    case AuditAction::kRestored:
      return "restored";
    case AuditAction::kRepaired:
      return "repaired";
    case AuditAction::kAnswerRefused:
      return "answer refused";
  }
  return "";
}

std::string_view AuditActorName(AuditActor actor) {
  switch (actor) {
    case AuditActor::kProgram:
      return "program";
    case AuditActor::kOperator:
      return "operator";
    case AuditActor::kHeadteacher:
      return "headteacher";
    case AuditActor::kDsl:
      return "dsl";
    case AuditActor::kDeputy:
      return "deputy";
    case AuditActor::kChair:
      return "chair";
    case AuditActor::kIt:
      return "it";
  }
  return "";
}

std::string CanonicalText(const AuditEntry& entry) {
  return CanonicalJson()
      .Number("number", entry.number)
      .Text("at", FormatRfc3339(entry.at))
      .Text("what", AuditActionName(entry.action))
      .Text("by", AuditActorName(entry.actor))
      .Text("case", entry.case_id)
      .Text("subject", HexOrNothing(entry.subject))
      .Text("content", HexOrNothing(entry.content))
      .Number("case_entry", entry.case_entry)
      .Number("case_before", entry.case_before)
      .Text("case_previous", HexOrNothing(entry.case_previous))
      .Take();
}

Sha256 HashEntry(const AuditEntry& entry) {
  return HashSha256(std::string(AsBytes(entry.previous)) + CanonicalText(entry));
}

std::string FindingSubject(std::string_view finding_id) {
  return "finding " + std::string(finding_id);
}

Sha256 SubjectKey(std::string_view log_key, std::string_view subject) {
  return HmacSha256(log_key, "key of " + std::string(subject));
}

AuditEntry MakeEntry(const AuditEvent& event, std::string_view log_key, Timestamp at,
                     const AuditHead& last, const AuditHead& last_of_case) {
  AuditEntry entry{.number = last.number + 1,
                   .at = at,
                   .action = event.action,
                   .actor = event.actor,
                   .case_id = event.case_id,
                   .previous = last.hash};
  if (!event.subject.empty()) {
    entry.subject = HmacSha256(log_key, event.subject);
    if (!event.content.empty()) {
      entry.content = HmacSha256(AsBytes(SubjectKey(log_key, event.subject)), event.content);
    }
  }
  if (!event.case_id.empty()) {
    entry.case_entry = last_of_case.entries + 1;
    entry.case_before = last_of_case.number;
    entry.case_previous = last_of_case.hash;
  }
  entry.hash = HashEntry(entry);
  return entry;
}

}  // namespace schoolwatch::core
