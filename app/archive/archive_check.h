#pragma once

#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "app/archive/zip.h"

namespace schoolwatch::app {

struct ArchiveReport {
  // As the manifest says; empty where it cannot be read.
  std::string case_id;
  std::string exported_at;
  std::size_t posts = 0;
  std::size_t records = 0;   // Of evidence: two for each text of which some was kept.
  std::size_t evidence = 0;  // Texts of posts of which some was kept.
  std::size_t audit_entries = 0;
  std::uint64_t log_entries = 0;  // Of the whole log, at the export…
  std::string log_head;           // …and the last one's hash: the export's own, hexadecimal.
  // What is not as it was exported: "evidence.warc.gz, record 3 (resource of finding 0a1b…): …".
  std::vector<std::string> problems;
  std::vector<std::string> notes;  // What cannot be checked from the archive alone.
};

// Checks an exported case by nothing but its bytes, whatever they are: the container, every file
// and record by its hash, that the evidence is what the audit log recorded, and the log's chain.
// Whoever made an archive could make another one that is whole in itself: what shows that it is
// the school's is its own hash, or the log's head, noted elsewhere.
ArchiveReport CheckCaseArchive(std::string_view bytes, const ZipLimits& limits = {});

}  // namespace schoolwatch::app
