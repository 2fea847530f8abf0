#include "config/settings.h"

#include <fmt/format.h>

#include <algorithm>
#include <chrono>
#include <map>
#include <optional>
#include <set>
#include <system_error>
#include <utility>

#include "config/calendar_file.h"
#include "config/duration.h"
#include "config/file.h"
#include "config/nearest.h"
#include "config/routing.h"
#include "config/section.h"
#include "config/settings_schema.h"
#include "core/url.h"

namespace schoolwatch::config {
namespace {

namespace fs = std::filesystem;

// The crawler's floor (crawler/revisit.h).
constexpr std::chrono::minutes kLeastInterval{15};

std::vector<std::string> Keys(const std::vector<core::School>& schools) {
  std::vector<std::string> keys;
  keys.reserve(schools.size());
  for (const core::School& school : schools) {
    keys.push_back(school.key);
  }
  return keys;
}

// What entries of schoolwatch.yaml say about each other.
class SettingsCheck {
 public:
  SettingsCheck(const Section& root, const Settings& settings, Diagnostics& problems)
      : root_(root), settings_(settings), problems_(problems), keys_(Keys(settings.schools)) {
    known_.insert(keys_.begin(), keys_.end());
  }

  void Run() {
    CheckContactSchools();
    CheckContactChannels();
    CheckEverySchoolHasSomebody();
    CheckNamesDiffer();
    CheckTiming(root_, settings_, problems_);
    CheckIntake(root_, settings_, problems_);
  }

 private:
  void CheckContactSchools() {
    const std::optional<Section> contacts = root_.Find("contacts");
    if (!contacts || !contacts->is_list()) {
      return;
    }
    std::size_t number = 0;
    for (const Section& contact : contacts->items()) {
      ++number;
      const std::optional<Section> schools = contact.Find("schools");
      if (!schools) {
        continue;
      }
      for (const Section& school : schools->items()) {
        if (school.is_scalar() && !known_.contains(std::string(school.text()))) {
          problems_.Add(school.where(),
                        fmt::format("contact {}: there is no school '{}'{}", number,
                                    ForMessage(school.text()), DidYouMean(school.text(), keys_)));
        }
      }
    }
  }

  void CheckContactChannels() {
    const std::optional<Section> contacts = root_.Find("contacts");
    const std::optional<Section> alerts = root_.Find("alerts");
    if (!contacts || !contacts->is_list() || !alerts) {
      return;
    }
    for (const Section& contact : contacts->items()) {
      const std::optional<Section> channels = contact.Find("channels");
      if (!channels) {
        continue;
      }
      if (channels->is_scalar()) {
        CheckChannel(channels->text(), "contacts.channels", channels, *alerts, problems_);
      }
      for (const Section& channel : channels->items()) {
        CheckChannel(channel.text(), "contacts.channels", channel, *alerts, problems_);
      }
    }
  }

  void CheckEverySchoolHasSomebody() {
    const std::optional<Section> contacts = root_.Find("contacts");
    if (!contacts || settings_.contacts.empty()) {
      return;
    }
    std::set<std::string> covered;
    for (const Contact& contact : settings_.contacts) {
      if (contact.role != "headteacher" && contact.role != "dsl") {
        continue;
      }
      if (contact.schools.empty()) {
        return;
      }
      covered.insert(contact.schools.begin(), contact.schools.end());
    }
    if (covered.empty()) {
      problems_.Add(contacts->key_where(),
                    "nobody would be told: at least one contact needs the role headteacher or dsl");
      return;
    }
    for (const std::string& key : keys_) {
      if (!covered.contains(key)) {
        problems_.Add(SchoolPlace(key),
                      fmt::format("school '{}': nobody would be told: no contact with the role "
                                  "headteacher or dsl has it under 'schools'",
                                  key));
      }
    }
  }

  // Two entries of one name in one town are one school twice, and would be alerted twice.
  void CheckNamesDiffer() {
    std::map<std::pair<std::string, std::string>, std::string> seen;
    for (const core::School& school : settings_.schools) {
      if (school.name.empty()) {
        continue;
      }
      const auto [first, is_new] =
          seen.emplace(std::pair{school.name, school.town + "\n" + school.postcode}, school.key);
      if (!is_new && (!school.town.empty() || !school.postcode.empty())) {
        problems_.Add(SchoolPlace(school.key),
                      fmt::format("school '{}' has the name, town and postcode of school '{}'",
                                  school.key, first->second));
      }
    }
  }

  Location SchoolPlace(const std::string& key) const {
    const std::optional<Section> schools = root_.Find("schools");
    const std::optional<Section> school = schools ? schools->Find(key) : std::nullopt;
    return school ? school->key_where() : root_.where();
  }

  const Section& root_;
  const Settings& settings_;
  Diagnostics& problems_;
  std::vector<std::string> keys_;
  std::set<std::string> known_;
};

void CheckSources(const Section& root, const std::vector<Source>& sources,
                  const std::vector<core::School>& schools, Diagnostics& problems) {
  const std::optional<Section> entries = root.Find("sources");
  const std::vector<std::string> keys = Keys(schools);
  std::map<std::string, const Source*> by_address;
  bool any_enabled = false;
  for (const Source& source : sources) {
    const std::optional<Section> entry = entries ? entries->Find(source.name) : std::nullopt;
    const auto place = [&](std::string_view key) {
      const std::optional<Section> found = entry ? entry->Find(key) : std::nullopt;
      return found ? found->where() : source.where;
    };
    if (!source.page_of.empty() && std::ranges::find(keys, source.page_of) == keys.end()) {
      problems.Add(
          place("page_of"),
          fmt::format("source '{}': 'page_of' is '{}', but there is no such school{}", source.name,
                      ForMessage(source.page_of), DidYouMean(source.page_of, keys)));
    }
    if (source.interval < kLeastInterval) {
      problems.Warn(place("interval"),
                    fmt::format("source '{}': 'interval' is {}: no place is asked more often than "
                                "every {}",
                                source.name, FormatDuration(source.interval),
                                FormatDuration(kLeastInterval)));
    }
    any_enabled = any_enabled || source.enabled;
    if (const core::Result<core::HttpUrl> url = core::HttpUrl::Parse(source.url);
        url && source.enabled) {
      const auto [first, is_new] = by_address.emplace(core::CanonicalKey(*url), &source);
      if (!is_new) {
        problems.Warn(place("url"),
                      fmt::format("source '{}': the same address as source '{}' in line {}",
                                  source.name, first->second->name, first->second->where.line));
      }
    }
  }
  if (!sources.empty() && !any_enabled) {
    problems.Warn(root.where(), "every source has 'enabled: false': nothing will be watched");
  }
}

void MakeAbsolute(Settings& settings, const fs::path& folder) {
  std::error_code error;
  const fs::path base = fs::absolute(folder, error);
  const auto resolve = [&](const fs::path& path) {
    return ((error ? folder : base) / path).lexically_normal();
  };
  settings.folder = resolve("");
  settings.storage.folder = resolve(settings.storage.folder);
  settings.alerts.folder = resolve(settings.alerts.folder);
  if (!settings.alerts.smtp.ca_file.empty()) {
    settings.alerts.smtp.ca_file = resolve(settings.alerts.smtp.ca_file).string();
  }
  if (!settings.alerts.webhook.ca_file.empty()) {
    settings.alerts.webhook.ca_file = resolve(settings.alerts.webhook.ca_file).string();
  }
  IntakeSettings& intake = settings.intake;
  if (!intake.imap.ca_file.empty()) {
    intake.imap.ca_file = resolve(intake.imap.ca_file).string();
  }
  if (!intake.maildir.empty()) {
    intake.maildir = resolve(intake.maildir);
  }
  if (!intake.folder.empty()) {
    intake.folder = resolve(intake.folder);
  }
}

// Without a port of its own, a server that takes TLS from the first byte listens on 465.
void SetUsualPort(const Section& root, SmtpSettings& smtp) {
  constexpr std::uint16_t kSmtps = 465;
  const std::optional<Section> alerts = root.Find("alerts");
  const std::optional<Section> server = alerts ? alerts->Find("smtp") : std::nullopt;
  if (server && !server->Find("port") && smtp.tls == "implicit") {
    smtp.port = kSmtps;
  }
}

// Nor does a mailbox, after STARTTLS, listen where one with TLS from the first byte does.
void SetUsualPort(const Section& root, ImapSettings& imap) {
  constexpr std::uint16_t kImap = 143;
  const std::optional<Section> intake = root.Find("intake");
  const std::optional<Section> server = intake ? intake->Find("imap") : std::nullopt;
  if (server && !server->Find("port") && imap.tls != "implicit") {
    imap.port = kImap;
  }
}

// A whole site has more pages than a feed has articles.
void SetUsualBudget(const Section& root, Source& source) {
  constexpr std::size_t kSitePages = 200;
  const std::optional<Section> sources = root.Find("sources");
  const std::optional<Section> entry = sources ? sources->Find(source.name) : std::nullopt;
  if (source.follow == "site" && entry && !entry->Find("max_pages")) {
    source.max_pages = kSitePages;
  }
}

Configuration Assemble(const fs::path& folder, const std::optional<Section>& settings_root,
                       const std::optional<Section>& sources_root, Diagnostics& problems,
                       Secrets secrets) {
  Configuration configuration;
  if (settings_root) {
    configuration.settings = SettingsSchema().Read(*settings_root, problems, secrets);
    if (const std::optional<Section> calendar = settings_root->Find("calendar")) {
      const std::optional<Section> files = calendar->Find("files");
      TakeCalendarFiles(folder, files ? files->where() : calendar->where(),
                        configuration.settings.calendar, problems);
    }
    SettingsCheck(*settings_root, configuration.settings, problems).Run();
    CheckChairs(configuration.settings, *settings_root, problems);
    MakeAbsolute(configuration.settings, folder);
    SetUsualPort(*settings_root, configuration.settings.alerts.smtp);
    SetUsualPort(*settings_root, configuration.settings.intake.imap);
  }
  if (sources_root) {
    configuration.sources = SourcesSchema().Read(*sources_root, problems, secrets).sources;
    for (Source& source : configuration.sources) {
      if (source.title.empty()) {
        source.title = source.name;
      }
      SetUsualBudget(*sources_root, source);
    }
    if (settings_root) {
      CheckRoute(configuration.settings, configuration.sources, problems);
      CheckSources(*sources_root, configuration.sources, configuration.settings.schools, problems);
    }
  }
  return configuration;
}

core::Result<Configuration> Finish(Configuration configuration, const Diagnostics& problems) {
  SW_TRY(problems.ToResult());
  return configuration;
}

// "conf/schoolwatch.yaml", and without "./" as people would write it.
fs::path Named(const fs::path& folder, std::string_view name) {
  return (folder / name).lexically_normal();
}

}  // namespace

core::Result<Configuration> LoadConfiguration(const fs::path& folder, Diagnostics& problems,
                                              Secrets secrets) {
  std::error_code error;
  if (!fs::is_directory(folder, error)) {
    problems.Add({folder.string(), 0, 0},
                 "there is no such configuration folder: `schoolwatch init` writes one");
    return core::Fail(core::ErrorKind::kBadInput, problems.ToText());
  }
  const std::optional<Section> settings =
      LoadYamlFile(Named(folder, "schoolwatch.yaml"), problems, kManySchools);
  const std::optional<Section> sources = LoadYamlFile(Named(folder, "sources.yaml"), problems);
  return Finish(Assemble(folder, settings, sources, problems, secrets), problems);
}

core::Result<Configuration> ReadConfiguration(const fs::path& folder,
                                              std::string_view schoolwatch_yaml,
                                              std::string_view sources_yaml, Diagnostics& problems,
                                              Secrets secrets) {
  const std::optional<Section> settings = ParseYaml(Named(folder, "schoolwatch.yaml").string(),
                                                    schoolwatch_yaml, problems, kManySchools);
  const std::optional<Section> sources =
      ParseYaml(Named(folder, "sources.yaml").string(), sources_yaml, problems);
  return Finish(Assemble(folder, settings, sources, problems, secrets), problems);
}

core::Result<std::vector<core::School>> LoadSchools(const fs::path& file, Diagnostics& problems) {
  std::vector<core::School> schools;
  problems.TakeAdviceAsWarnings();
  if (const std::optional<Section> root = LoadYamlFile(file, problems, kManySchools)) {
    SchoolsValue().Read(*root, schools, problems);
  }
  SW_TRY(problems.ToResult());
  return schools;
}

const core::SchoolCalendar& CalendarOf(const Settings& settings, std::string_view school) {
  const auto found = settings.other_calendars.find(school);
  return found == settings.other_calendars.end() ? settings.calendar : found->second;
}

}  // namespace schoolwatch::config
