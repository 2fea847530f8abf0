#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "core/finding.h"
#include "core/fingerprint.h"
#include "core/time.h"

namespace schoolwatch::storage {

// Every key in the store begins with one of these words (docs/storage.md has the table).
inline constexpr std::string_view kMetaPrefix = "meta/";  // The schema's version, the log's head.
inline constexpr std::string_view kSchemaKey = "meta/schema";
inline constexpr std::string_view kSeenPrefix = "seen/";
inline constexpr std::string_view kUrlPrefix = "url/";
inline constexpr std::string_view kHostPrefix = "host/";
inline constexpr std::string_view kSourcePrefix = "source/";
inline constexpr std::string_view kLedgerPrefix = "ledger/";
inline constexpr std::string_view kRoutePrefix = "route/";
inline constexpr std::string_view kSessionPrefix = "session/";  // Secrets: in no backup.
inline constexpr std::string_view kSpendingPrefix = "spending/";
inline constexpr std::string_view kFindingPrefix = "finding/";
inline constexpr std::string_view kCasePrefix = "case/";
inline constexpr std::string_view kChangedPrefix = "changed/";
inline constexpr std::string_view kChangedInPrefix = "changed-in/";
inline constexpr std::string_view kLinkPrefix = "link/";
inline constexpr std::string_view kNearPrefix = "near/";
inline constexpr std::string_view kItemPrefix = "item/";
inline constexpr std::string_view kTracePrefix = "trace/";
inline constexpr std::string_view kBatchPrefix = "batch/";
inline constexpr std::string_view kNotePrefix = "note/";
inline constexpr std::string_view kExamplePrefix = "example/";
inline constexpr std::string_view kReportPrefix = "report/";      // By receipt's id.
inline constexpr std::string_view kEvidencePrefix = "evidence/";  // By finding id.
inline constexpr std::string_view kVersionPrefix = "version/";    // By finding id and time.
inline constexpr std::string_view kErasedPrefix = "suppressed/";
inline constexpr std::string_view kLookPrefix = "look/";
inline constexpr std::string_view kAuditPrefix = "audit/";
inline constexpr std::string_view kAuditTailPrefix = "audit-tail/";  // By case id.
inline constexpr std::string_view kAuditHeadKey = "meta/audit";
// PrivacyHash::key_id of the key of all marks of erasures that do not name one: those that were
// made before marks did. "-": that key is lost.
inline constexpr std::string_view kUnnamedMarksKey = "meta/marks-key";

// prefix + name.
std::string Key(std::string_view prefix, std::string_view name);

// A key as a person may see it: bytes that are no printable ASCII as \xNN, cut at 100 characters.
std::string PrintableKey(std::string_view key);

// audit/<8 bytes big-endian number>, so that the log lies in its order.
std::string AuditKeyOf(std::uint64_t number);

// version/<finding id><8 bytes big-endian time>, so that a finding's lie in their order.
std::string VersionKeyOf(std::string_view finding_id, core::Timestamp at);
// Whether a key under kVersionPrefix and this id is of this finding, and not of one whose id begins
// with it.
bool IsVersionOf(std::string_view key, std::string_view finding_id);

// Cases by time of their last change, newest first in key order; the case's id ends the key.
std::string ChangedKey(core::Timestamp changed_at, std::string_view case_id);
std::string ChangedInPrefix(std::string_view school);
std::string ChangedInKey(std::string_view school, core::Timestamp changed_at,
                         std::string_view case_id);
// The case id at the end of such a key, given what stands before the time.
std::optional<std::string_view> CaseIdOfChangedKey(std::string_view key, std::string_view prefix);

// Cases by link. The link is made canonical (core::CanonicalKey, but the fragment stays: forums
// name posts by it), so that two ways to one address meet.
std::string LinkPrefix(std::string_view school, std::string_view url);

// The near-duplicate index: near/<week><hash of school and lookup key>. Weeks, and not days,
// because a look asks every lookup key in every bucket; old ones still go by range.
std::string NearWeekPrefix(core::Timestamp day);
// The week of a key under kNearPrefix, as its prefix; empty if it is none.
std::string_view WeekPrefixOf(std::string_view near_key);
inline constexpr std::size_t kNearWeeks = 6;  // Asked: 35 days and the rest of the first week.
// What follows the week, one for each of the fingerprint's LookupKeys (near_duplicates.h).
std::vector<std::string> NearSuffixes(std::string_view school,
                                      const core::Fingerprint& fingerprint);
// All under which the finding is to be found; none for a text without words.
std::vector<std::string> NearKeysOf(const core::Finding& finding);

}  // namespace schoolwatch::storage
