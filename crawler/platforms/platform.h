#pragma once

#include <chrono>
#include <cstddef>
#include <cstdint>
#include <filesystem>
#include <map>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "config/diagnostics.h"
#include "config/section.h"
#include "crawler/crawler.h"
#include "crawler/platforms/stream_spec.h"
#include "crawler/readers/recipe.h"

// A platform as data: one file of config/platforms, checked on load, immutable and shared freely
// afterwards. Nothing here fetches; app/pipeline asks what route_plan.h makes of it.
namespace schoolwatch::crawler {

// How far what the file says of routes, fields and limits is known to be true.
enum class Certainty {
  kSeen,        // Real software's answers were looked at.
  kDocumented,  // By the vendor's documentation, a specification or source code.
  kAgreed,      // Independent users' code agrees.
  kUntried,     // General knowledge: such routes ship switched off.
};

enum class PlatformStatus {
  kOn,
  kOff,       // Only where sources.yaml asks for it by name.
  kCoverage,  // No lawful route; the file says how people report it.
};

// Terms of use, and when somebody read them.
struct TermsNote {
  std::string at;    // Address.
  std::string read;  // "2026-11-21", or "never".
  std::string says;  // What follows from them here.
};

// What a source gives under `with:`, checked by name and pattern.
struct ValueSpec {
  std::string name;
  std::string help;
  std::string pattern;  // RE2, of the whole value; empty: anything of at most 500 bytes.
  std::string default_value;
  bool required = false;
  bool is_list = false;  // A request for each.
};

// A secret or a name that belongs to one, given under `credentials:` by reference only.
struct CredentialSpec {
  std::string name;
  std::string help;
  std::vector<std::string> steps;  // How to get it, for people.
  std::string link;
  bool secret = true;
  bool optional = false;
};

// How requests prove who asks. Templates name credentials: "Bearer {token}".
struct SessionSpec {
  enum class Kind { kNone, kToken, kOAuth2Client, kOAuth2Refresh, kPassword };
  Kind kind = Kind::kNone;
  // kToken: put into each request that says `auth: session`.
  std::map<std::string, std::string> headers;
  std::map<std::string, std::string> query;
  // Others: where a token comes from.
  std::string create_url;                          // Template.
  std::map<std::string, std::string> create_form;  // Form fields…
  std::map<std::string, std::string> create_json;  // …or members of a JSON object.
  std::string basic_user;                          // With HTTP Basic, where not empty.
  std::string basic_password;
  std::string refresh_url;  // Empty: create_url.
  std::map<std::string, std::string> refresh_form;
  bool refresh_by_bearer = false;  // The refresh token stands in the Authorization header.
  std::string access_pointer = "/access_token";
  std::string refresh_pointer = "/refresh_token";
  std::string lifetime_pointer = "/expires_in";  // Seconds.
  std::chrono::seconds lifetime{3600};           // Where the answer does not say it.
  std::chrono::seconds create_each{600};         // Never created more often.
};

// One limit that the platform sets, or the school.
struct BudgetSpec {
  std::string what = "requests";  // requests | units | posts | money
  std::string currency;           // Of money: "USD".
  // Zero for money: the source must give its cap, or the route stays off.
  std::uint64_t most = 0;  // Millionths of the currency's unit for money.
  std::chrono::seconds within{24 * 3600};
  bool calendar_day = false;  // From midnight in `time_zone`, instead of `within`…
  bool calendar_month = false;
  std::string time_zone = "UTC";
  std::string left_header;   // Header of answers that says what is left…
  std::string reset_header;  // …and when it begins anew (seconds, epoch seconds or a date).
};

// What one request costs.
struct CostSpec {
  std::uint64_t units = 0;
  std::uint64_t most_money = 0;  // Reserved before; millionths.
  // Settled after: price of each element found at a pointer, in millionths.
  std::map<std::string, std::uint64_t> prices;
};

// What a request is about: words of the watched schools, never names of people.
struct WordsSpec {
  // "query.q", "body.query", "value.tag": the last for where a template has "{tag}".
  std::string into;
  // Which: names | handles ("@QuillbrookAcad") | hashtags (also names written as one). Empty:
  // names.
  std::vector<std::string> of;
  bool bare = false;  // Handles and hashtags without '@' and '#'.
  std::string join = " OR ";
  std::string quote = "\"";       // Around names; empty: none.
  std::string escape;             // Put before a quote inside a word; empty: it becomes a space.
  std::string whole = "{words}";  // Around all of them.
  // For a name that many schools have ("St Mary's School"): "{word} {town}". Empty: as others.
  std::string common;
  std::size_t most = 500;    // Of the value, before percent-encoding…
  bool count_bytes = false;  // …in characters, or in bytes.
  bool one_request_each = false;
  std::size_t most_requests = 20;  // Of one look; who is left out is told.
};

// Asks only for what is newer than what was seen.
struct SinceSpec {
  enum class From { kNewestId, kNewestTime };
  From from = From::kNewestTime;
  std::string into;  // "query.since"
  // Pointer to the ids or times in the answer, of which the greatest counts; empty: the posts' own.
  std::string at;
  std::uint64_t plus = 0;      // Added to an id that is a number: the next one is asked for.
  std::string as = "rfc3339";  // rfc3339 | date | epoch | epoch_ms
  std::chrono::seconds overlap{600};
  std::chrono::seconds first{0};     // How far the first look goes back; zero: it does not say.
  std::chrono::seconds furthest{0};  // As far as the platform goes back at all; zero: any.
};

struct PagingSpec {
  enum class By { kNone, kCursor, kLinkHeader, kPage, kOffset, kObject, kNextUrl };
  By by = By::kNone;
  std::string from;  // Pointer to the cursor, object or address in the answer.
  std::string into;  // "query.cursor"
  int first = 1;     // Of page numbers.
  int step = 1;      // Of offsets.
  std::size_t most = 5;
  bool stop_at_nothing_new = true;  // A page of only known posts is the last.
};

// An answer that asks another route, once for each element.
struct NextSpec {
  std::string route;
  std::string each;                         // Pointer with "*".
  std::map<std::string, std::string> with;  // Value of the other route → pointer from the element.
  std::vector<RecipeFilter> keep;
  bool only_mentions = false;  // Only of posts that name a school.
  std::size_t most = 20;
};

// A route that asks for posts by their ids: those of open cases, to see whether they still stand.
struct LookSpec {
  enum class By { kId, kUrl };
  By by = By::kId;
  // RE2, of a post's whole id (or address): which posts it is for. Its named groups are values.
  std::string posts;
  std::string ask = "{id}";  // The word that asks for one; {id} is all that `posts` fits.
  // "query.uris": where the words go. Empty: they are values of the request's templates.
  std::string into;
  std::string join = ",";  // Between two words…
  bool repeat = false;     // …or the parameter once for each.
  std::size_t most = 1;    // Of one request.
  // Pointer to the array of what is there: what is not in it is missing. "" is the whole answer.
  std::optional<std::string> list;
  std::string shown;       // Pointer with "*" to the words of what the answer shows.
  bool by_status = false;  // 404 and 410 alone say that there is no such post.
};

struct RequestSpec {
  std::string method = "GET";
  std::string url;                           // Template.
  std::map<std::string, std::string> query;  // Templates; an empty value leaves its key out.
  std::map<std::string, std::string> headers;
  std::map<std::string, std::string> body_json;
  std::map<std::string, std::string> body_form;
  bool with_session = false;
};

struct Route {
  std::string name;
  std::string title;
  std::string reader = "json";  // feed | json | html | stream
  std::string answer;           // Of Platform::answers; empty for feeds and pages that need none.
  bool by_default = true;       // False: only where a source names it, or another route asks it.
  bool robots_asked = false;    // Although the platform's interface is exempt.
  std::optional<Certainty> certainty;  // Of this route, where it differs. kUntried: ask by name.
  std::chrono::seconds each{0};        // Between looks; zero: the platform's.
  RequestSpec request;
  std::optional<StreamSpec> stream;
  std::optional<WordsSpec> words;
  std::optional<SinceSpec> since;
  PagingSpec paging;
  CostSpec cost;
  std::optional<NextSpec> next;
  std::optional<LookSpec> looks_at;  // It is asked for posts of open cases, and for nothing else.
  config::Location where;

  // Asked without being named, for what is new.
  bool is_usual() const { return by_default && !looks_at; }
};

// The value of a source, or of a request, that is the address of a post.
inline constexpr std::string_view kLinkValue = "link";

// What is done with a link to the platform that a person reports without a word beside it.
struct LinkSpec {
  enum class Page {
    kRead,  // As any page is: robots.txt is asked.
    kLeft,  // Its terms forbid programs to read it, or nothing there is public.
  };
  std::vector<std::string> hosts;  // With all below them.
  Page page = Page::kRead;
  std::string why;     // It is left.
  std::string oembed;  // Route that is asked for the words instead of the page; empty: none.
};

struct Platform {
  std::string name;  // Of its file, without ".yaml".
  std::string title;
  std::string about;
  std::string group;  // For coverage: "social", "video", "reviews", "news", "messages", …
  Certainty certainty = Certainty::kUntried;
  std::string seen;  // Version of the software that was looked at.
  PlatformStatus status = PlatformStatus::kOff;
  std::string covers;
  std::string not_covered;
  std::string report_instead;
  std::vector<TermsNote> terms;
  RobotsUse robots = RobotsUse::kObey;
  std::string robots_why;  // The documentation that invites programs.
  std::vector<ValueSpec> values;
  std::vector<CredentialSpec> credentials;
  SessionSpec session;
  std::chrono::milliseconds gap{2'000};
  std::chrono::seconds each{1800};
  std::string user_agent_more;  // Put into the User-Agent where the platform asks for a form.
  std::vector<BudgetSpec> budgets;
  std::map<std::string, std::shared_ptr<const Recipe>> answers;
  std::vector<Route> routes;
  std::optional<LinkSpec> links;

  const Route* FindRoute(std::string_view name_of_route) const;
  const ValueSpec* FindValue(std::string_view name_of_value) const;
  const CredentialSpec* FindCredential(std::string_view name_of_credential) const;
};

using Platforms = std::map<std::string, std::shared_ptr<const Platform>, std::less<>>;

// Answers that are written in files of their own (config/answers), by name.
using Answers = std::map<std::string, std::shared_ptr<const Recipe>>;

// How a platform is written in YAML: JSON Schema for editors, Markdown tables for people.
std::string PlatformJsonSchema();
std::string PlatformReference();

// One platform. A route's answer is one of its own or of `shared`.
std::optional<Platform> ReadPlatform(std::string name, const config::Section& section,
                                     const Answers& shared, config::Diagnostics& problems);

// All their answers by name: one that stands in the platform's own file is "platform/answer".
Answers AnswersOf(const Platforms& platforms);

// Every *.yaml of a folder, by name. What is wrong goes into `problems`; the others are there. A
// missing folder holds none. A file with `items` at its top is a platform with one answer and no
// route: something that `recipe:` of a source names.
Platforms LoadPlatforms(const std::filesystem::path& folder, const Answers& shared,
                        config::Diagnostics& problems);

}  // namespace schoolwatch::crawler
