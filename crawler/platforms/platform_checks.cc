#include "crawler/platforms/platform_checks.h"

#include <fmt/format.h>
#include <re2/re2.h>

#include <algorithm>
#include <optional>
#include <set>
#include <string>
#include <vector>

#include "crawler/platforms/check_desk.h"
#include "crawler/platforms/route_request.h"

namespace schoolwatch::crawler {
namespace {

using config::Section;

class PlatformCheck {
 public:
  explicit PlatformCheck(const CheckDesk& desk) : desk_(desk) {}

  void Run() const {
    CheckStatus();
    CheckValues();
    CheckSession();
    CheckBudgets();
    CheckLinks();
    for (const Route& route : desk_.platform().routes) {
      CheckRoute(desk_, route);
    }
  }

 private:
  void CheckStatus() const {
    const bool is_coverage = desk_.platform().status == PlatformStatus::kCoverage;
    if (is_coverage && !desk_.platform().routes.empty()) {
      desk_.Add({"routes"}, "'status' is coverage, which is for a platform without a route");
    }
    if (is_coverage && desk_.platform().report_instead.empty()) {
      desk_.Add({"status"},
                "'status' is coverage, so 'report_instead' must say how people report it");
    }
    if (!is_coverage && desk_.platform().routes.empty()) {
      desk_.Add(
          {"status"},
          "there is no route; a platform that cannot be read has 'status: coverage' and says why");
    }
    if (desk_.platform().status == PlatformStatus::kOn &&
        desk_.platform().certainty == Certainty::kUntried) {
      desk_.Add({"status"},
                "'certainty' is untried, so 'status' must be off until somebody has tried it");
    }
    if (desk_.platform().robots == RobotsUse::kDocumentedApi &&
        desk_.platform().robots_why.empty()) {
      desk_.Add(
          {"robots"},
          "'robots' is api, so 'robots_why' must give the documentation that invites programs");
    }
  }

  void CheckValues() const {
    for (const ValueSpec& value : desk_.platform().values) {
      const re2::RE2 pattern(value.pattern, re2::RE2::Quiet);
      if (!pattern.ok()) {
        desk_.Add({"values", value.name, "pattern"},
                  fmt::format("value '{}': 'pattern' is no regular expression: {}", value.name,
                              pattern.error()));
      } else if (!value.default_value.empty() && !value.pattern.empty() &&
                 !re2::RE2::FullMatch(value.default_value, pattern)) {
        desk_.Add({"values", value.name, "default"},
                  fmt::format("value '{}': 'default' does not fit 'pattern'", value.name));
      }
      if (desk_.platform().FindCredential(value.name) != nullptr) {
        desk_.Add({"values", value.name},
                  fmt::format("'{}' is a value and a credential; templates could mean either",
                              value.name));
      }
    }
  }

  void CheckSession() const {
    using Kind = SessionSpec::Kind;
    const SessionSpec& session = desk_.platform().session;
    std::set<std::string> names = desk_.CommonNames();
    const bool is_made = session.kind != Kind::kNone && session.kind != Kind::kToken;
    if (is_made && session.create_url.empty() && session.refresh_url.empty()) {
      desk_.Add({"session"}, "'session' asks for a token, so 'create' must say where");
    }
    if (session.kind == Kind::kToken && session.headers.empty() && session.query.empty()) {
      desk_.Add({"session"}, "'session' of kind token adds neither headers nor query");
    }
    desk_.CheckNames(session.create_form, {"session", "create", "form"}, names, "session");
    desk_.CheckNames(session.create_json, {"session", "create", "json"}, names, "session");
    desk_.CheckTemplateNames(session.create_url, {"session", "create", "url"}, names, "session");
    desk_.CheckTemplateNames(session.refresh_url, {"session", "refresh", "url"}, names, "session");
    desk_.CheckTemplateNames(session.basic_user, {"session", "create", "basic_user"}, names,
                             "session");
    desk_.CheckTemplateNames(session.basic_password, {"session", "create", "basic_password"}, names,
                             "session");
    if (is_made) {
      names.insert("refresh_token");
      names.insert("access");
    }
    desk_.CheckNames(session.refresh_form, {"session", "refresh", "form"}, names, "session");
    desk_.CheckNames(session.headers, {"session", "headers"}, names, "session");
    desk_.CheckNames(session.query, {"session", "query"}, names, "session");
  }

  void CheckBudgets() const {
    const std::optional<Section> budgets = desk_.root().Find("budgets");
    const std::vector<Section> items = budgets ? budgets->items() : std::vector<Section>();
    for (std::size_t i = 0; i < desk_.platform().budgets.size() && i < items.size(); ++i) {
      const BudgetSpec& budget = desk_.platform().budgets[i];
      const bool is_money = budget.what == "money";
      if (is_money != (budget.most == 0)) {
        desk_.AddAt(items[i].where(),
                    is_money ? "a budget of money has no 'most': each source gives its own cap, "
                               "as 'spend'"
                             : "a budget needs 'most'");
      }
      if (is_money == budget.currency.empty()) {
        desk_.AddAt(items[i].where(), "'currency' is for a budget of money, which needs it");
      }
      if (budget.calendar_day && budget.calendar_month) {
        desk_.AddAt(items[i].where(),
                    "'calendar_day' and 'calendar_month' cannot both be the period");
      }
    }
  }

  void CheckLinks() const {
    const Platform& platform = desk_.platform();
    if (!platform.links) {
      return;
    }
    const LinkSpec& links = *platform.links;
    if (links.page == LinkSpec::Page::kLeft && links.why.empty()) {
      desk_.Add({"links"}, "'links': 'page' is left, so 'why' must say what forbids to read it");
    }
    if (links.oembed.empty()) {
      return;
    }
    const Route* const route = platform.FindRoute(links.oembed);
    const ValueSpec* const value = platform.FindValue(kLinkValue);
    if (route == nullptr || value == nullptr || !value->is_list ||
        !NamesOf(route->request).contains(std::string(kLinkValue))) {
      desk_.Add({"links", "oembed"},
                fmt::format("'links': 'oembed' names a route whose request has the value '{}', "
                            "which is a list; there is none '{}'",
                            kLinkValue, links.oembed));
      return;
    }
    // Anybody may send links, and nobody's credential or money is spent on them.
    const bool costs = !route->cost.prices.empty() || route->cost.most_money > 0;
    if (route->request.with_session || route->by_default || !route->robots_asked || costs) {
      desk_.Add({"links", "oembed"},
                fmt::format("'links': the route '{}' needs 'by_default: false' and 'robots_asked: "
                            "true', and no session and no cost",
                            route->name));
    }
  }

  const CheckDesk& desk_;
};

}  // namespace

void CheckPlatform(const Platform& platform, const config::Section& section,
                   config::Diagnostics& problems) {
  PlatformCheck(CheckDesk(platform, section, problems)).Run();
}

}  // namespace schoolwatch::crawler
