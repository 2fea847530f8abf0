#pragma once

#include <cstdint>
#include <set>
#include <string>
#include <vector>

#include "core/result.h"
#include "storage/audit.h"
#include "storage/db.h"
#include "storage/inventory.h"

namespace schoolwatch::storage {

struct Mended {
  std::uint64_t rebuilt_cases = 0;    // From their posts.
  std::uint64_t changed_cases = 0;    // Whose list of posts was put right.
  std::uint64_t dropped_alerts = 0;   // Sent already, or about what is gone.
  std::uint64_t lost_mails = 0;       // Alerts that were in a mail which is lost.
  std::uint64_t looked_at_again = 0;  // Posts forgotten, so that the next run reads them anew.
  std::set<std::string> cases;        // Ids of the cases concerned.
};

enum class Lost { kNothing, kSomething };
enum class LogKey { kSame, kNew };

// Makes the records of a database agree that can all be read, and each index from the records.
// With kSomething, recent posts of which nothing was kept and the validators of pages are
// forgotten: what was lost is then found again, if it still stands on the web, and told once, as
// what is known to have been sent stays known. Every change of a case has its entry in the audit
// log, behind one that says so where the log's key had to be made anew.
core::Result<Mended> MendRecords(Db& db, const Inventory& inventory, Lost lost, LogKey key,
                                 const AuditContext& audit);

}  // namespace schoolwatch::storage
