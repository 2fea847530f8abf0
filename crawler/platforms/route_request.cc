#include "crawler/platforms/route_request.h"

#include <fmt/format.h>

#include <algorithm>
#include <memory>
#include <utility>
#include <vector>

#include "core/hash.h"
#include "core/time.h"

namespace schoolwatch::crawler {
namespace {

using Why = UnaskedRoute::Why;
using StringMap = std::map<std::string, std::string>;

constexpr std::string_view kQueryPrefix = "query.";
constexpr std::string_view kBodyPrefix = "body.";
constexpr std::string_view kValuePrefix = "value.";
constexpr std::string_view kJsonType = "application/json";
constexpr std::string_view kFormType = "application/x-www-form-urlencoded";
// Stands in an address for a secret.
constexpr std::string_view kHidden = "-";

void AddNames(const StringMap& templates, std::set<std::string>& names) {
  for (const auto& [key, text] : templates) {
    for (std::string& name : NamesIn(text)) {
      names.insert(std::move(name));
    }
  }
}

// A time as a platform wants it; from the whole second on, so that nothing falls between.
std::string FormatSince(core::Timestamp time, const std::string& as) {
  const auto whole = std::chrono::floor<std::chrono::seconds>(time);
  if (as == "epoch") {
    return std::to_string(whole.time_since_epoch().count());
  }
  if (as == "epoch_ms") {
    return std::to_string(time.time_since_epoch().count());
  }
  const std::string text = core::FormatRfc3339(whole);
  return as == "date" ? text.substr(0, std::string("2026-11-22").size()) : text;
}

bool IsNumber(std::string_view text) {
  return !text.empty() && text.size() <= 18 &&
         std::ranges::all_of(text, [](char c) { return c >= '0' && c <= '9'; });
}

// Fills the templates of one request.
class RequestMaker {
 public:
  RequestMaker(const PlanInput& input, const Route& route, const TemplateValues& own,
               const std::string& words)
      : input_(input), platform_(*input.platform), route_(route), words_(words) {
    values_ = ValuesOf(input);
    for (const auto& [name, value] : own) {
      values_.insert_or_assign(name, value);
      public_values_.insert_or_assign(name, value);
    }
    for (const CredentialSpec& credential : platform_.credentials) {
      if (credential.secret) {
        secrets_.insert(credential.name);
      }
    }
    secrets_.insert("access");
    for (const auto& [name, value] : values_) {
      if (!secrets_.contains(name)) {
        public_values_.insert_or_assign(name, value);
      }
    }
  }

  RouteRequest Make() {
    RouteRequest made;
    made.state = FindState();
    if (CheckSession() && CheckValues()) {
      Fill(made.state);
    }
    if (unasked_) {
      made.unasked = std::move(unasked_);
    } else {
      made.request = std::move(request_);
    }
    return made;
  }

 private:
  void LeaveOut(Why why, std::string detail) {
    if (!unasked_) {
      unasked_ = UnaskedRoute{route_.name, why, std::move(detail)};
    }
  }

  // What is asked, whenever it is asked: without since, pages and secrets.
  core::RouteState FindState() const {
    std::string asked = words_;
    for (const std::string& name : NamesOf(route_.request)) {
      const auto value = public_values_.find(name);
      asked += '\n' + name + '=' + (value == public_values_.end() ? "" : value->second);
    }
    const std::string key =
        fmt::format("{}/{}/{}", input_.source->name, route_.name, core::ShortHash(asked));
    core::RouteState state;
    if (input_.state) {
      state = input_.state(key).value_or(core::RouteState());
    }
    state.key = key;
    return state;
  }

  bool CheckSession() {
    using Kind = SessionSpec::Kind;
    const SessionSpec& session = platform_.session;
    if (!route_.request.with_session || session.kind == Kind::kToken) {
      return true;
    }
    if (input_.session == nullptr || input_.session->access_token.empty()) {
      LeaveOut(Why::kNoSession, {});
      return false;
    }
    values_.insert_or_assign("access", input_.session->access_token);
    return true;
  }

  // Whatever is named must be there; who reads the reason is to know which.
  bool CheckValues() {
    std::vector<const StringMap*> all = {&route_.request.query, &route_.request.headers,
                                         &route_.request.body_json, &route_.request.body_form};
    if (route_.request.with_session) {
      all.push_back(&platform_.session.headers);
      all.push_back(&platform_.session.query);
    }
    std::vector<std::string> texts{route_.request.url};
    for (const StringMap* templates : all) {
      for (const auto& [key, text] : *templates) {
        texts.push_back(text);
      }
    }
    for (const std::string& text : texts) {
      for (const std::string& name : NamesIn(text)) {
        const auto value = values_.find(name);
        const bool is_there = value != values_.end() && !value->second.empty();
        if (is_there || IsFilledLater(name) || text.find("{?" + name + "}") != text.npos) {
          continue;
        }
        LeaveOut(platform_.FindCredential(name) != nullptr ? Why::kNoCredential : Why::kNoValue,
                 name);
        return false;
      }
    }
    return true;
  }
  bool IsFilledLater(const std::string& name) const {
    return WordsInto() == std::string(kValuePrefix) + name ||
           (route_.since && route_.since->into == std::string(kValuePrefix) + name);
  }

  // Where the schools' words go, or those that ask for posts again.
  std::string_view WordsInto() const {
    return route_.words      ? std::string_view(route_.words->into)
           : route_.looks_at ? std::string_view(route_.looks_at->into)
                             : std::string_view();
  }

  bool IsSecret(std::string_view text) const {
    return std::ranges::any_of(NamesIn(text),
                               [&](const std::string& name) { return secrets_.contains(name); });
  }

  std::string Filled(std::string_view text, TemplatePlace place = TemplatePlace::kText) {
    core::Result<std::string> filled = FillTemplate(text, values_, place);
    if (!filled) {
      LeaveOut(Why::kBadValue, filled.error().message);
      return {};
    }
    return std::move(*filled);
  }

  // A value from words or since, into the place that the file names.
  void Put(std::string_view into, const std::string& value, JsonForm form) {
    if (into.starts_with(kQueryPrefix)) {
      query_.insert_or_assign(std::string(into.substr(kQueryPrefix.size())), value);
    } else if (into.starts_with(kBodyPrefix)) {
      body_.emplace_back(into.substr(kBodyPrefix.size()), value, form);
    } else if (into.starts_with(kValuePrefix)) {
      values_.insert_or_assign(std::string(into.substr(kValuePrefix.size())), value);
    }
  }

  void PutSince(const core::RouteState& state, ApiCall& call) {
    const SinceSpec& since = *route_.since;
    const core::Timestamp zero{};
    core::Timestamp from = state.newest_time;
    if (from != zero) {
      from -= since.overlap;
    } else if (since.first.count() > 0) {
      from = input_.now - since.first;
    }
    const bool is_too_old = since.furthest.count() > 0 && from < input_.now - since.furthest;
    if (is_too_old && from != zero) {
      from = input_.now - since.furthest;
    }
    call.since = from;
    if (since.from == SinceSpec::From::kNewestTime) {
      if (from != zero) {
        Put(since.into, FormatSince(from, since.as), JsonForm::kAsWritten);
      }
    } else if (!state.newest_id.empty() && !is_too_old) {
      Put(since.into,
          since.plus > 0 && IsNumber(state.newest_id)
              ? std::to_string(std::stoull(state.newest_id) + since.plus)
              : state.newest_id,
          JsonForm::kText);
    }
  }

  void Fill(const core::RouteState& state) {
    auto call = std::make_shared<ApiCall>();
    call->platform = input_.platform;
    call->route = &route_;
    call->state_key = state.key;
    call->units = route_.cost.units;
    call->reserved = route_.cost.most_money;
    const RequestSpec& spec = route_.request;
    call->method = spec.method;
    Put(WordsInto(), words_, JsonForm::kText);
    if (route_.words) {
      public_values_.insert_or_assign("words", words_);
    }
    if (route_.since) {
      PutSince(state, *call);
    }
    if (!route_.answer.empty()) {
      const auto answer = platform_.answers.find(route_.answer);
      call->recipe = answer == platform_.answers.end() ? nullptr : answer->second.get();
    }
    if (!platform_.user_agent_more.empty()) {
      call->agent_front = Filled(platform_.user_agent_more, TemplatePlace::kHeader);
    }
    AddQuery(spec.query, *call);
    AddHeaders(spec.headers, *call);
    if (route_.reader == "json" && !HasHeader(*call, "accept")) {
      call->headers.emplace_back("Accept", kJsonType);
    }
    AddBody(*call);
    if (spec.with_session) {
      AddSession(*call);
    }
    for (const auto& [name, value] : public_values_) {
      call->values.insert_or_assign(name, value);
    }
    Finish(std::move(call));
  }

  void AddQuery(const StringMap& templates, ApiCall& call) {
    for (const auto& [key, text] : templates) {
      const std::string value = Filled(text);
      if (value.empty()) {
        continue;
      }
      if (IsSecret(text)) {
        call.secret_query += (call.secret_query.empty() ? "" : "&") + PercentEncode(key) + "=" +
                             PercentEncode(value);
      } else {
        // What since and words have put there already goes before.
        query_.emplace(key, value);
      }
    }
  }
  void AddHeaders(const StringMap& templates, ApiCall& call) {
    for (const auto& [key, text] : templates) {
      const std::string value = Filled(text, TemplatePlace::kHeader);
      if (!value.empty()) {
        (IsSecret(text) ? call.secret_headers : call.headers).emplace_back(key, value);
      }
    }
  }
  static bool HasHeader(const ApiCall& call, std::string_view name) {
    return std::ranges::any_of(call.headers, [&](const auto& header) {
      return std::ranges::equal(header.first, name, [](char a, char b) {
        return (a >= 'A' && a <= 'Z' ? static_cast<char>(a - 'A' + 'a') : a) == b;
      });
    });
  }

  void AddBody(ApiCall& call) {
    const RequestSpec& spec = route_.request;
    if (!spec.body_form.empty()) {
      StringMap fields;
      for (const auto& [key, text] : spec.body_form) {
        if (std::string value = Filled(text); !value.empty()) {
          fields.emplace(key, std::move(value));
        }
      }
      for (const auto& [key, value, form] : body_) {
        fields.insert_or_assign(key, value);
      }
      call.body = EncodePairs(fields);
      call.body_type = kFormType;
      return;
    }
    if (spec.method != "POST") {
      return;
    }
    call.body = "{}";
    call.body_type = kJsonType;
    for (const auto& [key, text] : spec.body_json) {
      const JsonForm form = NamesIn(text).empty() ? JsonForm::kAsWritten : JsonForm::kText;
      if (const std::string value = Filled(text); !value.empty()) {
        call.body = WithMember(call.body, key, value, form);
      }
    }
    for (const auto& [key, value, form] : body_) {
      call.body = WithMember(call.body, key, value, form);
    }
  }

  void AddSession(ApiCall& call) {
    const SessionSpec& session = platform_.session;
    const bool is_made = session.kind != SessionSpec::Kind::kToken;
    if (is_made) {
      call.session_key = input_.session->key;
    }
    if (is_made && session.headers.empty() && session.query.empty()) {
      AddHeaders({{"Authorization", "Bearer {access}"}}, call);
      return;
    }
    AddHeaders(session.headers, call);
    AddQuery(session.query, call);
  }

  void Finish(std::shared_ptr<ApiCall> call) {
    const std::string& text = route_.request.url;
    std::string address = Filled(text, TemplatePlace::kAddress);
    if (unasked_) {
      return;
    }
    const std::string query = EncodePairs(query_);
    const auto with_query = [&](const std::string& url) {
      return query.empty() ? url : url + (url.find('?') == url.npos ? "?" : "&") + query;
    };
    if (IsSecret(text)) {
      const core::Result<core::HttpUrl> whole = core::HttpUrl::Parse(with_query(address));
      if (!whole) {
        LeaveOut(Why::kBadValue, "the address is none");
        return;
      }
      call->secret_target = whole->target();
      TemplateValues hidden = values_;
      for (const std::string& name : secrets_) {
        hidden.insert_or_assign(name, std::string(kHidden));
      }
      address = FillTemplate(text, hidden, TemplatePlace::kAddress).value_or(std::string());
    }
    core::Result<core::HttpUrl> url = core::HttpUrl::Parse(with_query(address));
    if (!url) {
      LeaveOut(Why::kBadValue, url.error().message);
      return;
    }
    request_ =
        CrawlRequest{.source = input_.source->name,
                     .url = std::move(*url),
                     .kind = route_.reader == "html" ? FetchKind::kListing : FetchKind::kFeed,
                     .thread = {},
                     .robots = route_.robots_asked ? RobotsUse::kObey : platform_.robots,
                     .call = std::move(call)};
  }

  struct BodyValue {
    BodyValue(std::string_view name_of, std::string text, JsonForm how)
        : name(name_of), value(std::move(text)), form(how) {}
    std::string name;
    std::string value;
    JsonForm form;
  };

  const PlanInput& input_;
  const Platform& platform_;
  const Route& route_;
  const std::string& words_;
  TemplateValues values_;
  TemplateValues public_values_;
  std::set<std::string> secrets_;
  StringMap query_;
  std::vector<BodyValue> body_;
  std::optional<UnaskedRoute> unasked_;
  std::optional<CrawlRequest> request_;
};

}  // namespace

RouteRequest MakeRouteRequest(const PlanInput& input, const Route& route,
                              const TemplateValues& values, const std::string& words) {
  return RequestMaker(input, route, values, words).Make();
}

std::set<std::string> NamesOf(const RequestSpec& request) {
  std::set<std::string> names;
  AddNames({{"", request.url}}, names);
  AddNames(request.query, names);
  AddNames(request.headers, names);
  AddNames(request.body_json, names);
  AddNames(request.body_form, names);
  return names;
}

}  // namespace schoolwatch::crawler
