#include "crawler/platforms/platform_checks.h"

#include <fmt/format.h>
#include <re2/re2.h>

#include <algorithm>
#include <array>
#include <initializer_list>
#include <set>
#include <string>
#include <vector>

#include "config/nearest.h"
#include "crawler/platforms/template.h"

namespace schoolwatch::crawler {
namespace {

using config::Location;
using config::Section;

// The builtin names that every template may have.
constexpr std::array kAlwaysThere{std::string_view("version"), std::string_view("contact")};

class PlatformCheck {
 public:
  PlatformCheck(const Platform& platform, const Section& root, config::Diagnostics& problems)
      : platform_(platform), root_(root), problems_(problems) {}

  void Run() {
    CheckStatus();
    CheckValues();
    CheckSession();
    CheckBudgets();
    for (const Route& route : platform_.routes) {
      CheckRoute(route);
    }
  }

 private:
  // The deepest of the keys that is there.
  Location Place(std::initializer_list<std::string_view> keys) const {
    Section at = root_;
    for (const std::string_view key : keys) {
      const std::optional<Section> next = at.Find(key);
      if (!next) {
        break;
      }
      at = *next;
    }
    return at.where();
  }
  void Add(std::initializer_list<std::string_view> keys, std::string message) const {
    problems_.Add(Place(keys), std::move(message));
  }

  void CheckStatus() const {
    const bool is_coverage = platform_.status == PlatformStatus::kCoverage;
    if (is_coverage && !platform_.routes.empty()) {
      Add({"routes"}, "'status' is coverage, which is for a platform without a route");
    }
    if (is_coverage && platform_.report_instead.empty()) {
      Add({"status"}, "'status' is coverage, so 'report_instead' must say how people report it");
    }
    if (!is_coverage && platform_.routes.empty()) {
      Add({"status"},
          "there is no route; a platform that cannot be read has 'status: coverage' and says why");
    }
    if (platform_.status == PlatformStatus::kOn && platform_.certainty == Certainty::kUntried) {
      Add({"status"},
          "'certainty' is untried, so 'status' must be off until somebody has tried it");
    }
    if (platform_.robots == RobotsUse::kDocumentedApi && platform_.robots_why.empty()) {
      Add({"robots"},
          "'robots' is api, so 'robots_why' must give the documentation that invites programs");
    }
  }

  void CheckValues() const {
    for (const ValueSpec& value : platform_.values) {
      const re2::RE2 pattern(value.pattern, re2::RE2::Quiet);
      if (!pattern.ok()) {
        Add({"values", value.name, "pattern"},
            fmt::format("value '{}': 'pattern' is no regular expression: {}", value.name,
                        pattern.error()));
      } else if (!value.default_value.empty() && !value.pattern.empty() &&
                 !re2::RE2::FullMatch(value.default_value, pattern)) {
        Add({"values", value.name, "default"},
            fmt::format("value '{}': 'default' does not fit 'pattern'", value.name));
      }
      if (platform_.FindCredential(value.name) != nullptr) {
        Add({"values", value.name},
            fmt::format("'{}' is a value and a credential; templates could mean either",
                        value.name));
      }
    }
  }

  using Keys = std::vector<std::string_view>;

  void CheckNames(const std::map<std::string, std::string>& templates, const Keys& keys,
                  const std::set<std::string>& known, std::string_view what) const {
    for (const auto& [key, text] : templates) {
      Keys path = keys;
      path.push_back(key);
      CheckTemplateNames(text, path, known, what);
    }
  }
  void CheckTemplateNames(std::string_view text, const Keys& keys,
                          const std::set<std::string>& known, std::string_view what) const {
    for (const std::string& name : NamesIn(text)) {
      if (!known.contains(name)) {
        Section at = root_;
        for (const std::string_view key : keys) {
          if (const std::optional<Section> next = at.Find(key)) {
            at = *next;
          }
        }
        problems_.Add(at.where(),
                      fmt::format("{}: there is no value '{}'; it is not in 'values' or "
                                  "'credentials', and nothing else gives it{}",
                                  what, name,
                                  config::DidYouMean(
                                      name, std::vector<std::string>(known.begin(), known.end()))));
      }
    }
  }

  std::set<std::string> CommonNames() const {
    std::set<std::string> names(kAlwaysThere.begin(), kAlwaysThere.end());
    for (const ValueSpec& value : platform_.values) {
      names.insert(value.name);
    }
    for (const CredentialSpec& credential : platform_.credentials) {
      names.insert(credential.name);
    }
    return names;
  }

  void CheckSession() const {
    using Kind = SessionSpec::Kind;
    const SessionSpec& session = platform_.session;
    std::set<std::string> names = CommonNames();
    const bool is_made = session.kind != Kind::kNone && session.kind != Kind::kToken;
    if (is_made && session.create_url.empty() && session.refresh_url.empty()) {
      Add({"session"}, "'session' asks for a token, so 'create' must say where");
    }
    if (session.kind == Kind::kToken && session.headers.empty() && session.query.empty()) {
      Add({"session"}, "'session' of kind token adds neither headers nor query");
    }
    CheckNames(session.create_form, {"session", "create", "form"}, names, "session");
    CheckNames(session.create_json, {"session", "create", "json"}, names, "session");
    CheckTemplateNames(session.create_url, {"session", "create", "url"}, names, "session");
    CheckTemplateNames(session.refresh_url, {"session", "refresh", "url"}, names, "session");
    CheckTemplateNames(session.basic_user, {"session", "create", "basic_user"}, names, "session");
    CheckTemplateNames(session.basic_password, {"session", "create", "basic_password"}, names,
                       "session");
    if (is_made) {
      names.insert("refresh_token");
      names.insert("access");
    }
    CheckNames(session.refresh_form, {"session", "refresh", "form"}, names, "session");
    CheckNames(session.headers, {"session", "headers"}, names, "session");
    CheckNames(session.query, {"session", "query"}, names, "session");
  }

  bool HasBudget(std::string_view what) const {
    return std::ranges::find(platform_.budgets, what, &BudgetSpec::what) != platform_.budgets.end();
  }

  void CheckBudgets() const {
    const std::optional<Section> budgets = root_.Find("budgets");
    const std::vector<Section> items = budgets ? budgets->items() : std::vector<Section>();
    for (std::size_t i = 0; i < platform_.budgets.size() && i < items.size(); ++i) {
      const BudgetSpec& budget = platform_.budgets[i];
      const bool is_money = budget.what == "money";
      if (is_money != (budget.most == 0)) {
        problems_.Add(items[i].where(),
                      is_money ? "a budget of money has no 'most': each source gives its own cap, "
                                 "as 'spend'"
                               : "a budget needs 'most'");
      }
      if (is_money == budget.currency.empty()) {
        problems_.Add(items[i].where(), "'currency' is for a budget of money, which needs it");
      }
      if (budget.calendar_day && budget.calendar_month) {
        problems_.Add(items[i].where(),
                      "'calendar_day' and 'calendar_month' cannot both be the period");
      }
    }
  }

  // Values that other routes hand to this one, those that they were handed themselves among them.
  std::set<std::string> HandedTo(const Route& route) const {
    std::set<std::string> names;
    std::set<std::string_view> leading{route.name};
    for (std::size_t steps = 0; steps < platform_.routes.size(); ++steps) {
      for (const Route& other : platform_.routes) {
        if (other.next && leading.contains(other.next->route)) {
          leading.insert(other.name);
          for (const auto& [name, pointer] : other.next->with) {
            names.insert(name);
          }
        }
      }
    }
    return names;
  }

  void CheckRoute(const Route& route) const {
    const std::string what = fmt::format("route '{}'", route.name);
    const bool is_stream = route.reader == "stream";
    if (is_stream != route.stream.has_value()) {
      Add({"routes", route.name},
          fmt::format("{}: 'reader: stream' and 'stream' belong together", what));
    }
    if (!is_stream && route.request.url.empty()) {
      Add({"routes", route.name}, fmt::format("{}: 'request' is not there", what));
    }
    if ((route.reader == "json" || is_stream) && route.answer.empty()) {
      Add({"routes", route.name}, fmt::format("{}: 'answer' is not there", what));
    }
    if (!route.answer.empty() && !platform_.answers.contains(route.answer)) {
      Add({"routes", route.name, "answer"},
          fmt::format("{}: there is no answer '{}'", what, route.answer));
    }
    if (route.request.with_session && platform_.session.kind == SessionSpec::Kind::kNone) {
      Add({"routes", route.name, "request", "with_session"},
          fmt::format("{}: 'with_session' is true, but there is no 'session'", what));
    }
    if (route.certainty == Certainty::kUntried && platform_.certainty == Certainty::kUntried) {
      Add({"routes", route.name, "certainty"},
          fmt::format("{}: the whole platform is untried already", what));
    }
    if (route.stream) {
      CheckStream(route, what);
    }
    CheckRequest(route, what);
    CheckInto(route, what);
    CheckPaging(route, what);
    CheckCost(route, what);
    CheckNext(route, what);
  }

  void CheckRequest(const Route& route, const std::string& what) const {
    const RequestSpec& request = route.request;
    std::set<std::string> names = CommonNames();
    const std::set<std::string> handed = HandedTo(route);
    names.insert(handed.begin(), handed.end());
    constexpr std::string_view kValue = "value.";
    for (const std::string& into : {route.words ? route.words->into : std::string(),
                                    route.since ? route.since->into : std::string()}) {
      if (into.starts_with(kValue)) {
        names.insert(into.substr(kValue.size()));
      }
    }
    CheckTemplateNames(request.url, {"routes", route.name, "request", "url"}, names, what);
    CheckNames(request.query, {"routes", route.name, "request", "query"}, names, what);
    CheckNames(request.headers, {"routes", route.name, "request", "headers"}, names, what);
    CheckNames(request.body_json, {"routes", route.name, "request", "json"}, names, what);
    CheckNames(request.body_form, {"routes", route.name, "request", "form"}, names, what);
    if (route.words) {
      std::set<std::string> of_words = names;
      of_words.insert("words");
      CheckTemplateNames(route.words->whole, {"routes", route.name, "words", "whole"}, of_words,
                         what);
      CheckTemplateNames(route.words->common, {"routes", route.name, "words", "common"},
                         {"word", "town"}, what);
    }
    const bool has_body = !request.body_json.empty() || !request.body_form.empty();
    if (!request.body_json.empty() && !request.body_form.empty()) {
      Add({"routes", route.name, "request", "form"},
          fmt::format("{}: a request sends 'json' or 'form', not both", what));
    }
    if (has_body && request.method == "GET") {
      Add({"routes", route.name, "request"},
          fmt::format("{}: 'json' and 'form' are for 'method: POST'", what));
    }
    CheckSecretPlaces(route, what);
    // Only other routes know what these are, so nobody can ask this one first.
    if (route.by_default && std::ranges::any_of(handed, [&](const std::string& name) {
          return IsWanted(request, name) && platform_.FindValue(name) == nullptr;
        })) {
      Add({"routes", route.name},
          fmt::format("{}: another route gives it values, so it needs 'by_default: false'", what));
    }
  }

  void CheckStream(const Route& route, const std::string& what) const {
    const StreamSpec& stream = *route.stream;
    std::set<std::string> names = CommonNames();
    for (const std::string& url : stream.urls) {
      CheckTemplateNames(url, {"routes", route.name, "stream", "urls"}, names, what);
      for (const CredentialSpec& credential : platform_.credentials) {
        if (credential.secret && IsNamedIn(url, credential.name)) {
          Add({"routes", route.name, "stream", "urls"},
              fmt::format("{}: the secret '{}' belongs into 'headers' or 'query'", what,
                          credential.name));
        }
      }
    }
    names.insert("cursor");
    CheckNames(stream.query, {"routes", route.name, "stream", "query"}, names, what);
    CheckNames(stream.headers, {"routes", route.name, "stream", "headers"}, names, what);
    if (stream.with_session && platform_.session.kind == SessionSpec::Kind::kNone) {
      Add({"routes", route.name, "stream", "with_session"},
          fmt::format("{}: 'with_session' is true, but there is no 'session'", what));
    }
    if (platform_.robots != RobotsUse::kDocumentedApi) {
      Add({"routes", route.name},
          fmt::format("{}: a stream is for programs that are invited, which the platform's "
                      "'robots: api' says with its reason",
                      what));
    }
    const Route* filler = platform_.FindRoute(stream.fill_gaps_by);
    if (!stream.fill_gaps_by.empty() && (filler == nullptr || filler->reader == "stream")) {
      Add({"routes", route.name, "stream", "fill_gaps_by"},
          fmt::format("{}: there is no route '{}' that could be asked for what was missed", what,
                      stream.fill_gaps_by));
    }
  }

  static bool IsWanted(const RequestSpec& request, const std::string& name) {
    const auto in = [&](const std::map<std::string, std::string>& templates) {
      return std::ranges::any_of(templates,
                                 [&](const auto& entry) { return IsNamedIn(entry.second, name); });
    };
    return IsNamedIn(request.url, name) || in(request.query) || in(request.headers) ||
           in(request.body_json) || in(request.body_form);
  }

  // Secrets leave only in a header, a query or, where the platform knows no other way, a path.
  void CheckSecretPlaces(const Route& route, const std::string& what) const {
    for (const CredentialSpec& credential : platform_.credentials) {
      if (!credential.secret) {
        continue;
      }
      const auto in_body = [&](const auto& entry) {
        return IsNamedIn(entry.second, credential.name);
      };
      if (std::ranges::any_of(route.request.body_json, in_body) ||
          std::ranges::any_of(route.request.body_form, in_body)) {
        Add({"routes", route.name, "request"},
            fmt::format("{}: the secret '{}' cannot stand in a body, which is kept as what tells "
                        "requests apart; put it into a header or the query",
                        what, credential.name));
      }
      const std::string& url = route.request.url;
      const std::size_t path = url.find('/', std::min(url.find("//"), url.size() - 2) + 2);
      if (IsNamedIn(url.substr(0, path), credential.name)) {
        Add({"routes", route.name, "request", "url"},
            fmt::format("{}: the secret '{}' cannot stand in the host's name", what,
                        credential.name));
      }
    }
  }

  void CheckInto(const Route& route, const std::string& what) const {
    const auto check = [&](std::string_view key, const std::string& into) {
      if (into.starts_with("body.") && route.request.method != "POST") {
        Add({"routes", route.name, key, "into"},
            fmt::format("{}: '{}' is for 'method: POST'", what, into));
      }
      if (into == "query" && route.paging.by != PagingSpec::By::kObject) {
        Add({"routes", route.name, key, "into"},
            fmt::format("{}: 'query' alone is for 'by: object', whose members all go there", what));
      }
      constexpr std::string_view kValue = "value.";
      if (into.starts_with(kValue) &&
          (key == "paging" || !IsWanted(route.request, into.substr(kValue.size())))) {
        Add({"routes", route.name, key, "into"},
            fmt::format("{}: the request has no '{{{}}}' that '{}' could go into", what,
                        into.substr(kValue.size()), into));
      }
    };
    if (route.words) {
      check("words", route.words->into);
      if (!IsNamedIn(route.words->whole, "words")) {
        Add({"routes", route.name, "words", "whole"},
            fmt::format("{}: 'whole' has no {{words}} in it", what));
      }
    }
    if (route.since) {
      check("since", route.since->into);
    }
    if (!route.paging.into.empty()) {
      check("paging", route.paging.into);
    }
  }

  void CheckPaging(const Route& route, const std::string& what) const {
    using By = PagingSpec::By;
    const PagingSpec& paging = route.paging;
    const bool wants_from =
        paging.by == By::kCursor || paging.by == By::kObject || paging.by == By::kNextUrl;
    const bool wants_into =
        paging.by == By::kCursor || paging.by == By::kPage || paging.by == By::kOffset;
    if (wants_from && paging.from.empty()) {
      Add({"routes", route.name, "paging"},
          fmt::format("{}: 'paging' needs 'from', where it stands in the answer", what));
    }
    if (wants_into && paging.into.empty()) {
      Add({"routes", route.name, "paging"},
          fmt::format("{}: 'paging' needs 'into', where it goes in the request", what));
    }
    if (wants_from && route.reader != "json") {
      Add({"routes", route.name, "paging"},
          fmt::format("{}: only JSON answers hold a cursor", what));
    }
  }

  void CheckCost(const Route& route, const std::string& what) const {
    const CostSpec& cost = route.cost;
    if (cost.units > 0 && !HasBudget("units")) {
      Add({"routes", route.name, "cost", "units"},
          fmt::format("{}: it costs units, but no budget counts them", what));
    }
    if ((cost.most_money > 0 || !cost.prices.empty()) && !HasBudget("money")) {
      Add({"routes", route.name, "cost"},
          fmt::format("{}: it costs money, but no budget counts it", what));
    }
    if (!cost.prices.empty() && cost.most_money == 0) {
      Add({"routes", route.name, "cost"},
          fmt::format("{}: 'prices' need 'most_money', which is reserved before", what));
    }
  }

  void CheckNext(const Route& route, const std::string& what) const {
    if (!route.next) {
      return;
    }
    const Route* next = platform_.FindRoute(route.next->route);
    if (next == nullptr) {
      std::vector<std::string> names;
      for (const Route& other : platform_.routes) {
        names.push_back(other.name);
      }
      Add({"routes", route.name, "next", "route"},
          fmt::format("{}: there is no route '{}'{}", what, route.next->route,
                      config::DidYouMean(route.next->route, names)));
      return;
    }
    if (next->reader == "stream") {
      Add({"routes", route.name, "next", "route"},
          fmt::format("{}: route '{}' is a stream, which is not asked", what, next->name));
    }
    CheckForCircle(route, what);
  }

  void CheckForCircle(const Route& route, const std::string& what) const {
    const Route* at = &route;
    for (std::size_t steps = 0; steps < platform_.routes.size() && at != nullptr; ++steps) {
      at = at->next ? platform_.FindRoute(at->next->route) : nullptr;
      if (at == &route) {
        Add({"routes", route.name, "next", "route"},
            fmt::format("{}: it leads back to itself, which would never end", what));
      }
    }
  }

  const Platform& platform_;
  const Section& root_;
  config::Diagnostics& problems_;
};

}  // namespace

void CheckPlatform(const Platform& platform, const config::Section& section,
                   config::Diagnostics& problems) {
  PlatformCheck(platform, section, problems).Run();
}

}  // namespace schoolwatch::crawler
