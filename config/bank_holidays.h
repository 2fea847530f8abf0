#pragma once

#include <filesystem>
#include <string_view>

#include "config/diagnostics.h"
#include "config/settings.h"
#include "core/calendar.h"

namespace schoolwatch::config {

// Adds the bank holidays that `calendar` asks for; "by nation" are those of `nation`, one of
// core::kNations. They come from bank-holidays.yaml in `config_dir` where
// that has the list, else from the one in `data_dir`. What is wrong goes into `problems`.
void AddBankHolidays(const std::filesystem::path& data_dir, const std::filesystem::path& config_dir,
                     std::string_view nation, core::SchoolCalendar& calendar,
                     Diagnostics& problems);

// The same for all of a configuration's schools, each by its own nation.
void AddBankHolidays(const std::filesystem::path& data_dir, const std::filesystem::path& config_dir,
                     Settings& settings, Diagnostics& problems);

}  // namespace schoolwatch::config
