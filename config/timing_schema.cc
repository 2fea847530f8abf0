// The tables of what says when mails go (docs/alerts.md, When).

#include <fmt/format.h>

#include <algorithm>
#include <chrono>
#include <optional>
#include <string>
#include <string_view>

#include "config/checks.h"
#include "config/settings_schema.h"

namespace schoolwatch::config {
namespace {

using std::chrono::minutes;

// Whether a part of the day touches another one.
bool Overlap(const DayHours& quiet, minutes from, minutes to) {
  if (quiet.from == quiet.to) {
    return false;
  }
  if (quiet.from < quiet.to) {
    return quiet.from < to && from < quiet.to;
  }
  return from < quiet.to || to > quiet.from;
}

std::optional<Section> FindIn(const std::optional<Section>& section, std::string_view key) {
  return section ? section->Find(key) : std::nullopt;
}

}  // namespace

Value<DigestRhythm> DigestValue() {
  return EnumOf<DigestRhythm>({{"daily", DigestRhythm::kDaily},
                               {"weekly", DigestRhythm::kWeekly},
                               {"each run", DigestRhythm::kEachRun}});
}

Value<std::chrono::weekday> WeekdayValue() {
  return EnumOf<std::chrono::weekday>({{"monday", std::chrono::Monday},
                                       {"tuesday", std::chrono::Tuesday},
                                       {"wednesday", std::chrono::Wednesday},
                                       {"thursday", std::chrono::Thursday},
                                       {"friday", std::chrono::Friday}});
}

const Schema<DayHours>& QuietHoursSchema() {
  static const Schema<DayHours> kSchema =
      Schema<DayHours>("Quiet hours", "A part of every day, by the school's clocks.")
          .Field("from", &DayHours::from, TimeOfDay(),
                 {.help = "When they begin.", .required = true, .example = "\"20:00\""})
          .Field("to", &DayHours::to, TimeOfDay(),
                 {.help = "When they end, on the next day if that is sooner in the day.",
                  .required = true,
                  .example = "\"07:00\""});
  return kSchema;
}

const Schema<Mute>& MuteSchema() {
  constexpr const char* kCaseOnly =
      "a mute names one case, by `case:`; whatever is new, of any kind, is always told";
  static const Schema<Mute> kSchema =
      Schema<Mute>(
          "Mute",
          "A closed case of which nothing more is wanted for a while. Posts that are worse "
          "than the case come all the same; the others come when the mute ends. One of "
          "possible safeguarding counts only if a designated safeguarding lead closed it.")
          .Field("case", &Mute::case_id, Text({.max_bytes = 40}),
                 {.help = "The case's id.", .required = true, .example = "Q7F3-2K"})
          .Field("owner", &Mute::owner,
                 Text({.max_bytes = 254})
                     .Check(CheckMailAddress)
                     .Words("a mail address")
                     .Format("email"),
                 {.help = "Address of the contact who answers for it and is reminded before it "
                          "ends.",
                  .required = true,
                  .example = "dsl@quillbrook-academy.example"})
          .Field("reason", &Mute::reason, Text({.min_bytes = 3, .max_bytes = 500}),
                 {.help = "Why, in a sentence, without names of pupils.",
                  .required = true,
                  .example = "settled with the writer"})
          .Field("until", &Mute::until, Day(),
                 {.help = "Its last day.", .required = true, .example = "2026-12-18"})
          .Refused("category", kCaseOnly)
          .Refused("topic", kCaseOnly)
          .Refused("severity", kCaseOnly)
          .Refused("source", kCaseOnly)
          .Refused("school", kCaseOnly)
          .Where(&Mute::where);
  return kSchema;
}

const Schema<Escalation>& EscalationSchema() {
  static const Schema<Escalation> kSchema =
      Schema<Escalation>(
          "Escalation",
          "Who is told of a case that went out at once and that nobody has marked as "
          "seen, in hand or closed.")
          .Field("after", &Escalation::after,
                 Duration<minutes>(minutes(30), std::chrono::hours(80)),
                 {.help = "How much working time passes before each step. Possible safeguarding "
                          "from medium up takes no step later than 24 hours after the one before."})
          .Field("to", &Escalation::to,
                 ListOf(OneOf({"deputy", "chair", "dsl", "headteacher"}),
                        {.max_items = 4, .noun = "role"}),
                 {.help = "Whose turn it is, one after the other. An empty list: nobody's.",
                  .example = "[chair]"});
  return kSchema;
}

void CheckTiming(const Section& root, const Settings& settings, Diagnostics& problems) {
  const AlertSettings& alerts = settings.alerts;
  const std::optional<Section> section = root.Find("alerts");
  if (const std::optional<Section> quiet = FindIn(section, "quiet_hours")) {
    // What must go the same school day could not.
    if (Overlap(alerts.quiet_hours, settings.calendar.work_from, settings.calendar.work_to)) {
      problems.Add(
          quiet->where(),
          fmt::format("'alerts.quiet_hours' must lie outside the calendar's working hours, "
                      "{} to {}",
                      core::FormatTimeOfDay(settings.calendar.work_from),
                      core::FormatTimeOfDay(settings.calendar.work_to)));
    }
    if (Overlap(alerts.quiet_hours, alerts.digest_at, alerts.digest_at + minutes(1))) {
      const std::optional<Section> at = FindIn(section, "digest_at");
      problems.Add(at ? at->where() : quiet->where(),
                   fmt::format("'alerts.digest_at' is {}, which lies in the quiet hours",
                               core::FormatTimeOfDay(alerts.digest_at)));
    }
  }
  for (const Mute& mute : alerts.mutes) {
    const bool known = std::ranges::any_of(
        settings.contacts, [&](const Contact& contact) { return contact.email == mute.owner; });
    if (!known && !mute.owner.empty()) {
      problems.Add(mute.where,
                   fmt::format("mute of case '{}': 'owner' is {}, which is no contact's "
                               "address",
                               ForMessage(mute.case_id), ForMessage(mute.owner)));
    }
  }
}

}  // namespace schoolwatch::config
