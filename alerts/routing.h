#pragma once

#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "config/settings.h"
#include "core/judgement.h"

namespace schoolwatch::alerts {

// What the tree asks of a case. Views: they must outlive the call alone.
struct RouteQuery {
  std::string_view school{};
  core::Category category = core::Category::kReputational;  // The most serious one.
  core::Severity severity = core::Severity::kNone;          // The highest so far.
  std::span<const std::string> topics{};
  std::string_view source{};             // Of the post that is to be told.
  std::span<const std::string> about{};  // Roles that are spoken of.
};

// The branch that a case comes to.
struct Route {
  std::string name;                    // "safeguarding / threats"; empty: no branch fits.
  config::Location where;              // Where it is written.
  std::vector<std::string> tell;       // Roles.
  std::vector<std::string> otherwise;  // Roles, in the order in which they stand in.
  bool operator==(const Route&) const = default;
};

// `alerts: route:`. Immutable, thread-safe.
class RoutingTree {
 public:
  // Without branches the shipped tree.
  explicit RoutingTree(std::span<const config::RouteBranch> branches = {});

  // The first branch that fits, within it the first that fits of its own, and so on down. One that
  // names nobody under `otherwise` has that of the branch above it.
  Route Choose(const RouteQuery& query) const;

 private:
  std::vector<config::RouteBranch> branches_;
};

}  // namespace schoolwatch::alerts
