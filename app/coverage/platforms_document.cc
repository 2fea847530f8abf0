#include "app/coverage/platforms_document.h"

#include <fmt/format.h>

#include <algorithm>
#include <chrono>
#include <set>
#include <string_view>

#include "app/coverage/platform_needs.h"
#include "config/duration.h"

namespace schoolwatch::app {
namespace {

using crawler::Platform;
using crawler::PlatformStatus;
using crawler::Route;

constexpr std::string_view kHead =
    R"(# Platforms

Generated from [config/platforms/](../config/platforms) and [config/policy-names.yaml](../config/policy-names.yaml)
by `tools/update-schemas`; a test compares. How to mend or add one: [add-a-platform.md](add-a-platform.md). What is
watched at your school: `schoolwatch coverage` ([coverage.md](coverage.md)).

*Certainty*: `seen` is real software's answers that were looked at, `documented` the vendor's documentation, a
specification or source code, `agreed` independent users' code that agrees, `untried` general knowledge: such platforms
ship switched off, and are asked only where `sources.yaml` names them.

## What school policies name

)";

constexpr std::string_view kRobots[] = {
    "robots.txt is asked first.",
    "robots.txt is not asked: the documentation invites programs",
};

std::string Cell(std::string_view text) {
  std::string cell;
  for (const char c : text) {
    cell += c == '|' ? "\\|" : c == '\n' ? " " : std::string(1, c);
  }
  return cell;
}

bool IsOpen(const Platform& platform) {
  return platform.status != PlatformStatus::kCoverage && !platform.routes.empty();
}

std::string Slug(std::string_view title) {
  std::string slug;
  for (const char c : title) {
    if (c >= 'A' && c <= 'Z') {
      slug += static_cast<char>(c - 'A' + 'a');
    } else if ((c >= 'a' && c <= 'z') || (c >= '0' && c <= '9') || c == '-' || c == '_') {
      slug += c;
    } else if (c == ' ') {
      slug += '-';
    }
  }
  return slug;
}

std::string NeedsOf(const Platform& platform) {
  if (!IsOpen(platform)) {
    return "";
  }
  std::string needs;
  if (NeedsCredentials(platform)) {
    needs = "an account or a key";
  } else {
    needs = "nothing";
    const auto usual = UsualRoutes(platform);
    if (FreeRoutes(platform).size() < usual.size()) {
      needs += "; a key for more";
    }
  }
  return needs + (CostsMoney(platform) ? ", and costs money" : "");
}

std::vector<const Platform*> Of(const PolicyName& name, const crawler::Platforms& platforms) {
  std::vector<const Platform*> found;
  for (const std::string& file : name.platforms) {
    if (const auto one = platforms.find(file); one != platforms.end()) {
      found.push_back(one->second.get());
    }
  }
  return found;
}

std::string Rows(const std::vector<PolicyName>& names, const crawler::Platforms& platforms,
                 std::string_view document) {
  std::string text = "| | watched by | needs | else |\n| --- | --- | --- | --- |\n";
  for (const PolicyName& name : names) {
    std::string by;
    std::string needs;
    std::string report = name.report_instead;
    std::set<std::string> said;
    for (const Platform* platform : Of(name, platforms)) {
      if (report.empty()) {
        report = platform->report_instead;
      }
      if (!IsOpen(*platform)) {
        continue;
      }
      by += fmt::format("{}[{}]({}#{}){}", by.empty() ? "" : ", ", Cell(platform->title), document,
                        Slug(platform->title),
                        platform->status == PlatformStatus::kOff ? " (ships off)" : "");
      if (const std::string one = NeedsOf(*platform); said.insert(one).second) {
        needs += (needs.empty() ? "" : " or ") + one;
      }
    }
    if (!name.words.empty() || !name.hosts.empty() || name.own_site) {
      by += by.empty() ? "a known address, where its robots.txt and terms allow" : ", its address";
      needs = needs.empty() ? "nothing" : needs;
    }
    if (by.empty()) {
      by = name.indirectly.empty() ? "nothing: *not watchable*" : "searches only";
    }
    text += fmt::format("| {} | {} | {} | {} |\n", Cell(name.name), by, needs, Cell(report));
  }
  return text;
}

std::string Sentence(std::string_view label, std::string_view text) {
  return text.empty() ? "" : fmt::format("- {}: {}\n", label, text);
}

std::string RouteRow(const Platform& platform, const Route& route) {
  std::string wants;
  for (const crawler::CredentialSpec* credential : CredentialsOf(platform, route)) {
    wants += (wants.empty() ? "`" : ", `") + credential->name + "`";
  }
  const std::chrono::seconds each = route.each.count() > 0 ? route.each : platform.each;
  return fmt::format("| `{}` | {} | {} | {} | {} | {} |\n", route.name, Cell(route.title),
                     route.stream ? "stream" : route.reader,
                     route.stream     ? "always open"
                     : route.looks_at ? "24 h"
                                      : config::FormatDuration(each),
                     wants,
                     route.looks_at     ? "for posts of open cases"
                     : route.by_default ? "yes"
                                        : "if named");
}

std::string SectionOf(const Platform& platform) {
  std::string text = fmt::format("\n### {}\n\n", platform.title);
  if (!platform.about.empty()) {
    text += platform.about + "\n\n";
  }
  if (IsOpen(platform)) {
    text += fmt::format(
        "- File: [`{0}.yaml`](../config/platforms/{0}.yaml); {1}; {2}{3}\n", platform.name,
        platform.status == PlatformStatus::kOn ? "on" : "ships switched off",
        CertaintyName(platform.certainty), platform.seen.empty() ? "" : " (" + platform.seen + ")");
    text += Sentence("Needs", NeedsOf(platform));
  } else {
    text += fmt::format("- File: [`{0}.yaml`](../config/platforms/{0}.yaml); not watchable\n",
                        platform.name);
  }
  text += Sentence("Sees", platform.covers) + Sentence("Does not see", platform.not_covered) +
          Sentence("How people report it", platform.report_instead);
  if (IsOpen(platform)) {
    const bool exempt = platform.robots == crawler::RobotsUse::kDocumentedApi;
    text += fmt::format("- {}{}\n", kRobots[exempt ? 1 : 0],
                        exempt ? fmt::format(" (<{}>).", platform.robots_why) : "");
  }
  if (platform.links) {
    text += fmt::format("- A link that is reported alone: {}.\n", LinkWords(*platform.links));
  }
  for (const crawler::TermsNote& terms : platform.terms) {
    const std::string when =
        terms.read == "never" ? "not read for this file" : "read " + terms.read;
    text += fmt::format("- Terms: <{}>, {}{}\n", terms.at, when,
                        terms.says.empty() ? "" : ". " + terms.says);
  }
  for (const crawler::ValueSpec& value : platform.values) {
    text += fmt::format(
        "- `with: {}`{}: {}{}\n", value.name, value.required ? " (must be given)" : "", value.help,
        value.default_value.empty() ? "" : " (`" + value.default_value + "` unless said)");
  }
  for (const crawler::CredentialSpec& credential : platform.credentials) {
    text += fmt::format("- `credentials: {}`: {}{}{}\n", credential.name, credential.help,
                        credential.link.empty() ? "" : " <" + credential.link + ">",
                        credential.optional ? " (may be left out)" : "");
    for (const std::string& step : credential.steps) {
      text += fmt::format("  1. {}\n", step);
    }
  }
  if (!platform.routes.empty()) {
    text +=
        "\n| route | reads | as | every | wants | asked |\n| --- | --- | --- | --- | --- | --- |\n";
    for (const Route& route : platform.routes) {
      text += RouteRow(platform, route);
    }
  }
  return text;
}

}  // namespace

std::string MakeCoverageTable(const std::vector<PolicyName>& names,
                              const crawler::Platforms& platforms) {
  return Rows(names, platforms, "docs/platforms.md");
}

std::string MakePlatformsDocument(const std::vector<PolicyName>& names,
                                  const crawler::Platforms& platforms) {
  std::string text = std::string(kHead) + Rows(names, platforms, "");
  // By the names' groups, then what no policy names.
  std::vector<std::string_view> groups;
  std::set<std::string_view> done;
  for (const PolicyName& name : names) {
    if (std::ranges::find(groups, name.group) == groups.end()) {
      groups.push_back(name.group);
    }
  }
  for (const std::string_view group : groups) {
    std::string sections;
    for (const PolicyName& name : names) {
      for (const Platform* platform : Of(name, platforms)) {
        if (name.group == group && done.insert(platform->name).second) {
          sections += SectionOf(*platform);
        }
      }
    }
    if (!sections.empty()) {
      text += fmt::format("\n## {}\n", group) + sections;
    }
  }
  std::string others;
  for (const auto& [name, platform] : platforms) {
    if (done.insert(name).second) {
      others += SectionOf(*platform);
    }
  }
  return others.empty() ? text : text + "\n## Others\n" + others;
}

}  // namespace schoolwatch::app
