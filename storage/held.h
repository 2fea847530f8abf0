#pragma once

#include <filesystem>
#include <string>

#include "core/result.h"
#include "core/time.h"

namespace schoolwatch::storage {

struct Holder {
  long process = 0;  // 0: not known.
  std::string name;  // "schoolwatch run"
  core::Timestamp since{};
};

// The error for which IsHeldElsewhere (store.h) is true.
core::Error HeldError(const std::filesystem::path& folder, const Holder& holder);

}  // namespace schoolwatch::storage
