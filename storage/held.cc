#include "storage/held.h"

#include <string>
#include <string_view>

#include "storage/store.h"

namespace schoolwatch::storage {
namespace {

// core::Error carries a kind and words only, and kUnavailable is shared with a full disk. So the
// words that tell them apart are written and recognised in this file alone, whatever context is put
// before them; a path cannot contain them by accident, for its quotes would be in the way.
constexpr std::string_view kHeld = "' is held by process ";
constexpr std::string_view kHeldBySomebody = "' is held by another process";

}  // namespace

core::Error HeldError(const std::filesystem::path& folder, const Holder& holder) {
  std::string message = "the store '" + folder.string();
  if (holder.process == 0) {
    message += kHeldBySomebody;
  } else {
    message += std::string(kHeld) + std::to_string(holder.process) + " (" + holder.name +
               ", since " + core::FormatRfc3339(holder.since) + ")";
  }
  return core::Error{core::ErrorKind::kUnavailable, std::move(message)};
}

bool IsHeldElsewhere(const core::Error& error) {
  return error.kind == core::ErrorKind::kUnavailable &&
         (error.message.find(kHeld) != std::string::npos ||
          error.message.find(kHeldBySomebody) != std::string::npos);
}

}  // namespace schoolwatch::storage
