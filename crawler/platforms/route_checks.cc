#include <fmt/format.h>

#include <algorithm>
#include <set>
#include <string>
#include <vector>

#include "config/nearest.h"
#include "crawler/platforms/check_desk.h"
#include "crawler/platforms/look_plan.h"
#include "crawler/platforms/route_request.h"
#include "crawler/platforms/template.h"

namespace schoolwatch::crawler {
namespace {

class RouteCheck {
 public:
  explicit RouteCheck(const CheckDesk& desk) : desk_(desk) {}

  void Run(const Route& route) const {
    const std::string what = fmt::format("route '{}'", route.name);
    const bool is_stream = route.reader == "stream";
    if (is_stream != route.stream.has_value()) {
      desk_.Add({"routes", route.name},
                fmt::format("{}: 'reader: stream' and 'stream' belong together", what));
    }
    if (!is_stream && route.request.url.empty()) {
      desk_.Add({"routes", route.name}, fmt::format("{}: 'request' is not there", what));
    }
    if ((route.reader == "json" || is_stream) && route.answer.empty()) {
      desk_.Add({"routes", route.name}, fmt::format("{}: 'answer' is not there", what));
    }
    if (!route.answer.empty() && !desk_.platform().answers.contains(route.answer)) {
      desk_.Add({"routes", route.name, "answer"},
                fmt::format("{}: there is no answer '{}'", what, route.answer));
    }
    if (route.request.with_session && desk_.platform().session.kind == SessionSpec::Kind::kNone) {
      desk_.Add({"routes", route.name, "request", "with_session"},
                fmt::format("{}: 'with_session' is true, but there is no 'session'", what));
    }
    if (route.certainty == Certainty::kUntried &&
        desk_.platform().certainty == Certainty::kUntried) {
      desk_.Add({"routes", route.name, "certainty"},
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
    if (route.looks_at) {
      CheckLook(desk_, route, what);
    }
  }

 private:
  // Values that other routes hand to this one, those that they were handed themselves among them.
  std::set<std::string> HandedTo(const Route& route) const {
    std::set<std::string> names;
    std::set<std::string_view> leading{route.name};
    for (std::size_t steps = 0; steps < desk_.platform().routes.size(); ++steps) {
      for (const Route& other : desk_.platform().routes) {
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

  void CheckRequest(const Route& route, const std::string& what) const {
    const RequestSpec& request = route.request;
    std::set<std::string> names = desk_.CommonNames();
    const std::set<std::string> handed = HandedTo(route);
    names.insert(handed.begin(), handed.end());
    constexpr std::string_view kValue = "value.";
    for (const std::string& into : {route.words ? route.words->into : std::string(),
                                    route.looks_at ? route.looks_at->into : std::string(),
                                    route.since ? route.since->into : std::string()}) {
      if (into.starts_with(kValue)) {
        names.insert(into.substr(kValue.size()));
      }
    }
    if (route.looks_at) {
      names.insert("id");
      for (std::string& group : GroupsOf(*route.looks_at)) {
        names.insert(std::move(group));
      }
    }
    desk_.CheckTemplateNames(request.url, {"routes", route.name, "request", "url"}, names, what);
    desk_.CheckNames(request.query, {"routes", route.name, "request", "query"}, names, what);
    desk_.CheckNames(request.headers, {"routes", route.name, "request", "headers"}, names, what);
    desk_.CheckNames(request.body_json, {"routes", route.name, "request", "json"}, names, what);
    desk_.CheckNames(request.body_form, {"routes", route.name, "request", "form"}, names, what);
    if (route.words) {
      std::set<std::string> of_words = names;
      of_words.insert("words");
      desk_.CheckTemplateNames(route.words->whole, {"routes", route.name, "words", "whole"},
                               of_words, what);
      desk_.CheckTemplateNames(route.words->common, {"routes", route.name, "words", "common"},
                               {"word", "town"}, what);
    }
    const bool has_body = !request.body_json.empty() || !request.body_form.empty();
    if (!request.body_json.empty() && !request.body_form.empty()) {
      desk_.Add({"routes", route.name, "request", "form"},
                fmt::format("{}: a request sends 'json' or 'form', not both", what));
    }
    if (has_body && request.method == "GET") {
      desk_.Add({"routes", route.name, "request"},
                fmt::format("{}: 'json' and 'form' are for 'method: POST'", what));
    }
    CheckSecretPlaces(route, what);
    // Only other routes know what these are, so nobody can ask this one first.
    if (route.by_default && std::ranges::any_of(handed, [&](const std::string& name) {
          return NamesOf(request).contains(name) && desk_.platform().FindValue(name) == nullptr;
        })) {
      desk_.Add(
          {"routes", route.name},
          fmt::format("{}: another route gives it values, so it needs 'by_default: false'", what));
    }
  }

  void CheckStream(const Route& route, const std::string& what) const {
    const StreamSpec& stream = *route.stream;
    std::set<std::string> names = desk_.CommonNames();
    for (const std::string& url : stream.urls) {
      desk_.CheckTemplateNames(url, {"routes", route.name, "stream", "urls"}, names, what);
      for (const CredentialSpec& credential : desk_.platform().credentials) {
        if (credential.secret && IsNamedIn(url, credential.name)) {
          desk_.Add({"routes", route.name, "stream", "urls"},
                    fmt::format("{}: the secret '{}' belongs into 'headers' or 'query'", what,
                                credential.name));
        }
      }
    }
    names.insert("cursor");
    desk_.CheckNames(stream.query, {"routes", route.name, "stream", "query"}, names, what);
    desk_.CheckNames(stream.headers, {"routes", route.name, "stream", "headers"}, names, what);
    if (stream.with_session && desk_.platform().session.kind == SessionSpec::Kind::kNone) {
      desk_.Add({"routes", route.name, "stream", "with_session"},
                fmt::format("{}: 'with_session' is true, but there is no 'session'", what));
    }
    if (desk_.platform().robots != RobotsUse::kDocumentedApi) {
      desk_.Add({"routes", route.name},
                fmt::format("{}: a stream is for programs that are invited, which the platform's "
                            "'robots: api' says with its reason",
                            what));
    }
    const Route* filler = desk_.platform().FindRoute(stream.fill_gaps_by);
    if (!stream.fill_gaps_by.empty() && (filler == nullptr || filler->reader == "stream")) {
      desk_.Add({"routes", route.name, "stream", "fill_gaps_by"},
                fmt::format("{}: there is no route '{}' that could be asked for what was missed",
                            what, stream.fill_gaps_by));
    }
  }

  // Secrets leave only in a header, a query or, where the platform knows no other way, a path.
  void CheckSecretPlaces(const Route& route, const std::string& what) const {
    for (const CredentialSpec& credential : desk_.platform().credentials) {
      if (!credential.secret) {
        continue;
      }
      const auto in_body = [&](const auto& entry) {
        return IsNamedIn(entry.second, credential.name);
      };
      if (std::ranges::any_of(route.request.body_json, in_body) ||
          std::ranges::any_of(route.request.body_form, in_body)) {
        desk_.Add(
            {"routes", route.name, "request"},
            fmt::format("{}: the secret '{}' cannot stand in a body, which is kept as what tells "
                        "requests apart; put it into a header or the query",
                        what, credential.name));
      }
      const std::string& url = route.request.url;
      const std::size_t path = url.find('/', std::min(url.find("//"), url.size() - 2) + 2);
      if (IsNamedIn(url.substr(0, path), credential.name)) {
        desk_.Add({"routes", route.name, "request", "url"},
                  fmt::format("{}: the secret '{}' cannot stand in the host's name", what,
                              credential.name));
      }
    }
  }

  void CheckInto(const Route& route, const std::string& what) const {
    const auto check = [&](std::string_view key, const std::string& into) {
      if (into.starts_with("body.") && route.request.method != "POST") {
        desk_.Add({"routes", route.name, key, "into"},
                  fmt::format("{}: '{}' is for 'method: POST'", what, into));
      }
      if (into == "query" && route.paging.by != PagingSpec::By::kObject) {
        desk_.Add(
            {"routes", route.name, key, "into"},
            fmt::format("{}: 'query' alone is for 'by: object', whose members all go there", what));
      }
      constexpr std::string_view kValue = "value.";
      if (into.starts_with(kValue) &&
          (key == "paging" || !NamesOf(route.request).contains(into.substr(kValue.size())))) {
        desk_.Add({"routes", route.name, key, "into"},
                  fmt::format("{}: the request has no '{{{}}}' that '{}' could go into", what,
                              into.substr(kValue.size()), into));
      }
    };
    if (route.words) {
      check("words", route.words->into);
      if (!IsNamedIn(route.words->whole, "words")) {
        desk_.Add({"routes", route.name, "words", "whole"},
                  fmt::format("{}: 'whole' has no {{words}} in it", what));
      }
    }
    if (route.since) {
      check("since", route.since->into);
    }
    if (route.looks_at && !route.looks_at->into.empty()) {
      check("looks_at", route.looks_at->into);
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
      desk_.Add({"routes", route.name, "paging"},
                fmt::format("{}: 'paging' needs 'from', where it stands in the answer", what));
    }
    if (wants_into && paging.into.empty()) {
      desk_.Add({"routes", route.name, "paging"},
                fmt::format("{}: 'paging' needs 'into', where it goes in the request", what));
    }
    if (wants_from && route.reader != "json") {
      desk_.Add({"routes", route.name, "paging"},
                fmt::format("{}: only JSON answers hold a cursor", what));
    }
  }

  void CheckCost(const Route& route, const std::string& what) const {
    const CostSpec& cost = route.cost;
    if (cost.units > 0 && !desk_.HasBudget("units")) {
      desk_.Add({"routes", route.name, "cost", "units"},
                fmt::format("{}: it costs units, but no budget counts them", what));
    }
    if ((cost.most_money > 0 || !cost.prices.empty()) && !desk_.HasBudget("money")) {
      desk_.Add({"routes", route.name, "cost"},
                fmt::format("{}: it costs money, but no budget counts it", what));
    }
    if (!cost.prices.empty() && cost.most_money == 0) {
      desk_.Add({"routes", route.name, "cost"},
                fmt::format("{}: 'prices' need 'most_money', which is reserved before", what));
    }
  }

  void CheckNext(const Route& route, const std::string& what) const {
    if (!route.next) {
      return;
    }
    const Route* next = desk_.platform().FindRoute(route.next->route);
    if (next == nullptr) {
      std::vector<std::string> names;
      for (const Route& other : desk_.platform().routes) {
        names.push_back(other.name);
      }
      desk_.Add({"routes", route.name, "next", "route"},
                fmt::format("{}: there is no route '{}'{}", what, route.next->route,
                            config::DidYouMean(route.next->route, names)));
      return;
    }
    if (next->looks_at) {
      desk_.Add({"routes", route.name, "next", "route"},
                fmt::format("{}: route '{}' looks at posts again, which nothing else leads to",
                            what, next->name));
    }
    if (next->reader == "stream") {
      desk_.Add({"routes", route.name, "next", "route"},
                fmt::format("{}: route '{}' is a stream, which is not asked", what, next->name));
    }
    CheckForCircle(route, what);
  }

  void CheckForCircle(const Route& route, const std::string& what) const {
    const Route* at = &route;
    for (std::size_t steps = 0; steps < desk_.platform().routes.size() && at != nullptr; ++steps) {
      at = at->next ? desk_.platform().FindRoute(at->next->route) : nullptr;
      if (at == &route) {
        desk_.Add({"routes", route.name, "next", "route"},
                  fmt::format("{}: it leads back to itself, which would never end", what));
      }
    }
  }

  const CheckDesk& desk_;
};

}  // namespace

void CheckRoute(const CheckDesk& desk, const Route& route) { RouteCheck(desk).Run(route); }

}  // namespace schoolwatch::crawler
