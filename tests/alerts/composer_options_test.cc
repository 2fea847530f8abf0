#include "alerts/composer_options.h"

#include <gtest/gtest.h>

#include <chrono>
#include <map>
#include <string>

#include "tests/alerts/samples.h"

namespace schoolwatch::alerts {
namespace {

using Texts = std::map<std::string, std::string, std::less<>>;

config::Contact ContactWith(std::string email, std::string display) {
  config::Contact contact = testing::Contact("dsl", "", std::move(email));
  contact.display = std::move(display);
  return contact;
}

TEST(ComposerOptionsTest, AContactIsShownWhatItAsksForAndElseWhatAllAre) {
  config::Settings settings;
  settings.alerts.display = "full";
  settings.contacts = {ContactWith("a@quillbrook.example", "masked"),
                       ContactWith("b@quillbrook.example", "")};
  EXPECT_EQ(MakeComposerOptions(settings, "").displays,
            (Texts{{"a@quillbrook.example", "masked"}, {"b@quillbrook.example", "full"}}));
}

TEST(ComposerOptionsTest, AnAddressInTwoRolesIsShownWhatTheStricterOneAllows) {
  for (const bool turned : {false, true}) {
    config::Settings settings;
    settings.contacts = {ContactWith("a@quillbrook.example", turned ? "snippet" : "full"),
                         ContactWith("a@quillbrook.example", turned ? "full" : "snippet")};
    EXPECT_EQ(MakeComposerOptions(settings, "").displays,
              (Texts{{"a@quillbrook.example", "snippet"}}));
  }
}

TEST(ComposerOptionsTest, EachSchoolHasItsNation) {
  config::Settings settings;
  settings.schools.resize(2);
  settings.schools[0].key = "quillbrook";
  settings.schools[1].key = "weir";
  settings.schools[1].nation = "wales";
  settings.calendar.time_zone = "Europe/Paris";
  const ComposerOptions options = MakeComposerOptions(settings, "templates");
  EXPECT_EQ(options.nations, (Texts{{"quillbrook", "england"}, {"weir", "wales"}}));
  EXPECT_EQ(options.time_zone, "Europe/Paris");
  EXPECT_EQ(options.templates_folder, "templates");
}

TEST(ComposerOptionsTest, TheHoursAreTheCalendars) {
  config::Settings settings;
  EXPECT_EQ(MakeComposerOptions(settings, "").school_hours,
            "Monday to Friday, 08:00 to 17:00, except bank holidays");
  settings.calendar.terms.resize(1);
  settings.calendar.bank_holidays_of = "none";
  settings.calendar.work_to = std::chrono::hours(16) + std::chrono::minutes(30);
  EXPECT_EQ(MakeComposerOptions(settings, "").school_hours,
            "Monday to Friday in term, 08:00 to 16:30");
}

}  // namespace
}  // namespace schoolwatch::alerts
