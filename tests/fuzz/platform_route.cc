#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <memory>
#include <optional>
#include <string_view>
#include <vector>

#include "config/section.h"
#include "config/settings.h"
#include "crawler/platforms/look_answer.h"
#include "crawler/platforms/look_plan.h"
#include "crawler/platforms/route_plan.h"
#include "crawler/platforms/session_plan.h"

namespace {

using namespace schoolwatch;

constexpr std::string_view kFile = R"(title: Quillnet
group: social
certainty: documented
status: on
values: {host: {default: quillnet.example}, v: {help: x}}
credentials: {key: {help: x}}
budgets: [{what: money, currency: USD}]
session: {kind: password, create: {url: "https://{host}/t", json: {p: "{key}"}}, refresh: {bearer: true}}
answers: {note: {title: N, items: /notes, id: {from: /id}, text: {from: /text}}}
routes:
  cursor: {title: C, answer: note, request: {url: "https://{host}/c/{v}", query: {k: "{key}", q: "{?v}"}}, since: {into: query.s, from: newest_id, at: /notes/*/id, plus: 1}, paging: {by: cursor, from: /next, into: query.c}, next: {route: below, each: /notes/*, with: {n: /id}, keep: [{at: /keep, is: "no", not: true}]}, cost: {most_money: 1, prices: {/notes: 0.1}}}
  object: {title: O, answer: note, request: {url: "https://{host}{+v}/o"}, paging: {by: object, from: /continue}, since: {into: query.s, at: /notes/*/at}}
  url: {title: U, answer: note, request: {url: "https://{host}/u"}, paging: {by: next_url, from: /next}}
  link: {title: L, answer: note, request: {method: POST, url: "https://{host}/l", json: {v: "{v}"}}, paging: {by: link_header}}
  body: {title: B, answer: note, request: {method: POST, url: "https://{host}/b", json: {a: 1}}, paging: {by: cursor, from: /next, into: body.c}}
  below: {title: N, answer: note, by_default: false, request: {url: "https://{host}/n/{n}"}}
  again: {title: A, answer: note, request: {url: "https://{host}/a/{part}", query: {k: "{key}"}}, looks_at: {posts: '(?P<part>[^/]*)(/(?P<rest>.*))?', ask: "{rest}", into: query.ids, repeat: true, most: 2, list: /notes, shown: /notes/*/id}}
)";

std::shared_ptr<const crawler::Platform> MakePlatform() {
  config::Diagnostics problems;
  const auto section = config::ParseYaml("quillnet.yaml", kFile, problems);
  std::optional<crawler::Platform> platform =
      crawler::ReadPlatform("quillnet", *section, {}, problems);
  return std::make_shared<const crawler::Platform>(std::move(*platform));
}

}  // namespace

// The first line is a value that somebody gives and a Link header, the rest a platform's answer.
// Whatever they are, no request leaves the platform's host and no secret stands in an address.
extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  static const std::shared_ptr<const crawler::Platform> kPlatform = MakePlatform();
  const std::vector<char> copy(data, data + size);
  const std::string_view input(copy.data(), copy.size());
  if (input.find("Sesame") != input.npos) {
    return 0;  // Its own words, not the secret.
  }
  const std::size_t line = std::min(input.find('\n'), input.size());
  const std::string_view value = input.substr(0, line);
  const std::string_view body = input.substr(std::min(line + 1, input.size()));

  (void)crawler::FillTemplate(value, {{"a", std::string(body)}}, crawler::TemplatePlace::kAddress);
  config::Source source;
  source.name = "net";
  source.with["v"] = {std::string(value)};
  source.credentials["key"] = "Sesame-open-now";
  source.spend = 1;
  crawler::PlanInput plan{.platform = kPlatform, .source = &source, .schools = {}};
  plan.ignore_due = true;
  const auto check = [](const crawler::CrawlRequest& request) {
    if (request.url.host() != "quillnet.example" ||
        request.url.href().find("Sesame") != std::string::npos) {
      __builtin_trap();
    }
  };
  for (const crawler::CrawlRequest& request : crawler::PlanRoutes(plan).requests) {
    check(request);
    crawler::AnswerSeen seen{.request = &request, .body = body, .link_header = value, .posts = {}};
    for (const crawler::CrawlRequest& next : crawler::FollowAnswer(plan, seen).more) {
      check(next);
    }
  }
  const std::vector<crawler::LookPost> posts{{.key = "1", .id = std::string(value), .url = {}},
                                             {.key = "2", .id = "a/b", .url = {}},
                                             {.key = "3", .id = "a/c", .url = {}}};
  for (const crawler::CrawlRequest& request : crawler::PlanLooks(plan, posts, 10).requests) {
    check(request);
    const std::size_t asked = request.call->looks.size();
    if (asked == 0 || asked > 2 ||
        crawler::ReadLook({.call = request.call.get(), .status = 200, .body = body}).size() !=
            asked) {
      __builtin_trap();
    }
  }
  core::PlatformSession old;
  (void)crawler::ReadSession(*kPlatform, body, old, plan.now);
  return 0;
}
