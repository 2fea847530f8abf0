#include "config/settings_schema.h"

#include <fmt/format.h>

#include <algorithm>
#include <chrono>
#include <cstdint>
#include <optional>
#include <string_view>

#include "config/checks.h"
#include "config/school_checks.h"
#include "core/source_names.h"

namespace schoolwatch::config {
namespace {

using namespace std::chrono_literals;

Value<std::string> MailAddress() {
  return Text({.max_bytes = 254}).Check(CheckMailAddress).Words("a mail address").Format("email");
}

Value<std::string> PersonName() { return Text({.max_bytes = 100}).Check(CheckNotAPupil); }

Value<std::string> Network() {
  return Text({.max_bytes = 50}).Check(CheckNetwork).Words("an address or network");
}

// Where the value stands that a problem is about: under the school or its people.
Section FindSetting(const Section& school, const SchoolProblem& problem) {
  std::optional<Section> found = school.Find(problem.field);
  if (!found) {
    if (const std::optional<Section> people = school.Find("people")) {
      found = people->Find(problem.field);
    }
  }
  if (!found) {
    return school;
  }
  const std::vector<Section> items = found->items();
  return problem.item < items.size() ? items[problem.item] : *found;
}

Schema<core::School> SchoolSchema() {
  using core::School;
  constexpr const char* kNoPupils =
      "pupils are never named in the configuration. Posts about them are found by the school's "
      "name.";
  return Schema<School>("School", "One school to watch for, by what is public about it.")
      .Field("name", &School::name, Text({.max_bytes = 200}),
             {.help = "Its full name.", .required = true, .example = "Quillbrook Academy"})
      .Field("type", &School::type, Text({.max_bytes = 100}),
             {.help = "What kind of school it is, in free words.", .example = "secondary academy"})
      .Field("town", &School::town, Text({.max_bytes = 100}),
             {.help = "The town or village it stands in.", .example = "Quillbrook"})
      .Field("postcode", &School::postcode,
             Text({.max_bytes = 10}).Check(CheckPostcode).Words("a postcode"),
             {.help = "Its postcode.", .example = "QB1 2CD"})
      .Field("trust", &School::trust, Text({.max_bytes = 200}),
             {.help = "The trust or federation it belongs to.",
              .example = "Quillbrook Learning Trust"})
      .Field("also", &School::also, ListOf(Text({.max_bytes = 200}), {.max_items = 100}),
             {.help = "Other names people use: short forms, initials, former names. Usual "
                      "variants of the name are found without being listed.",
              .example = "[Quillbrook Acad, The Quill]"})
      .Field("handles", &School::handles,
             ListOf(Text({.max_bytes = 100}).Check(CheckHandle).Words("a handle or tag"),
                    {.max_items = 100}),
             {.help = "Public handles and tags. Put quotes round them: '@' and '#' mean something "
                      "else in YAML.",
              .example = "[\"@QuillbrookAcad\", \"#QuillbrookAcademy\"]"})
      .Field("nation", &School::nation, OneOf({"england", "wales", "scotland", "northern-ireland"}),
             {.help = "Whose roles, helplines and routes the advice in its mails names."})
      .Field("site", &School::site,
             Text({.max_bytes = 253}).Check(CheckHost).Words("a host name").Format("hostname"),
             {.help = "The host of its own web site.", .example = "quillbrook-academy.example"})
      .Field("places", &School::places, ListOf(Text({.max_bytes = 100}), {.max_items = 200}),
             {.help = "Places that tell it from schools of the same name: town, villages, county, "
                      "road.",
              .example = "[Quillbrook, Weir Road]"})
      .Group("people",
             Schema<School>("People", "Adults who stand for the school in public.")
                 .Field("headteacher", &School::headteacher, PersonName(),
                        {.help = "The headteacher's name.", .example = "Mrs Ada Wren"})
                 .Field("others", &School::staff, ListOf(PersonName(), {.max_items = 500}),
                        {.help = "Other staff and governors who act in public. A name alone never "
                                 "makes a mention and is never sent to a platform.",
                         .example = "[Mr Silas Thrale, Miss Noor Hadley]"})
                 .Refused("pupils", kNoPupils)
                 .Refused("students", kNoPupils)
                 .Refused("children", kNoPupils),
             {.help = "Adults who stand for the school in public."})
      .Field(
          "not_us", &School::not_us, ListOf(Text({.max_bytes = 200}), {.max_items = 200}),
          {.help = "Phrases that name somebody or something else.", .example = "[Quillbrook Mill]"})
      .Refused("pupils", kNoPupils)
      .Refused("students", kNoPupils)
      .Check([](const School& school, const Section& section, Diagnostics& problems) {
        for (const SchoolProblem& problem : FindSchoolProblems(school)) {
          const Section value = FindSetting(section, problem);
          problems.Advise(value.where(), fmt::format("'{}' is '{}', which {}", problem.field,
                                                     ForMessage(value.text()), problem.message));
        }
      });
}

Schema<Contact> ContactSchema() {
  return Schema<Contact>("Contact", "A person who is told.")
      .Field("role", &Contact::role, OneOf({"headteacher", "dsl", "deputy", "chair", "it"}),
             {.help = "What the person is told about follows from it. dsl is the designated "
                      "safeguarding lead, chair the chair of governors, it whoever looks after "
                      "this installation.",
              .required = true,
              .example = "headteacher"})
      .Field("name", &Contact::name, PersonName(),
             {.help = "For the greeting of a mail.", .example = "Mrs Ada Wren"})
      .Field("email", &Contact::email, MailAddress(),
             {.help = "Where alerts go.",
              .required = true,
              .example = "head@quillbrook-academy.example"})
      .Field("channels", &Contact::channels,
             ListOf(ChannelName(), {.max_items = 4, .one_or_more = true}),
             {.help = "How the person is told, where it is not `alerts.channel`: one or several of "
                      "smtp, sendmail, webhook and folder. What reads there must be this person "
                      "alone.",
              .example = "[smtp, webhook]",
              .default_text = "`alerts.channel`"})
      .Field("schools", &Contact::schools, ListOf(Text({.max_bytes = 64})),
             {.help = "Keys of the schools that the person is told about.",
              .example = "[quillbrook]",
              .default_text = "all"})
      .Field("display", &Contact::display, OneOf({"masked", "snippet", "full"}),
             {.help = "How much of a post this person's mails show.",
              .default_text = "as `alerts.display` says"})
      .Where(&Contact::where);
}

Schema<AlertSettings> AlertSchema() {
  return Schema<AlertSettings>("Alerts", "How alerts leave.")
      .Field("channel", &AlertSettings::channel, ChannelName(),
             {.help = "folder writes each mail as an .eml file, to try things out; smtp sends it "
                      "through a mail server, sendmail through this machine's own mail program; "
                      "webhook posts it as JSON."})
      .Field("from", &AlertSettings::from, MailAddress(),
             {.help = "The sender's address.",
              .required = true,
              .example = "schoolwatch@quillbrook-academy.example"})
      .Field(
          "folder", &AlertSettings::folder, Path(),
          {.help = "Where `channel: folder` writes, relative to this file.", .example = "outgoing"})
      .Field("smtp", &AlertSettings::smtp, Nested(SmtpSchema()),
             {.help = "The mail server, for `channel: smtp`."})
      .Field("sendmail", &AlertSettings::sendmail, Nested(SendmailSchema()),
             {.help = "The mail program, for `channel: sendmail`."})
      .Field("webhook", &AlertSettings::webhook, Nested(WebhookSchema()),
             {.help = "Where `channel: webhook` posts."})
      .Field("undelivered", &AlertSettings::undelivered, Nested(UndeliveredSchema()),
             {.help = "How it is told that a message does not get out."})
      .Field("display", &AlertSettings::display, OneOf({"masked", "snippet", "full"}),
             {.help = "How much of a post a mail shows: only that there is one, the sentences "
                      "around what was found, or all of it."})
      .Field("route", &AlertSettings::route, RouteValue(),
             {.help = "Who is told of what: the first branch that fits a case (alerts.md).",
              .default_text = "the shipped tree"})
      .Field("answers", &AlertSettings::answers, Nested(AnswersSchema()),
             {.help = "Answers by one tap in a mail."})
      .Field("day_line", &AlertSettings::day_line, Nested(DayLineSchema()),
             {.help = "The line that says each school day that the watch goes on."})
      .Field("watchdog", &AlertSettings::watchdog, Nested(WatchdogSchema()),
             {.help = "When `schoolwatch watchdog` says that runs have stopped."})
      .Field("report", &AlertSettings::report, Nested(ReportSchema()),
             {.help = "The report of every week."})
      .Field("digest", &AlertSettings::digest, DigestValue(),
             {.help = "When what need not go at once goes, in one mail: on every working day, once "
                      "a week, or at the end of each run. The first run sends one in any case."})
      .Field("digest_at", &AlertSettings::digest_at, TimeOfDay(),
             {.help = "From when on: the first run after it sends the digest."})
      .Field("roll_up", &AlertSettings::roll_up, WeekdayValue(),
             {.help = "The day by which what adds little to a known case goes at last, if no "
                      "digest takes it along sooner; the day of a weekly digest; and in holidays "
                      "of every one. Where nobody works that day, the last one before it."})
      .Field("budget", &AlertSettings::budget, Whole<std::size_t>(1, 1000),
             {.help = "Mails a day to one person. What comes after joins the digest, which says "
                      "so. Possible safeguarding from medium up is never held."})
      .Field("quiet_hours", &AlertSettings::quiet_hours, Nested(QuietHoursSchema()),
             {.help = "When nothing goes but what must not wait. Outside working hours."})
      .Field("mutes", &AlertSettings::mutes,
             ListOf(MuteSchema(), {.max_items = 200, .noun = "mute", .name_key = "case"}),
             {.help = "Closed cases of which nothing more is wanted for a while."})
      .Field("escalation", &AlertSettings::escalation, Nested(EscalationSchema()),
             {.help = "Who is told of a case that nobody answers."})
      .Check([](const AlertSettings& alerts, const Section& section, Diagnostics& problems) {
        CheckChannel(alerts.channel, "alerts.channel", section.Find("channel"), section, problems);
        const std::optional<Section> undelivered = section.Find("undelivered");
        CheckChannel(alerts.undelivered.channel, "alerts.undelivered.channel",
                     undelivered ? undelivered->Find("channel") : std::nullopt, section, problems);
      });
}

Schema<StorageSettings> StorageSchema() {
  return Schema<StorageSettings>("Storage", "Where what was seen is kept.")
      .Field("folder", &StorageSettings::folder, Path(),
             {.help = "The store's folder, relative to this file. Only the service's user may "
                      "read it.",
              .example = "/var/lib/schoolwatch"});
}

Schema<Limits> LimitsSchema() {
  return Schema<Limits>("Limits", "How far one run goes.")
      .Field("run_time", &Limits::run_time,
             Duration<std::chrono::seconds>(10s, std::chrono::hours(24)),
             {.help = "One run's whole time; what is left over is done by the next."})
      .Field("backlog", &Limits::backlog,
             Duration<std::chrono::hours>(0h, std::chrono::hours(366 * 24)),
             {.help = "At first sight of a source, older posts go into one summary instead of "
                      "single alerts."});
}

Schema<CrawlTimeouts> TimeoutsSchema() {
  return Schema<CrawlTimeouts>("Timeouts", "When a server is given up.")
      .Field("connect", &CrawlTimeouts::connect, Duration<std::chrono::seconds>(1s, 5min),
             {.help = "How long a connection may take to come about, its TLS handshake included."})
      .Field("stalled", &CrawlTimeouts::stalled, Duration<std::chrono::seconds>(1s, 5min),
             {.help = "How long an answer may come in at under 200 bytes a second."})
      .Field("answer", &CrawlTimeouts::answer, Duration<std::chrono::seconds>(1s, 10min),
             {.help = "How long the whole of one answer may take."});
}

Schema<CrawlPolicy> CrawlSchema() {
  return Schema<CrawlPolicy>("Crawl", "How politely pages are asked for.")
      .Field("contact", &CrawlPolicy::contact,
             Text({.max_bytes = 254})
                 .Check([](const std::string& contact) {
                   return contact.contains("://") ? CheckHttpUrl(contact)
                                                  : CheckMailAddress(contact);
                 })
                 .Words("a mail address or an http(s) address"),
             {.help = "Whom a site's owner can ask about our visits. Every request carries it in "
                      "its User-Agent.",
              .required = true,
              .example = "it@quillbrook-academy.example"})
      .Field("page_gap", &CrawlPolicy::page_gap,
             Duration<std::chrono::milliseconds>(0ms, std::chrono::hours(1)),
             {.help = "The least time between two pages of one host; its robots.txt may ask for "
                      "more. Under 1 s only where crawl.allow_addresses lists nothing but this "
                      "machine."})
      .Field("feed_gap", &CrawlPolicy::feed_gap,
             Duration<std::chrono::milliseconds>(0ms, std::chrono::hours(1)),
             {.help = "The same for feeds and APIs."})
      .Field("max_in_flight", &CrawlPolicy::max_in_flight, Whole<std::size_t>(1, 1000),
             {.help = "Requests under way at once, over all hosts."})
      .Field("per_address", &CrawlPolicy::per_address, Whole<std::size_t>(1, 64),
             {.help = "Requests under way at once to one IP address, which may serve many hosts."})
      .Field("address_gap", &CrawlPolicy::address_gap,
             Duration<std::chrono::milliseconds>(0ms, std::chrono::minutes(1)),
             {.help = "The least time between two starts of requests to one IP address."})
      .Field("timeouts", &CrawlPolicy::timeouts, Nested(TimeoutsSchema()),
             {.help = "When a server is given up. Slow lines may need more."})
      .Field("io_threads", &CrawlPolicy::io_threads, Whole<std::size_t>(1, 16),
             {.help = "Threads that fetch. One fetches several times what a core can read and "
                      "judge, so that more are rarely of use."})
      .Field("longest_wait", &CrawlPolicy::longest_wait,
             Duration<std::chrono::seconds>(15min, std::chrono::hours(31 * 24)),
             {.help = "No source waits longer for its next look, whatever the site's hints, the "
                      "rhythm or `revisit: adaptive` say; only an `interval` of its own that is "
                      "longer."})
      .Field("rhythm", &CrawlPolicy::rhythm, Nested(RhythmSchema()),
             {.help = "By how much waits are stretched at night, in holidays and so on."})
      .Field("allow_addresses", &CrawlPolicy::allow_addresses, ListOf(Network()),
             {.help = "Private addresses and networks that may be read all the same, such as a "
                      "wiki inside the school. All others are refused.",
              .example = "[10.20.0.0/16]"})
      .Field("allow_ports", &CrawlPolicy::allow_ports, ListOf(Whole<std::uint16_t>(1)),
             {.help = "Ports that may be read beside 80 and 443.", .example = "[8443]"})
      .Check([](const CrawlPolicy& crawl, const Section& section, Diagnostics& problems) {
        const bool only_here = !crawl.allow_addresses.empty() &&
                               std::ranges::all_of(crawl.allow_addresses, IsLoopbackNetwork);
        const auto check = [&](std::string_view key, std::chrono::milliseconds gap) {
          const std::optional<Section> found = section.Find(key);
          if (found && gap < 1s && !only_here) {
            problems.Add(found->where(),
                         fmt::format("'crawl.{}' is {}, must be at least 1 s: sites of others are "
                                     "not to be hurried",
                                     key, ForMessage(found->text())));
          }
        };
        check("page_gap", crawl.page_gap);
        check("feed_gap", crawl.feed_gap);
      });
}

Schema<Judging> JudgingSchema() {
  return Schema<Judging>("Judging", "What judges posts beside the rules.")
      .Field("second_reader", &Judging::second_reader, Flag(),
             {.help = "Whether a small model, trained on posts that people judged, adds a capped "
                      "term to what the rules say (docs/rules.md)."});
}

Schema<Source> SourceSchema() {
  return Schema<Source>("Source", "One place to look.")
      .Field("title", &Source::title, Text({.max_bytes = 200}),
             {.help = "What it is, for people.",
              .example = "The Quillbrook Herald",
              .default_text = "its key"})
      .Field("url", &Source::url,
             Text({.max_bytes = 8000})
                 .Check(CheckHttpUrl)
                 .Words("an http or https address")
                 .Format("uri"),
             {.help = "The feed, page or interface to read. Left out where `platform` names a "
                      "platform's file, which says what is asked.",
              .example = "https://quillbrook-herald.example/rss.xml"})
      .Field("reader", &Source::reader, OneOf({"auto", "feed", "json", "html"}),
             {.help = "How it is read. auto tells feeds from pages by what comes; json needs a "
                      "recipe."})
      .Field("platform", &Source::platform, Text({.max_bytes = 64}),
             {.help = "What kind of place it is: news, forum, blog, blog_comment, review, wiki, "
                      "mastodon, … Rules and reports may look at it. Without `url`: a platform's "
                      "file (`schoolwatch platforms list`).",
              .example = "news"})
      .Field("routes", &Source::routes,
             ListOf(Text({.max_bytes = 64}), {.max_items = 30, .one_or_more = true}),
             {.help = "Which of the platform's routes are asked.",
              .example = "[search, mentions]",
              .default_text = "the usual ones"})
      .Field("with", &Source::with,
             MapOf(ListOf(Text(), {.min_items = 1, .max_items = 200, .one_or_more = true}),
                   {.max_entries = 50, .noun = "value"}),
             {.help = "Values that the platform wants (`schoolwatch platforms show NAME`). `words` "
                      "are asked for instead of the schools' names.",
              .example = "{subs: [quillbrook, shireton]}"})
      .Field("credentials", &Source::credentials,
             MapOf(Secret(), {.max_entries = 20, .noun = "credential"}),
             {.help = "Its keys and passwords, as references to secrets.",
              .example = "{key: '${credential:youtube-key}'}"})
      .Field(
          "spend", &Source::spend, Money(1'000'000),
          {.help = "The most that may be spent in a month where the platform costs money, in its "
                   "currency. Nothing that costs is asked without it.",
           .example = "5"})
      .Field("recipe", &Source::recipe, Text({.max_bytes = 64}),
             {.help = "The platform file that says where things stand in an answer.",
              .example = "mastodon"})
      .Field("page_of", &Source::page_of, Text({.max_bytes = 64}),
             {.help = "Key of the school whose own page or review listing this is: every post "
                      "there is about it, named or not.",
              .example = "quillbrook"})
      .Field("interval", &Source::interval,
             Duration<std::chrono::seconds>(60s, std::chrono::hours(31 * 24)),
             {.help = "How long it waits for the next look, to begin with; never under 15 min.",
              .example = "30 min"})
      .Field(
          "revisit", &Source::revisit,
          EnumOf<Revisit>({{"prompt", Revisit::kPrompt},
                           {"adaptive", Revisit::kAdaptive},
                           {"fixed", Revisit::kFixed}}),
          {.help = "prompt asks sooner than `interval` (down to 15 min) where much is new, never "
                   "later; adaptive asks also later, up to crawl.longest_wait, where nothing is; "
                   "fixed keeps to `interval`."})
      .Field("follow", &Source::follow, OneOf({"none", "articles", "threads", "site"}),
             {.help = "Which links are fetched too: none, the articles of a feed, the threads and "
                      "further pages of a forum, or all within `scope`, with the site's feeds and "
                      "sitemaps."})
      .Field("scope", &Source::scope, Nested(ScopeSchema()),
             {.help = "Which part of a site `follow: site` walks."})
      .Field("max_pages", &Source::max_pages, Whole<std::size_t>(1, 10'000),
             {.help = "Pages that one run fetches from it at most.",
              .default_text = "`50`, or `200` with `follow: site`"})
      .Field("max_megabytes", &Source::max_megabytes, Whole<std::size_t>(1, 10'000),
             {.help = "What one run fetches from it at most, in MiB after decompression."})
      .Field("enabled", &Source::enabled, Flag(), {.help = "false leaves it out."})
      .Where(&Source::where)
      .Check([](const Source& source, const Section& section, Diagnostics& problems) {
        if (source.name == core::kReportedSource) {
          problems.Add(source.where,
                       "this name is kept for what people report: choose another one");
        }
        if (source.reader == "json" && source.recipe.empty() && !section.Find("recipe")) {
          problems.Add(section.Find("reader")->where(),
                       "'reader' is json, which needs a 'recipe' that says where things stand");
        }
        if (const std::optional<Section> scope = section.Find("scope");
            scope && source.follow != "site") {
          problems.Add(scope->key_where(), "'scope' is for `follow: site`, which is not there");
        }
        const std::optional<Section> url = section.Find("url");
        if (!url && source.platform.empty()) {
          problems.Add(source.where,
                       "there is neither 'url', the address to read, nor 'platform', whose file "
                       "says what is asked");
        }
        for (const std::string_view key : {"routes", "with", "credentials", "spend"}) {
          if (const std::optional<Section> found = section.Find(key); found && url) {
            problems.Add(found->key_where(),
                         fmt::format("'{}' is for a 'platform' that is asked without 'url'", key));
          }
        }
        for (const std::string_view key : {"reader", "recipe", "follow", "scope"}) {
          if (const std::optional<Section> found = section.Find(key);
              found && !url && !source.platform.empty()) {
            problems.Add(found->key_where(),
                         fmt::format("'{}' is for a source with 'url'; the platform's file says it "
                                     "for others",
                                     key));
          }
        }
        if (url && source.page_of.empty()) {
          if (const core::Result<void> allowed = CheckNotAProfile(source.url); !allowed) {
            problems.Add(url->where(), fmt::format("'url' is '{}': {}", ForMessage(source.url),
                                                   allowed.error().message));
          }
        }
      });
}

}  // namespace

const Value<std::vector<core::School>>& SchoolsValue() {
  static const Value<std::vector<core::School>> kValue =
      MapOf(SchoolSchema(), &core::School::key, {.min_entries = 1, .noun = "school"});
  return kValue;
}

const Schema<Settings>& SettingsSchema() {
  static const Schema<Settings> kSchema =
      Schema<Settings>("schoolwatch.yaml", "Whom schoolwatch watches for, and whom it tells.")
          .Field("schools", &Settings::schools, SchoolsValue(),
                 {.help = "The schools to watch for, each under a short key.", .required = true})
          .Field("calendar", &Settings::calendar, Nested(CalendarSchema()),
                 {.help = "Terms, holidays and nights, by the school's own clocks."})
          .Field(
              "contacts", &Settings::contacts,
              ListOf(ContactSchema(), {.min_items = 1, .noun = "contact"}),
              {.help = "Who is told. Every school needs a headteacher or a dsl.", .required = true})
          .Field("alerts", &Settings::alerts, Nested(AlertSchema()),
                 {.help = "How alerts leave.", .required = true})
          .Field("storage", &Settings::storage, Nested(StorageSchema()),
                 {.help = "Where what was seen is kept."})
          .Field("crawl", &Settings::crawl, Nested(CrawlSchema()),
                 {.help = "How politely pages are asked for.", .required = true})
          .Field("limits", &Settings::limits, Nested(LimitsSchema()),
                 {.help = "How far one run goes."})
          .Field("judging", &Settings::judging, Nested(JudgingSchema()),
                 {.help = "What judges posts beside the rules."})
          .Field(
              "retention", &Settings::retention, Nested(RetentionSchema()),
              {.help = "How long what is remembered is kept. The defaults are to be confirmed by "
                       "the school (data-protection.md)."})
          .Field("privacy", &Settings::privacy, Nested(PrivacySchema()),
                 {.help = "When looking at one author again needs a reason."})
          .Field("intake", &Settings::intake, Nested(IntakeSchema()),
                 {.help = "What people report: by mail, or as files (intake.md)."});
  return kSchema;
}

const Schema<SourcesFile>& SourcesSchema() {
  static const Schema<SourcesFile> kSchema =
      Schema<SourcesFile>("sources.yaml", "Where schoolwatch looks.")
          .Field("sources", &SourcesFile::sources,
                 MapOf(SourceSchema(), &Source::name, {.min_entries = 1, .noun = "source"}),
                 {.help = "The places to look, each under a short key.", .required = true});
  return kSchema;
}

std::map<std::string, std::string> AllSchemas() {
  return {
      {"schoolwatch.yaml", SettingsSchema().ToJsonSchema()},
      {"sources.yaml", SourcesSchema().ToJsonSchema()},
      {"schools.yaml",
       SchoolsValue().ToJsonSchema("schools.yaml", "Schools alone, for inspect --schools.")},
  };
}

}  // namespace schoolwatch::config
