#pragma once

#include <cstdint>
#include <string>
#include <string_view>

#include "core/hash.h"
#include "core/result.h"
#include "core/time.h"

namespace schoolwatch::core {

// What the audit log records. Stored by number: new ones go to the end.
enum class AuditAction {
  kCaseOpened,
  kCaseChanged,
  kFindingKept,
  kFindingChanged,
  kMailQueued,
  kMailAccepted,
  kMailGivenUp,
  kMailDropped,  // Not sent, as what it was about had been deleted.
  kLooked,
  kExported,
  kDeleted,
  kKeyRenewed,  // audit.key was lost: hashes before this entry are another key's.
  kEvidenceKept,
  kBackedUp,
  kRestored,  // From a backup: what lies between the entries before and this one is not told of.
  kRepaired,
  kAnswerRefused,  // A mail with a link that is forged, used, too old or somebody else's.
};
// "case opened", "finding kept", …
std::string_view AuditActionName(AuditAction action);

// Who did it, by role: names are personal data.
enum class AuditActor { kProgram, kOperator, kHeadteacher, kDsl, kDeputy, kChair, kIt };
// "program", "operator" (somebody at the command line), "headteacher", …
std::string_view AuditActorName(AuditActor actor);

// Something that happened, as the log is told of it.
struct AuditEvent {
  AuditAction action = AuditAction::kCaseChanged;
  AuditActor actor = AuditActor::kProgram;
  std::string case_id{};  // Empty where it concerns no single case.
  // Neither is kept: only hashes of them, under a key that lies beside the store.
  std::string subject{};  // What it was done to: "finding 0a1b…", "mail to head@school.example".
  std::string content{};  // What that was: an evidence statement, a case's record.
};

// An entry of the log. Holds no text, name or address.
struct AuditEntry {
  std::uint64_t number = 0;  // From 1, without a gap.
  Timestamp at{};
  AuditAction action = AuditAction::kCaseChanged;
  AuditActor actor = AuditActor::kProgram;
  std::string case_id{};
  Sha256 subject{};  // HMAC-SHA-256 under the log's key; all zero: none.
  Sha256 content{};  // HMAC-SHA-256 under the subject's own key (SubjectKey).
  // The case's own chain, so that its entries alone can be checked.
  std::uint64_t case_entry = 0;   // 1 for the case's first; 0: concerns no single case.
  std::uint64_t case_before = 0;  // Number of the case's entry before this one; 0 for none.
  Sha256 case_previous{};         // Its hash.
  Sha256 previous{};              // Hash of entry number - 1; all zero for the first.
  Sha256 hash{};                  // SHA-256 of `previous` (32 bytes) and CanonicalText.
  bool operator==(const AuditEntry&) const = default;
};

// How far the log, or a case's part of it, goes.
struct AuditHead {
  std::uint64_t number = 0;   // Of its last entry; 0: there is none.
  std::uint64_t entries = 0;  // In it.
  Sha256 hash{};              // Of its last entry.
  bool operator==(const AuditHead&) const = default;
};

inline constexpr Sha256 kNoHash{};

// What `hash` is made over, beside `previous`: one line of JSON, the same for ever for the same
// entry (docs/evidence.md has its fields).
std::string CanonicalText(const AuditEntry& entry);
Sha256 HashEntry(const AuditEntry& entry);

// Names of subjects.
std::string FindingSubject(std::string_view finding_id);

// The key under which a subject's content is hashed. Made from the log's key, so that one subject's
// can be given away (in an exported case) without opening any other.
Sha256 SubjectKey(std::string_view log_key, std::string_view subject);

// The entry for `event`, after `last` of the whole log and `last_of_case` of its case.
AuditEntry MakeEntry(const AuditEvent& event, std::string_view log_key, Timestamp at,
                     const AuditHead& last, const AuditHead& last_of_case);

}  // namespace schoolwatch::core
