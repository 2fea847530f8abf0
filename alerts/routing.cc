#include "alerts/routing.h"

#include <algorithm>

#include "config/routing.h"

namespace schoolwatch::alerts {
namespace {

// What is asked is one of what there is; to ask nothing fits everything.
bool AnyOf(const std::vector<std::string>& asked, std::span<const std::string> given) {
  return asked.empty() || std::ranges::any_of(asked, [&](const std::string& one) {
           return std::ranges::find(given, one) != given.end();
         });
}

bool AnyOf(const std::vector<config::Located<std::string>>& asked, std::string_view given) {
  return asked.empty() || std::ranges::any_of(asked, [&](const config::Located<std::string>& one) {
           return one.value == given;
         });
}

bool Fits(const config::RouteBranch& branch, const RouteQuery& query) {
  return AnyOf(branch.schools, query.school) && AnyOf(branch.sources, query.source) &&
         AnyOf(branch.topics, query.topics) && AnyOf(branch.about, query.about) &&
         query.severity >= branch.at_least &&
         (branch.categories.empty() ||
          std::ranges::find(branch.categories, query.category) != branch.categories.end());
}

}  // namespace

RoutingTree::RoutingTree(std::span<const config::RouteBranch> branches)
    : branches_(branches.begin(), branches.end()) {
  if (branches_.empty()) {
    branches_ = config::DefaultRoute();
  }
}

Route RoutingTree::Choose(const RouteQuery& query) const {
  Route route;
  const std::vector<config::RouteBranch>* level = &branches_;
  while (level != nullptr) {
    const auto fitting = std::ranges::find_if(
        *level, [&](const config::RouteBranch& branch) { return Fits(branch, query); });
    if (fitting == level->end()) {
      break;
    }
    route.name += (route.name.empty() ? "" : " / ") + fitting->name;
    route.where = fitting->where;
    route.tell = fitting->tell;
    if (!fitting->otherwise.empty()) {
      route.otherwise = fitting->otherwise;
    }
    level = &fitting->branches;
  }
  return route;
}

}  // namespace schoolwatch::alerts
