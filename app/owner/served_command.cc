#include "app/owner/served_command.h"

#include <sstream>
#include <utility>

namespace schoolwatch::app {

core::Result<ServedCommand> ServedCommand::Read(const ServedRequest& request) {
  auto context = std::make_unique<CommandContext>();
  std::ostringstream dropped;
  if (ParseCommandLine(request.words, *context, dropped, dropped) || !context->store_command) {
    return core::Fail(core::ErrorKind::kBadInput,
                      "the process that holds the store does not serve this command");
  }
  // As the other process found them, in its own folder.
  context->folder = request.folder;
  context->config_dir = request.config_dir;
  context->data_dir = request.data_dir.string();
  context->user = request.user;
  context->width = request.width;
  return ServedCommand(std::move(context));
}

ExitCode ServedCommand::Run(storage::Store& store, std::ostream& out, std::ostream& errors) const {
  return RunOnStore(*context_, *context_->store_command, &store, out, errors);
}

}  // namespace schoolwatch::app
