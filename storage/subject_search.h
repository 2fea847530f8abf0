#pragma once

#include <set>
#include <string>
#include <utility>
#include <vector>

#include "core/evidence.h"
#include "core/finding.h"
#include "core/result.h"
#include "storage/audit.h"
#include "storage/db.h"
#include "storage/removal.h"

namespace schoolwatch::storage {

// What is held about somebody: what an erasure of the same name would delete or change, so that
// nobody is told less than would go.
struct HeldOf {
  // As given, where that is a name, and as their posts have them.
  std::set<std::string> names;
  std::vector<core::Finding> posts;         // Theirs, the oldest first.
  std::vector<core::Finding> named_in;      // Others', that name them.
  std::vector<core::Finding> leading;       // Others', that quote these posts or lead to them.
  std::vector<core::PostVersion> versions;  // Of others' posts.
  std::vector<core::Evidence> evidence;     // The same.
  std::vector<core::KeptExample> examples;  // Of any post.
  std::set<std::string> cases;              // Of these posts, or whose title or notes name them.
  std::vector<std::pair<std::string, std::string>> notes;  // Which, and the line that names them.
  KindCounts records;                                      // All the rest, by kind.
};

// Goes through every record there is, as an erasure does; nothing is written. `author` is a public
// name, whole, or the address of a profile.
core::Result<HeldOf> FindHeld(const Db& db, const AuditContext& audit, const std::string& author);

}  // namespace schoolwatch::storage
