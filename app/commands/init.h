#pragma once

#include <filesystem>
#include <string>

#include "config/init.h"
#include "core/result.h"

namespace schoolwatch::app {

// `init`: writes a configuration for a school, with the places to look and the checklist of
// platforms that the shipped files (in `data_dir`) have for it. Returns what to tell the person.
// As config::WriteConfiguration fails; kBadInput also where a shipped file is damaged.
core::Result<std::string> InitCommand(const config::InitOptions& options,
                                      const std::filesystem::path& data_dir);

}  // namespace schoolwatch::app
