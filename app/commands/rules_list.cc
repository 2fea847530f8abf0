#include "app/commands/rules_list.h"

#include <fmt/format.h>

#include <algorithm>
#include <boost/json.hpp>
#include <ostream>

#include "app/replay.h"
#include "app/terminal.h"
#include "config/diagnostics.h"
#include "core/calendar.h"

namespace schoolwatch::app {
namespace {

namespace json = boost::json;

std::string ShortFile(const std::string& file) { return file.substr(file.find_last_of('/') + 1); }

// "shadow: matched on 3 posts since 2026-03-02".
std::string Trial(const ShadowTrial* trial) {
  return trial == nullptr
             ? "shadow: alarms nobody"
             : fmt::format("shadow: matched on {} since {}", Count(trial->posts, "post"),
                           core::FormatRfc3339(trial->since).substr(0, 10));
}

json::object ToJson(const matchers::Rule& rule, const RuleHits* hits, const ShadowTrial* trial) {
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
  if (rule.expires) {
    object["expires"] = core::FormatDay(*rule.expires);
  }
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
  if (trial != nullptr) {
    object["trial"] =
        json::object{{"posts", trial->posts}, {"since", core::FormatRfc3339(trial->since)}};
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

void ListRules(const matchers::RuleSet& rules, const RuleHistory* history, OutputForm form,
               std::ostream& out) {
  static const RuleHits kNone;
  std::size_t shadow = 0;
  if (form == OutputForm::kForPeople) {
    out << fmt::format("{:<32} {:<13} {:<7} {:>6}{}  where\n", "rule", "category", "soon", "weight",
                       history == nullptr ? "" : "  posts");
  }
  for (const matchers::Rule& rule : rules.pack().rules) {
    shadow += rule.shadow ? 1u : 0u;
    const RuleHits* hits = nullptr;
    const ShadowTrial* trial = nullptr;
    if (history != nullptr) {
      const auto found = history->hits.find(rule.id);
      hits = found == history->hits.end() ? &kNone : &found->second;
      const auto tried = history->trials.find(rule.id);
      trial = rule.shadow && tried != history->trials.end() ? &tried->second : nullptr;
    }
    if (form == OutputForm::kJsonLines) {
      out << json::serialize(ToJson(rule, hits, trial)) << '\n';
      continue;
    }
    out << fmt::format("{:<32} {:<13} {:<7} {:>6.2f}{}  {}:{}{}\n", SafeForTerminal(rule.id),
                       core::CategoryName(rule.category), core::SeverityName(rule.severity),
                       rule.weight, hits == nullptr ? "" : fmt::format(" {:>6}", hits->posts),
                       ShortFile(rule.where.file), rule.where.line,
                       (rule.expires ? "  until " + core::FormatDay(*rule.expires) : "") +
                           (rule.shadow ? "  " + Trial(trial) : ""));
  }
  if (form == OutputForm::kJsonLines) {
    return;
  }
  out << fmt::format("{}, {} in the shadow, {}, {}; version {}.\n",
                     Count(rules.pack().rules.size(), "rule"), shadow,
                     Count(rules.pack().cues.size(), "cue"),
                     Count(rules.pack().groups.size(), "group"), rules.pack().version);
  if (history != nullptr) {
    out << "posts: of the possible concerns that the store remembers, those on which the rule "
           "matched.\n";
  }
}

}  // namespace schoolwatch::app
