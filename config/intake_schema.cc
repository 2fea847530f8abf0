// The table of what people report: by mail, or as files.

#include <fmt/format.h>

#include <algorithm>
#include <optional>
#include <string>
#include <vector>

#include "config/checks.h"
#include "config/nearest.h"
#include "config/settings_schema.h"

namespace schoolwatch::config {
namespace {

using std::chrono::minutes;

Schema<ImapSettings> ImapSchema() {
  return Schema<ImapSettings>("IMAP", "The mailbox to which people report.")
      .Field(
          "host", &ImapSettings::host,
          Text({.max_bytes = 253}).Check(CheckHost).Words("a host name or address"),
          {.help = "The mailbox's server.", .required = true, .example = "imap.quillbrook.example"})
      .Field("port", &ImapSettings::port, Whole<std::uint16_t>(1),
             {.help = "Its port.", .default_text = "`993`, or `143` with `tls: starttls`"})
      .Field("tls", &ImapSettings::tls, OneOf({"implicit", "starttls", "none"}),
             {.help = "How the connection is secured: from the first byte, after STARTTLS, or not "
                      "at all, which only a server on this machine may be."})
      .Field("login", &ImapSettings::login, OneOf({"password", "xoauth2"}),
             {.help = "How to log in: with a password, or with a token from `oauth2`, as Microsoft "
                      "365 and Google ask for."})
      .Field("user", &ImapSettings::user, Text({.max_bytes = 254}),
             {.help = "The mailbox's account.",
              .required = true,
              .example = "reports@quillbrook-academy.example"})
      .Field("password", &ImapSettings::password, Secret(),
             {.help = "Its password, never written here: only where to find it.",
              .example = "${file:imap.secret}"})
      .Field("oauth2", &ImapSettings::oauth2, Nested(OAuth2Schema()),
             {.help = "Where tokens come from, for `login: xoauth2`."})
      .Field("ca_file", &ImapSettings::ca_file, Text({.max_bytes = 4096}).Words("a path"),
             {.help = "Certificates that vouch for the server, instead of the system's.",
              .example = "/etc/ssl/quillbrook-ca.pem"})
      .Field("box", &ImapSettings::box, Text({.max_bytes = 200}),
             {.help = "The box that is emptied. What is in it is deleted once it is taken."})
      .Check([](const ImapSettings& imap, const Section& section, Diagnostics& problems) {
        const auto place = [&section](std::string_view key) {
          const std::optional<Section> found = section.Find(key);
          return found ? found->where() : section.key_where();
        };
        if (imap.tls == "none" && !imap.host.empty() && !IsLoopbackHost(imap.host)) {
          problems.Add(place("tls"),
                       fmt::format("'intake.imap.tls' is none, but '{}' is not this machine: what "
                                   "people report does not travel unsecured; use implicit or "
                                   "starttls",
                                   ForMessage(imap.host)));
        }
        if (imap.login == "xoauth2") {
          CheckTokens(section, imap.oauth2, "intake.imap", imap.tls, problems);
        } else if (!section.Find("password")) {
          problems.Add(place("user"), "'intake.imap.user' is given without a 'password'");
        }
      });
}

core::Result<void> CheckReporter(const std::string& reporter) {
  if (reporter == "anyone" || reporter == "contacts") {
    return {};
  }
  if (reporter.starts_with('@')) {
    return CheckHost(reporter.substr(1));
  }
  return CheckMailAddress(reporter);
}

}  // namespace

const Schema<IntakeSettings>& IntakeSchema() {
  static const Schema<IntakeSettings> kSchema =
      Schema<IntakeSettings>("Intake", "What people report, and who may.")
          .Field("imap", &IntakeSettings::imap, Nested(ImapSchema()),
                 {.help = "The mailbox to which people report. It must be for this alone: what is "
                          "in it is deleted once it is taken."})
          .Field(
              "maildir", &IntakeSettings::maildir, Path(),
              {.help = "A Maildir on this machine instead, relative to this file. What is in its "
                       "`new` and `cur` is deleted once it is taken.",
               .example = "/var/mail/reports"})
          .Field(
              "folder", &IntakeSettings::folder, Path(),
              {.help = "A folder into which staff drop what they were shown: mails (.eml), texts "
                       "(.txt), exported chats (.txt, .zip). What is in it is deleted once it is "
                       "taken; what cannot be read goes to its `not-read`.",
               .example = "/srv/reports"})
          .Field(
              "school", &IntakeSettings::school, Text({.max_bytes = 64}),
              {.help = "Key of the school whose reports these are: what is reported is about it, "
                       "named or not.",
               .example = "quillbrook",
               .default_text = "the only school; of several, those that a report names"})
          .Field("reporters", &IntakeSettings::reporters,
                 ListOf(Text({.max_bytes = 254})
                            .Check(CheckReporter)
                            .Words("an address, '@' with a domain, 'contacts' or 'anyone'"),
                        {.min_items = 1, .max_items = 1000}),
                 {.help = "Whose mails are taken as reports; others are deleted unread, and not "
                          "answered.",
                  .example = "[contacts, \"@quillbrook-academy.example\"]"})
          .Field("answers", &IntakeSettings::answers, Flag(),
                 {.help = "Whether reporters get an answer: what was taken, what was not kept, and "
                          "what to do about a picture of a child."})
          .Field(
              "open_links", &IntakeSettings::open_links, Flag(),
              {.help = "Whether a link that is reported without a word beside it is opened once, "
                       "by the rules of every source, to read what stands there."})
          .Field("every", &IntakeSettings::every, Duration<minutes>(minutes(1), minutes(24 * 60)),
                 {.help = "How often `watch` asks the mailbox; `run` always does."})
          .Field("max_megabytes", &IntakeSettings::max_megabytes, Whole<std::size_t>(1, 4'000),
                 {.help = "The largest file that is taken from `folder`, and the most that a zip "
                          "may unpack to, in MiB."});
  return kSchema;
}

void CheckIntake(const Section& root, const Settings& settings, Diagnostics& problems) {
  const IntakeSettings& intake = settings.intake;
  const std::optional<Section> section = root.Find("intake");
  const std::optional<Section> school = section ? section->Find("school") : std::nullopt;
  std::vector<std::string> keys;
  for (const core::School& one : settings.schools) {
    keys.push_back(one.key);
  }
  if (school && !intake.school.empty() && std::ranges::find(keys, intake.school) == keys.end()) {
    problems.Add(school->where(),
                 fmt::format("'intake.school' is '{}', but there is no such school{}",
                             ForMessage(intake.school), DidYouMean(intake.school, keys)));
  }
  if (section && section->is_map() && intake.imap.host.empty() && intake.maildir.empty() &&
      intake.folder.empty()) {
    problems.Warn(section->key_where(),
                  "'intake' names no mailbox ('imap' or 'maildir') and no 'folder': nothing can be "
                  "reported");
  }
}

}  // namespace schoolwatch::config
