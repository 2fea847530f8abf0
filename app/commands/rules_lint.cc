#include "app/commands/rules_lint.h"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <boost/json.hpp>
#include <iterator>
#include <ostream>
#include <utility>

#include "app/post_lines.h"
#include "app/terminal.h"
#include "core/clock.h"
#include "matchers/rule_breadth.h"
#include "matchers/rule_lint.h"
#include "matchers/rule_pack.h"

namespace schoolwatch::app {
namespace {

using matchers::LintFinding;
using matchers::LintLevel;

void Append(std::vector<LintFinding> more, std::vector<LintFinding>& findings) {
  std::ranges::move(more, std::back_inserter(findings));
}

void Print(const LintFinding& finding, OutputForm form, std::ostream& out) {
  if (form == OutputForm::kJsonLines) {
    out << boost::json::serialize(
               boost::json::object{{"type", "finding"},
                                   {"level", matchers::LintLevelName(finding.level)},
                                   {"file", finding.where.file},
                                   {"line", finding.where.line},
                                   {"column", finding.where.column},
                                   {"about", finding.owner},
                                   {"check", finding.check},
                                   {"message", finding.message}})
        << '\n';
    return;
  }
  out << fmt::format("{}: {}: {}: {} [{}]\n", config::Format(finding.where),
                     matchers::LintLevelName(finding.level), SafeForTerminal(finding.owner),
                     SafeForTerminal(finding.message), finding.check);
}

std::vector<LintFinding> LintExpired(const matchers::RulePack& pack) {
  config::Diagnostics problems;
  matchers::WarnOfExpired(pack, core::SystemClock().Now(), problems);
  std::vector<LintFinding> findings;
  for (const config::Diagnostic& one : problems.warnings()) {
    findings.push_back({LintLevel::kWarning, one.where, "expiry", "expired", one.message});
  }
  return findings;
}

core::Result<void> LintSample(const std::filesystem::path& sample, const matchers::RuleSet& rules,
                              std::vector<LintFinding>& findings) {
  matchers::BreadthCounter counter(rules);
  ProgressLine progress;
  SW_TRY(ReadPostFile(sample, {}, [&](const PostLine& line) {
    counter.Add(line.post);
    if (counter.posts() % 500 == 0) {
      progress.Show(fmt::format("{} posts of the sample", counter.posts()));
    }
  }));
  Append(counter.Lint(), findings);
  return {};
}

}  // namespace

ExitCode LintRules(const RuleSources& sources, const std::optional<std::filesystem::path>& sample,
                   OutputForm form, std::ostream& out, std::ostream& errors) {
  config::Diagnostics problems;
  const RuleFiles files = ReadRuleFiles(sources, problems);
  if (const core::Result<void> read = problems.ToResult(); !read) {
    return ReportError(read.error(), errors);
  }
  std::vector<LintFinding> findings = matchers::LintFiles(files.files);
  ExitCode code = ExitCode::kDone;
  const auto rules = CompileRules(files);
  if (!rules) {
    code = ReportError(rules.error(), errors);
  } else {
    Append(matchers::LintRules(**rules), findings);
    Append(LintExpired((*rules)->pack()), findings);
    Append(matchers::LintOrdinary(**rules, matchers::AllOrdinaryCounts(),
                                  matchers::OrdinaryWordTotal()),
           findings);
    if (sample) {
      if (const core::Result<void> read = LintSample(*sample, **rules, findings); !read) {
        return ReportError(read.error(), errors);
      }
    }
  }
  if (!files.asked_for.empty()) {
    std::erase_if(findings, [&files](const LintFinding& finding) {
      return std::ranges::find(files.asked_for, finding.where.file) == files.asked_for.end();
    });
  }
  matchers::SortFindings(findings);
  std::array<std::size_t, 3> counts{};
  for (const LintFinding& finding : findings) {
    Print(finding, form, out);
    ++counts[static_cast<std::size_t>(finding.level)];
  }
  if (form == OutputForm::kJsonLines) {
    out << boost::json::serialize(boost::json::object{{"type", "summary"},
                                                      {"errors", counts[0]},
                                                      {"warnings", counts[1]},
                                                      {"hints", counts[2]},
                                                      {"loads", rules.has_value()}})
        << '\n';
  } else {
    out << fmt::format("{}, {}, {}{}\n", Count(counts[0], "error"), Count(counts[1], "warning"),
                       Count(counts[2], "hint"),
                       rules.has_value() ? "." : "; the rules do not load, see above.");
  }
  return code != ExitCode::kDone ? code : counts[0] > 0 ? ExitCode::kActionNeeded : ExitCode::kDone;
}

}  // namespace schoolwatch::app
