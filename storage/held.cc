#include "storage/held.h"

#include <string>

namespace schoolwatch::storage {

core::Error HeldError(const std::filesystem::path& folder, const Holder& holder) {
  std::string message = "the store '" + folder.string() + "' is held by ";
  if (holder.process == 0) {
    message += "another process";
  } else {
    message += "process " + std::to_string(holder.process) + " (" + holder.name + ", since " +
               core::FormatRfc3339(holder.since) + ")";
  }
  return core::Error{core::ErrorKind::kHeld, std::move(message)};
}

}  // namespace schoolwatch::storage
