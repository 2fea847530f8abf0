#include "config/settings.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <chrono>
#include <ostream>
#include <string>

#include "config/section.h"
#include "tests/config/temporary_folder.h"

namespace schoolwatch::config {
namespace {

using namespace std::chrono_literals;
using ::testing::ElementsAre;
using ::testing::HasSubstr;

constexpr std::string_view kSettings = R"(schools:
  quillbrook:
    name: Quillbrook Academy
    type: secondary academy
    town: Quillbrook
    postcode: QB1 2CD
    trust: Quillbrook Learning Trust
    also: [Quillbrook Acad]
    handles: ["@QuillbrookAcad", "#QuillbrookAcademy"]
    site: quillbrook-academy.example
    places: [Quillbrook, Weir Road]
    people: {headteacher: Mrs Ada Wren, others: [Mr Silas Thrale]}
    not_us: [Quillbrook Mill]
contacts:
  - {role: headteacher, name: Mrs Ada Wren, email: head@quillbrook-academy.example}
  - {role: dsl, email: dsl@quillbrook-academy.example, schools: [quillbrook]}
alerts:
  channel: smtp
  from: schoolwatch@quillbrook-academy.example
  display: masked
  smtp: {host: smtp.quillbrook.example, port: 465, tls: implicit, ca_file: ca.pem}
storage: {folder: /var/lib/schoolwatch}
crawl:
  contact: https://quillbrook-academy.example/contact
  page_gap: 15 s
  max_in_flight: 8
  per_address: 2
  address_gap: 500 ms
  timeouts: {connect: 5 s, stalled: 7 s, answer: 2 min}
  io_threads: 2
  allow_addresses: [10.20.0.0/16]
  allow_ports: [8443]
limits: {run_time: 5 min, backlog: 2 days}
)";

constexpr std::string_view kSources = R"(sources:
  herald:
    title: The Quillbrook Herald
    url: https://quillbrook-herald.example/rss.xml
    reader: feed
    platform: news
    follow: articles
    interval: 15 min
    max_pages: 20
  tag:
    url: https://mill-social.example/api/v1/timelines/tag/Quillbrook
    reader: json
    recipe: mastodon
    enabled: false
)";

core::Result<Configuration> Read(std::string_view settings, std::string_view sources,
                                 Diagnostics& problems) {
  return ReadConfiguration("/etc/schoolwatch", settings, sources, problems);
}

// `text` with the one occurrence of `old` replaced.
std::string With(std::string_view text, std::string_view old, std::string_view replacement) {
  std::string changed(text);
  const std::size_t at = changed.find(old);
  EXPECT_NE(at, std::string::npos) << old;
  EXPECT_EQ(changed.find(old, at + 1), std::string::npos) << old;
  return changed.replace(at, old.size(), replacement);
}

TEST(Configuration, ReadsEveryKey) {
  Diagnostics problems;
  const core::Result<Configuration> read = Read(kSettings, kSources, problems);
  ASSERT_TRUE(read.has_value()) << read.error().message;
  EXPECT_TRUE(problems.warnings().empty()) << problems.WarningsToText();
  const Settings& settings = read->settings;
  EXPECT_EQ(settings.folder, "/etc/schoolwatch/");
  ASSERT_EQ(settings.schools.size(), 1U);
  const core::School& school = settings.schools[0];
  EXPECT_EQ(school.key, "quillbrook");
  EXPECT_EQ(school.name, "Quillbrook Academy");
  EXPECT_EQ(school.type, "secondary academy");
  EXPECT_EQ(school.town, "Quillbrook");
  EXPECT_EQ(school.postcode, "QB1 2CD");
  EXPECT_EQ(school.trust, "Quillbrook Learning Trust");
  EXPECT_THAT(school.also, ElementsAre("Quillbrook Acad"));
  EXPECT_THAT(school.handles, ElementsAre("@QuillbrookAcad", "#QuillbrookAcademy"));
  EXPECT_EQ(school.site, "quillbrook-academy.example");
  EXPECT_THAT(school.places, ElementsAre("Quillbrook", "Weir Road"));
  EXPECT_EQ(school.headteacher, "Mrs Ada Wren");
  EXPECT_THAT(school.staff, ElementsAre("Mr Silas Thrale"));
  EXPECT_THAT(school.not_us, ElementsAre("Quillbrook Mill"));
  ASSERT_EQ(settings.contacts.size(), 2U);
  EXPECT_EQ(settings.contacts[0].role, "headteacher");
  EXPECT_EQ(settings.contacts[0].name, "Mrs Ada Wren");
  EXPECT_EQ(settings.contacts[1].email, "dsl@quillbrook-academy.example");
  EXPECT_THAT(settings.contacts[1].schools, ElementsAre("quillbrook"));
  EXPECT_EQ(Format(settings.contacts[1].where), "/etc/schoolwatch/schoolwatch.yaml:16:5");
  EXPECT_EQ(settings.alerts.channel, "smtp");
  EXPECT_EQ(settings.alerts.from, "schoolwatch@quillbrook-academy.example");
  EXPECT_EQ(settings.alerts.display, "masked");
  EXPECT_EQ(settings.alerts.folder, "/etc/schoolwatch/outgoing");
  EXPECT_EQ(settings.alerts.smtp.host, "smtp.quillbrook.example");
  EXPECT_EQ(settings.alerts.smtp.port, 465);
  EXPECT_EQ(settings.alerts.smtp.tls, "implicit");
  EXPECT_EQ(settings.alerts.smtp.ca_file, "/etc/schoolwatch/ca.pem");
  EXPECT_EQ(settings.storage.folder, "/var/lib/schoolwatch");
  EXPECT_EQ(settings.crawl.contact, "https://quillbrook-academy.example/contact");
  EXPECT_EQ(settings.crawl.page_gap, 15s);
  EXPECT_EQ(settings.crawl.feed_gap, 2s);
  EXPECT_EQ(settings.crawl.max_in_flight, 8U);
  EXPECT_EQ(settings.crawl.per_address, 2U);
  EXPECT_EQ(settings.crawl.address_gap, 500ms);
  EXPECT_EQ(settings.crawl.timeouts.connect, 5s);
  EXPECT_EQ(settings.crawl.timeouts.stalled, 7s);
  EXPECT_EQ(settings.crawl.timeouts.answer, 2min);
  EXPECT_EQ(settings.crawl.io_threads, 2U);
  EXPECT_THAT(settings.crawl.allow_addresses, ElementsAre("10.20.0.0/16"));
  EXPECT_THAT(settings.crawl.allow_ports, ElementsAre(8443));
  EXPECT_EQ(settings.limits.run_time, 5min);
  EXPECT_EQ(settings.limits.backlog, 48h);
  ASSERT_EQ(read->sources.size(), 2U);
  const Source& herald = read->sources[0];
  EXPECT_EQ(herald.name, "herald");
  EXPECT_EQ(herald.title, "The Quillbrook Herald");
  EXPECT_EQ(herald.reader, "feed");
  EXPECT_EQ(herald.platform, "news");
  EXPECT_EQ(herald.follow, "articles");
  EXPECT_EQ(herald.interval, 15min);
  EXPECT_EQ(herald.max_pages, 20U);
  EXPECT_TRUE(herald.enabled);
  EXPECT_EQ(herald.where.line, 2);
  const Source& tag = read->sources[1];
  EXPECT_EQ(tag.title, "tag");
  EXPECT_EQ(tag.recipe, "mastodon");
  EXPECT_EQ(tag.interval, 30min);
  EXPECT_FALSE(tag.enabled);
}

struct BadSettings {
  const char* name;
  const char* old;
  const char* replacement;
  const char* message;  // After "/etc/schoolwatch/schoolwatch.yaml:".
};
void PrintTo(const BadSettings& row, std::ostream* out) { *out << row.name; }

class RefusedSettings : public ::testing::TestWithParam<BadSettings> {};

TEST_P(RefusedSettings, SaysWhereAndWhatWouldBeRight) {
  const auto& [name, old, replacement, message] = GetParam();
  Diagnostics problems;
  const core::Result<Configuration> read =
      Read(With(kSettings, old, replacement), kSources, problems);
  ASSERT_FALSE(read.has_value());
  EXPECT_EQ(read.error().kind, core::ErrorKind::kBadInput);
  EXPECT_EQ(problems.ToText(), "/etc/schoolwatch/schoolwatch.yaml:" + std::string(message) + "\n");
}

INSTANTIATE_TEST_SUITE_P(
    All, RefusedSettings,
    ::testing::Values(
        BadSettings{"UnknownKey", "    town:", "    twon:",
                    "5:5: school 'quillbrook': unknown key 'twon'; did you mean 'town'?"},
        BadSettings{"TooManyThreads", "io_threads: 2", "io_threads: 17",
                    "30:15: 'crawl.io_threads' is '17', must be a whole number from 1 to 16"},
        BadSettings{
            "CommonName", "name: Quillbrook Academy", "name: The Academy",
            "3:11: school 'quillbrook': 'name' is 'The Academy', which is what many schools "
            "are called: add what tells it from others, as in 'Quillbrook The Academy'"},
        BadSettings{"SiteWithScheme", "site: quill", "site: https://quill",
                    "10:11: school 'quillbrook': 'site' is 'https://quillbrook-academy.example': "
                    "must be a host name alone, such as school.example"},
        BadSettings{"HandleBare", "\"@QuillbrookAcad\"", "QuillbrookAcad",
                    "9:15: school 'quillbrook': 'handles' item 1 is 'QuillbrookAcad': must be a "
                    "handle or tag without spaces, such as \"@QuillbrookAcad\" or "
                    "\"#QuillbrookAcademy\""},
        BadSettings{"PupilAmongPeople", "[Mr Silas Thrale]", "[\"Sam Reed, Year 7\"]",
                    "12:50: school 'quillbrook': 'people.others' item 1 is 'Sam Reed, Year 7': "
                    "pupils are never named in the configuration, and 'year 7' marks one: name "
                    "only staff and governors who act in public, by name alone"},
        BadSettings{"PupilsKey", "others: [Mr Silas Thrale]", "pupils: [Sam Reed]",
                    "12:41: school 'quillbrook': 'people.pupils' is not taken: pupils are never "
                    "named in the configuration. Posts about them are found by the school's name."},
        BadSettings{"MailAddress", "head@quillbrook-academy.example", "head.quillbrook",
                    "15:52: contact 1: 'email' is 'head.quillbrook': not a mail address: it needs "
                    "one '@'"},
        BadSettings{"Role", "role: dsl", "role: dsI",
                    "16:12: contact 2: 'role' is 'dsI', must be one of headteacher, dsl, deputy, "
                    "chair, it; did you mean 'dsl'?"},
        BadSettings{"SchoolOfContact", "schools: [quillbrook]", "schools: [quilbrook]",
                    "16:66: contact 2: there is no school 'quilbrook'; did you mean "
                    "'quillbrook'?"},
        BadSettings{"NoFrom", "  from: schoolwatch@quillbrook-academy.example\n", "",
                    "17:1: 'alerts.from' is missing: The sender's address."},
        BadSettings{"SmtpWithoutServer",
                    "  smtp: {host: smtp.quillbrook.example, port: 465, tls: implicit, ca_file: "
                    "ca.pem}\n",
                    "", "18:12: 'alerts.channel' is smtp, but there is no 'smtp' with its host"},
        BadSettings{"SmtpUnsecured", "tls: implicit", "tls: none",
                    "21:57: 'alerts.smtp.tls' is none, but 'smtp.quillbrook.example' is not this "
                    "machine: mails about children do not travel unsecured; use starttls or "
                    "implicit"},
        BadSettings{"SmtpUserAlone", "ca_file: ca.pem", "user: me",
                    "21:73: 'alerts.smtp.user' is given without a 'password'"},
        BadSettings{"PasswordWritten", "ca_file: ca.pem", "user: me, password: hunter2",
                    "21:87: 'alerts.smtp.password': a secret must not stand in this file: put it "
                    "into a file that only the service can read and write ${file:PATH}, or use "
                    "${env:NAME} or ${credential:NAME}"},
        BadSettings{"PasswordNotThere", "ca_file: ca.pem",
                    "user: me, password: \"${file:nowhere.secret}\"",
                    "21:87: 'alerts.smtp.password': secret file /etc/schoolwatch/nowhere.secret: "
                    "there is no such file"},
        BadSettings{"TokensFromNowhere", "ca_file: ca.pem", "user: me, login: xoauth2",
                    "21:84: 'alerts.smtp.login' is xoauth2, which needs 'oauth2', where its tokens "
                    "come from"},
        BadSettings{"MicrosoftWithoutTenant", "ca_file: ca.pem",
                    "user: me, login: xoauth2, oauth2: {client_id: a, client_secret: "
                    "\"${env:HOME}\"}",
                    "21:93: 'alerts.smtp.login' is xoauth2, which needs 'oauth2: tenant', the "
                    "school's directory at Microsoft"},
        BadSettings{"GoogleAsItself", "ca_file: ca.pem",
                    "user: me, login: xoauth2, oauth2: {provider: google, client_id: a, "
                    "client_secret: \"${env:HOME}\"}",
                    "21:93: 'alerts.smtp.login' is xoauth2, which needs 'oauth2: refresh_token' or "
                    "'service_account': Google knows no client credentials"},
        BadSettings{"WebhookWithoutAddress", "channel: smtp", "channel: webhook",
                    "18:12: 'alerts.channel' is webhook, but there is no 'webhook' with its url "
                    "and secret"},
        BadSettings{"ContactByUnknownWebhook", "schools: [quillbrook]}",
                    "channels: [smtp, webhook]}",
                    "16:73: 'contacts.channels' is webhook, but there is no 'webhook' with its url "
                    "and secret"},
        BadSettings{"WebhookAddressWritten", "display: masked",
                    "webhook: {url: https://hooks.example/x, secret: \"${env:HOME}\"}",
                    "20:18: 'alerts.webhook.url': a secret must not stand in this file: put it "
                    "into a file that only the service can read and write ${file:PATH}, or use "
                    "${env:NAME} or ${credential:NAME}"},
        BadSettings{"MailProgramByName", "display: masked", "sendmail: {program: sendmail}",
                    "20:23: 'alerts.sendmail.program' must be a whole path, from '/' on"},
        BadSettings{"Port", "port: 465", "port: 70000",
                    "21:47: 'alerts.smtp.port' is '70000', must be a whole number from 1 to 65535"},
        BadSettings{"NoCrawlContact", "  contact: https://quillbrook-academy.example/contact\n", "",
                    "23:1: 'crawl.contact' is missing: Whom a site's owner can ask about our "
                    "visits. Every request carries it in its User-Agent."},
        BadSettings{"HurriedPages", "page_gap: 15 s", "page_gap: 500 ms",
                    "25:13: 'crawl.page_gap' is 500 ms, must be at least 1 s: sites of others are "
                    "not to be hurried"},
        BadSettings{"Network", "10.20.0.0/16", "10.20.0.0/64",
                    "31:21: 'crawl.allow_addresses' item 1 is '10.20.0.0/64': must be an address "
                    "or a network, such as 127.0.0.1, 10.0.0.0/8 or ::1"},
        BadSettings{"RunTime", "run_time: 5 min", "run_time: 5",
                    "33:20: 'limits.run_time' is '5': the unit is missing: write '5 s', '5 min', "
                    "'5 h' or '5 days'"},
        BadSettings{"TermDay", "limits: {run_time: 5 min, backlog: 2 days}",
                    "calendar: {terms: [{from: 2026-09-02, to: 2026-02-30}]}",
                    "33:43: term 1: 'to' is '2026-02-30': must be a day such as 2026-11-20"},
        BadSettings{"TermBackwards", "limits: {run_time: 5 min, backlog: 2 days}",
                    "calendar: {half_terms: [{from: 2026-10-30, to: 2026-10-26}]}",
                    "33:25: half-term 1: 'to' is 2026-10-26, which is before 'from', 2026-10-30"},
        BadSettings{"Night", "limits: {run_time: 5 min, backlog: 2 days}",
                    "calendar: {night_from: 11pm}",
                    "33:24: 'calendar.night_from' is '11pm': must be a time of day such as 23:00"},
        BadSettings{"Zone", "limits: {run_time: 5 min, backlog: 2 days}",
                    "calendar: {time_zone: Europe/Quillbrook}",
                    "33:23: 'calendar.time_zone' is 'Europe/Quillbrook': there is no such time "
                    "zone; Europe/London is the United Kingdom's"},
        BadSettings{"Rhythm", "page_gap: 15 s", "rhythm: {night: 100}",
                    "25:19: 'crawl.rhythm.night' is '100', must be a number from 0.25 to 24"},
        BadSettings{"ListForSchools", "schools:\n  quillbrook:\n    name: Quillbrook Academy\n",
                    "schools:\n  quillbrook:\n    name: [Quillbrook Academy]\n",
                    "3:11: school 'quillbrook': 'name' is a list, must be a line of text"}),
    [](const auto& row) { return std::string(row.param.name); });

struct BadSources {
  const char* name;
  const char* yaml;
  const char* messages;
};
void PrintTo(const BadSources& row, std::ostream* out) { *out << row.name; }

class RefusedSources : public ::testing::TestWithParam<BadSources> {};

TEST_P(RefusedSources, SaysWhereAndWhatWouldBeRight) {
  Diagnostics problems;
  const core::Result<Configuration> read =
      ReadConfiguration("", kSettings, GetParam().yaml, problems, Secrets::kLeave);
  ASSERT_FALSE(read.has_value());
  EXPECT_EQ(problems.ToText(), GetParam().messages);
}

INSTANTIATE_TEST_SUITE_P(
    All, RefusedSources,
    ::testing::Values(
        BadSources{"IntervalTooShort",
                   "sources:\n  city-news:\n    url: https://a.example/\n    interval: 5 s\n",
                   "sources.yaml:4:15: source 'city-news': 'interval' is 5 s, must be at least "
                   "60 s\n"},
        BadSources{"ScopeWithoutSite",
                   "sources:\n  a:\n    url: https://a.example/\n    scope: {path: /news/}\n",
                   "sources.yaml:4:5: source 'a': 'scope' is for `follow: site`, which is not "
                   "there\n"},
        BadSources{"ScopePath",
                   "sources:\n  a:\n    url: https://a.example/\n    follow: site\n    scope: "
                   "{path: news}\n",
                   "sources.yaml:5:19: source 'a': 'scope.path' is 'news': must begin with '/'\n"},
        BadSources{"NameOfWhatIsReported", "sources:\n  reported:\n    url: https://a.example/\n",
                   "sources.yaml:2:3: source 'reported': this name is kept for what people report: "
                   "choose another one\n"},
        BadSources{"NameOfTheReportMailbox",
                   "sources:\n  intake/mailbox:\n    url: https://a.example/\n",
                   "sources.yaml:2:3: source name 'intake/mailbox' is not 1 to 64 letters (a-z), "
                   "digits, '_', '-' and '.', with a letter or digit first\n"},
        BadSources{"NoUrl", "sources:\n  city-news:\n    title: News\n",
                   "sources.yaml:2:3: source 'city-news': there is neither 'url', the address to "
                   "read, nor 'platform', whose file says what is asked\n"},
        BadSources{"OtherScheme", "sources: {a: {url: 'ftp://a.example/'}}",
                   "sources.yaml:1:20: source 'a': 'url' is 'ftp://a.example/': not an http or "
                   "https address\n"},
        BadSources{"JsonWithoutRecipe", "sources: {a: {url: 'https://a.example/', reader: json}}",
                   "sources.yaml:1:50: source 'a': 'reader' is json, which needs a 'recipe' that "
                   "says where things stand\n"},
        BadSources{"PageOfNobody", "sources: {a: {url: 'https://a.example/', page_of: quilbrook}}",
                   "sources.yaml:1:51: source 'a': 'page_of' is 'quilbrook', but there is no such "
                   "school; did you mean 'quillbrook'?\n"},
        BadSources{"Profile", "sources: {a: {url: 'https://www.facebook.com/some.one'}}",
                   "sources.yaml:1:20: source 'a': 'url' is 'https://www.facebook.com/some.one': "
                   "people's own profiles are not watched: if this is the school's own page, say "
                   "so with 'page_of'\n"},
        BadSources{"Follow", "sources: {a: {url: 'https://a.example/', follow: everything}}",
                   "sources.yaml:1:50: source 'a': 'follow' is 'everything', must be one of none, "
                   "articles, threads, site\n"},
        BadSources{"NoSources", "",
                   "sources.yaml:1:1: 'sources' is missing: The places to look, "
                   "each under a short key.\n"},
        BadSources{"EmptySources", "sources:\n",
                   "sources.yaml:1:1: 'sources' has 0 entries, must have at least 1\n"},
        BadSources{"ListOfSources", "sources:\n  - url: https://a.example/\n",
                   "sources.yaml:2:3: 'sources' is a list, must be a map with an entry for each "
                   "source\n"}),
    [](const auto& row) { return std::string(row.param.name); });

TEST(Configuration, ReadsCalendarRhythmAndScope) {
  Diagnostics problems;
  const auto read = ReadConfiguration(
      "",
      std::string(kSettings) +
          "calendar:\n  terms: [{from: 2026-09-02, to: 2026-12-18}]\n"
          "  half_terms: [{from: 2026-10-26, to: 2026-10-30}]\n  inset_days: [2026-11-27]\n"
          "  evening_from: 16:30\n  night_from: 22:00\n  night_to: 07:15\n",
      "sources:\n  a:\n    url: https://a.example/\n    follow: site\n    revisit: adaptive\n"
      "    scope: {hosts: b.a.example, path: /news/, depth: 2}\n"
      "  b: {url: 'https://b.example/', interval: 5 min}\n",
      problems, Secrets::kLeave);
  ASSERT_TRUE(read.has_value()) << problems.ToText();
  const core::SchoolCalendar& calendar = read->settings.calendar;
  ASSERT_EQ(calendar.terms.size(), 1u);
  EXPECT_EQ(core::FormatDay(calendar.terms[0].to), "2026-12-18");
  EXPECT_EQ(core::FormatDay(calendar.half_terms.at(0).from), "2026-10-26");
  EXPECT_EQ(core::FormatDay(calendar.inset_days.at(0)), "2026-11-27");
  EXPECT_EQ(calendar.evening_from, 16h + 30min);
  EXPECT_EQ(calendar.night_from, 22h);
  EXPECT_EQ(calendar.night_to, 7h + 15min);
  EXPECT_EQ(calendar.time_zone, "Europe/London");
  EXPECT_EQ(read->settings.crawl.longest_wait, 24h);
  const Source& site = read->sources.at(0);
  EXPECT_EQ(site.revisit, Revisit::kAdaptive);
  EXPECT_THAT(site.scope.hosts, ElementsAre("b.a.example"));
  EXPECT_EQ(site.scope.path, "/news/");
  EXPECT_EQ(site.scope.depth, 2);
  EXPECT_EQ(site.max_pages, 200u);
  EXPECT_EQ(read->sources.at(1).max_pages, 50u);
  EXPECT_THAT(problems.WarningsToText(), HasSubstr("no place is asked more often"));
}

constexpr std::string_view kTiming = R"(  digest: weekly
  digest_at: "08:15"
  roll_up: thursday
  budget: 6
  quiet_hours: {from: "20:00", to: "06:30"}
  mutes:
    - {case: Q7F3-2K, owner: dsl@quillbrook-academy.example, reason: settled, until: 2026-12-18}
  escalation: {after: 3 h, to: [chair]}
)";

TEST(Configuration, ReadsWhenMailsGo) {
  Diagnostics problems;
  const auto read = Read(With(kSettings, "  display: masked\n", kTiming), kSources, problems);
  ASSERT_TRUE(read.has_value()) << problems.ToText();
  const AlertSettings& alerts = read->settings.alerts;
  EXPECT_EQ(alerts.digest, DigestRhythm::kWeekly);
  EXPECT_EQ(alerts.digest_at, 8h + 15min);
  EXPECT_EQ(alerts.roll_up, std::chrono::Thursday);
  EXPECT_EQ(alerts.budget, 6U);
  EXPECT_EQ(alerts.quiet_hours.from, 20h);
  EXPECT_EQ(alerts.quiet_hours.to, 6h + 30min);
  ASSERT_EQ(alerts.mutes.size(), 1U);
  EXPECT_EQ(alerts.mutes[0].case_id, "Q7F3-2K");
  EXPECT_EQ(core::FormatDay(alerts.mutes[0].until), "2026-12-18");
  EXPECT_EQ(alerts.escalation.after, 3h);
  EXPECT_THAT(alerts.escalation.to, ElementsAre("chair"));
}

TEST(Configuration, WithoutAWordTheDigestIsDailyAndTheChairHearsLast) {
  Diagnostics problems;
  const auto read = Read(kSettings, kSources, problems);
  ASSERT_TRUE(read.has_value()) << problems.ToText();
  const AlertSettings& alerts = read->settings.alerts;
  EXPECT_EQ(alerts.digest, DigestRhythm::kDaily);
  EXPECT_EQ(alerts.quiet_hours.from, alerts.quiet_hours.to);
  EXPECT_EQ(alerts.escalation.after, 4h);
  EXPECT_THAT(alerts.escalation.to, ElementsAre("deputy", "chair"));
}

TEST(Configuration, OnlyAWrittenListChangesWhoseTurnItIs) {
  const auto roles = [](std::string_view escalation) {
    Diagnostics problems;
    const auto read = Read(With(kSettings, "  display: masked\n", escalation), kSources, problems);
    EXPECT_TRUE(read.has_value()) << problems.ToText();
    return read ? read->settings.alerts.escalation.to : std::vector<std::string>{"unread"};
  };
  EXPECT_THAT(roles("  escalation: {to: []}\n"), ElementsAre());
  EXPECT_THAT(roles("  escalation: {after: 3 h}\n"), ElementsAre("deputy", "chair"));
  EXPECT_THAT(roles("  escalation:\n    to:\n"), ElementsAre("deputy", "chair"));
}

struct BadTiming {
  const char* name;
  const char* old;
  const char* replacement;
  const char* message;
};
void PrintTo(const BadTiming& row, std::ostream* out) { *out << row.name; }

class RefusedTiming : public ::testing::TestWithParam<BadTiming> {};

TEST_P(RefusedTiming, SaysWhatWouldBeRight) {
  Diagnostics problems;
  const std::string timing = With(kTiming, GetParam().old, GetParam().replacement);
  EXPECT_FALSE(
      Read(With(kSettings, "  display: masked\n", timing), kSources, problems).has_value());
  EXPECT_THAT(problems.ToText(), HasSubstr(GetParam().message));
}

INSTANTIATE_TEST_SUITE_P(
    All, RefusedTiming,
    ::testing::Values(BadTiming{"QuietWhileAtWork", "to: \"06:30\"", "to: \"09:00\"",
                                "must lie outside the calendar's working hours, 08:00 to 17:00"},
                      BadTiming{"DigestInQuietHours", "\"08:15\"", "\"05:00\"",
                                "'alerts.digest_at' is 05:00, which lies in the quiet hours"},
                      BadTiming{"MuteOfACategory", "case: Q7F3-2K", "category: safeguarding",
                                "a mute names one case"},
                      BadTiming{"MuteOfATopic", "reason: settled",
                                "reason: settled, topic: bullying", "a mute names one case"},
                      BadTiming{"MuteWithoutReason", "reason: settled, ", "", "reason' is missing"},
                      BadTiming{"MuteWithoutEnd", ", until: 2026-12-18", "", "until' is missing"},
                      BadTiming{"OwnerIsNobody", "owner: dsl@quillbrook-academy.example",
                                "owner: sam@quillbrook-academy.example",
                                "which is no contact's address"},
                      BadTiming{"NoSuchDay", "thursday", "sunday", "roll_up' is 'sunday'"}),
    [](const auto& row) { return std::string(row.param.name); });

TEST(Configuration, ShowsWhatIsWrongInBothFilesInOneGo) {
  Diagnostics problems;
  const core::Result<Configuration> read =
      ReadConfiguration("conf",
                        With(With(kSettings, "channel: smtp", "channel: fax"), "postcode: QB1 2CD",
                             "postcode: nowhere"),
                        "sources: {a: {url: x, intervall: 1 h}}", problems);
  ASSERT_FALSE(read.has_value());
  EXPECT_EQ(problems.all().size(), 4U);
  EXPECT_THAT(
      read.error().message,
      HasSubstr("conf/schoolwatch.yaml:6:15: school 'quillbrook': 'postcode' is 'nowhere'"));
  EXPECT_THAT(read.error().message, HasSubstr("conf/schoolwatch.yaml:18:12: 'alerts.channel'"));
  EXPECT_THAT(read.error().message, HasSubstr("conf/sources.yaml:1:20: source 'a': 'url' is 'x'"));
  EXPECT_THAT(read.error().message, HasSubstr("did you mean 'interval'?"));
}

TEST(Configuration, EverySchoolNeedsAHeadteacherOrDsl) {
  constexpr std::string_view kTwo = R"(schools:
  quillbrook: {name: Quillbrook Academy}
  millbank: {name: Millbank Primary School}
contacts:
  - {role: headteacher, email: head@a.example, schools: [quillbrook]}
  - {role: chair, email: chair@a.example, schools: [millbank]}
alerts: {from: a@a.example}
crawl: {contact: a@a.example}
)";
  Diagnostics problems;
  EXPECT_FALSE(ReadConfiguration("", kTwo, kSources, problems).has_value());
  EXPECT_EQ(problems.ToText(),
            "schoolwatch.yaml:3:3: school 'millbank': nobody would be told: no contact with the "
            "role headteacher or dsl has it under 'schools'\n");
  Diagnostics nobody;
  EXPECT_FALSE(ReadConfiguration("", With(kTwo, "role: headteacher", "role: it"), kSources, nobody)
                   .has_value());
  EXPECT_EQ(nobody.ToText(),
            "schoolwatch.yaml:4:1: nobody would be told: at least one contact needs the role "
            "headteacher or dsl\n");
}

TEST(Configuration, OneSchoolListedTwiceIsRefused) {
  constexpr std::string_view kTwice = R"(schools:
  a: {name: Quillbrook Academy, town: Quillbrook}
  b: {name: Quillbrook Academy, town: Quillbrook}
  c: {name: Quillbrook Academy, town: Elsewhere}
contacts: [{role: dsl, email: a@a.example}]
alerts: {from: a@a.example}
crawl: {contact: a@a.example}
)";
  Diagnostics problems;
  EXPECT_FALSE(ReadConfiguration("", kTwice, kSources, problems).has_value());
  EXPECT_EQ(problems.ToText(),
            "schoolwatch.yaml:3:3: school 'b' has the name, town and postcode "
            "of school 'a'\n");
}

TEST(Configuration, ShortGapsAreFineWhereOnlyThisMachineIsRead) {
  const std::string here = With(With(kSettings, "page_gap: 15 s", "page_gap: 10 ms"),
                                "10.20.0.0/16", "127.0.0.1, \"::1\"");
  Diagnostics problems;
  EXPECT_TRUE(Read(here, kSources, problems).has_value()) << problems.ToText();
  Diagnostics mixed;
  EXPECT_FALSE(Read(With(here, "127.0.0.1", "127.0.0.1, 10.0.0.1"), kSources, mixed).has_value());
}

TEST(Configuration, WarnsOfTheSameAddressTwice) {
  Diagnostics problems;
  const auto read = Read(kSettings,
                         "sources:\n  a: {url: 'https://a.example/?utm_source=x'}\n"
                         "  b: {url: 'https://a.example/'}\n"
                         "  c: {url: 'https://a.example/', enabled: false}\n",
                         problems);
  EXPECT_TRUE(read.has_value()) << problems.ToText();
  EXPECT_EQ(problems.WarningsToText(),
            "/etc/schoolwatch/sources.yaml:3:12: warning: source 'b': the same address as source "
            "'a' in line 2\n");
}

TEST(Configuration, WarnsWhereNothingIsSwitchedOn) {
  Diagnostics problems;
  EXPECT_TRUE(Read(kSettings, "sources: {a: {url: 'https://a.example/', enabled: false}}", problems)
                  .has_value());
  EXPECT_THAT(problems.WarningsToText(), HasSubstr("nothing will be watched"));
}

TEST(Configuration, ReadsThePasswordFromItsFile) {
  const TemporaryFolder folder;
  folder.Write("schoolwatch.yaml",
               With(kSettings, "ca_file: ca.pem", "user: me, password: \"${file:smtp.secret}\""));
  folder.Write("sources.yaml", kSources);
  folder.Write("smtp.secret", "correct horse\n", 0600);
  Diagnostics problems;
  const core::Result<Configuration> read = LoadConfiguration(folder.path(), problems);
  ASSERT_TRUE(read.has_value()) << read.error().message;
  EXPECT_EQ(read->settings.alerts.smtp.password, "correct horse");
  EXPECT_EQ(read->settings.folder.lexically_normal(), folder.path() / "");
}

TEST(Configuration, ChannelsAreReadWithTheirSecrets) {
  Diagnostics problems;
  const auto read =
      Read(With(With(kSettings, "schools: [quillbrook]}", "channels: webhook}"), "ca_file: ca.pem}",
                R"(ca_file: ca.pem, user: me@x.example, login: xoauth2, limits: {per_minute: 5},
         oauth2: {tenant: x.example, client_id: a, client_secret: "${env:PATH}"}}
  webhook: {url: "${env:HOME}", secret: "${env:PATH}", ca_file: hook.pem}
  undelivered: {channel: webhook, to: it@x.example})"),
           kSources, problems);
  ASSERT_TRUE(read.has_value()) << problems.ToText();
  const AlertSettings& alerts = read->settings.alerts;
  EXPECT_EQ(alerts.smtp.login, "xoauth2");
  EXPECT_EQ(alerts.smtp.oauth2.provider, "microsoft");
  EXPECT_FALSE(alerts.smtp.oauth2.client_secret.empty());
  EXPECT_EQ(alerts.smtp.limits.per_minute, 5U);
  EXPECT_EQ(alerts.smtp.limits.per_day, 1500U);
  EXPECT_FALSE(alerts.webhook.url.empty());
  EXPECT_EQ(alerts.webhook.ca_file, "/etc/schoolwatch/hook.pem");
  EXPECT_EQ(alerts.undelivered.channel, "webhook");
  EXPECT_THAT(read->settings.contacts[1].channels, ElementsAre("webhook"));
}

TEST(Configuration, TheUsualPortFollowsTheWayOfSecuring) {
  Diagnostics problems;
  auto read = Read(With(kSettings, "port: 465, ", ""), kSources, problems);
  ASSERT_TRUE(read.has_value()) << problems.ToText();
  EXPECT_EQ(read->settings.alerts.smtp.port, 465);
  read = Read(With(kSettings, "port: 465, tls: implicit", "tls: starttls"), kSources, problems);
  ASSERT_TRUE(read.has_value()) << problems.ToText();
  EXPECT_EQ(read->settings.alerts.smtp.port, 587);
  read = Read(With(kSettings, "port: 465", "port: 4465"), kSources, problems);
  ASSERT_TRUE(read.has_value()) << problems.ToText();
  EXPECT_EQ(read->settings.alerts.smtp.port, 4465);
}

TEST(Configuration, LeavesThePasswordWhereNoneIsWanted) {
  Diagnostics problems;
  const auto read = ReadConfiguration(
      "", With(kSettings, "ca_file: ca.pem", "user: me, password: \"${env:SW_TEST_NOT_SET}\""),
      kSources, problems, Secrets::kLeave);
  ASSERT_TRUE(read.has_value()) << problems.ToText();
  EXPECT_EQ(read->settings.alerts.smtp.password, "");
}

TEST(Configuration, NamesTheFilesThatAreMissing) {
  const TemporaryFolder folder;
  Diagnostics problems;
  EXPECT_FALSE(LoadConfiguration(folder.path(), problems).has_value());
  EXPECT_EQ(problems.ToText(),
            (folder.path() / "schoolwatch.yaml").string() + ": there is no such file\n" +
                (folder.path() / "sources.yaml").string() + ": there is no such file\n");
  Diagnostics no_folder;
  const auto read = LoadConfiguration(folder.path() / "nowhere", no_folder);
  ASSERT_FALSE(read.has_value());
  EXPECT_THAT(read.error().message, HasSubstr("`schoolwatch init` writes one"));
}

TEST(Configuration, TheDemoIsValid) {
  Diagnostics problems;
  const auto read = LoadConfiguration(SW_SOURCE_DIR "/config/demo", problems);
  EXPECT_TRUE(read.has_value()) << problems.ToText();
  EXPECT_TRUE(problems.warnings().empty()) << problems.WarningsToText();
}

TEST(LoadSchools, ReadsWhatStandsUnderSchools) {
  const TemporaryFolder folder;
  folder.Write("schools.yaml",
               "b: {name: Millbank Primary School}\na: {name: Quillbrook Academy}\n");
  Diagnostics problems;
  const auto schools = LoadSchools(folder.path() / "schools.yaml", problems);
  ASSERT_TRUE(schools.has_value()) << schools.error().message;
  ASSERT_EQ(schools->size(), 2U);
  EXPECT_EQ((*schools)[0].key, "b");
  EXPECT_EQ((*schools)[1].name, "Quillbrook Academy");
}

TEST(LoadSchools, RefusesAnEmptyFile) {
  const TemporaryFolder folder;
  folder.Write("schools.yaml", "");
  Diagnostics problems;
  EXPECT_FALSE(LoadSchools(folder.path() / "schools.yaml", problems).has_value());
}

TEST(LoadSchools, TakesFilesThatWouldBeTooBigForOtherSettings) {
  const TemporaryFolder folder;
  const std::string padding = "# " + std::string(5'000'000, 'x') + "\n";
  folder.Write("schools.yaml", padding + "quillbrook: {name: Quillbrook Academy}\n");
  Diagnostics problems;
  const auto schools = LoadSchools(folder.path() / "schools.yaml", problems);
  ASSERT_TRUE(schools.has_value()) << schools.error().message;
  EXPECT_EQ(schools->size(), 1U);
  EXPECT_FALSE(LoadYamlFile(folder.path() / "schools.yaml").has_value());
}

}  // namespace
}  // namespace schoolwatch::config
