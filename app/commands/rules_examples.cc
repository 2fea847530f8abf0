#include "app/commands/rules_examples.h"

#include <fmt/format.h>
#include <re2/re2.h>

#include <algorithm>
#include <boost/json.hpp>
#include <map>
#include <ostream>
#include <set>
#include <utility>

#include "app/terminal.h"
#include "config/section.h"
#include "core/text/fold.h"
#include "matchers/pattern_pieces.h"
#include "matchers/pattern_set.h"

namespace schoolwatch::app {
namespace {

using matchers::ExampleFailure;
using matchers::Rule;

// Places of examples: rules keep only their texts.
class ExamplePlaces {
 public:
  explicit ExamplePlaces(const RuleFiles& files) {
    for (const matchers::PackFile& file : files.files) {
      const auto root = config::ParseYaml(file.name, file.bytes);
      const auto rules = root ? root->Find("rules") : std::nullopt;
      for (const config::Section& rule : rules ? rules->items() : std::vector<config::Section>{}) {
        const auto id = rule.Find("id");
        const auto tests = rule.Find("tests");
        if (!id || !tests) {
          continue;
        }
        for (const std::string_view kind : {"hit", "miss"}) {
          if (const auto examples = tests->Find(kind)) {
            Add(std::string(id->text()), *examples);
          }
        }
      }
    }
  }

  config::Location Of(const ExampleFailure& failure) const {
    const auto found = places_.find({failure.rule, failure.example});
    return found == places_.end() ? failure.where : found->second;
  }

 private:
  void Add(const std::string& rule, const config::Section& examples) {
    if (examples.is_scalar()) {
      places_.emplace(std::pair(rule, examples.text()), examples.where());
    }
    for (const config::Section& one : examples.items()) {
      places_.emplace(std::pair(rule, one.text()), one.where());
    }
  }
  std::map<std::pair<std::string, std::string>, config::Location> places_;
};

std::string Shortened(std::string_view text) { return config::ForMessage(SafeForTerminal(text)); }

// What one of `patterns` matches in the text; empty for none.
std::string FindWords(const std::vector<std::string>& patterns, const std::string& text) {
  RE2::Options options;
  options.set_log_errors(false);
  for (const std::string& pattern : patterns) {
    const RE2 regex(matchers::LowerPattern(pattern), options);
    re2::StringPiece words;
    if (regex.ok() && regex.Match(text, 0, text.size(), RE2::UNANCHORED, &words, 1)) {
      return words.empty() ? "every text" : fmt::format("\"{}\"", Shortened(words));
    }
  }
  return {};
}

std::string NamesOf(const Rule& rule) {
  std::string names;
  for (const std::vector<matchers::Need>& alternatives : rule.needs) {
    names += names.empty() ? "" : ", ";
    for (std::size_t number = 0; number < alternatives.size(); ++number) {
      names += fmt::format("{}{}{}", number == 0 ? "" : "|",
                           alternatives[number].absent ? "not " : "", alternatives[number].name);
    }
  }
  return names;
}

// How near the patterns come, for somebody who does not read them.
std::string Nearest(const Rule& rule, const std::string& folded) {
  matchers::PartialTrace best;
  std::size_t number = 0;
  for (std::size_t pattern = 0; pattern < rule.patterns.size(); ++pattern) {
    const matchers::PartialTrace trace = matchers::TracePattern(rule.patterns[pattern], folded);
    if (best.wanted.empty() || trace.reached.size() > best.reached.size()) {
      best = trace;
      number = pattern;
    }
  }
  if (best.wanted.empty()) {
    return "no pattern matches";
  }
  const std::string which =
      rule.patterns.size() == 1 ? "the pattern" : fmt::format("pattern {}", number + 1);
  if (best.reached.empty()) {
    return fmt::format("no pattern matches; {} already fails at its beginning, {}", which,
                       Shortened(best.wanted));
  }
  return fmt::format("no pattern matches; {} gets as far as \"{}\" and then does not find {}",
                     which, Shortened(best.reached), Shortened(best.wanted));
}

// Why an example fails, and what would help.
std::string Explain(const Rule& rule, const ExampleFailure& failure) {
  if (failure.kind == ExampleFailure::Kind::kShouldMiss) {
    return failure.why +
           "; narrow the pattern, or write what makes this harmless under unless, needs or damp";
  }
  const std::string folded = core::Fold(failure.example).text;
  const bool matches =
      !FindWords(rule.patterns, folded).empty() ||
      !FindWords(rule.patterns, core::EvasionView(core::Fold(failure.example)).text).empty();
  if (!matches) {
    std::string why = Nearest(rule, folded);
    if (folded != failure.example) {
      why += fmt::format("; the rule reads \"{}\"", Shortened(folded));
    }
    return why;
  }
  if (const std::string words = FindWords(rule.unless, folded); !words.empty()) {
    return fmt::format("the pattern matches, but so does its unless, on {}", words);
  }
  if (const std::string words = FindWords(rule.unless_post, folded); !words.empty()) {
    return fmt::format("the pattern matches, but so does its unless_post, on {}", words);
  }
  // Cues leave a match, and the engine says which; else something that it needs is not there.
  if (failure.why.starts_with("cues leave") || rule.needs.empty()) {
    return failure.why;
  }
  return fmt::format("the pattern matches, but not all that it needs is there: {}", NamesOf(rule));
}

struct Sums {
  std::size_t rules = 0;
  std::size_t examples = 0;
  std::size_t failed = 0;
  std::set<std::string> failed_rules;
};

void Print(const ExampleFailure& failure, const config::Location& where, const std::string& why,
           OutputForm form, std::ostream& out) {
  const bool hit = failure.kind == ExampleFailure::Kind::kShouldHit;
  if (form == OutputForm::kJsonLines) {
    out << boost::json::serialize(boost::json::object{{"type", "failure"},
                                                      {"file", where.file},
                                                      {"line", where.line},
                                                      {"column", where.column},
                                                      {"rule", failure.rule},
                                                      {"expected", hit ? "hit" : "miss"},
                                                      {"example", failure.example},
                                                      {"why", why}})
        << '\n';
    return;
  }
  out << fmt::format("{}: rule '{}' should {} this example:\n    \"{}\"\n", config::Format(where),
                     failure.rule, hit ? "hit" : "miss", SafeForTerminal(failure.example))
      << Wrap(SafeForTerminal("but " + why + "."), 2, TerminalWidth(stdout));
}

}  // namespace

ExitCode TestRules(const RuleSources& sources, OutputForm form, std::ostream& out,
                   std::ostream& errors) {
  config::Diagnostics problems;
  const RuleFiles files = ReadRuleFiles(sources, problems);
  if (const core::Result<void> read = problems.ToResult(); !read) {
    return ReportError(read.error(), errors);
  }
  const auto rules = CompileRules(files);
  if (!rules) {
    return ReportError(rules.error(), errors);
  }
  Sums sums;
  std::map<std::string_view, const Rule*> asked_for;
  for (const Rule& rule : (*rules)->pack().rules) {
    if (files.asked_for.empty() ||
        std::ranges::find(files.asked_for, rule.where.file) != files.asked_for.end()) {
      asked_for.emplace(rule.id, &rule);
      ++sums.rules;
      sums.examples += rule.hits.size() + rule.misses.size();
    }
  }
  const ExamplePlaces places(files);
  for (const ExampleFailure& failure : matchers::RunExamples(**rules)) {
    const auto rule = asked_for.find(failure.rule);
    if (rule == asked_for.end()) {
      continue;
    }
    ++sums.failed;
    sums.failed_rules.insert(failure.rule);
    Print(failure, places.Of(failure), Explain(*rule->second, failure), form, out);
  }
  if (form == OutputForm::kJsonLines) {
    out << boost::json::serialize(boost::json::object{{"type", "summary"},
                                                      {"rules", sums.rules},
                                                      {"examples", sums.examples},
                                                      {"failed", sums.failed},
                                                      {"rules_version", (*rules)->pack().version}})
        << '\n';
  } else if (sums.failed > 0) {
    out << fmt::format("\n{} of {} failed, in {} of {}.\n", sums.failed,
                       Count(sums.examples, "example"), sums.failed_rules.size(),
                       Count(sums.rules, "rule"));
  } else {
    out << fmt::format("All {} of {} do what they say.\n", Count(sums.examples, "example"),
                       Count(sums.rules, "rule"));
  }
  return sums.failed > 0 ? ExitCode::kActionNeeded : ExitCode::kDone;
}

}  // namespace schoolwatch::app
