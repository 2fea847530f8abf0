#pragma once

#include <filesystem>
#include <memory>
#include <string_view>

#include "core/result.h"

namespace schoolwatch::app {

// The program's log: a file that is turned over at 1 MB, five kept, readable by its owner only. It
// holds what happened and addresses that were fetched; no post, no name, no secret. Thread-safe.
class Log {
 public:
  // kUnavailable where the file cannot be written.
  static core::Result<std::unique_ptr<Log>> Open(const std::filesystem::path& folder);
  virtual ~Log() = default;
  virtual void Info(std::string_view line) = 0;
  virtual void Warn(std::string_view line) = 0;
};

}  // namespace schoolwatch::app
