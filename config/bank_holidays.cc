#include "config/bank_holidays.h"

#include <chrono>
#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <system_error>
#include <vector>

#include "config/section.h"
#include "config/settings_schema.h"

namespace schoolwatch::config {
namespace {

namespace fs = std::filesystem;

using Days = std::vector<std::chrono::year_month_day>;

constexpr const char* kFile = "bank-holidays.yaml";
constexpr std::string_view kByNation = "by nation";

struct BankHolidays {
  Days england_and_wales;
  Days scotland;
  Days northern_ireland;
};

const Schema<BankHolidays>& FileSchema() {
  static const Schema<BankHolidays> kSchema = [] {
    const auto days = ListOf(Day(), {.max_items = 1000, .noun = "day"});
    return Schema<BankHolidays>("bank-holidays.yaml", "Bank holidays, by whose they are.")
        .Field("england-and-wales", &BankHolidays::england_and_wales, days, {.help = "Both."})
        .Field("scotland", &BankHolidays::scotland, days, {.help = "Scotland's."})
        .Field("northern-ireland", &BankHolidays::northern_ireland, days,
               {.help = "Northern Ireland's."});
  }();
  return kSchema;
}

// False where the file has no such list.
bool TakeFrom(const fs::path& folder, const std::string& whose, Days& days, Diagnostics& problems) {
  const std::optional<Section> root = LoadYamlFile(folder / kFile, problems);
  if (!root) {
    return false;
  }
  const BankHolidays all = FileSchema().Read(*root, problems);
  if (!root->Find(whose)) {
    return false;
  }
  days = whose == "scotland"           ? all.scotland
         : whose == "northern-ireland" ? all.northern_ireland
                                       : all.england_and_wales;
  return true;
}

std::string WhoseIn(std::string_view nation) {
  return nation == "england" || nation == "wales" ? "england-and-wales" : std::string(nation);
}

}  // namespace

void AddBankHolidays(const fs::path& data_dir, const fs::path& config_dir, std::string_view nation,
                     core::SchoolCalendar& calendar, Diagnostics& problems) {
  std::string whose = calendar.bank_holidays_of;
  if (whose == kByNation) {
    whose = WhoseIn(nation);
  }
  if (whose == "none") {
    return;
  }
  std::error_code error;
  Days days;
  const bool own =
      fs::exists(config_dir / kFile, error) && TakeFrom(config_dir, whose, days, problems);
  if (!own) {
    TakeFrom(data_dir, whose, days, problems);
  }
  // Those that a calendar's file gave stay.
  calendar.bank_holidays.insert(calendar.bank_holidays.end(), days.begin(), days.end());
}

void AddBankHolidays(const fs::path& data_dir, const fs::path& config_dir, Settings& settings,
                     Diagnostics& problems) {
  const core::SchoolCalendar bare = settings.calendar;
  const std::string first = settings.schools.empty() ? "" : settings.schools.front().nation;
  AddBankHolidays(data_dir, config_dir, first, settings.calendar, problems);
  if (bare.bank_holidays_of != kByNation) {
    return;
  }
  Diagnostics told;  // What is wrong with the files was told by the first reading.
  std::map<std::string, core::SchoolCalendar> made;
  for (const core::School& school : settings.schools) {
    const std::string whose = WhoseIn(school.nation);
    if (whose == WhoseIn(first)) {
      continue;
    }
    const auto [calendar, is_new] = made.try_emplace(whose, bare);
    if (is_new) {
      AddBankHolidays(data_dir, config_dir, school.nation, calendar->second, told);
    }
    settings.other_calendars.insert_or_assign(school.key, calendar->second);
  }
}

}  // namespace schoolwatch::config
