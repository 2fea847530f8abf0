#include "core/finding.h"

#include <array>
#include <utility>

namespace schoolwatch::core {
namespace {

constexpr std::array<std::pair<CaseState, std::string_view>, 4> kStates{{
    {CaseState::kNew, "new"},
    {CaseState::kSeen, "seen"},
    {CaseState::kInHand, "in hand"},
    {CaseState::kClosed, "closed"},
}};

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
    if (known == name) {
      return value;
    }
  }
  return Fail(
      ErrorKind::kBadInput,
      "'" + std::string(name) + "' is not a state; it must be new, seen, in hand or closed");
}

}  // namespace schoolwatch::core
