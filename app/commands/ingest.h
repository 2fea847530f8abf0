#pragma once

#include <filesystem>
#include <vector>

#include "app/exit_code.h"
#include "app/owner/store_command.h"
#include "core/time.h"

namespace schoolwatch::app {

enum class AfterIngest {
  kLeave,
  kMove,  // Into taken/, refused/ or other/ beside the file.
};

// `alerts ingest`: takes the answers in mails, one file each, or all *.eml of a folder by name, a
// thousand at a time. One line each says what became of it. kUsage: a path that is not there.
ExitCode IngestCommand(StoreSession& session, const std::vector<std::filesystem::path>& paths,
                       AfterIngest after, core::Timestamp now);

}  // namespace schoolwatch::app
