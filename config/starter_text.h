#pragma once

#include <string>

#include "config/init.h"

// The words of the files that `init` writes. Options have been checked.
namespace schoolwatch::config {

std::string StarterSettings(const InitOptions& options, const std::string& key);
std::string StarterRules(const InitOptions& options);
// What the person is told once the files are written.
std::string AfterInit(const InitOptions& options, bool has_checklist);

}  // namespace schoolwatch::config
