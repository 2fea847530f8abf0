#pragma once

#include <array>
#include <cstdint>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "app/commands/coverage.h"
#include "app/coverage/policy_names.h"
#include "core/finding.h"
#include "core/time.h"
#include "crawler/platforms/platform.h"

// How well each platform that school policies name is watched. Pure: from the shipped files, the
// sources' states and the cases.
namespace schoolwatch::app {

// In the order in which they are told.
enum class NameState {
  kWatched,
  kNotYet,           // There is a source, which was never looked at.
  kTrouble,          // No source of it works.
  kIndirect,         // Only as far as a search that is watched finds it.
  kNoSource,         // It could be watched as it is: nothing in sources.yaml does.
  kLacksCredential,  // It could be, with an account or a key.
  kOff,              // Switched off in sources.yaml, or shipped off.
  kNotWatchable,
};
inline constexpr std::array kNameStates{NameState::kWatched,  NameState::kNotYet,
                                        NameState::kTrouble,  NameState::kIndirect,
                                        NameState::kNoSource, NameState::kLacksCredential,
                                        NameState::kOff,      NameState::kNotWatchable};
std::string_view NameStateName(NameState state);  // "watched", "lacks credentials", …

// Borrows everything it was made from.
struct NameCoverage {
  const PolicyName* name = nullptr;
  NameState state = NameState::kNotWatchable;
  std::vector<const crawler::Platform*> platforms;  // Those of its files that are there.
  std::vector<const SourceCoverage*> sources;       // That watch it, switched on.
  core::Timestamp last_look{};                      // Zero: none.
  core::Timestamp newest_post{};
  std::uint64_t posts_seen = 0;
  std::size_t cases = 0;
  std::string why;      // Why it is not watched, or not wholly, in a sentence. Names no source.
  std::string do_next;  // For IT: what would change that.
  std::string report;   // How people report what is not seen.
};

std::vector<NameCoverage> FindNameCoverage(std::span<const PolicyName> names,
                                           const crawler::Platforms& platforms,
                                           std::span<const SourceCoverage> sources,
                                           std::span<const core::School> schools,
                                           std::span<const core::Case> cases, core::Timestamp now);

}  // namespace schoolwatch::app
