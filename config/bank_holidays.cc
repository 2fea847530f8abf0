#include "config/bank_holidays.h"

#include <chrono>
#include <optional>
#include <string>
#include <system_error>
#include <vector>

#include "config/section.h"
#include "config/settings_schema.h"

namespace schoolwatch::config {
namespace {

namespace fs = std::filesystem;

using Days = std::vector<std::chrono::year_month_day>;

constexpr const char* kFile = "bank-holidays.yaml";

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

}  // namespace

void AddBankHolidays(const fs::path& data_dir, const fs::path& config_dir, std::string_view nation,
                     core::SchoolCalendar& calendar, Diagnostics& problems) {
  std::string whose = calendar.bank_holidays_of;
  if (whose == "by nation") {
    whose = nation == "england" || nation == "wales" ? "england-and-wales" : nation;
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

}  // namespace schoolwatch::config
