#include "core/finding.h"

#include <algorithm>
#include <array>
#include <string>
#include <utility>

namespace schoolwatch::core {
namespace {

constexpr std::array<std::pair<CaseState, std::string_view>, 4> kStates{{
    {CaseState::kNew, "new"},
    {CaseState::kSeen, "seen"},
    {CaseState::kInHand, "in hand"},
    {CaseState::kClosed, "closed"},
}};

constexpr std::array<std::pair<CaseOutcome, std::string_view>, 7> kOutcomes{{
    {CaseOutcome::kConcern, "concern"},
    {CaseOutcome::kComplaint, "complaint"},
    {CaseOutcome::kLawfulCriticism, "lawful criticism"},
    {CaseOutcome::kNoConcern, "no concern"},
    {CaseOutcome::kNotAboutUs, "not about us"},
    {CaseOutcome::kReported, "reported to platform"},
    {CaseOutcome::kReferred, "referred"},
}};

constexpr std::array<std::pair<CaseEventKind, std::string_view>, 14> kEvents{{
    {CaseEventKind::kOpened, "opened"},
    {CaseEventKind::kWorse, "got worse"},
    {CaseEventKind::kReopened, "reopened"},
    {CaseEventKind::kState, "state"},
    {CaseEventKind::kClosed, "closed"},
    {CaseEventKind::kNoted, "noted"},
    {CaseEventKind::kMerged, "merged"},
    {CaseEventKind::kSplit, "split"},
    {CaseEventKind::kEdited, "edited"},
    {CaseEventKind::kGone, "gone"},
    {CaseEventKind::kBack, "there again"},
    {CaseEventKind::kGrowing, "growing fast"},
    {CaseEventKind::kEscalated, "unanswered"},
    {CaseEventKind::kSplitOff, "split off"},
}};

std::string WithSpaces(std::string_view typed) {
  std::string words(typed);
  std::ranges::replace(words, '-', ' ');
  return words;
}

}  // namespace

std::string_view CaseStateName(CaseState state) {
  for (const auto& [value, name] : kStates) {
    if (value == state) {
      return name;
    }
  }
  return "new";
}

Result<CaseState> ParseCaseState(std::string_view name) {
  for (const auto& [value, known] : kStates) {
    if (known == WithSpaces(name)) {
      return value;
    }
  }
  return Fail(
      ErrorKind::kBadInput,
      "'" + std::string(name) + "' is not a state; it must be new, seen, in hand or closed");
}

std::string_view CaseOutcomeName(CaseOutcome outcome) {
  for (const auto& [value, name] : kOutcomes) {
    if (value == outcome) {
      return name;
    }
  }
  return "";
}

Result<CaseOutcome> ParseCaseOutcome(std::string_view name) {
  std::string all;
  for (const auto& [value, known] : kOutcomes) {
    if (known == WithSpaces(name)) {
      return value;
    }
    all += (all.empty() ? "" : ", ") + std::string(known);
  }
  return Fail(ErrorKind::kBadInput,
              "'" + std::string(name) + "' is not an outcome; it must be one of " + all);
}

std::string_view CaseEventKindName(CaseEventKind kind) {
  for (const auto& [value, name] : kEvents) {
    if (value == kind) {
      return name;
    }
  }
  return "";
}

std::string CaseEventWords(const CaseEvent& event) {
  const std::string name(CaseEventKindName(event.kind));
  if (event.about.empty()) {
    return name;
  }
  switch (event.kind) {
    case CaseEventKind::kState:
      return event.about;
    case CaseEventKind::kMerged:
      return name + " with case " + event.about;
    case CaseEventKind::kSplit:
      // Before there was kSplitOff, it stood on both sides.
      return name + ": other posts are in case " + event.about;
    case CaseEventKind::kSplitOff:
      return name + " from case " + event.about;
    default:
      return name + ": " + event.about;
  }
}

std::size_t PostsIn(const Case& of) {
  return of.findings.size() - std::min<std::size_t>(of.edits, of.findings.size());
}

}  // namespace schoolwatch::core
