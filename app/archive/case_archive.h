#pragma once

#include <cstddef>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "app/archive/zip.h"
#include "core/audit.h"
#include "core/evidence.h"
#include "core/finding.h"
#include "core/time.h"

namespace schoolwatch::app {

// A finding of an exported case with what was kept of it.
struct ExportedFinding {
  core::Finding finding;
  std::optional<core::Evidence> evidence;
  std::optional<core::Sha256> key;            // Under which the audit log hashed the evidence.
  std::vector<core::PostVersion> versions{};  // Other texts of the post, oldest first.
};

// Of the keys that it may be, the one under which the log recorded this evidence; the first where
// it recorded it under none of them.
std::optional<core::Sha256> SealingKey(std::span<const core::AuditEntry> log,
                                       const core::Evidence& evidence,
                                       std::span<const core::Sha256> keys);

// All that goes into a case's archive.
struct CaseExport {
  core::Case of;
  std::string school_name;
  std::string time_zone;  // The school's.
  std::vector<ExportedFinding> findings;
  std::vector<core::AuditEntry> audit;  // The case's; the last one records this export.
  core::Timestamp exported_at{};
  std::string made_by;  // "schoolwatch 0.1.0"
};

// How many posts its findings are: an edit that is a finding of its own is none.
std::size_t PostsIn(const CaseExport& made);

// Names of the archive's files.
inline constexpr std::string_view kPageFile = "page.html";
inline constexpr std::string_view kWarcFile = "evidence.warc.gz";
inline constexpr std::string_view kAuditFile = "audit.log";
inline constexpr std::string_view kVersionsFile = "versions.jsonl";  // Only where there are any.
inline constexpr std::string_view kReadmeFile = "README.txt";
inline constexpr std::string_view kManifestFile = "manifest.json";

// The archive as bytes: a page for people, the evidence as WARC/1.1, the case's part of the audit
// log, what the files are, and a manifest of their hashes. The same for the same export.
// docs/evidence.md describes every file.
std::string MakeCaseArchive(const CaseExport& made);

// The page for people: complete in itself, with nothing that is fetched from elsewhere and no
// script; what strangers wrote is shown as text. For screen and paper.
std::string MakeCasePage(const CaseExport& made);

}  // namespace schoolwatch::app
