#include <string_view>

#include "storage/store.h"

namespace schoolwatch::storage {

bool IsHeldElsewhere(const core::Error& error) {
  return error.kind == core::ErrorKind::kUnavailable &&
         std::string_view(error.message).find("is held by process") != std::string_view::npos;
}

}  // namespace schoolwatch::storage
