#include "tests/app/chirp.h"

#include <fmt/format.h>
#include <gtest/gtest.h>

#include <algorithm>
#include <charconv>

#include "config/diagnostics.h"
#include "config/section.h"

namespace schoolwatch::app {
namespace {

net::Response Json(int status, std::string body, net::Headers headers = {}) {
  net::Response response;
  response.status = status;
  response.headers = std::move(headers);
  response.headers.emplace_back("content-type", "application/json");
  response.body = std::move(body);
  return response;
}

std::string ParameterOf(std::string_view target, std::string_view name) {
  const std::string mark = std::string(name) + "=";
  for (std::size_t at = target.find(mark); at != std::string_view::npos;
       at = target.find(mark, at + 1)) {
    if (target[at - 1] == '?' || target[at - 1] == '&') {
      const std::string_view value = target.substr(at + mark.size());
      return std::string(value.substr(0, value.find('&')));
    }
  }
  return {};
}

std::string NoteJson(const Chirp::Note& note) {
  return fmt::format(
      R"({{"id":"at://did:plc:1/{}","text":"{}","at":"{}","url":"https://chirp.example/n/{}","deleted":{}}})",
      note.id, note.text, note.at, note.id, note.deleted ? "true" : "false");
}

}  // namespace

std::string Chirp::ById(std::string_view target) const {
  const std::string ids = ParameterOf(target, "ids") + "%2C";
  std::string items;
  for (const Note& note : notes) {
    if (ids.find("%2F" + note.id + "%2C") != std::string::npos) {
      items += (items.empty() ? "" : ",") + NoteJson(note);
    }
  }
  return fmt::format(R"({{"notes":[{}]}})", items);
}

std::string Chirp::Page(std::string_view target, std::size_t size) {
  std::size_t from = 0;
  const std::string cursor = ParameterOf(target, "cursor");
  std::from_chars(cursor.data(), cursor.data() + cursor.size(), from);
  std::string items;
  std::size_t given = 0;
  std::size_t at = from;
  for (; at < notes.size() && given < size && !forgets; ++at) {
    items += (items.empty() ? "" : ",") + NoteJson(notes[at]);
    ++given;
  }
  return fmt::format(R"({{"notes":[{}]{}}})", items,
                     at < notes.size() && !forgets ? fmt::format(R"(,"cursor":"{}")", at) : "");
}

net::Response Chirp::Answer(const net::Request& request) {
  const std::string target =
      request.secret_target.empty() ? std::string(request.url.target()) : request.secret_target;
  const std::string path = target.substr(0, target.find('?'));
  if (path == "/notes") {
    asked.push_back(target);
  }
  if (const auto found = instead.find(path); found != instead.end()) {
    net::Response answer = std::move(found->second);
    instead.erase(found);
    return answer;
  }
  if (path == "/robots.txt") {
    return Json(404, "");
  }
  if (path == "/paid") {
    ++paid;
    const std::string page = Page(target, 3);
    billed += 1'000 * std::min<std::size_t>(3, notes.size());
    return Json(200, page);
  }
  std::string token;
  for (const auto& [name, value] : request.secret_headers) {
    token = name == "Authorization" ? value : token;
  }
  if (path != "/notes") {
    ++searches;
    targets.push_back(target);
  }
  if (refuse_all || access.empty() || token != "Bearer " + access) {
    return Json(401, R"({"error":"ExpiredToken","message":"The token has expired"})");
  }
  return Json(200, path == "/notes" ? ById(target) : Page(target, page_size));
}

net::PostAnswer Chirp::Post(std::string_view url, const net::Headers& headers,
                            std::string_view body) {
  net::PostAnswer answer;
  answer.status = 401;
  const auto grant = [&](int number) {
    access = fmt::format("access-token-{}", number);
    refresh = fmt::format("refresh-token-{}", number);
    answer.status = 200;
    answer.body = fmt::format(R"({{"access":"{}","refresh":"{}"}})", access, refresh);
  };
  if (url.ends_with("/login")) {
    ++logins;
    if (body.contains(password)) {
      grant(logins * 100);
    }
  } else if (url.ends_with("/refresh")) {
    ++refreshes;
    if (net::FindHeader(headers, "Authorization") == "Bearer " + refresh && !refresh.empty()) {
      grant(logins * 100 + refreshes);
    }
  }
  return answer;
}

std::string ChirpFile(std::string_view origin) {
  return fmt::format(R"(title: Chirp
group: social
certainty: seen
status: on
robots: api
robots_why: https://chirp.example/docs
credentials:
  name: {{help: The account, secret: false, optional: true}}
  password: {{help: Its password, optional: true}}
session:
  kind: password
  create: {{url: "{0}/login", json: {{name: "{{name}}", password: "{{password}}"}}}}
  refresh: {{url: "{0}/refresh", bearer: true}}
  access: /access
  refresh_token: /refresh
  lifetime: 2 h
  create_each: 10 min
each: 1 min
budgets:
  - {{what: requests, most: 20, within: 1 h, left_header: x-left, reset_header: x-reset}}
  - {{what: money, currency: USD, calendar_month: true}}
routes:
  search:
    title: Search
    answer: note
    request: {{url: "{0}/search", with_session: true}}
    words: {{into: query.q}}
    since: {{into: query.after, overlap: 1 min}}
    paging: {{by: cursor, from: /cursor, into: query.cursor}}
  paid:
    title: Paid search
    answer: note
    by_default: false
    request: {{url: "{0}/paid"}}
    words: {{into: query.q}}
    cost: {{most_money: 0.004, prices: {{"/notes/*": 0.001}}}}
  again:
    title: Notes by their ids
    answer: note
    request: {{url: "{0}/notes", with_session: true}}
    looks_at: {{posts: 'at://.+', into: query.ids, most: 25, list: /notes, shown: "/notes/*/id"}}
answers:
  note:
    title: Notes
    items: /notes
    id: {{from: /id}}
    url: {{from: /url}}
    text: {{from: /text}}
    published: {{from: /at}}
    gone: {{at: /deleted, is: "true"}}
    errors:
      - {{when: {{at: /error, is: ExpiredToken}}, means: dead_credential, say: /message}}
      - {{when: {{at: /error, is: Forbidden}}, means: no_permission, say: /message}}
      - {{when: {{at: /error, is: Slow}}, means: slow_down, say: /message}}
      - {{when: {{at: /error, is: Spent}}, means: budget_spent, say: /message}}
      - {{when: {{at: /error, is: None}}, means: nothing_there, say: /message}}
)",
                     origin);
}

std::shared_ptr<const crawler::Platform> MakeChirp(std::string_view origin) {
  config::Diagnostics problems;
  const auto section = config::ParseYaml("chirp.yaml", ChirpFile(origin), problems);
  if (!section) {
    ADD_FAILURE() << problems.ToText();
    return nullptr;
  }
  std::optional<crawler::Platform> platform =
      crawler::ReadPlatform("chirp", *section, {}, problems);
  if (!platform) {
    ADD_FAILURE() << problems.ToText();
    return nullptr;
  }
  platform->gap = std::chrono::milliseconds(0);
  return std::make_shared<const crawler::Platform>(*std::move(platform));
}

}  // namespace schoolwatch::app
