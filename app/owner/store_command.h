#pragma once

#include <chrono>
#include <cstddef>
#include <filesystem>
#include <functional>
#include <iosfwd>
#include <memory>
#include <string>
#include <string_view>

#include "app/exit_code.h"
#include "config/settings.h"
#include "core/result.h"
#include "storage/store.h"

namespace schoolwatch::app {

struct CommandContext;

// What a command that looks at the store, or changes it, works with. It may run in the process that
// somebody started or in the one that holds the store, so it uses nothing else: no std::cout, no
// working folder, no environment.
struct StoreSession {
  storage::Store* store = nullptr;                // Null: nothing was watched yet.
  const config::Configuration* config = nullptr;  // Null: there is none, and none was asked for.
  std::filesystem::path data_dir;                 // Empty: none was found.
  std::string user;                               // Who gave the command.
  std::size_t width = 80;                         // Columns.
  std::ostream& out;
  std::ostream& errors;
  bool alone = false;  // The store was opened for this alone.
  // Lets go of the store, if it was opened for this alone: for what computes long after its last
  // look, so that a run that comes meanwhile finds it free. `store` is not to be used after it.
  std::function<void()> let_go = [] {};
};

enum class NeedsConfiguration { kYes, kIfAny };

// A command as its row in the table gives it, once its arguments are read.
struct StoreCommand {
  std::string_view holder;  // "schoolwatch cases", for those who find the store held meanwhile.
  NeedsConfiguration configuration = NeedsConfiguration::kYes;
  // kReadWrite: the work has the store's turn for as long as it lasts.
  storage::OpenMode mode = storage::OpenMode::kReadOnly;
  std::function<ExitCode(StoreSession&)> work;
  // Giving it twice does no harm, so it is asked again where the holder ended half way. What only
  // reads always is.
  bool repeatable = false;
  // For what is no text to print: takes all of the work's output once that has ended well, in the
  // process that somebody started and so with that person's rights.
  std::function<ExitCode(std::string_view output)> take{};
};

// Makes this the command that was asked for. Call it while the command line is parsed.
void ChooseStoreCommand(CommandContext& context, StoreCommand command);

// Opens the store for it, or has the process do it that holds the store. Where that one does not
// serve, is only starting, or may not write, tries again for as long as the context says (30 s).
ExitCode RunStoreCommand(const CommandContext& context, const StoreCommand& command);

// The work itself, on a store that this process holds, or none.
ExitCode RunOnStore(const CommandContext& context, const StoreCommand& command,
                    storage::Store* store, std::ostream& out, std::ostream& errors);

// How long commands wait for a store that is held, unless told otherwise.
inline constexpr std::chrono::seconds kStorePatience{30};

// Opens a store, trying again for `patience` while it is held.
core::Result<std::unique_ptr<storage::Store>> OpenStoreWithin(std::chrono::seconds patience,
                                                              const std::filesystem::path& folder,
                                                              storage::OpenMode mode,
                                                              std::string_view holder);

// Says that nothing was watched yet, for commands that need something to work on.
ExitCode ReportNoStore(StoreSession& session);

}  // namespace schoolwatch::app
