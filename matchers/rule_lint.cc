#include "matchers/rule_lint.h"

#include <fmt/format.h>
#include <re2/filtered_re2.h>
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

namespace schoolwatch::matchers {
namespace {

// A usual pattern has under 500 instructions; RE2's automaton for one of these takes megabytes.
constexpr int kLargeProgram = 8'000;

class RuleLinter {
 public:
  explicit RuleLinter(const RuleSet& rules) : rules_(rules), all_(rules.pack().rules) {}

  std::vector<LintFinding> Lint() {
    LintExamples();
    for (std::size_t rule = 0; rule < all_.size(); ++rule) {
      LintReach(rule);
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
  void LintReach(std::size_t index) {
    const Rule& rule = all_[index];
    if (rules_.IsExcludedBySentence(index, "") || rules_.IsExcludedByText(index, "")) {
      Add(LintLevel::kError, index, "always-excluded",
          fmt::format("its '{}' matches every text, so the rule never counts",
                      rules_.IsExcludedBySentence(index, "") ? "unless" : "unless_post"));
    }
    for (const std::vector<std::string>* exclusions : {&rule.unless, &rule.unless_post}) {
      for (const std::string& exclusion : *exclusions) {
        if (std::ranges::find(rule.patterns, exclusion) != rule.patterns.end()) {
          Add(LintLevel::kError, index, "always-excluded",
              "the same pattern stands under re2 and under unless, which takes away all that it "
              "matches");
        }
      }
    }
    for (const std::vector<Need>& one : rule.needs) {
      for (const std::vector<Need>& other : rule.needs) {
        if (one.size() == 1 && other.size() == 1 && one[0].name == other[0].name && one[0].absent &&
            !other[0].absent) {
          Add(LintLevel::kError, index, "contradiction",
              fmt::format("needs both '{0}' and 'not {0}', so the rule never counts", one[0].name));
        }
      }
    }
  }

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
      if (RE2::FullMatch("", regex)) {
        AddAt(LintLevel::kWarning, index, WhereOf(index, number), "matches-nothing",
              fmt::format("{} matches where nothing stands (everything in it is optional), and "
                          "such matches do not count: make one part of it needed",
                          Name(index, number)));
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
    const std::string& pattern = all_[index].patterns[number];
    if (!HasLiteral(pattern, 3)) {
      AddAt(LintLevel::kWarning, index, WhereOf(index, number), "no-literal",
            fmt::format("{} has no three letters in a row that must occur, so it runs on every "
                        "post: give its very short words a pattern of their own, or name a longer "
                        "word that always stands with them",
                        Name(index, number)));
    } else if (!HasLiteral(pattern, 4)) {
      AddAt(LintLevel::kHint, index, WhereOf(index, number), "short-literal",
            fmt::format("{} is found by three letters, which stand in many words: a longer word "
                        "that must occur makes it cheaper",
                        Name(index, number)));
    }
  }

  // Whether a run of so many letters must occur, by which the pattern is found before it is run.
  static bool HasLiteral(const std::string& pattern, int letters) {
    RE2::Options options;
    options.set_log_errors(false);
    re2::FilteredRE2 filtered(letters);
    int id = 0;
    if (filtered.Add(LowerPattern(pattern), options, &id) != RE2::NoError) {
      return true;
    }
    std::vector<std::string> atoms;
    filtered.Compile(&atoms);
    std::vector<int> unfiltered;
    filtered.AllPotentials({}, &unfiltered);
    return unfiltered.empty();
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
