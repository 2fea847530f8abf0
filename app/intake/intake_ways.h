#pragma once

#include <cstddef>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "config/settings.h"
#include "core/fetch_state.h"
#include "core/result.h"
#include "core/time.h"

// The ways in which reports come in: the mailbox, the Maildir, the drop folder. How each does is
// remembered and told as of sources: once when it has failed for long, once when it is back.
namespace schoolwatch::app {

inline constexpr std::string_view kMailboxWay = "intake/mailbox";
inline constexpr std::string_view kMaildirWay = "intake/maildir";
inline constexpr std::string_view kFolderWay = "intake/folder";

// Those that are set up, as sources are described: `name` is what the store knows it by, `title`
// what people are told ("report mailbox"). No source of sources.yaml has such a name.
std::vector<config::Source> IntakeWays(const config::Settings& settings);
bool IsIntakeWay(std::string_view name);
// "the report mailbox"; "" for what is none.
std::string_view IntakeWayTitle(std::string_view name);

// What one look came to.
struct IntakeLook {
  std::optional<core::Error> failed{};  // The way itself; one mail that cannot be read is no fault
                                        // of it.
  std::size_t taken = 0;
  std::chrono::milliseconds every{0};  // Until the next one; zero: in each round.
};

// Broken once it has failed for over an hour, or was refused twice in a row: a mail server that is
// restarted is nobody's business.
core::SourceState AfterIntakeLook(core::SourceState before, const IntakeLook& look,
                                  core::Timestamp now);

// Whether `after` says what the store should know; else it waits for a later look, since a daemon
// looks every few seconds.
bool IsWorthKeeping(const core::SourceState& before, const core::SourceState& after);

// What a person can do about it.
std::string_view IntakeAdvice(std::string_view name, core::SourceTrouble trouble);

}  // namespace schoolwatch::app
