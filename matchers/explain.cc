#include <fmt/format.h>

#include <algorithm>
#include <string>

#include "matchers/judge.h"

namespace schoolwatch::matchers {
namespace {

constexpr double kSmallest = 0.005;  // What two decimals show.

// A post may hold anything: what could move the cursor or hide text is not printed.
std::string ForTerminal(std::string_view text, std::size_t max_bytes) {
  std::string safe;
  for (const char byte : text) {
    const auto value = static_cast<unsigned char>(byte);
    if (safe.size() >= max_bytes && (value & 0xC0) != 0x80) {
      return safe + "…";
    }
    safe += value < 0x20 || value == 0x7F ? ' ' : byte;
  }
  return safe;
}

std::string Certainty(double probability) { return fmt::format("{:.0f} %", probability * 100); }

void AddSchools(const core::Judgement& judgement, std::string& out) {
  if (!judgement.mentions) {
    out += "Not about a watched school, so no rule was run.\n";
  }
  for (const core::SchoolScore& school : judgement.schools) {
    out += fmt::format("About {} ({} sure): {}.\n", school.school, Certainty(school.score),
                       school.why);
  }
  for (const core::SchoolScore& school : judgement.also_possible) {
    out +=
        fmt::format("Perhaps {} ({}): {}.\n", school.school, Certainty(school.score), school.why);
  }
}

const Rule* FindRule(const RuleSet* rules, std::string_view id) {
  if (rules == nullptr) {
    return nullptr;
  }
  const auto found = std::ranges::find(rules->pack().rules, id, &Rule::id);
  return found == rules->pack().rules.end() ? nullptr : &*found;
}

void AddTerm(const core::Post& post, const core::Judgement& judgement, const core::Term& term,
             const RuleSet* rules, std::string& out) {
  out += fmt::format("  {:+6.2f}  {}", term.value, term.label);
  constexpr std::string_view kRule = "rule ";
  if (term.label.starts_with(kRule)) {
    const auto hit = std::ranges::find(
        judgement.hits, std::string_view(term.label).substr(kRule.size()), &core::Hit::rule);
    if (hit != judgement.hits.end()) {
      const Rule* rule = FindRule(rules, hit->rule);
      const bool less = rule != nullptr && term.value < rule->weight - kSmallest;
      const std::string field =
          post.title.empty() ? "" : std::string(core::PostFieldName(hit->field)) + ", ";
      out += fmt::format(": {} ({}{})\n          {}bytes {}-{}: \"{}\"", hit->why,
                         core::SeverityName(hit->severity),
                         less ? fmt::format("; of {:.2f}: far from the name, hidden, or its group "
                                            "is full",
                                            rule->weight)
                              : "",
                         field, hit->start, hit->end, ForTerminal(hit->text, 160));
    }
  }
  out += "\n";
}

// How soon, and which rule says so.
void AddSeverity(const core::Judgement& judgement, std::string& out) {
  out += fmt::format("\nHow soon: {}", core::SeverityName(judgement.severity));
  const core::Hit* soonest = nullptr;
  for (const core::Hit& hit : judgement.hits) {
    const bool counts = hit.weight > 0 && std::ranges::find(judgement.categories, hit.category) !=
                                              judgement.categories.end();
    if (counts && (soonest == nullptr || hit.severity > soonest->severity)) {
      soonest = &hit;
    }
  }
  if (soonest != nullptr) {
    out += fmt::format(
        " (rule {} says {}{})", soonest->rule, core::SeverityName(soonest->severity),
        soonest->severity > judgement.severity ? ", what stands around it lowers it" : "");
  }
  out += fmt::format(". Rules {}.\n", judgement.rules_version);
}

}  // namespace

std::string Explain(const core::Post& post, const core::Judgement& judgement,
                    const RuleSet* rules) {
  std::string out;
  AddSchools(judgement, out);
  if (!judgement.mentions) {
    return out;
  }
  for (std::size_t number = 0; number < core::kCategories.size(); ++number) {
    const core::Category category = core::kCategories[number];
    double sum = 0;
    std::size_t lines = 0;
    for (const core::Term& term : judgement.terms) {
      if (term.category == category) {
        sum += term.value;
        ++lines;
      }
    }
    if (lines < 2) {
      out += fmt::format("\n{}: nothing found.\n", core::CategoryName(category));
      continue;
    }
    const bool asserted =
        std::ranges::find(judgement.categories, category) != judgement.categories.end();
    out += fmt::format("\n{}: {}\n", core::CategoryName(category),
                       asserted ? "yes" : "no, the sum is below 0");
    for (const core::Term& term : judgement.terms) {
      if (term.category == category) {
        AddTerm(post, judgement, term, rules, out);
      }
    }
    out += fmt::format("  {:+6.2f}  sum, which is a probability of {}\n", sum,
                       Certainty(judgement.scores[number]));
  }
  for (const core::Hit& hit : judgement.hits) {
    if (hit.weight == 0) {
      out += fmt::format("\nshadow rule {} matched \"{}\" and adds nothing.\n", hit.rule,
                         ForTerminal(hit.text, 160));
    }
  }
  AddSeverity(judgement, out);
  return out;
}

}  // namespace schoolwatch::matchers
