#include "crawler/platforms/look_plan.h"

#include <re2/re2.h>

#include <algorithm>
#include <map>
#include <memory>
#include <optional>
#include <set>
#include <string_view>
#include <utility>

#include "core/url.h"
#include "crawler/platforms/route_request.h"
#include "crawler/platforms/template.h"

namespace schoolwatch::crawler {
namespace {

constexpr std::string_view kId = "id";
constexpr std::string_view kQueryPrefix = "query.";
// No platform's id or address is that long.
constexpr std::size_t kLongestId = 2'000;

// One route's pattern, compiled.
class LookRoute {
 public:
  explicit LookRoute(const Route& route)
      : route_(route), pattern_(route.looks_at->posts, re2::RE2::Quiet) {}

  const Route& route() const { return route_; }

  // What the post gives the request; nullopt: the route is not for it.
  std::optional<TemplateValues> Match(const LookPost& post) const {
    const std::string& text = route_.looks_at->by == LookSpec::By::kUrl ? post.url : post.id;
    if (!pattern_.ok() || text.empty() || text.size() > kLongestId) {
      return std::nullopt;
    }
    const auto groups = static_cast<std::size_t>(pattern_.NumberOfCapturingGroups());
    std::vector<re2::StringPiece> found(groups + 1);
    if (!pattern_.Match(text, 0, text.size(), re2::RE2::ANCHOR_BOTH, found.data(),
                        static_cast<int>(found.size()))) {
      return std::nullopt;
    }
    TemplateValues values{{std::string(kId), text}};
    for (const auto& [name, number] : pattern_.NamedCapturingGroups()) {
      const re2::StringPiece& value = found[static_cast<std::size_t>(number)];
      values.insert_or_assign(name, std::string(value.data(), value.size()));
    }
    return values;
  }

 private:
  const Route& route_;
  re2::RE2 pattern_;
};

// Posts that one request asks for.
struct Batch {
  const Route* route = nullptr;
  TemplateValues values;  // Of the request: what is the same for all of them.
  std::vector<AskedPost> posts;
};

std::optional<Batch> BatchOf(const LookRoute& look, const LookPost& post) {
  std::optional<TemplateValues> values = look.Match(post);
  if (!values) {
    return std::nullopt;
  }
  const LookSpec& spec = *look.route().looks_at;
  core::Result<std::string> word = FillTemplate(spec.ask, *values);
  if (!word || word->empty()) {
    return std::nullopt;
  }
  Batch batch{.route = &look.route(), .values = std::move(*values), .posts = {}};
  if (!spec.into.empty()) {
    // Told by the word, these differ from post to post.
    for (const std::string& name : NamesIn(spec.ask)) {
      batch.values.erase(name);
    }
    batch.values.erase(std::string(kId));
  }
  batch.posts.push_back({post.key, post.id, *std::move(word)});
  return batch;
}

bool Joins(const Batch& batch, const Batch& one) {
  return batch.route == one.route && batch.values == one.values &&
         batch.posts.size() < batch.route->looks_at->most;
}

// The query's parameter once more for each further post.
core::Result<void> Repeat(const LookSpec& spec, std::span<const AskedPost> further,
                          core::HttpUrl& url, std::string& secret_target) {
  std::string more;
  for (const AskedPost& post : further) {
    more += "&" + PercentEncode(std::string_view(spec.into).substr(kQueryPrefix.size())) + "=" +
            PercentEncode(post.word);
  }
  SW_ASSIGN(url, core::HttpUrl::Parse(url.href() + more));
  if (!secret_target.empty()) {
    secret_target += more;
  }
  return {};
}

RouteRequest MakeRequest(const PlanInput& input, Batch batch) {
  const LookSpec& spec = *batch.route->looks_at;
  std::string words;
  for (const AskedPost& post : batch.posts) {
    words += (words.empty() ? "" : spec.join) + post.word;
    if (spec.repeat) {
      break;
    }
  }
  RouteRequest made = MakeRouteRequest(input, *batch.route, batch.values, words);
  if (!made.request) {
    return made;
  }
  auto call = std::make_shared<ApiCall>(*made.request->call);
  if (spec.repeat && batch.posts.size() > 1) {
    if (const core::Result<void> done =
            Repeat(spec, std::span(batch.posts).subspan(1), made.request->url, call->secret_target);
        !done) {
      made.request.reset();
      made.unasked =
          UnaskedRoute{batch.route->name, UnaskedRoute::Why::kBadValue, done.error().message};
      return made;
    }
  }
  call->looks = std::move(batch.posts);
  made.request->call = std::move(call);
  // Not a source's own question, whose failure would be the source's.
  made.request->depth = 1;
  return made;
}

}  // namespace

std::vector<const Route*> LookRoutes(const Platform& platform, const config::Source& source) {
  std::vector<const Route*> routes;
  for (const Route& route : platform.routes) {
    const bool is_named = std::ranges::find(source.routes, route.name) != source.routes.end();
    const bool is_usual = route.by_default && route.certainty != Certainty::kUntried;
    if (route.looks_at && (is_usual || is_named)) {
      routes.push_back(&route);
    }
  }
  return routes;
}

LookPlan PlanLooks(const PlanInput& input, std::span<const LookPost> posts,
                   std::size_t most_requests) {
  LookPlan plan;
  std::vector<std::unique_ptr<const LookRoute>> looks;
  for (const Route* route : LookRoutes(*input.platform, *input.source)) {
    looks.push_back(std::make_unique<const LookRoute>(*route));
  }
  std::vector<Batch> batches;
  std::set<std::string_view> planned;
  for (const LookPost& post : posts) {
    if (!planned.insert(post.key).second) {
      continue;
    }
    for (const auto& look : looks) {
      std::optional<Batch> one = BatchOf(*look, post);
      if (!one) {
        continue;
      }
      const auto same =
          std::ranges::find_if(batches, [&](const Batch& batch) { return Joins(batch, *one); });
      if (same != batches.end()) {
        same->posts.push_back(std::move(one->posts.front()));
      } else if (batches.size() < most_requests) {
        batches.push_back(*std::move(one));
      }
      break;
    }
  }
  for (Batch& batch : batches) {
    RouteRequest made = MakeRequest(input, std::move(batch));
    if (made.request) {
      plan.requests.push_back(*std::move(made.request));
    } else if (made.unasked && std::ranges::find(plan.unasked, made.unasked->route,
                                                 &UnaskedRoute::route) == plan.unasked.end()) {
      plan.unasked.push_back(*std::move(made.unasked));
    }
  }
  return plan;
}

std::vector<std::string> GroupsOf(const LookSpec& spec) {
  const re2::RE2 pattern(spec.posts, re2::RE2::Quiet);
  std::vector<std::string> names;
  if (pattern.ok()) {
    for (const auto& [name, number] : pattern.NamedCapturingGroups()) {
      names.push_back(name);
    }
  }
  return names;
}

}  // namespace schoolwatch::crawler
