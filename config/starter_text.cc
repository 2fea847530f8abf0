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

// A query part as RFC 3986 has it; spaces as "+", as search forms do.
std::string EncodeQuery(std::string_view text) {
  std::string encoded;
  for (const char c : text) {
    const bool plain = (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') ||
                       c == '-' || c == '.' || c == '_' || c == '~';
    if (plain) {
      encoded += c;
    } else if (c == ' ') {
      encoded += '+';
    } else {
      encoded += fmt::format("%{:02X}", static_cast<unsigned>(static_cast<unsigned char>(c)));
    }
  }
  return encoded;
}

// "Quillbrook Academy" as a tag: letters and digits of ASCII only, so that it can stand in a URL.
std::string Tag(std::string_view name) {
  std::string tag;
  for (const char c : name) {
    if ((c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9')) {
      tag += c;
    }
  }
  return tag.empty() ? "YourSchool" : tag;
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
    # handles: ["@QuillbrookAcad", "#QuillbrookAcademy"]
    # The host of its web site.
    # site: www.quillbrook-academy.example
    # Places that tell it from schools of the same name: villages, county, road.
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

constexpr std::string_view kSources =
    R"(# Where schoolwatch looks. `schoolwatch check --online` asks each place once and says what it gives.
# robots.txt is obeyed: a place that forbids programs is not read, and the run's summary says so.
# Private groups, messages and people's own profiles are never read.

sources:
  news-search:
    title: News that names the school
    url: {news_url}
    reader: feed
    platform: news
    interval: 60 min

  # What follows is switched off until you put in the right address and take out `enabled: false`.

  school-site:
    # The news feed of the school's own web site, where the public can comment.
    title: The school's own web site
    url: https://www.quillbrook-academy.example/feed/
    reader: feed
    platform: blog
    page_of: {key}
    interval: 60 min
    enabled: false

  local-paper:
    # Look for "RSS" on the paper's site. `follow: articles` also reads the articles that the feed
    # names, and the readers' comments where the page has them.
    title: The local paper
    url: https://www.quillbrook-herald.example/rss.xml
    reader: feed
    platform: news
    follow: articles
    interval: 30 min
    enabled: false

  parents-forum:
    # A public board that people can read without logging in. Give the page that lists its threads.
    title: The parents' forum
    url: https://forum.quillbrook.example/viewforum.php?f=2
    reader: html
    platform: forum
    follow: threads
    interval: 60 min
    enabled: false

  fediverse-tag:
    # Public posts with a tag, on a Mastodon server that many local people use.
    title: Fediverse posts with the school's tag
    url: {tag_url}
    reader: json
    recipe: mastodon
    platform: mastodon
    interval: 15 min
    enabled: false

  search-alerts:
    # Google Alerts can watch what cannot be read directly. At google.com/alerts make an alert for
    # the school's name in quotes, choose "Deliver to: RSS feed", and put the feed's address here.
    # Whoever has that address can read the alert, so keep this file to yourselves.
    title: Search engine alerts
    url: https://www.google.com/alerts/feeds/1/1
    reader: feed
    platform: search
    interval: 60 min
    enabled: false
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
  return fmt::format(
      kSettings, fmt::arg("key", key), fmt::arg("name", QuoteYaml(options.school)),
      fmt::arg("type", Line("type", options.type, "secondary academy")),
      fmt::arg("town", Line("town", options.town, "Quillbrook")),
      fmt::arg("postcode", Line("postcode", options.postcode, "QB1 2CD")),
      fmt::arg("places", places), fmt::arg("contacts", contacts),
      fmt::arg("outgoing", QuoteYaml(DataFolder(options, "outgoing"))),
      fmt::arg("store", QuoteYaml(DataFolder(options, "store"))),
      fmt::arg("from", QuoteYaml(options.to)),
      fmt::arg("contact", QuoteYaml(options.contact.empty() ? options.to : options.contact)));
}

std::string StarterSources(const InitOptions& options, const std::string& key) {
  std::string query = "\"" + options.school + "\"";
  if (!options.town.empty()) {
    query += " " + options.town;
  }
  return fmt::format(
      kSources, fmt::arg("key", key),
      fmt::arg("news_url", QuoteYaml("https://news.google.com/rss/search?q=" + EncodeQuery(query) +
                                     "+when:7d&hl=en-GB&gl=GB&ceid=GB:en")),
      fmt::arg("tag_url", QuoteYaml("https://mastodon.example/api/v1/timelines/tag/" +
                                    Tag(options.school) + "?limit=40")));
}

std::string StarterRules(const InitOptions& /*options*/) { return std::string(kRules); }

std::string AfterInit(const InitOptions& options) {
  const std::string folder = options.folder.lexically_normal().string();
  return fmt::format(
      "Written: {0}/schoolwatch.yaml, {0}/sources.yaml and {0}/rules/local.yaml.\n"
      "Next:\n"
      "  1. Open schoolwatch.yaml and give every contact's name{2}.\n"
      "  2. Open sources.yaml and switch on the places that people near the school use.\n"
      "  3. schoolwatch --config {0} check --online\n"
      "  4. schoolwatch --config {0} run\n"
      "Mails are written to {1} until `channel: smtp` is set in schoolwatch.yaml.\n",
      folder, (options.folder / DataFolder(options, "outgoing")).lexically_normal().string(),
      options.chair.empty() ? ", and the chair of governors: without one `check` refuses,\n"
                              "     since nobody could be told of what names the headteacher"
                            : "");
}

}  // namespace schoolwatch::config
