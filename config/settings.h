#pragma once

#include <chrono>
#include <cstddef>
#include <cstdint>
#include <filesystem>
#include <functional>
#include <map>
#include <string>
#include <string_view>
#include <vector>

#include "config/diagnostics.h"
#include "config/secret.h"
#include "core/calendar.h"
#include "core/judgement.h"
#include "core/school.h"

namespace schoolwatch::config {

// Who is told about what. `role` is one of headteacher, dsl, deputy, chair, it.
struct Contact {
  std::string role;
  std::string name;
  std::string email;
  std::vector<std::string> schools;  // Keys; empty for all.
  Location where;
  std::string display{};                // As AlertSettings::display; empty: as that says.
  std::vector<std::string> channels{};  // Empty: alerts.channel.
};

// Where the mail server's login gets its tokens. Secrets are from references.
struct OAuth2Settings {
  std::string provider = "microsoft";  // microsoft | google | other
  std::string tenant;                  // Of Microsoft 365.
  std::string client_id;
  std::string client_secret;
  std::string refresh_token;    // With it, the login is a person's; without, the program's own.
  std::string service_account;  // Google's JSON key.
  std::string token_url;        // Empty: the provider's.
  std::string scope;            // Empty: the provider's.
};

// What a mail provider takes before it refuses.
struct SendingLimits {
  std::uint32_t per_minute = 20;
  std::uint32_t per_day = 1500;
};

struct SmtpSettings {
  std::string host;
  std::uint16_t port = 587;
  std::string tls = "starttls";    // starttls | implicit | none (loopback only)
  std::string login = "password";  // password | plain | login | xoauth2
  std::string user;
  std::string password;  // From a reference; never written back or logged.
  OAuth2Settings oauth2;
  std::string ca_file;  // Absolute once loaded; empty for the system's.
  SendingLimits limits;
};

struct SendmailSettings {
  std::filesystem::path program = "/usr/sbin/sendmail";
};

struct WebhookSettings {
  std::string url;      // From a reference: whoever knows it may post there.
  std::string secret;   // From a reference.
  std::string ca_file;  // Absolute once loaded; empty for the system's.
};

// How it is told that a message does not get out.
struct UndeliveredSettings {
  std::string channel;  // Empty: another than the one that failed, where one is set up.
  std::string to;       // Empty: the contacts with the role it.
};

// One branch of the tree that says who is told. It fits a case that is all that is asked here; what
// is empty asks nothing. Roles are a contact's, without it.
struct RouteBranch {
  std::string name;
  std::vector<Located<std::string>> schools;
  std::vector<core::Category> categories;  // The case's most serious one is one of these.
  core::Severity at_least = core::Severity::kNone;
  std::vector<std::string> topics;            // Any of these.
  std::vector<Located<std::string>> sources;  // Of the post.
  std::vector<std::string> about;             // Roles, of one who is named or whose office is.
  std::vector<std::string> tell;              // Roles.
  std::vector<std::string> otherwise;         // Roles, the first who may be told.
  std::vector<RouteBranch> branches;
  Location where;
};

// Answers by mail: where they come, and how long the links in a mail can be used.
struct AnswerSettings {
  std::string to;  // The address that takes them; empty: mails hold no links.
  std::chrono::hours valid_for{14 * 24};
};

// The line that says each school day that the watch goes on.
struct DayLineSettings {
  std::chrono::minutes at{16 * 60};            // By the school's clocks.
  std::vector<std::string> to{"headteacher"};  // Roles; empty: nobody.
};

// When people are told that runs have stopped.
struct WatchdogSettings {
  std::chrono::hours silent_for{6};
  std::chrono::hours remind{24};
  std::vector<std::string> to{"it", "headteacher"};  // Roles.
};

// The report of every week.
struct ReportSettings {
  std::string on = "friday";
  std::chrono::minutes at{15 * 60};            // By the school's clocks.
  std::vector<std::string> to{"headteacher"};  // Roles; empty: nobody.
};

// When the mails that need not go at once go together.
enum class DigestRhythm { kEachRun, kDaily, kWeekly };

// A part of every day, by the school's clocks; over midnight where `to` comes before `from`. None
// where they are the same.
struct DayHours {
  std::chrono::minutes from{0};
  std::chrono::minutes to{0};
};

// Holds back what comes to a case that people have closed.
struct Mute {
  std::string case_id;
  std::string owner;  // Address of the contact who answers for it.
  std::string reason;
  std::chrono::year_month_day until{};  // Its last day.
  Location where;
};

// Who is told when nobody answers.
struct Escalation {
  std::chrono::minutes after{4 * 60};              // Of working time, for each step.
  std::vector<std::string> to{"deputy", "chair"};  // Roles; empty: nobody.
};

struct AlertSettings {
  std::string channel = "folder";             // smtp | sendmail | webhook | folder
  std::string from;                           // Sender address.
  std::filesystem::path folder = "outgoing";  // For channel: folder. Absolute once loaded.
  SmtpSettings smtp;
  std::string display = "snippet";  // How much of a post a mail shows: masked | snippet | full
  std::vector<RouteBranch> route;   // Empty: DefaultRoute() (routing.h).
  AnswerSettings answers;
  DayLineSettings day_line;
  WatchdogSettings watchdog;
  ReportSettings report;
  DigestRhythm digest = DigestRhythm::kDaily;
  std::chrono::minutes digest_at{7 * 60 + 30};
  std::chrono::weekday roll_up = std::chrono::Friday;
  std::size_t budget = 20;  // Mails a day for one recipient, before the rest joins the digest.
  DayHours quiet_hours;
  std::vector<Mute> mutes;
  Escalation escalation;
  SendmailSettings sendmail;
  WebhookSettings webhook;
  UndeliveredSettings undelivered;
};

struct StorageSettings {
  std::filesystem::path folder = "store";  // Absolute once loaded.
};

// When a server is given up.
struct CrawlTimeouts {
  std::chrono::seconds connect{15};  // To a connection, the TLS handshake included.
  std::chrono::seconds stalled{20};  // Under 200 bytes a second for so long.
  std::chrono::seconds answer{60};   // The whole of one answer.
};

// By how much waits are stretched in each period of the school's calendar; less than 1 shortens.
struct Rhythm {
  double day = 1;
  double evening = 1;
  double night = 2;
  double weekend = 1;
  double holiday = 2;
};

struct CrawlPolicy {
  std::string contact;  // Address or URL put into the User-Agent; required.
  std::chrono::milliseconds page_gap{10'000};
  std::chrono::milliseconds feed_gap{2'000};
  std::size_t max_in_flight = 64;
  std::size_t per_address = 4;
  std::chrono::milliseconds address_gap{250};
  CrawlTimeouts timeouts;
  std::size_t io_threads = 1;
  std::chrono::seconds longest_wait{24 * 3600};  // Whatever hints and rhythm say.
  Rhythm rhythm;
  std::vector<std::string> allow_addresses;  // Networks let past the private-address guard.
  std::vector<std::uint16_t> allow_ports;    // Beside 80 and 443.
};

struct Limits {
  std::chrono::seconds run_time{20 * 60};  // Total time of one `run`.
  std::chrono::hours backlog{7 * 24};      // Older posts of a new source go into one summary.
};

struct Judging {
  bool second_reader = true;  // Whether a trained model may add to what the rules say.
};

// How long what is remembered is kept. The defaults are for the school to confirm
// (docs/data-protection.md); a case in hand is kept whatever they say.
struct Retention {
  // Of cases, with their posts and evidence; from their closing on.
  std::chrono::hours no_concern{30 * 24};
  std::chrono::hours not_about_us{30 * 24};
  std::chrono::hours lawful_criticism{30 * 24};
  std::chrono::hours complaint{365 * 24};
  std::chrono::hours concern{365 * 24};
  std::chrono::hours reported{365 * 24};
  std::chrono::hours referred{730 * 24};
  std::chrono::hours safeguarding{1095 * 24};  // At least, unless closed as no concern or not ours.
  std::chrono::hours unclosed{730 * 24};       // From the last change; new and seen ones.
  // Of all else.
  std::chrono::hours unmatched{30 * 24};  // Posts that belong to no case.
  std::chrono::hours examples{730 * 24};
  std::chrono::hours seen{730 * 24};
  std::chrono::hours fetch_state{90 * 24};
  std::chrono::hours ledger{400 * 24};
  std::chrono::hours mail_traces{730 * 24};
  std::chrono::hours erasure_marks{400 * 24};
};

// How often one author may be looked at before a named senior must give a reason.
struct Privacy {
  std::uint32_t looks_before_reason = 20;
  std::chrono::hours looks_within{28 * 24};
};

// The mailbox to which people report what they saw.
struct ImapSettings {
  std::string host;  // Empty: there is none.
  std::uint16_t port = 993;
  std::string tls = "implicit";    // implicit | starttls | none (loopback only)
  std::string login = "password";  // password | xoauth2
  std::string user;
  std::string password;  // From a reference; never written back or logged.
  OAuth2Settings oauth2;
  std::string ca_file;  // Absolute once loaded; empty for the system's.
  std::string box = "INBOX";
};

// What people report, and who may.
struct IntakeSettings {
  ImapSettings imap;
  std::filesystem::path maildir;  // Absolute once loaded; empty: none.
  std::filesystem::path folder;   // The same: where files are dropped.
  std::string school;             // Whose reports these are; empty: the only one, or what it says.
  std::vector<std::string> reporters{"anyone"};  // Addresses, "@domain", "contacts", "anyone".
  bool answers = true;                           // Whether reporters are answered.
  bool open_links = true;                        // Whether a link alone is looked at, once.
  std::chrono::minutes every{5};                 // How often the mailbox is asked.
  std::size_t max_megabytes = 500;               // Of one file in the folder.
};

struct Settings {
  std::filesystem::path folder;  // Where the configuration was read from.
  std::vector<core::School> schools;
  core::SchoolCalendar calendar;  // With the bank holidays of the first school's nation.
  // By school's key: of those in a nation with others. CalendarOf finds a school's.
  std::map<std::string, core::SchoolCalendar, std::less<>> other_calendars;
  std::vector<Contact> contacts;
  AlertSettings alerts;
  StorageSettings storage;
  CrawlPolicy crawl;
  Limits limits;
  Judging judging;
  Retention retention;
  Privacy privacy;
  IntakeSettings intake;
};

const core::SchoolCalendar& CalendarOf(const Settings& settings, std::string_view school);

// How a source's interval follows what it has: asked sooner than `interval` where much changes,
// also later where nothing does, or neither.
enum class Revisit { kPrompt, kAdaptive, kFixed };

// Which part of the web a `follow: site` source walks.
struct SiteScope {
  std::vector<std::string> hosts;  // Beside the source's own.
  std::string path = "/";          // Pages outside it are not read.
  int depth = 3;                   // Links from the source's own address.
};

// One place to look, from sources.yaml.
struct Source {
  std::string name;   // Its key.
  std::string title;  // For people.
  std::string url;
  std::string reader = "auto";  // auto | feed | json | html
  std::string platform;         // "news", "forum", "blog", "mastodon", "review", …
  std::string recipe;           // Name of a platform file, for reader: json.
  // Of a source whose `platform` is a file with routes, instead of `url`: which of them are asked
  // (empty: the usual ones), the values that they want, secrets by reference, and what may be spent
  // a month where it costs money (millionths of the currency's unit; zero: nothing).
  std::vector<std::string> routes{};
  std::map<std::string, std::vector<std::string>> with{};
  std::map<std::string, std::string> credentials{};
  std::uint64_t spend = 0;
  std::string page_of;  // School on whose own page or listing the posts stand.
  std::chrono::seconds interval{30 * 60};
  Revisit revisit = Revisit::kPrompt;
  std::string follow = "none";  // none | articles | threads | site: which links are worth fetching
  SiteScope scope;              // For follow: site.
  std::size_t max_pages = 50;   // A run.
  std::size_t max_megabytes = 64;
  bool enabled = true;
  Location where;
};

struct Configuration {
  Settings settings;
  std::vector<Source> sources;
};

// Reads schoolwatch.yaml and sources.yaml from `folder`. Everything that is wrong goes into
// `problems`; the value is whole only where `problems` stays empty. kBadInput where it does not.
// What works but is hardly meant so goes into its warnings. Relative paths become absolute, from
// `folder`. With Secrets::kLeave passwords stay empty: for commands that send nothing.
core::Result<Configuration> LoadConfiguration(const std::filesystem::path& folder,
                                              Diagnostics& problems,
                                              Secrets secrets = Secrets::kRead);

// The same from the files' bytes.
core::Result<Configuration> ReadConfiguration(const std::filesystem::path& folder,
                                              std::string_view schoolwatch_yaml,
                                              std::string_view sources_yaml, Diagnostics& problems,
                                              Secrets secrets = Secrets::kRead);

// Reads a file that holds only what stands under `schools:` (for `inspect judge --schools`).
core::Result<std::vector<core::School>> LoadSchools(const std::filesystem::path& file,
                                                    Diagnostics& problems);

}  // namespace schoolwatch::config
