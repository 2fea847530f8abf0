#include "app/commands/platforms_show.h"

#include <fmt/format.h>

#include <algorithm>
#include <boost/json.hpp>
#include <ostream>
#include <set>
#include <string_view>
#include <vector>

#include "app/coverage/platform_needs.h"
#include "app/terminal.h"
#include "config/duration.h"
#include "config/nearest.h"
#include "crawler/platforms/route_request.h"

namespace schoolwatch::app {
namespace {

namespace json = boost::json;

using crawler::Certainty;
using crawler::Platform;
using crawler::PlatformStatus;
using crawler::Route;

constexpr std::size_t kIndent = 2;
constexpr std::size_t kDetailIndent = 6;
constexpr std::size_t kMostProse = 100;

std::string_view StatusName(PlatformStatus status) {
  switch (status) {
    case PlatformStatus::kOn:
      return "on";
    case PlatformStatus::kOff:
      return "off";
    case PlatformStatus::kCoverage:
      return "coverage";
  }
  return "";
}

std::string CertaintyInWords(const Platform& platform) {
  switch (platform.certainty) {
    case Certainty::kSeen:
      return fmt::format("real answers were looked at{}",
                         platform.seen.empty() ? "" : " (" + platform.seen + ")");
    case Certainty::kDocumented:
      return "by the maker's documentation";
    case Certainty::kAgreed:
      return "other programs agree; not tried here";
    case Certainty::kUntried:
      return "general knowledge; nobody has tried it yet";
  }
  return "";
}

std::string StatusInWords(const Platform& platform) {
  switch (platform.status) {
    case PlatformStatus::kOn:
      return "on";
    case PlatformStatus::kOff:
      return "off until a source names it: try it first";
    case PlatformStatus::kCoverage:
      return "cannot be watched";
  }
  return "";
}

json::array RoutesToJson(const Platform& platform) {
  json::array routes;
  for (const Route& route : platform.routes) {
    routes.push_back(
        json::object{{"route", route.name},
                     {"title", route.title},
                     {"reader", route.reader},
                     {"usual", route.is_usual() && route.certainty != Certainty::kUntried},
                     {"certainty", CertaintyName(route.certainty.value_or(platform.certainty))}});
  }
  return routes;
}

json::object ToJson(const Platform& platform) {
  json::array credentials;
  for (const crawler::CredentialSpec& credential : platform.credentials) {
    credentials.push_back(json::string(credential.name));
  }
  return {{"type", "platform"},
          {"platform", platform.name},
          {"title", platform.title},
          {"group", platform.group},
          {"status", StatusName(platform.status)},
          {"certainty", CertaintyName(platform.certainty)},
          {"covers", platform.covers},
          {"not_covered", platform.not_covered},
          {"report_instead", platform.report_instead},
          {"credentials", std::move(credentials)},
          {"routes", RoutesToJson(platform)}};
}

class Page {
 public:
  Page(const Platform& platform, std::size_t width, std::ostream& out)
      : platform_(platform), width_(std::min(width, kMostProse)), out_(out) {}

  void Print() {
    out_ << platform_.title << " (" << platform_.name << ")\n";
    Prose("", platform_.about);
    Prose("State", fmt::format("{}; {}", StatusInWords(platform_), CertaintyInWords(platform_)));
    Prose("Covered", platform_.covers);
    Prose("Not covered", platform_.not_covered);
    Prose("Report instead", platform_.report_instead);
    for (const crawler::TermsNote& terms : platform_.terms) {
      Prose("Terms",
            fmt::format("{} ({}){}{}", terms.at,
                        terms.read == "never" ? "not read for this file" : "read " + terms.read,
                        terms.says.empty() ? "" : ". ", terms.says));
    }
    if (!platform_.routes.empty()) {
      Prose("robots.txt", platform_.robots == crawler::RobotsUse::kObey
                              ? "asked"
                              : "not asked for its interface: " + platform_.robots_why);
    }
    PrintLinks();
    PrintRoutes();
    PrintValues();
    PrintCredentials();
    PrintLimits();
    PrintExample();
  }

 private:
  void Prose(std::string_view label, const std::string& text) {
    if (!text.empty()) {
      out_ << Wrap(label.empty() ? text : fmt::format("{}: {}", label, text), kIndent, width_);
    }
  }

  void PrintLinks() {
    if (platform_.links) {
      Prose("Reported links", LinkWords(*platform_.links));
    }
  }

  void PrintRoutes() {
    if (platform_.routes.empty()) {
      return;
    }
    out_ << "\nRoutes\n";
    for (const Route& route : platform_.routes) {
      std::string remark;
      if (route.looks_at) {
        remark = ", asked once a day for posts of open cases";
      } else if (!route.by_default) {
        remark = IsNext(route) ? ", asked by another" : ", only where it is named";
      } else if (route.certainty == Certainty::kUntried) {
        remark = ", untried: only where it is named";
      }
      if (route.robots_asked) {
        remark += ", robots.txt asked";
      }
      out_ << Wrap(fmt::format("{}: {} ({}{})", route.name, route.title, route.reader, remark),
                   kIndent, width_);
    }
  }
  bool IsNext(const Route& route) const {
    return std::ranges::any_of(platform_.routes, [&](const Route& other) {
      return other.next && other.next->route == route.name;
    });
  }

  void PrintValues() {
    if (platform_.values.empty()) {
      return;
    }
    out_ << "\nValues, under with\n";
    for (const crawler::ValueSpec& value : platform_.values) {
      std::string remark = value.required ? "required" : "";
      if (!value.default_value.empty()) {
        remark = "default " + value.default_value;
      }
      if (value.is_list) {
        remark += remark.empty() ? "a list" : ", a list";
      }
      out_ << Wrap(fmt::format("{}: {}{}", value.name, value.help,
                               remark.empty() ? "" : " (" + remark + ")"),
                   kIndent, width_);
    }
  }

  void PrintCredentials() {
    if (platform_.credentials.empty()) {
      return;
    }
    out_ << "\nCredentials, as references to secrets\n";
    for (const crawler::CredentialSpec& credential : platform_.credentials) {
      out_ << Wrap(fmt::format("{}: {}{}", credential.name, credential.help,
                               credential.optional ? " (optional)" : ""),
                   kIndent, width_);
      int step = 0;
      for (const std::string& text : credential.steps) {
        out_ << Wrap(fmt::format("{}. {}", ++step, text), kDetailIndent, width_);
      }
      if (!credential.link.empty()) {
        out_ << Wrap(credential.link, kDetailIndent, width_);
      }
    }
  }

  void PrintLimits() {
    if (platform_.budgets.empty()) {
      return;
    }
    out_ << "\nLimits\n";
    for (const crawler::BudgetSpec& budget : platform_.budgets) {
      const std::string period = budget.calendar_day ? "a day (" + budget.time_zone + ")"
                                 : budget.calendar_month
                                     ? std::string("a month")
                                     : "in " + config::FormatDuration(budget.within);
      out_ << Wrap(budget.what == "money"
                       ? fmt::format("money: what the source's spend says, in {}, {}",
                                     budget.currency, period)
                       : fmt::format("{} {} {}", budget.most, budget.what, period),
                   kIndent, width_);
    }
  }

  // What a source looks like with everything that is not optional.
  void PrintExample() {
    if (platform_.routes.empty()) {
      return;
    }
    out_ << "\nIn sources.yaml\n" << fmt::format("  {0}:\n    platform: {0}\n", platform_.name);
    std::string values;
    for (const crawler::ValueSpec& value : platform_.values) {
      if (value.required || (value.default_value.empty() && IsUsual(value.name))) {
        values += fmt::format("{}{}: …", values.empty() ? "" : ", ", value.name);
      }
    }
    if (!values.empty()) {
      out_ << "    with: {" << values << "}\n";
    }
    std::string credentials;
    for (const crawler::CredentialSpec& credential : platform_.credentials) {
      if (!credential.optional) {
        credentials += fmt::format("      {}: ${{credential:{}-{}}}\n", credential.name,
                                   platform_.name, credential.name);
      }
    }
    if (!credentials.empty()) {
      out_ << "    credentials:\n" << credentials;
    }
    if (std::ranges::any_of(platform_.budgets,
                            [](const auto& budget) { return budget.what == "money"; })) {
      out_ << "    spend: 5\n";
    }
  }
  // Whether a route that is asked without being named wants it, or the session.
  bool IsUsual(const std::string& name) const {
    const auto names = [&](const auto& templates) {
      return std::ranges::any_of(
          templates, [&](const auto& entry) { return crawler::IsNamedIn(entry.second, name); });
    };
    return names(platform_.session.create_json) || names(platform_.session.create_form) ||
           std::ranges::any_of(platform_.routes, [&](const Route& route) {
             return route.is_usual() && crawler::NamesOf(route.request).contains(name);
           });
  }

  const Platform& platform_;
  const std::size_t width_;
  std::ostream& out_;
};

}  // namespace

void ListPlatforms(const crawler::Platforms& platforms, OutputForm form, std::size_t width,
                   std::ostream& out) {
  if (form == OutputForm::kJsonLines) {
    for (const auto& [name, platform] : platforms) {
      out << json::serialize(ToJson(*platform)) << '\n';
    }
    return;
  }
  std::vector<const Platform*> all;
  for (const auto& [name, platform] : platforms) {
    all.push_back(platform.get());
  }
  std::ranges::stable_sort(all, {}, [](const Platform* one) { return one->group; });
  std::string group;
  for (const Platform* platform : all) {
    if (platform->group != group) {
      group = platform->group;
      out << group << '\n';
    }
    const std::string line =
        fmt::format("  {:<19} {:<9} {:<11} ", platform->name, StatusName(platform->status),
                    CertaintyName(platform->certainty));
    // Long titles go on below where they began.
    const std::string title = Wrap(platform->title, line.size(), width);
    out << line << title.substr(line.size());
  }
  out << Wrap(
      "on: read once a source names it; off: somebody should try it first; coverage: cannot be "
      "watched, and schoolwatch platforms show NAME says how people report it.",
      0, std::min(width, kMostProse));
}

core::Result<void> ShowPlatform(const crawler::Platforms& platforms, const std::string& name,
                                std::size_t width, std::ostream& out) {
  const auto found = platforms.find(name);
  if (found == platforms.end()) {
    std::vector<std::string> names;
    for (const auto& [one, platform] : platforms) {
      names.push_back(one);
    }
    return core::Fail(core::ErrorKind::kNotFound,
                      fmt::format("there is no platform '{}'{}; schoolwatch platforms list shows "
                                  "all",
                                  SafeForTerminal(name), config::DidYouMean(name, names)));
  }
  Page(*found->second, width, out).Print();
  return {};
}

}  // namespace schoolwatch::app
