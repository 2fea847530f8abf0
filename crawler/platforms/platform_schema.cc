#include <utility>

#include "config/schema.h"
#include "crawler/platforms/platform.h"
#include "crawler/platforms/platform_checks.h"
#include "crawler/platforms/route_schema.h"

namespace schoolwatch::crawler {
namespace {

using config::Duration;
using config::EnumOf;
using config::Flag;
using config::ListOf;
using config::MapOf;
using config::Nested;
using config::OneOf;
using config::OptionalOf;
using config::Schema;
using config::Text;
using config::Whole;

using std::chrono::milliseconds;
using std::chrono::seconds;

constexpr auto kLongText = config::TextOptions{.max_bytes = 2'000, .many_lines = true};

// A platform as its file has it: answers of its own are maps, and get their names.
struct PlatformFile : Platform {
  std::vector<Recipe> own_answers;
};

const Schema<TermsNote>& TermsSchema() {
  static const Schema<TermsNote> kSchema =
      Schema<TermsNote>("Terms", "Terms of use, and when somebody read them.")
          .Field("at", &TermsNote::at, Text({.max_bytes = 500}),
                 {.help = "Where they stand.", .required = true})
          .Field("read", &TermsNote::read, Text({.max_bytes = 20}),
                 {.help = "The day on which somebody read them, or never.",
                  .required = true,
                  .example = "2026-11-21"})
          .Field("says", &TermsNote::says, Text(kLongText), {.help = "What follows from them."});
  return kSchema;
}

const Schema<ValueSpec>& ValueSchema() {
  static const Schema<ValueSpec> kSchema =
      Schema<ValueSpec>("PlatformValue", "What a source gives under `with`.")
          .Field("help", &ValueSpec::help, Text(kLongText), {.help = "What it is, for people."})
          .Field("pattern", &ValueSpec::pattern, Text(),
                 {.help = "Regular expression that the whole value fits.",
                  .example = "'UC[A-Za-z0-9_-]{22}'"})
          .Field("default", &ValueSpec::default_value, Text(),
                 {.help = "Taken where a source gives none."})
          .Field("required", &ValueSpec::required, Flag(),
                 {.help = "Whether every source has to give it."})
          .Field("list", &ValueSpec::is_list, Flag(),
                 {.help = "Whether a source may give several: one request for each."});
  return kSchema;
}

const Schema<CredentialSpec>& CredentialSchema() {
  static const Schema<CredentialSpec> kSchema =
      Schema<CredentialSpec>("PlatformCredential", "What a source gives under `credentials`.")
          .Field("help", &CredentialSpec::help, Text(kLongText),
                 {.help = "What it is, for people.", .required = true})
          .Field("steps", &CredentialSpec::steps, ListOf(Text(kLongText), {.max_items = 20}),
                 {.help = "How to get it, step by step."})
          .Field("link", &CredentialSpec::link, Text({.max_bytes = 500}),
                 {.help = "Where to begin."})
          .Field("secret", &CredentialSpec::secret, Flag(),
                 {.help = "false for what may stand in an address and a log, as a client's id."})
          .Field("optional", &CredentialSpec::optional, Flag(),
                 {.help = "Whether routes work without it, though not all."});
  return kSchema;
}

const Schema<SessionSpec>& SessionCreateSchema() {
  static const Schema<SessionSpec> kSchema =
      Schema<SessionSpec>("SessionCreate", "How a login is asked for: always a POST.")
          .Field("url", &SessionSpec::create_url, TemplateAddress(), {.help = "Where."})
          .Field("form", &SessionSpec::create_form, TemplateMap("field"),
                 {.help = "Fields of the form that is sent."})
          .Field("json", &SessionSpec::create_json, TemplateMap("member"),
                 {.help = "Members of a JSON object instead."})
          .Field("basic_user", &SessionSpec::basic_user, TemplateValue(),
                 {.help = "Name for HTTP Basic, where it is wanted."})
          .Field("basic_password", &SessionSpec::basic_password, TemplateValue(),
                 {.help = "Its password."});
  return kSchema;
}

const Schema<SessionSpec>& SessionRefreshSchema() {
  static const Schema<SessionSpec> kSchema =
      Schema<SessionSpec>("SessionRefresh", "How a login is made fresh.")
          .Field("url", &SessionSpec::refresh_url, TemplateAddress(),
                 {.help = "Where.", .default_text = "where it is created"})
          .Field("form", &SessionSpec::refresh_form, TemplateMap("field"),
                 {.help = "Fields of the form; {refresh_token} is the login's own."})
          .Field("bearer", &SessionSpec::refresh_by_bearer, Flag(),
                 {.help = "The refresh token goes into the Authorization header instead."});
  return kSchema;
}

const Schema<SessionSpec>& SessionSchema() {
  static const Schema<SessionSpec> kSchema =
      Schema<SessionSpec>("Session", "How requests prove who asks.")
          .Field(
              "kind", &SessionSpec::kind,
              EnumOf<SessionSpec::Kind>({{"none", SessionSpec::Kind::kNone},
                                         {"token", SessionSpec::Kind::kToken},
                                         {"client_credentials", SessionSpec::Kind::kOAuth2Client},
                                         {"refresh_token", SessionSpec::Kind::kOAuth2Refresh},
                                         {"password", SessionSpec::Kind::kPassword}}),
              {.help = "token: a credential goes with each request as it is. The others ask for "
                       "a token that ends: by a client's id and secret (OAuth 2), by a refresh "
                       "token that a person was given, by an account's name and password."})
          .Field("headers", &SessionSpec::headers, TemplateMap("header"),
                 {.help = "Header fields that it adds; {access} is the token that was got.",
                  .default_text = "Authorization: Bearer {access}, for kinds that ask for one"})
          .Field("query", &SessionSpec::query, TemplateMap("parameter"),
                 {.help = "Query parameters that it adds."})
          .Group("create", SessionCreateSchema(), {.help = "How a login is asked for."})
          .Group("refresh", SessionRefreshSchema(), {.help = "How it is made fresh."})
          .Field("access", &SessionSpec::access_pointer, PointerValue(),
                 {.help = "Where the token stands in the answer."})
          .Field("refresh_token", &SessionSpec::refresh_pointer, PointerValue(),
                 {.help = "Where the refresh token stands."})
          .Field("expires_in", &SessionSpec::lifetime_pointer, PointerValue(),
                 {.help = "Where its life stands, in seconds."})
          .Field("lifetime", &SessionSpec::lifetime, Duration<seconds>(seconds(60)),
                 {.help = "Its life where the answer does not say it."})
          .Field("create_each", &SessionSpec::create_each, Duration<seconds>(seconds(60)),
                 {.help = "A login is never created more often."});
  return kSchema;
}

const Schema<BudgetSpec>& BudgetSchema() {
  static const Schema<BudgetSpec> kSchema =
      Schema<BudgetSpec>("Budget", "A limit that the platform or the school sets.")
          .Field("what", &BudgetSpec::what, OneOf({"requests", "units", "posts", "money"}),
                 {.help = "What is counted.", .required = true})
          .Field("most", &BudgetSpec::most, Whole<std::uint64_t>(1, 1'000'000'000),
                 {.help = "How many. Of money each source gives its own, as `spend`.",
                  .default_text = "none, for money alone"})
          .Field("currency", &BudgetSpec::currency, Text({.min_bytes = 3, .max_bytes = 3}),
                 {.help = "Of money.", .example = "USD"})
          .Field("within", &BudgetSpec::within, Duration<seconds>(seconds(1)),
                 {.help = "Time in which it holds, counted from the first request."})
          .Field("calendar_day", &BudgetSpec::calendar_day, Flag(),
                 {.help = "Instead: from midnight to midnight in `zone`."})
          .Field("calendar_month", &BudgetSpec::calendar_month, Flag(),
                 {.help = "Instead: from the first of the month."})
          .Field("zone", &BudgetSpec::time_zone, Text({.max_bytes = 64}),
                 {.help = "Time zone of those.", .example = "America/Los_Angeles"})
          .Field("left_header", &BudgetSpec::left_header, Text({.max_bytes = 64}),
                 {.help = "Header field of answers that says how many are left."})
          .Field("reset_header", &BudgetSpec::reset_header, Text({.max_bytes = 64}),
                 {.help = "Header field that says when it begins anew."});
  return kSchema;
}

const Schema<LinkSpec>& LinksSchema() {
  static const Schema<LinkSpec> kSchema =
      Schema<LinkSpec>("PlatformLinks", "What is done with a link that somebody reports.")
          .Field("hosts", &LinkSpec::hosts, ListOf(Text({.max_bytes = 200}), {.max_items = 20}),
                 {.help = "The hosts of such links, each with all below it.",
                  .required = true,
                  .example = "[x.com, twitter.com]"})
          .Field("page", &LinkSpec::page,
                 EnumOf<LinkSpec::Page>(
                     {{"read", LinkSpec::Page::kRead}, {"left", LinkSpec::Page::kLeft}}),
                 {.help = "left where terms forbid programs to read such pages, or nothing of them "
                          "is public; others are opened once, and robots.txt is asked."})
          .Field("why", &LinkSpec::why, Text(kLongText), {.help = "Why they are left."})
          .Field("oembed", &LinkSpec::oembed, Text({.max_bytes = 64}),
                 {.help = "The route that is asked instead of the page, with the link as its value "
                          "`link` where it fits that value's pattern."});
  return kSchema;
}

const Schema<PlatformFile>& FileSchema() {
  static const Schema<PlatformFile> kSchema =
      Schema<PlatformFile>("Platform", "How one platform is read, and what of it cannot be.")
          .Field("title", &Platform::title, Text({.max_bytes = 100}),
                 {.help = "Its name for people.", .required = true, .example = "Bluesky"})
          .Field("about", &Platform::about, Text(kLongText),
                 {.help = "What it is, in plain words."})
          .Field("group", &Platform::group,
                 OneOf({"social", "video", "pictures", "messages", "forum", "blog", "wiki", "news",
                        "search", "reviews", "petitions", "podcasts", "bookmarks", "school"}),
                 {.help = "What kind of place it is.", .required = true})
          .Field("certainty", &Platform::certainty, CertaintyValue(),
                 {.help = "How far what stands here is known to be so: seen in real answers, "
                          "documented, agreed by others' code, or untried.",
                  .required = true})
          .Field("seen", &Platform::seen, Text({.max_bytes = 200}),
                 {.help = "The software whose answers were seen.", .example = "WordPress 6.1"})
          .Field(
              "status", &Platform::status,
              EnumOf<PlatformStatus>({{"on", PlatformStatus::kOn},
                                      {"off", PlatformStatus::kOff},
                                      {"coverage", PlatformStatus::kCoverage}}),
              {.help = "on; off, where a person should try it first; coverage, where there is no "
                       "lawful way to read it.",
               .required = true})
          .Field("covers", &Platform::covers, Text(kLongText), {.help = "What of it is read."})
          .Field("not_covered", &Platform::not_covered, Text(kLongText),
                 {.help = "What of it is not."})
          .Field("report_instead", &Platform::report_instead, Text(kLongText),
                 {.help = "How people report what cannot be read."})
          .Field("terms", &Platform::terms,
                 ListOf(TermsSchema(), {.max_items = 10, .noun = "terms"}),
                 {.help = "Terms of use, and when somebody read them."})
          .Field(
              "robots", &Platform::robots,
              EnumOf<RobotsUse>({{"ask", RobotsUse::kObey}, {"api", RobotsUse::kDocumentedApi}}),
              {.help = "Whether robots.txt is asked. api only for an interface that is called with "
                       "the school's own credential, or whose documentation invites programs."})
          .Field("robots_why", &Platform::robots_why, Text({.max_bytes = 500}),
                 {.help = "That documentation's address."})
          .Field("values", &Platform::values,
                 MapOf(ValueSchema(), &ValueSpec::name, {.max_entries = 30, .noun = "value"}),
                 {.help = "What a source gives under `with`."})
          .Field("credentials", &Platform::credentials,
                 MapOf(CredentialSchema(), &CredentialSpec::name,
                       {.max_entries = 10, .noun = "credential"}),
                 {.help = "What a source gives under `credentials`, as references to secrets."})
          .Field("session", &Platform::session, Nested(SessionSchema()),
                 {.help = "How requests prove who asks."})
          .Field("gap", &Platform::gap, Duration<milliseconds>(milliseconds(1'000)),
                 {.help = "Time between two requests."})
          .Field("each", &Platform::each, Duration<seconds>(seconds(60)),
                 {.help = "No route is asked more often."})
          .Field("user_agent", &Platform::user_agent_more, TemplateValue(),
                 {.help = "Put before the usual User-Agent where the platform asks for a form.",
                  .example = "\"linux:schoolwatch:{version} (by /u/{account})\""})
          .Field("budgets", &Platform::budgets,
                 ListOf(BudgetSchema(), {.max_items = 10, .noun = "budget"}),
                 {.help = "Limits that are kept over all requests."})
          .Field("links", &Platform::links, OptionalOf(Nested(LinksSchema())),
                 {.help = "What is done with links to it that people report alone."})
          .Field("routes", &Platform::routes,
                 MapOf(RouteSchema(), &Route::name, {.max_entries = 30, .noun = "route"}),
                 {.help = "The ways to ask it, the most valuable one first."})
          .Field("answers", &PlatformFile::own_answers,
                 MapOf(RecipeSchema(), &Recipe::name, {.max_entries = 30, .noun = "answer"}),
                 {.help = "How its answers become posts."});
  return kSchema;
}

}  // namespace

std::string PlatformJsonSchema() { return FileSchema().ToJsonSchema(); }
std::string PlatformReference() { return FileSchema().ToReference(); }

std::optional<Platform> ReadPlatform(std::string name, const config::Section& section,
                                     const Answers& shared, config::Diagnostics& problems) {
  const std::size_t before = problems.all().size();
  PlatformFile file = FileSchema().Read(section, problems);
  if (const std::optional<config::Section> answers = section.Find("answers");
      answers && problems.all().size() == before) {
    for (const config::Section::Entry& entry : answers->entries()) {
      // Once more, since its places are made then.
      if (auto recipe = ReadRecipe(name + "/" + std::string(entry.key), entry.value, problems)) {
        file.answers.emplace(entry.key, std::make_shared<const Recipe>(std::move(*recipe)));
      }
    }
  }
  Platform& platform = file;
  platform.name = std::move(name);
  // The routes' own answers are then found in one place, whoever wrote them.
  for (const Route& route : platform.routes) {
    if (const auto found = shared.find(route.answer); found != shared.end()) {
      platform.answers.emplace(route.answer, found->second);
    }
  }
  // What a wrong line leaves out would only be missed again.
  if (problems.all().size() == before) {
    CheckPlatform(platform, section, problems);
  }
  if (problems.all().size() != before) {
    return std::nullopt;
  }
  return std::move(platform);
}

}  // namespace schoolwatch::crawler
