#include "app/coverage/platform_needs.h"

#include <algorithm>
#include <map>
#include <set>
#include <string>
#include <string_view>

#include "crawler/platforms/template.h"

namespace schoolwatch::app {
namespace {

using crawler::CredentialSpec;
using crawler::Platform;
using crawler::Route;
using Templates = std::vector<std::string_view>;

void Add(Templates& all, const std::map<std::string, std::string>& templates) {
  for (const auto& [name, text] : templates) {
    all.push_back(text);
  }
}

Templates TemplatesOf(const crawler::SessionSpec& session) {
  Templates all{session.create_url, session.basic_user, session.basic_password,
                session.refresh_url};
  for (const auto* templates : {&session.headers, &session.query, &session.create_form,
                                &session.create_json, &session.refresh_form}) {
    Add(all, *templates);
  }
  return all;
}

Templates TemplatesOf(const Platform& platform, const Route& route) {
  Templates all{route.request.url};
  for (const auto* templates : {&route.request.query, &route.request.headers,
                                &route.request.body_json, &route.request.body_form}) {
    Add(all, *templates);
  }
  bool with_session = route.request.with_session;
  if (route.stream) {
    all.insert(all.end(), route.stream->urls.begin(), route.stream->urls.end());
    Add(all, route.stream->query);
    Add(all, route.stream->headers);
    with_session = with_session || route.stream->with_session;
  }
  if (with_session) {
    const Templates session = TemplatesOf(platform.session);
    all.insert(all.end(), session.begin(), session.end());
  }
  return all;
}

}  // namespace

std::vector<const CredentialSpec*> CredentialsOf(const Platform& platform, const Route& route) {
  const Templates templates = TemplatesOf(platform, route);
  std::vector<const CredentialSpec*> found;
  for (const CredentialSpec& credential : platform.credentials) {
    if (std::ranges::any_of(templates, [&](std::string_view text) {
          return crawler::IsNamedIn(text, credential.name);
        })) {
      found.push_back(&credential);
    }
  }
  return found;
}

bool UsualRoutesName(const Platform& platform, std::string_view value) {
  return std::ranges::any_of(UsualRoutes(platform), [&](const Route* route) {
    if (route->words && route->words->into == "value." + std::string(value)) {
      return false;  // The school's own words go there.
    }
    return std::ranges::any_of(TemplatesOf(platform, *route), [&](std::string_view text) {
      return crawler::IsNamedIn(text, value);
    });
  });
}

std::vector<const Route*> UsualRoutes(const Platform& platform) {
  std::vector<const Route*> routes;
  for (const Route& route : platform.routes) {
    if (route.is_usual()) {
      routes.push_back(&route);
    }
  }
  return routes;
}

std::vector<const Route*> FreeRoutes(const Platform& platform) {
  std::vector<const Route*> routes = UsualRoutes(platform);
  std::erase_if(routes,
                [&](const Route* route) { return !CredentialsOf(platform, *route).empty(); });
  return routes;
}

bool NeedsCredentials(const Platform& platform) {
  return !platform.routes.empty() && FreeRoutes(platform).empty() && !platform.credentials.empty();
}

bool CostsMoney(const Platform& platform) {
  return std::ranges::any_of(
      platform.budgets, [](const crawler::BudgetSpec& budget) { return budget.what == "money"; });
}

Lacking FindLacking(const Platform& platform, const config::Source& source) {
  Lacking lacking;
  std::set<const CredentialSpec*> missing;
  std::size_t asked = 0;
  for (const Route& route : platform.routes) {
    const bool is_asked = source.routes.empty()
                              ? route.is_usual()
                              : std::ranges::find(source.routes, route.name) != source.routes.end();
    if (!is_asked) {
      continue;
    }
    ++asked;
    bool whole = true;
    for (const CredentialSpec* credential : CredentialsOf(platform, route)) {
      if (!source.credentials.contains(credential->name)) {
        missing.insert(credential);
        whole = false;
      }
    }
    if (!whole) {
      lacking.routes.push_back(&route);
    }
  }
  for (const CredentialSpec& credential : platform.credentials) {
    if (missing.contains(&credential)) {
      lacking.credentials.push_back(&credential);
    }
  }
  lacking.nothing_left = asked > 0 && lacking.routes.size() == asked;
  return lacking;
}

std::string LinkWords(const crawler::LinkSpec& links) {
  std::string words;
  if (!links.oembed.empty()) {
    words = "the route '" + links.oembed + "' is asked for a post's words; ";
  }
  if (links.page == crawler::LinkSpec::Page::kRead) {
    return words + "the page is opened once, if robots.txt allows it";
  }
  words += "pages are not opened: " + links.why;
  if (words.ends_with('.')) {
    words.pop_back();
  }
  return words;
}

std::string_view CertaintyName(crawler::Certainty certainty) {
  switch (certainty) {
    case crawler::Certainty::kSeen:
      return "seen";
    case crawler::Certainty::kDocumented:
      return "documented";
    case crawler::Certainty::kAgreed:
      return "agreed";
    case crawler::Certainty::kUntried:
      return "untried";
  }
  return "untried";
}

}  // namespace schoolwatch::app
