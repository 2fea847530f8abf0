#include "app/commands/rules_list.h"

#include <fmt/format.h>

#include <algorithm>
#include <boost/json.hpp>
#include <ostream>

#include "app/replay.h"
#include "app/terminal.h"
#include "config/diagnostics.h"

namespace schoolwatch::app {
namespace {

namespace json = boost::json;

std::string ShortFile(const std::string& file) { return file.substr(file.find_last_of('/') + 1); }

json::object ToJson(const matchers::Rule& rule, const RuleHits* hits) {
  json::object object{{"type", "rule"},
                      {"rule", rule.id},
                      {"category", core::CategoryName(rule.category)},
                      {"topic", rule.topic},
                      {"severity", core::SeverityName(rule.severity)},
                      {"weight", rule.weight},
                      {"shadow", rule.shadow},
                      {"why", rule.why},
                      {"file", rule.where.file},
                      {"line", rule.where.line}};
  if (!rule.group.empty()) {
    object["group"] = rule.group;
  }
  if (rule.floor != core::Severity::kNone) {
    object["floor"] = core::SeverityName(rule.floor);
  }
  if (hits != nullptr) {
    object["posts"] = hits->posts;
    if (hits->posts > 0) {
      object["last"] = core::FormatRfc3339(hits->last);
    }
  }
  return object;
}

}  // namespace

core::Result<std::map<std::string, RuleHits>> CountRuleHits(const storage::CaseReader& cases) {
  SW_ASSIGN(const std::vector<ReplayPost> posts, LoadRemembered(cases));
  std::map<std::string, RuleHits> counts;
  for (const ReplayPost& post : posts) {
    for (const core::Hit& hit : post.judgement.hits) {
      RuleHits& count = counts[hit.rule];
      ++count.posts;
      count.last = std::max(count.last, post.at);
    }
  }
  return counts;
}

void ListRules(const matchers::RuleSet& rules, const std::map<std::string, RuleHits>* hits,
               OutputForm form, std::ostream& out) {
  static const RuleHits kNone;
  const auto hits_of = [hits](const matchers::Rule& rule) -> const RuleHits* {
    if (hits == nullptr) {
      return nullptr;
    }
    const auto found = hits->find(rule.id);
    return found == hits->end() ? &kNone : &found->second;
  };
  std::size_t shadow = 0;
  if (form == OutputForm::kForPeople) {
    out << fmt::format("{:<32} {:<13} {:<7} {:>6}{}  where\n", "rule", "category", "soon", "weight",
                       hits == nullptr ? "" : "  posts");
  }
  for (const matchers::Rule& rule : rules.pack().rules) {
    shadow += rule.shadow ? 1u : 0u;
    const RuleHits* count = hits_of(rule);
    if (form == OutputForm::kJsonLines) {
      out << json::serialize(ToJson(rule, count)) << '\n';
      continue;
    }
    out << fmt::format("{:<32} {:<13} {:<7} {:>6.2f}{}  {}:{}{}\n", SafeForTerminal(rule.id),
                       core::CategoryName(rule.category), core::SeverityName(rule.severity),
                       rule.weight, count == nullptr ? "" : fmt::format(" {:>6}", count->posts),
                       ShortFile(rule.where.file), rule.where.line,
                       rule.shadow ? "  shadow: counts, alarms nobody" : "");
  }
  if (form == OutputForm::kForPeople) {
    out << fmt::format("{}, {} in the shadow, {}, {}; version {}.\n",
                       Count(rules.pack().rules.size(), "rule"), shadow,
                       Count(rules.pack().cues.size(), "cue"),
                       Count(rules.pack().groups.size(), "group"), rules.pack().version);
    if (hits != nullptr) {
      out << "Posts: of those that the store remembers, in how many the rule matched.\n";
    }
  }
}

}  // namespace schoolwatch::app
