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

// kHeld: "the store '/x' is held by process 1234 (schoolwatch run, since 2026-11-20T18:00:00Z)".
core::Error HeldError(const std::filesystem::path& folder, const Holder& holder);

}  // namespace schoolwatch::storage
