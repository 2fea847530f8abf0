#pragma once

#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "core/judgement.h"
#include "core/post.h"
#include "core/time.h"

namespace schoolwatch::core {

// What the last page that was had of a post's place showed of it.
enum class LastPage {
  kNotKept,  // Nobody looked since it was found; or the record is older than this.
  kThere,
  kMissing,
  kUnknown,  // Something else stood there.
};

// Whether a post that a finding stands on is still where it was found.
struct Standing {
  Timestamp seen_at{};      // The last look that found it there; zero: none but the first.
  Timestamp missed_at{};    // The first look since then that did not; zero: none.
  Timestamp looked_at{};    // The last look for it that had its turn, whatever it told.
  std::uint32_t posts = 0;  // On the page when it was last seen there.
  bool gone = false;        // Missed on two days: it vanished between seen_at and missed_at.
  bool missing = false;     // As `page`, in older records: the last look missed it.
  LastPage page = LastPage::kNotKept;
  bool operator==(const Standing&) const = default;
};

// A post that is about a watched school and was judged to be a possible concern, as it is kept. Its
// text never changes: it is what people were told of. What an edit made of it is a PostVersion, or
// where it got worse a finding of its own.
struct Finding {
  std::string id;       // Unique: ShortHash of school, post key and text hash.
  std::string school;   // Key; a post about two schools makes two findings.
  std::string case_id;  // The case it belongs to.
  Post post;
  Judgement judgement;
  Timestamp fetched_at{};  // When we read it.
  bool placed = false;     // By a person: what follows in its thread need not follow it.
  std::string edit_of{};   // The finding of the same post before an edit made it worse; else empty.
  Standing standing{};
  std::vector<std::string> merged_from{};  // The cases that it was in before merges, oldest first.
  bool operator==(const Finding&) const = default;
};

// The most texts kept of one finding's post beside its own: the first, and the last ones.
inline constexpr std::size_t kMaxVersions = 10;

// Another text of a finding's post: what it said before it was found, or after an edit.
struct PostVersion {
  std::string finding_id;
  Timestamp at{};  // When this text was first read.
  std::string title;
  std::string text;
  Severity severity = Severity::kNone;  // As it was judged.
  std::vector<Category> categories;
  bool operator==(const PostVersion&) const = default;
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
  kMerged,     // Another case's posts came to this one.
  kSplit,      // Posts went to another case.
  kEdited,     // A post of it now has another text.
  kGone,       // A post of it is no longer where it was…
  kBack,       // …and stands there again.
  kGrowing,    // More people wrote of it in one day than in all the time before.
  kEscalated,  // Nobody answered: the next in line was told, by their role.
  kSplitOff,   // It was made of posts of another case.
};
// "opened", "got worse", "reopened", "state", "closed", "noted", "merged", "split", "edited",
// "gone", "there again", "growing fast", "unanswered", "split off".
std::string_view CaseEventKindName(CaseEventKind kind);

// One thing that happened to a case. Never changed afterwards.
struct CaseEvent {
  Timestamp at{};
  std::string who;  // A person's name as they gave it; empty: the program itself.
  CaseEventKind kind = CaseEventKind::kOpened;
  std::string about;      // The state, outcome or severity it came to, or the other case's id.
  std::string reason;     // A person's words.
  std::string finding{};  // The post that it happened to, by its finding's id; else empty.
  std::string answer{};   // The mailed link that somebody used for it, by its id: never twice.
  bool operator==(const CaseEvent&) const = default;
};
// What happened, for people: "closed: complaint", "merged with case Q7F3-2K". Not of which post.
std::string CaseEventWords(const CaseEvent& event);

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
  std::uint32_t edits = 0;  // Findings that are later texts of a post that has one already.
  bool operator==(const Case&) const = default;
};
// How many posts its findings are.
std::size_t PostsIn(const Case& of);

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
