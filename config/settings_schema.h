#pragma once

#include <chrono>
#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "config/schema.h"
#include "config/settings.h"
#include "core/school.h"

namespace schoolwatch::config {

// What stands in sources.yaml.
struct SourcesFile {
  std::vector<Source> sources;
};

// The tables of the files that people write. They check each value and what one entry says about
// itself; what entries say about each other is ReadConfiguration's.
const Schema<Settings>& SettingsSchema();
const Schema<SourcesFile>& SourcesSchema();
// `calendar:`, `crawl.rhythm:` and `scope:` (calendar_schema.cc).
const Schema<core::SchoolCalendar>& CalendarSchema();
const Schema<Rhythm>& RhythmSchema();
const Schema<SiteScope>& ScopeSchema();
// "2026-11-20" and "23:00".
Value<std::chrono::year_month_day> Day();
Value<std::chrono::minutes> TimeOfDay();
// What stands under `alerts:` and says when (timing_schema.cc).
Value<DigestRhythm> DigestValue();
Value<std::chrono::weekday> WeekdayValue();
const Schema<DayHours>& QuietHoursSchema();
const Schema<Mute>& MuteSchema();
const Schema<Escalation>& EscalationSchema();
// What these say about the calendar and the contacts.
void CheckTiming(const Section& root, const Settings& settings, Diagnostics& problems);
// `retention:` and `privacy:` (privacy_schema.cc).
const Schema<Retention>& RetentionSchema();
const Schema<Privacy>& PrivacySchema();
// `alerts: route:` (routing_schema.cc).
const Value<std::vector<RouteBranch>>& RouteValue();
// `alerts: answers:`, `day_line:`, `watchdog:` and `report:` (answers_schema.cc).
const Schema<AnswerSettings>& AnswersSchema();
const Schema<DayLineSettings>& DayLineSchema();
const Schema<WatchdogSettings>& WatchdogSchema();
const Schema<ReportSettings>& ReportSchema();
// `intake:` (intake_schema.cc), and what it says about the schools.
const Schema<IntakeSettings>& IntakeSchema();
void CheckIntake(const Section& root, const Settings& settings, Diagnostics& problems);
// Where a login's tokens come from (channels_schema.cc). `where` names the setting in messages:
// "alerts.smtp".
const Schema<OAuth2Settings>& OAuth2Schema();
void CheckTokens(const Section& section, const OAuth2Settings& oauth2, std::string_view where,
                 std::string_view tls, Diagnostics& problems);
// What stands under `alerts:` for each channel (channels_schema.cc), and a channel's name. A
// setting that names a channel is checked against what stands there for it.
const Schema<SmtpSettings>& SmtpSchema();
const Schema<SendmailSettings>& SendmailSchema();
const Schema<WebhookSettings>& WebhookSchema();
const Schema<UndeliveredSettings>& UndeliveredSchema();
Value<std::string> ChannelName();
void CheckChannel(std::string_view channel, std::string_view key,
                  const std::optional<Section>& written, const Section& alerts,
                  Diagnostics& problems);
// What stands under `schools:`, and alone in a --schools file.
const Value<std::vector<core::School>>& SchoolsValue();

// JSON Schemas for editors, by the names of the files that they are for: schoolwatch.yaml,
// sources.yaml, schools.yaml. config/schema/ holds them; a test compares.
std::map<std::string, std::string> AllSchemas();

}  // namespace schoolwatch::config
