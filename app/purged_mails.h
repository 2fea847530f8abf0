#pragma once

#include <chrono>
#include <cstddef>
#include <filesystem>
#include <span>
#include <string>

#include "core/result.h"
#include "core/time.h"

namespace schoolwatch::app {

// Deletes the mails that `channel: folder` wrote into `folder` (may be empty or missing): those
// that tell of one of `cases`, and those made more than `kept` ago. Only files of its own are
// touched, known by a name that its Message-ID leads to, directly in the folder and no links; where
// a person renamed or moved one, it is theirs. Returns how many went. kUnavailable: one cannot be
// read or deleted.
core::Result<std::size_t> DeleteOldMails(const std::filesystem::path& folder,
                                         std::span<const std::string> cases,
                                         std::chrono::hours kept, core::Timestamp now);

}  // namespace schoolwatch::app
