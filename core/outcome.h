#pragma once

#include <optional>
#include <string>
#include <vector>

#include "core/audit.h"
#include "core/evidence.h"
#include "core/fetch_state.h"
#include "core/finding.h"
#include "core/host_ledger.h"
#include "core/intake_receipt.h"
#include "core/outbox.h"
#include "core/platform_state.h"
#include "core/time.h"

namespace schoolwatch::core {

// That a post was seen, so that tomorrow it is not new.
struct SeenMark {
  std::string post_key;   // PostKey.
  std::string text_hash;  // PostTextHash: another hash under the same key is an edit.
  Timestamp seen_at{};
  // A feed may show less of a post than its own page does: both texts are known then, and the one
  // after the other is no edit.
  std::string other_hash{};
  bool is_entry = false;                // Whether text_hash is of the text in a feed.
  std::vector<std::string> findings{};  // What the post was found to be last: ids, one a school.
  bool operator==(const SeenMark&) const = default;

  bool Knows(const std::string& hash) const { return hash == text_hash || hash == other_hash; }
};

// All that one fetched document (or one failed attempt), or one command, caused. Stored whole or
// not at all.
struct DocumentOutcome {
  AuditActor by = AuditActor::kProgram;  // Whose doing it is, for the audit log.
  std::vector<SeenMark> seen;
  std::vector<Finding> findings;
  std::vector<Evidence> evidence;     // Of the findings; what is kept already stays as it is.
  std::vector<Case> cases;            // New and changed ones, whole.
  std::vector<PostVersion> versions;  // New ones; the oldest but the first make room.
  std::vector<OutboxItem> outbox;
  std::vector<UrlState> urls;
  std::vector<HostState> hosts;
  std::vector<SourceState> sources;
  std::vector<HostLedger> ledgers;
  std::vector<KeptExample> examples;
  std::vector<IntakeReceipt> reports;         // What people reported; known ones are changed.
  std::vector<RouteState> routes;             // Of platforms' interfaces.
  std::vector<PlatformSession> sessions;      // Whole; one without tokens is ended.
  std::vector<PlatformSpending> spending;     // Whole.
  std::vector<std::string> dropped_examples;  // Ids; before `examples` are put.
  // Ids of findings whose posts their platform says are deleted: what was kept with them goes. They
  // themselves are put in `findings`, without the words.
  std::vector<std::string> redacted;
};

}  // namespace schoolwatch::core
