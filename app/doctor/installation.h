#pragma once

#include <filesystem>
#include <optional>
#include <vector>

#include "app/doctor/advice.h"
#include "config/settings.h"
#include "core/time.h"

namespace schoolwatch::app {

// What can be seen of an installation without opening its store.

// Everything that is wrong in its files, and the configuration where it can be read.
std::optional<config::Configuration> CheckFiles(const std::filesystem::path& config_dir,
                                                const std::filesystem::path& data_dir,
                                                std::vector<Advice>& advice);

// The store's folder: whose it is, who may read it, how much room is left, and what repairs and
// restores have left there that holds personal data.
void CheckStoreFolder(const std::filesystem::path& folder, std::vector<Advice>& advice);

// A clock that cannot be right, and the time zone that mails and calendars use.
void CheckTime(core::Timestamp now, std::vector<Advice>& advice);

// Whether anything starts `schoolwatch run`, as far as this user may see. `root` is "/" but in
// tests.
void CheckTimers(const std::filesystem::path& root, std::vector<Advice>& advice);

}  // namespace schoolwatch::app
