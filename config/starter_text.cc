#include "config/starter_text.h"

#include <fmt/format.h>

#include <string_view>

#include "config/yaml_text.h"

namespace schoolwatch::config {
namespace {

// "key: value", or the same as a comment with an example where there is no value.
std::string Line(std::string_view key, const std::string& value, std::string_view example) {
  return value.empty() ? fmt::format("    # {}: {}\n", key, example)
                       : fmt::format("    {}: {}\n", key, QuoteYaml(value));
}

std::string ContactLine(std::string_view role, const std::string& email, std::string_view example) {
  return email.empty() ? fmt::format("  # - {{role: {}, email: {}}}\n", role, example)
                       : fmt::format("  - {{role: {}, email: {}}}\n", role, QuoteYaml(email));
}

constexpr std::string_view kSettings =
    R"(# What schoolwatch watches for, and whom it tells. `schoolwatch check` says what is wrong with it,
# with line and column; docs/configuration.md explains every key. A '#' begins a comment: take it
# away to use a line. What stands after ':' needs "quotes" if it has ': ' or ' #' in it, or begins
# with a sign such as '@'.

schools:
  # A short key for the school; other files refer to it.
  {key}:
    name: {name}
{type}{town}{postcode}    # Whose roles and helplines its mails name: england, wales, scotland or northern-ireland.
    nation: england
    # What else people call it: short forms, initials, a former name.
    # also: [Quillbrook Acad, The Quill]
    # Its own public handles and tags, in quotes.
{handles}    # The host of its web site.
{site}    # Places that tell it from schools of the same name: villages, county, road.
{places}    # Staff and governors who act in public. Pupils are never named here.
    # people: {{headteacher: Mrs Ada Wren, others: [Mr Silas Thrale]}}
    # Phrases that look like the school and are not.
    # not_us: [Quillbrook Mill]

# Who is told. Roles: headteacher, dsl (designated safeguarding lead), deputy, chair (of governors),
# it. Safeguarding concerns go to the dsl; what may name the headteacher as a danger to children goes
# to the chair instead, so there must be one. Give each a name, too, as in
# `- {{role: chair, name: Mr Idris Vale, email: …}}`: by it posts are kept from those they are about.
contacts:
{contacts}
alerts:
  # `folder` writes every mail as a file into `folder` below, so that you can see what would be sent.
  # Once you like it, fill in `smtp` and write `channel: smtp`.
  channel: folder
  folder: {outgoing}
  from: {from}
  # How much of a post a mail shows: masked (that there is one), snippet (the sentences around what
  # was found) or full.
  display: snippet
  # What need not go at once goes in one mail on every working day, with the first run after:
  # digest_at: "07:30"
  # Nothing but possible safeguarding goes in between; outside working hours.
  # quiet_hours: {{from: "20:00", to: "07:00"}}
  # smtp:
  #   host: smtp.quillbrook-academy.example
  #   port: 587
  #   tls: starttls                   # or implicit, usually with port 465
  #   user: schoolwatch@quillbrook-academy.example
  #   # A password never stands in this file. Put it into a file beside it that only the service can
  #   # read (chmod 600 smtp.secret), or use ${{env:NAME}} or systemd's ${{credential:NAME}}.
  #   password: ${{file:smtp.secret}}

storage:
  # What was seen, the cases and what is still to be sent. Readable by nobody but the service.
  folder: {store}

# School days, for how often to look. In the holidays sources are asked less often.
# calendar:
#   terms:
#     - {{from: 2026-09-02, to: 2026-12-18}}
#     - {{from: 2027-01-04, to: 2027-03-25}}
#   half_terms: [{{from: 2026-10-26, to: 2026-10-30}}]
#   inset_days: [2026-11-27]

crawl:
  # Goes out with every request, so that the owner of a site can ask about our visits.
  contact: {contact}
  # The least time between two requests to one site. Its robots.txt may ask for more.
  page_gap: 10 s
  feed_gap: 2 s

limits:
  # One run's whole time; what is left over is done by the next.
  run_time: 20 min
  # At first sight of a source, posts older than this go into one summary mail.
  backlog: 7 days
)";

constexpr std::string_view kRules =
    R"(# Your own rules, added to the shipped ones. docs/rules.md explains the format; `schoolwatch check`
# tells what is wrong with them and `schoolwatch rules test` runs their examples. A rule without `#`
# would look like this:
#
# pack: {name: local, version: "1", category: reputational}
#
# rules:
#   - id: local.minibus
#     topic: complaint
#     severity: low
#     weight: 1.5
#     re2: '\bminibus\b'
#     why: About the school's minibus
#     tests:
#       hit: ["The minibus was late again"]
#       miss: ["The bus to town was late again"]
)";

// Where the service keeps what it writes: beside the configuration, but for the installed one,
// whose folder the service may not write to.
std::string DataFolder(const InitOptions& options, std::string_view name) {
  if (options.folder.lexically_normal() == "/etc/schoolwatch") {
    return "/var/lib/schoolwatch/" + std::string(name);
  }
  return std::string(name);
}

}  // namespace

std::string StarterSettings(const InitOptions& options, const std::string& key) {
  const std::string contacts =
      ContactLine("headteacher", options.to, "") +
      ContactLine("dsl", options.dsl, "dsl@quillbrook-academy.example") +
      ContactLine("chair", options.chair, "chair@quillbrook-academy.example");
  const std::string places = options.town.empty()
                                 ? "    # places: [Quillbrook, Weir Road]\n"
                                 : fmt::format("    places: [{}]\n", QuoteYaml(options.town));
  std::string handles;
  for (const std::string& handle : options.handles) {
    handles += (handles.empty() ? "" : ", ") + QuoteYaml(handle);
  }
  handles = handles.empty() ? "    # handles: [\"@QuillbrookAcad\", \"#QuillbrookAcademy\"]\n"
                            : "    handles: [" + handles + "]\n";
  return fmt::format(
      kSettings, fmt::arg("key", key), fmt::arg("name", QuoteYaml(options.school)),
      fmt::arg("type", Line("type", options.type, "secondary academy")),
      fmt::arg("town", Line("town", options.town, "Quillbrook")),
      fmt::arg("postcode", Line("postcode", options.postcode, "QB1 2CD")),
      fmt::arg("handles", handles),
      fmt::arg("site", Line("site", options.site, "www.quillbrook-academy.example")),
      fmt::arg("places", places), fmt::arg("contacts", contacts),
      fmt::arg("outgoing", QuoteYaml(DataFolder(options, "outgoing"))),
      fmt::arg("store", QuoteYaml(DataFolder(options, "store"))),
      fmt::arg("from", QuoteYaml(options.to)),
      fmt::arg("contact", QuoteYaml(options.contact.empty() ? options.to : options.contact)));
}

std::string StarterRules(const InitOptions& /*options*/) { return std::string(kRules); }

std::string AfterInit(const InitOptions& options, bool has_checklist) {
  const std::string folder = options.folder.lexically_normal().string();
  return fmt::format(
      "Written: {0}/schoolwatch.yaml, {0}/sources.yaml{3} and {0}/rules/local.yaml.\n"
      "Next:\n"
      "  1. Open schoolwatch.yaml and give every contact's name{2}.\n"
      "  2. Open sources.yaml and switch on the places that people near the school use.\n"
      "  3. schoolwatch --config {0} check --online\n"
      "  4. schoolwatch --config {0} run\n"
      "{4}"
      "Mails are written to {1} until `channel: smtp` is set in schoolwatch.yaml.\n",
      folder, (options.folder / DataFolder(options, "outgoing")).lexically_normal().string(),
      options.chair.empty() ? ", and the chair of governors: without one `check` refuses,\n"
                              "     since nobody could be told of what names the headteacher"
                            : "",
      has_checklist ? fmt::format(", {}/platforms-to-do.md", folder) : "",
      has_checklist
          ? "  5. platforms-to-do.md lists what needs an account or a key, the most\n"
            "     worthwhile first; `schoolwatch coverage` tells what is watched by then.\n"
          : "");
}

}  // namespace schoolwatch::config
