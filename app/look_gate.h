#pragma once

#include <span>
#include <string>
#include <string_view>

#include "app/owner/store_command.h"
#include "core/finding.h"
#include "core/result.h"
#include "core/time.h"

namespace schoolwatch::app {

// Why somebody looks at a person again, and which senior agrees. Both or neither.
struct LookPermit {
  std::string reason;
  std::string approved_by;  // A contact's name, address or role; not an IT contact's.
};

// Whether a look gets an entry of its own in the audit log. One that a permit allows always does.
enum class LookEntry {
  kAlways,
  kWithPermit,  // What is done with it (an export) has an entry already.
};

// To be called before what these people wrote is shown, with the names their posts have and not
// what somebody typed, which may be the address of a profile. Counts the look, by keyed hashes, and
// enters it in the audit log, a permit as a hash; where no case is named, an entry for each person
// under LookSubject. Past the limit in the configuration a permit
// is demanded (kForbidden); one that is given is kept among the reasons. kBadInput: a permit
// without a reason, or by nobody who may give one. `case_id` may be empty. The session's store is
// open for writing, and has its turn.
core::Result<void> CountLookAt(StoreSession& session, std::span<const std::string> authors,
                               const std::string& case_id, const LookPermit& permit,
                               LookEntry entry, core::Timestamp now);
// The same for a case, of which all posts are shown. kForbidden, too: one of them was reported in
// private, and neither the DSL nor the headteacher agrees.
core::Result<void> CountLookAtCase(StoreSession& session, const core::Case& shown,
                                   const LookPermit& permit, LookEntry entry, core::Timestamp now);

// Under which the audit log has a look at a person, as a keyed hash.
std::string LookSubject(std::string_view author);

// The reasons given so far, the oldest first: one JSON object a line.
core::Result<std::string> ListLookReasons(const storage::Notes& notes);

}  // namespace schoolwatch::app
