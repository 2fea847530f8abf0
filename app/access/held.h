#pragma once

#include <map>
#include <set>
#include <string>
#include <vector>

#include "core/audit.h"
#include "core/evidence.h"
#include "core/finding.h"
#include "storage/subject_search.h"

namespace schoolwatch::app {

// What is held, before others' names are masked.
struct Held {
  storage::HeldOf found;
  std::vector<core::Evidence> evidence;                            // Of their posts.
  std::map<std::string, std::vector<core::PostVersion>> versions;  // The same, by finding.
  std::map<std::string, core::Case> cases;
  std::map<std::string, std::vector<core::AuditEntry>> log;  // By case.
  std::set<std::string> in_private;                          // Others' posts that were.
  std::set<std::string> others;                              // Names to mask.

  bool is_nothing() const {
    return found.posts.empty() && found.named_in.empty() && found.leading.empty() &&
           found.versions.empty() && found.evidence.empty() && found.examples.empty() &&
           found.notes.empty() && cases.empty() && found.records.empty();
  }
};

}  // namespace schoolwatch::app
