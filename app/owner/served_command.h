#pragma once

#include <filesystem>
#include <iosfwd>
#include <memory>

#include "app/command_table.h"
#include "app/owner/served_request.h"
#include "core/result.h"
#include "storage/store.h"

namespace schoolwatch::app {

// Somebody else's command line, read by the same table as one's own.
class ServedCommand {
 public:
  // kBadInput: it is none that the holder of a store serves.
  static core::Result<ServedCommand> Read(const ServedRequest& request);

  storage::OpenMode mode() const { return context_->store_command->mode; }
  // Does what the command would do if its own process held the store.
  ExitCode Run(storage::Store& store, std::ostream& out, std::ostream& errors) const;

 private:
  explicit ServedCommand(std::unique_ptr<CommandContext> context) : context_(std::move(context)) {}

  std::unique_ptr<CommandContext> context_;  // The command's work refers to it.
};

}  // namespace schoolwatch::app
