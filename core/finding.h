#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "core/judgement.h"
#include "core/post.h"
#include "core/time.h"

namespace schoolwatch::core {

// A post that is about a watched school and was judged to be a possible concern, as it is kept.
struct Finding {
  std::string id;       // Unique: ShortHash of school, post key and text hash.
  std::string school;   // Key; a post about two schools makes two findings.
  std::string case_id;  // The case it belongs to.
  Post post;
  Judgement judgement;
  Timestamp fetched_at{};  // When we read it.
  bool placed = false;     // By a person: what follows in its thread need not follow it.
  bool operator==(const Finding&) const = default;
};

// How far people have got with a case.
enum class CaseState { kNew, kSeen, kInHand, kClosed };
// "new", "seen", "in hand", "closed".
std::string_view CaseStateName(CaseState state);
Result<CaseState> ParseCaseState(std::string_view name);

// What a closed case turned out to be.
enum class CaseOutcome {
  kNone,  // Not closed.
  kConcern,
  kComplaint,
  kLawfulCriticism,
  kNoConcern,
  kNotAboutUs,
  kReported,  // To the platform.
  kReferred,  // To another service.
};
// "concern", "complaint", "lawful criticism", "no concern", "not about us", "reported to platform",
// "referred"; "" for none.
std::string_view CaseOutcomeName(CaseOutcome outcome);
// Also with dashes for spaces, as a command line is easier typed. kBadInput names all of them.
Result<CaseOutcome> ParseCaseOutcome(std::string_view name);

enum class CaseEventKind {
  kOpened,
  kWorse,     // A post more serious than all before.
  kReopened,  // By a new post, or by a person.
  kState,     // Seen, or taken in hand.
  kClosed,
  kNoted,
  kMerged,  // Another case's posts came to this one.
  kSplit,   // Posts went to another case, or came out of one.
};
// "opened", "got worse", "reopened", "state", "closed", "noted", "merged", "split".
std::string_view CaseEventKindName(CaseEventKind kind);

// One thing that happened to a case. Never changed afterwards.
struct CaseEvent {
  Timestamp at{};
  std::string who;  // A person's name as they gave it; empty: the program itself.
  CaseEventKind kind = CaseEventKind::kOpened;
  std::string about;   // The state, outcome or severity it came to, or the other case's id.
  std::string reason;  // A person's words.
  bool operator==(const CaseEvent&) const = default;
};

// Findings that are one story: the same thread, the same link, near-duplicate texts, or what people
// have joined.
struct Case {
  std::string id;      // Short, typed by people: "Q7F3-2K" style is made by storage::MakeCaseId.
  std::string school;  // Key.
  CaseState state = CaseState::kNew;
  std::string title;                    // The thread's title, or the first words of its first post.
  Severity severity = Severity::kNone;  // Highest so far.
  std::vector<Category> categories;
  std::vector<std::string> topics;
  Timestamp opened_at{};
  Timestamp changed_at{};
  std::string thread_url;             // Where its first finding stood; empty if nowhere shared.
  std::vector<std::string> findings;  // Ids, oldest first.
  std::uint32_t authors = 0;          // Different public names so far.
  std::vector<std::string> sources;   // Names of the sources it was seen through.
  CaseOutcome outcome = CaseOutcome::kNone;
  std::vector<CaseEvent> history;  // Oldest first.
  std::string
      merged_into;  // The case that has its posts now; else empty. Only its id still counts.
  bool operator==(const Case&) const = default;
};

// A post that people judged to be no concern, or not about the school: what the rules should let
// be. Names are masked before it is kept.
struct KeptExample {
  std::string id;  // The finding's.
  std::string school;
  std::string case_id;
  CaseOutcome outcome = CaseOutcome::kNoConcern;
  Post post;  // Its kind, platform, language, page_of, title and text alone.
  Timestamp kept_at{};
  bool operator==(const KeptExample&) const = default;
};

}  // namespace schoolwatch::core
