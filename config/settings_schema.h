#pragma once

#include <map>
#include <string>
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
// What stands under `schools:`, and alone in a --schools file.
const Value<std::vector<core::School>>& SchoolsValue();

// JSON Schemas for editors, by the names of the files that they are for: schoolwatch.yaml,
// sources.yaml, schools.yaml. config/schema/ holds them; a test compares.
std::map<std::string, std::string> AllSchemas();

}  // namespace schoolwatch::config
