#pragma once

#include <span>
#include <string>
#include <string_view>

#include "app/name_mask.h"
#include "core/outcome.h"
#include "core/result.h"
#include "core/time.h"
#include "storage/store.h"

// What people decide about cases. Each function works out all that one decision changes, for one
// commit, and writes nothing; whoever calls it has the store's turn until that commit. kNotFound:
// no such case or finding. kBadInput: it cannot be done, or a reason is missing; the message says
// what would be right.
namespace schoolwatch::app {

inline constexpr std::size_t kMaxReasonBytes = 4000;

struct Decision {
  std::string who;
  std::string reason;  // In the person's words; may be empty where none is demanded.
  core::Timestamp at{};
};

// Seen, or in hand.
core::Result<core::DocumentOutcome> SetState(const storage::CaseReader& cases, std::string_view id,
                                             core::CaseState state, const Decision& decision);

// Closes a case, or gives a closed one another outcome. What sets aside a post (no concern, not
// about us, lawful criticism) and whatever closes a safeguarding case needs a reason. The first two
// keep the posts as examples, masked; the others drop those that were kept.
core::Result<core::DocumentOutcome> CloseCase(const storage::CaseReader& cases, std::string_view id,
                                              core::CaseOutcome outcome, const NameMask& mask,
                                              const Decision& decision);

// Needs a reason.
core::Result<core::DocumentOutcome> ReopenCase(const storage::CaseReader& cases,
                                               std::string_view id, const Decision& decision);

// The reason is the note.
core::Result<core::DocumentOutcome> NoteCase(const storage::CaseReader& cases, std::string_view id,
                                             const Decision& decision);

// Moves all posts of one case to another of the same school, with its history; the first's id leads
// to the second from then on. Open if either was, and seen wherever either was. Needs a reason.
core::Result<core::DocumentOutcome> MergeCases(const storage::CaseReader& cases,
                                               std::string_view from, std::string_view into,
                                               const Decision& decision);

// Makes a new case of some of a case's posts, never of all: as new, seen or in hand as the one that
// they leave, seen where that is closed. That one keeps its thread, unless no post of it stays. The
// id of a case whose posts were merged into it and all go leads to the new one. Needs a reason.
core::Result<core::DocumentOutcome> SplitCase(const storage::CaseReader& cases, std::string_view id,
                                              std::span<const std::string> findings,
                                              const Decision& decision);

}  // namespace schoolwatch::app
