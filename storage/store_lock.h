#pragma once

#include <filesystem>
#include <memory>
#include <string_view>
#include <utility>

#include "core/result.h"

namespace schoolwatch::storage {

// Holds a store for this process: a flock on <folder>/lock, in which stands who has it. The kernel
// lets go when the process ends, however it ends, so a file left by a dead process holds nobody up.
// As root, both taking it and letting go give root's files to the folder's owner.
class StoreLock {
 public:
  // kHeld where somebody has it already (this process through another Store included), with who it
  // is. kBadInput: the file cannot be made or opened; kUnavailable: the disk is full or can only be
  // read. `holder` is what others are told: the command, no personal data in it.
  static core::Result<std::unique_ptr<StoreLock>> Take(const std::filesystem::path& folder,
                                                       std::string_view holder);
  ~StoreLock();
  StoreLock(const StoreLock&) = delete;
  StoreLock& operator=(const StoreLock&) = delete;

 private:
  StoreLock(int descriptor, std::filesystem::path folder)
      : descriptor_(descriptor), folder_(std::move(folder)) {}
  int descriptor_;
  const std::filesystem::path folder_;
};

}  // namespace schoolwatch::storage
