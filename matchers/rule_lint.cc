#include "matchers/rule_lint.h"

#include <fmt/format.h>
#include <re2/re2.h>

#include <algorithm>
#include <map>
#include <memory>
#include <optional>
#include <set>
#include <string>
#include <utility>

#include "core/text/fold.h"
#include "matchers/pattern_pieces.h"
#include "matchers/pattern_set.h"
#include "matchers/pattern_shape.h"

namespace schoolwatch::matchers {
namespace {

// A usual pattern has under 500 instructions; RE2's automaton for one of these takes megabytes.
constexpr int kLargeProgram = 8'000;
// Of a word of ordinary posts, that it is this one: "from", or any that holds "ing".
constexpr double kOften = 0.005;

class RuleLinter {
 public:
  explicit RuleLinter(const RuleSet& rules) : rules_(rules), all_(rules.pack().rules) {}

  std::vector<LintFinding> Lint() {
    LintExamples();
    for (std::size_t rule = 0; rule < all_.size(); ++rule) {
      LintPatterns(rule);
      LintGroup(rule);
    }
    LintTwins();
    return std::move(findings_);
  }

 private:
  void Add(LintLevel level, std::size_t rule, std::string check, std::string message) {
    AddAt(level, rule, all_[rule].where, std::move(check), std::move(message));
  }
  void AddAt(LintLevel level, std::size_t rule, config::Location where, std::string check,
             std::string message) {
    findings_.push_back({.level = level,
                         .where = std::move(where),
                         .owner = "rule '" + all_[rule].id + "'",
                         .check = std::move(check),
                         .message = std::move(message)});
  }
  config::Location WhereOf(std::size_t rule, std::size_t pattern) const {
    const std::vector<config::Location>& places = all_[rule].pattern_where;
    return pattern < places.size() ? places[pattern] : all_[rule].where;
  }
  // "pattern 2", where there are several.
  std::string Name(std::size_t rule, std::size_t pattern) const {
    return all_[rule].patterns.size() == 1 ? "the pattern" : fmt::format("pattern {}", pattern + 1);
  }

  void LintExamples() {
    std::map<std::string, std::size_t> failed;
    for (const ExampleFailure& failure : RunExamples(rules_)) {
      ++failed[failure.rule];
    }
    for (std::size_t rule = 0; rule < all_.size(); ++rule) {
      if (const auto found = failed.find(all_[rule].id); found != failed.end()) {
        Add(LintLevel::kError, rule, "example",
            fmt::format("{} of its {} examples {} not do what it says: schoolwatch rules test "
                        "shows why",
                        found->second, all_[rule].hits.size() + all_[rule].misses.size(),
                        found->second == 1 ? "does" : "do"));
      }
    }
  }

  // Rules that can never count.
  void LintPatterns(std::size_t index) {
    const Rule& rule = all_[index];
    RE2::Options options;
    options.set_log_errors(false);
    for (std::size_t number = 0; number < rule.patterns.size(); ++number) {
      const std::string& pattern = rule.patterns[number];
      if (const LooseEdges loose = FindLooseEdges(pattern); loose.start || loose.end) {
        const std::string_view does = loose.start && loose.end ? "begin and end"
                                      : loose.start            ? "begin"
                                                               : "end";
        AddAt(LintLevel::kWarning, index, WhereOf(index, number), "loose-edge",
              fmt::format("{} can {} in the midst of a word, as \"ass\" does in \"class\": {} it "
                          "with \\b{}",
                          Name(index, number), does, does,
                          loose.end ? ", or with \\w* where any ending will do" : ""));
      }
      const RE2 regex(LowerPattern(pattern), options);
      if (!regex.ok()) {
        continue;  // Not a rule of a compiled set.
      }
      LintCost(index, number);
      if (regex.ProgramSize() > kLargeProgram) {
        AddAt(LintLevel::kWarning, index, WhereOf(index, number), "large",
              fmt::format("{} takes {} instructions, and {} is much: make counts {{…}} smaller or "
                          "split it",
                          Name(index, number), regex.ProgramSize(), kLargeProgram));
      }
      const bool tried = std::ranges::any_of(rule.hits, [&regex](const std::string& example) {
        const core::FoldedText folded = core::Fold(example);
        const core::FoldedText evasion = core::EvasionView(folded);
        return RE2::PartialMatch(folded.text, regex) ||
               (!evasion.text.empty() && RE2::PartialMatch(evasion.text, regex));
      });
      if (!tried && rule.patterns.size() > 1) {
        AddAt(LintLevel::kHint, index, WhereOf(index, number), "untried",
              fmt::format("{} matches none of the rule's examples: add one under hit that needs it",
                          Name(index, number)));
      }
    }
  }

  void LintCost(std::size_t index, std::size_t number) {
    const PatternShape shape = ShapeOf(LowerPattern(all_[index].patterns[number]));
    const Literal* commonest = nullptr;
    double most = 0;
    for (const PatternShape::Branch& branch : shape.branches) {
      for (const Literal& literal : branch.triggers) {
        const double frequency = KeyOf(literal).frequency;
        if (branch.guards.empty() && frequency > most) {
          most = frequency;
          commonest = &literal;
        }
      }
    }
    if (commonest != nullptr && most > kOften) {
      AddAt(LintLevel::kHint, index, WhereOf(index, number), "common-literal",
            fmt::format("{} runs wherever \"{}\" stands, which is often: a rarer word that must "
                        "occur makes it cheaper",
                        Name(index, number), config::ForMessage(commonest->text)));
    }
  }

  void LintGroup(std::size_t index) {
    const std::optional<std::size_t> group = rules_.LinksOf(index).group;
    if (group.has_value() && rules_.pack().groups[*group].cap < all_[index].weight) {
      Add(LintLevel::kHint, index, "over-cap",
          fmt::format("weighs {:.2g}, but its group '{}' gives {:.2g} at most", all_[index].weight,
                      all_[index].group, rules_.pack().groups[*group].cap));
    }
  }

  // The same pattern twice in one category counts the same words twice.
  void LintTwins() {
    std::map<std::pair<core::Category, std::string>, std::pair<std::size_t, std::size_t>> first;
    for (std::size_t rule = 0; rule < all_.size(); ++rule) {
      for (std::size_t number = 0; number < all_[rule].patterns.size(); ++number) {
        const auto [known, is_new] = first.emplace(
            std::pair(all_[rule].category, all_[rule].patterns[number]), std::pair(rule, number));
        if (!is_new) {
          const auto [other, other_number] = known->second;
          AddAt(LintLevel::kWarning, rule, WhereOf(rule, number), "twin",
                fmt::format("the same pattern stands in rule '{}' at {}{}", all_[other].id,
                            config::Format(WhereOf(other, other_number)),
                            rule == other ? "" : ", so the same words count twice"));
        }
      }
    }
  }

  const RuleSet& rules_;
  const std::vector<Rule>& all_;
  std::vector<LintFinding> findings_;
};

}  // namespace

std::vector<LintFinding> LintRules(const RuleSet& rules) { return RuleLinter(rules).Lint(); }

void SortFindings(std::vector<LintFinding>& findings) {
  std::ranges::stable_sort(findings, [](const LintFinding& a, const LintFinding& b) {
    return std::tie(a.level, a.where.file, a.where.line, a.where.column) <
           std::tie(b.level, b.where.file, b.where.line, b.where.column);
  });
}

}  // namespace schoolwatch::matchers
