#pragma once

#include <cstddef>
#include <filesystem>
#include <span>
#include <string>

#include "core/result.h"
#include "storage/byte_scan.h"

namespace schoolwatch::app {

struct CleanedFiles {
  std::size_t logs = 0;   // In which something was crossed out.
  std::size_t mails = 0;  // That were deleted.
};

// Crosses out the needles in the program's logs under `store_folder`, byte for byte, so that a
// process which is writing there goes on; and deletes the .eml files under it and under
// `mail_folder` (may be empty) that hold one of them or one of `mail_words`. kUnavailable: a file
// cannot be read or written.
core::Result<CleanedFiles> CleanFiles(const std::filesystem::path& store_folder,
                                      const std::filesystem::path& mail_folder,
                                      std::span<const storage::Needle> needles,
                                      std::span<const std::string> mail_words);

}  // namespace schoolwatch::app
