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
  bool operator==(const Finding&) const = default;
};

// How far people have got with a case.
enum class CaseState { kNew, kSeen, kInHand, kClosed };
// "new", "seen", "in hand", "closed".
std::string_view CaseStateName(CaseState state);
Result<CaseState> ParseCaseState(std::string_view name);

// Findings that are one story: the same thread, the same link, or near-duplicate texts.
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
  bool operator==(const Case&) const = default;
};

}  // namespace schoolwatch::core
