#include "crawler/platforms/route_schema.h"

#include <utility>

#include "crawler/platforms/template.h"

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

using std::chrono::seconds;

// Where a value goes in a request.
config::Value<std::string> Into() {
  return Text({.max_bytes = 100})
      .Check([](const std::string& into) -> core::Result<void> {
        if (into == "query" ||
            (into.size() > 6 && (into.starts_with("query.") || into.starts_with("value."))) ||
            (into.size() > 5 && into.starts_with("body."))) {
          return {};
        }
        return core::Fail(core::ErrorKind::kBadInput,
                          "a place in the request is query.NAME, body.NAME or value.NAME");
      })
      .Words("query.NAME, body.NAME or value.NAME");
}

const Schema<RequestSpec>& RequestSchema() {
  static const Schema<RequestSpec> kSchema =
      Schema<RequestSpec>("PlatformRequest", "One question to a platform's interface.")
          .Field("method", &RequestSpec::method, OneOf({"GET", "POST"}), {.help = "How."})
          .Field("url", &RequestSpec::url, TemplateAddress(),
                 {.help = "Where, without the query; {name} is a value, {+name} one with slashes.",
                  .required = true,
                  .example = "https://{host}/api/v1/timelines/tag/{tag}"})
          .Field("query", &RequestSpec::query, TemplateMap("parameter"),
                 {.help = "Its query, which is percent-encoded for you. {?name} leaves the "
                          "parameter out where the source gives none."})
          .Field("headers", &RequestSpec::headers, TemplateMap("header"),
                 {.help = "Header fields beside the usual ones."})
          .Field("json", &RequestSpec::body_json, TemplateMap("member"),
                 {.help = "Members of a JSON object that is sent. Numbers, true and false without "
                          "names in braces stay such."})
          .Field("form", &RequestSpec::body_form, TemplateMap("field"),
                 {.help = "Fields of a form that is sent instead."})
          .Field("with_session", &RequestSpec::with_session, Flag(),
                 {.help = "Whether what `session` says is added."});
  return kSchema;
}

const Schema<WordsSpec>& WordsSchema() {
  static const Schema<WordsSpec> kSchema =
      Schema<WordsSpec>("PlatformWords", "Where the schools' names and handles go.")
          .Field("into", &WordsSpec::into, Into(), {.help = "Where.", .required = true})
          .Field("of", &WordsSpec::of,
                 ListOf(OneOf({"names", "handles", "hashtags"}),
                        {.min_items = 1, .max_items = 3, .one_or_more = true}),
                 {.help = "Which: names (also other names), handles (\"@QuillbrookAcad\") or "
                          "hashtags (also names written as one word).",
                  .default_text = "names"})
          .Field("bare", &WordsSpec::bare, Flag(), {.help = "Without '@' and '#'."})
          .Field("join", &WordsSpec::join, Text({.many_lines = false}),
                 {.help = "Between two words."})
          .Field("quote", &WordsSpec::quote, Text({.min_bytes = 0, .max_bytes = 10}),
                 {.help = "Put around names."})
          .Field("escape", &WordsSpec::escape, Text({.min_bytes = 0, .max_bytes = 10}),
                 {.help = "Put before such a mark inside a name.",
                  .default_text = "a space stands for the mark"})
          .Field("whole", &WordsSpec::whole, TemplateValue(), {.help = "Around all of them."})
          .Field("common", &WordsSpec::common, TemplateValue(),
                 {.help = "Instead of a name alone that many schools have: {word} is the name with "
                          "its quotes, {town} the school's town.",
                  .example = "\"({word} {town})\""})
          .Field("most", &WordsSpec::most, Whole<std::size_t>(10, 8'000),
                 {.help = "How long it may get; more words make several requests."})
          .Field("count_bytes", &WordsSpec::count_bytes, Flag(),
                 {.help = "Whether the length counts bytes instead of characters."})
          .Field("one_request_each", &WordsSpec::one_request_each, Flag(),
                 {.help = "Whether each word is asked on its own."})
          .Field("most_requests", &WordsSpec::most_requests, Whole<std::size_t>(1, 1'000),
                 {.help = "Requests of one look at most."});
  return kSchema;
}

const Schema<SinceSpec>& SinceSchema() {
  static const Schema<SinceSpec> kSchema =
      Schema<SinceSpec>("PlatformSince", "Asks only for what is newer than what was seen.")
          .Field("into", &SinceSpec::into, Into(), {.help = "Where it goes.", .required = true})
          .Field("from", &SinceSpec::from,
                 EnumOf<SinceSpec::From>({{"newest_id", SinceSpec::From::kNewestId},
                                          {"newest_time", SinceSpec::From::kNewestTime}}),
                 {.help = "What tells how far it was read."})
          .Field("at", &SinceSpec::at, PointerValue(),
                 {.help = "Where ids or times stand in the answer; the greatest counts.",
                  .default_text = "those of its posts"})
          .Field("plus", &SinceSpec::plus, Whole<std::uint64_t>(0, 1'000'000),
                 {.help = "Added to an id that is a number."})
          .Field("as", &SinceSpec::as, OneOf({"rfc3339", "date", "epoch", "epoch_ms"}),
                 {.help = "How a time is written."})
          .Field("overlap", &SinceSpec::overlap, Duration<seconds>(),
                 {.help = "Asked again each time, for what appears late."})
          .Field("first", &SinceSpec::first, Duration<seconds>(),
                 {.help = "How far the first look goes back.", .default_text = "not said"})
          .Field("furthest", &SinceSpec::furthest, Duration<seconds>(),
                 {.help = "How far the platform goes back: an older mark is not sent.",
                  .default_text = "any time"});
  return kSchema;
}

const Schema<PagingSpec>& PagingSchema() {
  static const Schema<PagingSpec> kSchema =
      Schema<PagingSpec>("PlatformPaging", "How the next page is asked for.")
          .Field("by", &PagingSpec::by,
                 EnumOf<PagingSpec::By>({{"none", PagingSpec::By::kNone},
                                         {"cursor", PagingSpec::By::kCursor},
                                         {"link_header", PagingSpec::By::kLinkHeader},
                                         {"page", PagingSpec::By::kPage},
                                         {"offset", PagingSpec::By::kOffset},
                                         {"object", PagingSpec::By::kObject},
                                         {"next_url", PagingSpec::By::kNextUrl}}),
                 {.help = "A cursor or an address in the answer, an object whose members all go "
                          "back, the Link header, or a number that is counted on.",
                  .required = true})
          .Field("from", &PagingSpec::from, PointerValue(),
                 {.help = "Where it stands in the answer."})
          .Field("into", &PagingSpec::into, Into(), {.help = "Where it goes in the request."})
          .Field("first", &PagingSpec::first, Whole<int>(0, 1),
                 {.help = "The first page's number."})
          .Field("step", &PagingSpec::step, Whole<int>(1, 10'000),
                 {.help = "What an offset grows by."})
          .Field("most", &PagingSpec::most, Whole<std::size_t>(1, 200),
                 {.help = "Pages of one look at most."})
          .Field("stop_at_nothing_new", &PagingSpec::stop_at_nothing_new, Flag(),
                 {.help = "Whether a page of posts that are all known is the last. Answers that "
                          "are not in order of time want false."});
  return kSchema;
}

const Schema<CostSpec>& CostSchema() {
  static const Schema<CostSpec> kSchema =
      Schema<CostSpec>("PlatformCost", "What one request costs.")
          .Field("units", &CostSpec::units, Whole<std::uint64_t>(0, 1'000'000),
                 {.help = "Units of the budget of that name."})
          .Field("most_money", &CostSpec::most_money, config::Money(1'000),
                 {.help = "What it may cost at most: reserved before it is sent."})
          .Field("prices", &CostSpec::prices,
                 MapOf(config::Money(1'000), {.max_entries = 20, .noun = "price"}),
                 {.help = "What each element at a pointer costs: settled after the answer.",
                  .example = "{/data/*: 0.005}"});
  return kSchema;
}

const Schema<RecipeFilter>& NextFilterSchema() {
  static const Schema<RecipeFilter> kSchema =
      Schema<RecipeFilter>("NextFilter", "Which elements are gone on from.")
          .Field("at", &RecipeFilter::pointer, PointerValue(),
                 {.help = "Where the value stands in the element.", .required = true})
          .Field(
              "is", &RecipeFilter::values,
              ListOf(Text({.min_bytes = 0}),
                     {.min_items = 1, .max_items = 50, .one_or_more = true}),
              {.help = "The values that count; \"null\" for what is not there.", .required = true})
          .Field("not", &RecipeFilter::negate, Flag(), {.help = "All other values count instead."});
  return kSchema;
}

const Schema<NextSpec>& NextSchema() {
  static const Schema<NextSpec> kSchema =
      Schema<NextSpec>("PlatformNext", "Another route that is asked for elements of the answer.")
          .Field("route", &NextSpec::route, Text({.max_bytes = 64}),
                 {.help = "Which.", .required = true})
          .Field("each", &NextSpec::each, PointerValue(),
                 {.help = "For which elements of the answer.",
                  .required = true,
                  .example = "/items/*"})
          .Field("with", &NextSpec::with,
                 MapOf(PointerValue(), {.max_entries = 20, .noun = "value"}),
                 {.help = "Values for it, from the element.", .required = true})
          .Field("keep", &NextSpec::keep,
                 ListOf(NextFilterSchema(), {.max_items = 20, .one_or_more = true}),
                 {.help = "Only elements for which all of these hold."})
          .Field("only_mentions", &NextSpec::only_mentions, Flag(),
                 {.help = "Only elements whose words may name a school."})
          .Field("most", &NextSpec::most, Whole<std::size_t>(1, 500),
                 {.help = "How many of one answer."});
  return kSchema;
}

const Schema<LookSpec>& LookSchema() {
  static const Schema<LookSpec> kSchema =
      Schema<LookSpec>("PlatformLook", "Asks for posts of open cases by their ids.")
          .Field("by", &LookSpec::by,
                 EnumOf<LookSpec::By>({{"id", LookSpec::By::kId}, {"url", LookSpec::By::kUrl}}),
                 {.help = "What of a post it is asked by."})
          .Field("posts", &LookSpec::posts, Text({.max_bytes = 500}),
                 {.help = "Regular expression (RE2) that the whole id or address fits of posts "
                          "that this route is for. Its named groups are values.",
                  .required = true,
                  .example = "'https://(?P<server>[a-z0-9.-]+)/notes/(?P<number>[0-9]+)'"})
          .Field("ask", &LookSpec::ask, TemplateValue(),
                 {.help = "The word that asks for one post: {id}, the whole of it, or named "
                          "groups."})
          .Field("into", &LookSpec::into, Into(),
                 {.help = "Where these words go.",
                  .default_text = "nowhere: the request names groups in its address"})
          .Field("join", &LookSpec::join, Text({.max_bytes = 10}), {.help = "Between two words."})
          .Field("repeat", &LookSpec::repeat, Flag(),
                 {.help = "Gives the query's parameter once for each word instead."})
          .Field("most", &LookSpec::most, Whole<std::size_t>(1, 100),
                 {.help = "Posts of one request."})
          .Field("list", &LookSpec::list, OptionalOf(PointerValue()),
                 {.help = "Where the answer has an array of the posts that are there: what was "
                          "asked for and is not in it is missing."})
          .Field("shown", &LookSpec::shown, PointerValue(),
                 {.help = "Where the words of what is there stand in the answer, so that a post "
                          "that is shown and cannot be read is not taken for missing.",
                  .example = "/posts/*/uri"})
          .Field("by_status", &LookSpec::by_status, Flag(),
                 {.help = "Whether 404 or 410 says by itself that there is no such post. An "
                          "interface that has moved says so of all; better that the answer's "
                          "errors know what it says of one (means: nothing_there)."});
  return kSchema;
}

}  // namespace

config::Value<std::string> PointerValue() {
  return Text({.min_bytes = 0, .max_bytes = 300})
      .Check([](const std::string& pointer) -> core::Result<void> {
        if (!pointer.empty() && pointer[0] != '/') {
          return core::Fail(core::ErrorKind::kBadInput,
                            "a JSON pointer is empty or begins with '/', as /meta/next_token does");
        }
        return {};
      })
      .Words("JSON pointer");
}

config::Value<std::string> TemplateValue() {
  return Text({.min_bytes = 0, .max_bytes = 2'000})
      .Check([](const std::string& text) { return CheckTemplate(text); })
      .Words("text with names in braces");
}

config::Value<std::string> TemplateAddress() {
  return TemplateValue()
      .Check([](const std::string& text) -> core::Result<void> {
        if (!text.starts_with("https://") && !text.starts_with("http://")) {
          return core::Fail(core::ErrorKind::kBadInput, "an address begins with https:// here");
        }
        return {};
      })
      .Words("address with names in braces");
}

config::Value<std::map<std::string, std::string>> TemplateMap(std::string noun) {
  return MapOf(TemplateValue(), {.max_entries = 50, .noun = std::move(noun)});
}

config::Value<Certainty> CertaintyValue() {
  return EnumOf<Certainty>({{"seen", Certainty::kSeen},
                            {"documented", Certainty::kDocumented},
                            {"agreed", Certainty::kAgreed},
                            {"untried", Certainty::kUntried}});
}

const Schema<Route>& RouteSchema() {
  static const Schema<Route> kSchema =
      Schema<Route>("PlatformRoute", "One way to ask a platform.")
          .Field("title", &Route::title, Text({.max_bytes = 200}),
                 {.help = "What it brings, for people.", .required = true})
          .Field("reader", &Route::reader, OneOf({"feed", "json", "html", "stream"}),
                 {.help = "How its answers are read."})
          .Field("answer", &Route::answer, Text({.max_bytes = 64}),
                 {.help = "Which of the answers it gives; not wanted for feeds and pages."})
          .Field("by_default", &Route::by_default, Flag(),
                 {.help = "false: only where a source names it, or another route asks it."})
          .Field("robots_asked", &Route::robots_asked, Flag(),
                 {.help = "Asks robots.txt although the platform's interface is exempt, as feeds "
                          "and pages beside it are not."})
          .Field("certainty", &Route::certainty, OptionalOf(CertaintyValue()),
                 {.help = "How far this route is known to be so, where it differs. An untried one "
                          "is asked only where a source names it."})
          .Field("each", &Route::each, Duration<seconds>(seconds(60)),
                 {.help = "Never asked more often.", .default_text = "the platform's"})
          .Field("request", &Route::request, Nested(RequestSchema()), {.help = "What is asked."})
          .Field("stream", &Route::stream, OptionalOf(Nested(StreamSchema())),
                 {.help = "Instead, with `reader: stream`: the connection that stays open."})
          .Field("words", &Route::words, OptionalOf(Nested(WordsSchema())),
                 {.help = "Where the schools' names and handles go."})
          .Field("since", &Route::since, OptionalOf(Nested(SinceSchema())),
                 {.help = "Asks only for what is newer than what was seen."})
          .Field("paging", &Route::paging, Nested(PagingSchema()),
                 {.help = "How the next page is asked for."})
          .Field("cost", &Route::cost, Nested(CostSchema()), {.help = "What one request costs."})
          .Field("next", &Route::next, OptionalOf(Nested(NextSchema())),
                 {.help = "Another route that is asked for elements of the answer."})
          .Field("looks_at", &Route::looks_at, OptionalOf(Nested(LookSchema())),
                 {.help = "Asks for posts of open cases by their ids, to see whether they still "
                          "stand; such a route is asked for nothing else."})
          .Where(&Route::where);
  return kSchema;
}

}  // namespace schoolwatch::crawler
