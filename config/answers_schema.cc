// The tables of what is said beside alerts, and how it is answered.

#include <chrono>
#include <string>
#include <vector>

#include "config/checks.h"
#include "config/settings_schema.h"

namespace schoolwatch::config {
namespace {

using std::chrono::hours;

Value<std::vector<std::string>> Roles() {
  return ListOf(OneOf({"headteacher", "dsl", "deputy", "chair", "it"}), {.max_items = 5});
}

}  // namespace

const Schema<AnswerSettings>& AnswersSchema() {
  static const Schema<AnswerSettings> kSchema =
      Schema<AnswerSettings>("Answers", "Answers by one tap in a mail.")
          .Field("to", &AnswerSettings::to,
                 Text({.max_bytes = 254})
                     .Check(CheckMailAddress)
                     .Words("a mail address")
                     .Format("email"),
                 {.help = "The mailbox that takes answers; `schoolwatch alerts ingest` reads them. "
                          "Without it mails hold no links to answer by.",
                  .example = "reports@quillbrook-academy.example"})
          .Field("valid_for", &AnswerSettings::valid_for, Duration<hours>(hours(1), hours(24 * 90)),
                 {.help = "How long the links in a mail can be used."});
  return kSchema;
}

const Schema<DayLineSettings>& DayLineSchema() {
  static const Schema<DayLineSettings> kSchema =
      Schema<DayLineSettings>("Day line", "The line that says that the watch goes on.")
          .Field("at", &DayLineSettings::at, TimeOfDay(),
                 {.help = "When, by the school's clocks, on every school day.",
                  .example = "\"16:00\""})
          .Field("to", &DayLineSettings::to, Roles(),
                 {.help = "The contacts' roles that get it; `[]` for nobody.",
                  .example = "[headteacher, dsl]"});
  return kSchema;
}

const Schema<WatchdogSettings>& WatchdogSchema() {
  static const Schema<WatchdogSettings> kSchema =
      Schema<WatchdogSettings>("Watchdog", "When people are told that runs have stopped.")
          .Field("silent_for", &WatchdogSettings::silent_for,
                 Duration<hours>(hours(1), hours(24 * 14)),
                 {.help = "So long after the last whole run; more than the time between two runs."})
          .Field("remind", &WatchdogSettings::remind, Duration<hours>(hours(1), hours(24 * 14)),
                 {.help = "How long until they are told again, as long as it lasts."})
          .Field("to", &WatchdogSettings::to, Roles(),
                 {.help = "The contacts' roles that are told.", .example = "[it]"});
  return kSchema;
}

const Schema<ReportSettings>& ReportSchema() {
  static const Schema<ReportSettings> kSchema =
      Schema<ReportSettings>("Report", "The report of every week.")
          .Field(
              "on", &ReportSettings::on,
              OneOf({"monday", "tuesday", "wednesday", "thursday", "friday", "saturday", "sunday"}),
              {.help = "On which day."})
          .Field("at", &ReportSettings::at, TimeOfDay(),
                 {.help = "When, by the school's clocks.", .example = "\"15:00\""})
          .Field("to", &ReportSettings::to, Roles(),
                 {.help = "The contacts' roles that get it; `[]` for nobody.",
                  .example = "[headteacher]"});
  return kSchema;
}

}  // namespace schoolwatch::config
