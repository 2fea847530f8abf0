#include "crawler/platforms/route_plan.h"

#include <fmt/format.h>

#include <algorithm>
#include <set>
#include <utility>

#include "crawler/platforms/route_request.h"
#include "crawler/platforms/route_words.h"

namespace schoolwatch::crawler {
namespace {

constexpr std::string_view kOwnWords = "words";

// Looks are planned by timers that are seldom exact.
bool IsDue(const Route& route, const Platform& platform, const core::RouteState& state,
           core::Timestamp now) {
  const std::chrono::milliseconds each = route.each.count() != 0 ? route.each : platform.each;
  const bool is_first = state.looked_at == core::Timestamp();
  return is_first || now < state.looked_at || now - state.looked_at >= each - each / 10;
}

// Every choice of one value from each list that the route names.
std::vector<TemplateValues> Choices(const PlanInput& input, const Route& route) {
  constexpr std::size_t kMost = 500;
  std::vector<TemplateValues> choices(1);
  for (const ValueSpec& value : input.platform->values) {
    if (!value.is_list || !NamesOf(route.request).contains(value.name)) {
      continue;
    }
    const auto given = input.source->with.find(value.name);
    if (given == input.source->with.end() || given->second.size() < 2) {
      continue;
    }
    std::vector<TemplateValues> longer;
    for (const TemplateValues& choice : choices) {
      for (const std::string& one : given->second) {
        if (longer.size() < kMost) {
          longer.push_back(choice);
          longer.back().insert_or_assign(value.name, one);
        }
      }
    }
    choices = std::move(longer);
  }
  return choices;
}

bool CostsMoney(const Route& route) {
  return route.cost.most_money > 0 || !route.cost.prices.empty();
}

}  // namespace

std::vector<const Route*> RoutesOf(const Platform& platform, const config::Source& source) {
  std::vector<const Route*> routes;
  for (const Route& route : platform.routes) {
    const bool is_named = std::ranges::find(source.routes, route.name) != source.routes.end();
    const bool is_usual = route.is_usual() && route.certainty != Certainty::kUntried;
    if (!route.looks_at && (source.routes.empty() ? is_usual : is_named)) {
      routes.push_back(&route);
    }
  }
  return routes;
}

bool NeedsSession(const Platform& platform, const config::Source& source) {
  using Kind = SessionSpec::Kind;
  if (platform.session.kind == Kind::kNone || platform.session.kind == Kind::kToken) {
    return false;
  }
  return std::ranges::any_of(RoutesOf(platform, source), [&](const Route* route) {
    const auto wants = [](const Route& one) {
      return one.request.with_session || (one.stream && one.stream->with_session);
    };
    for (std::size_t steps = 0; route != nullptr && steps <= platform.routes.size(); ++steps) {
      if (wants(*route)) {
        return true;
      }
      route = route->next ? platform.FindRoute(route->next->route) : nullptr;
    }
    return false;
  });
}

std::vector<std::string> MissingForSession(const Platform& platform, const config::Source& source) {
  const SessionSpec& spec = platform.session;
  std::vector<std::string> texts{spec.create_url, spec.basic_user, spec.basic_password};
  const bool by_refresh = spec.create_form.empty() && spec.create_json.empty();
  for (const auto* templates :
       {&spec.create_form, &spec.create_json, by_refresh ? &spec.refresh_form : nullptr}) {
    if (templates != nullptr) {
      for (const auto& [key, text] : *templates) {
        texts.push_back(text);
      }
    }
  }
  std::vector<std::string> missing;
  for (const std::string& text : texts) {
    for (const std::string& name : NamesIn(text)) {
      const ValueSpec* value = platform.FindValue(name);
      // A credential that was not read, as `check` leaves it, is given all the same.
      const bool is_there = source.with.contains(name) || source.credentials.contains(name) ||
                            (value != nullptr && !value->default_value.empty()) ||
                            (value == nullptr && platform.FindCredential(name) == nullptr);
      if (!is_there && std::ranges::find(missing, name) == missing.end()) {
        missing.push_back(name);
      }
    }
  }
  return missing;
}

bool WantsSession(const Platform& platform, const config::Source& source) {
  return NeedsSession(platform, source) && MissingForSession(platform, source).empty();
}

TemplateValues ValuesOf(const PlanInput& input) {
  TemplateValues values{{"version", input.version}, {"contact", input.contact}};
  for (const ValueSpec& value : input.platform->values) {
    const auto given = input.source->with.find(value.name);
    const bool is_given = given != input.source->with.end() && !given->second.empty();
    values.insert_or_assign(value.name, is_given ? given->second.front() : value.default_value);
  }
  for (const CredentialSpec& credential : input.platform->credentials) {
    const auto given = input.source->credentials.find(credential.name);
    if (given != input.source->credentials.end()) {
      values.insert_or_assign(credential.name, given->second);
    }
  }
  return values;
}

RoutePlan PlanRoutes(const PlanInput& input) {
  using Why = UnaskedRoute::Why;
  RoutePlan plan;
  for (const Route* route : RoutesOf(*input.platform, *input.source)) {
    const auto leave_out = [&](Why why, std::string detail = {}) {
      plan.unasked.push_back({route->name, why, std::move(detail)});
    };
    if (route->reader == "stream") {
      leave_out(Why::kStream);
      continue;
    }
    if (CostsMoney(*route) && input.source->spend == 0) {
      leave_out(Why::kNoSpend);
      continue;
    }
    std::vector<std::string> words{std::string()};
    if (route->words) {
      const auto own = input.source->with.find(std::string(kOwnWords));
      words = PlanWords(
          *route->words, input.schools,
          own == input.source->with.end() ? std::span<const std::string>() : std::span(own->second),
          plan.notes);
      if (words.empty()) {
        leave_out(Why::kNoWords);
        continue;
      }
    }
    // All of one route's requests are left out for the same reason, which is told once.
    std::optional<UnaskedRoute> unasked;
    bool any_asked = false;
    for (const TemplateValues& choice : Choices(input, *route)) {
      for (const std::string& word : words) {
        RouteRequest made = MakeRouteRequest(input, *route, choice, word);
        if (made.unasked) {
          unasked = std::move(made.unasked);
          continue;
        }
        if (!input.ignore_due && !IsDue(*route, *input.platform, made.state, input.now)) {
          unasked = UnaskedRoute{route->name, Why::kNotDue, {}};
          continue;
        }
        plan.requests.push_back(std::move(*made.request));
        any_asked = true;
      }
    }
    if (unasked && (!any_asked || unasked->why != Why::kNotDue)) {
      plan.unasked.push_back(std::move(*unasked));
    }
  }
  return plan;
}

}  // namespace schoolwatch::crawler
