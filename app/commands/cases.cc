#include "app/commands/cases.h"

#include <fmt/format.h>

#include <boost/json.hpp>
#include <ostream>

#include "app/json_text.h"
#include "app/terminal.h"

namespace schoolwatch::app {
namespace {

std::string Join(const std::vector<core::Category>& categories) {
  std::string text;
  for (const core::Category category : categories) {
    text += (text.empty() ? "" : ", ") + std::string(core::CategoryName(category));
  }
  return text;
}

std::string Join(const std::vector<std::string>& names) {
  std::string text;
  for (const std::string& name : names) {
    text += (text.empty() ? "" : ", ") + name;
  }
  return text;
}

void PrintIndented(std::ostream& out, std::string_view text) {
  const std::string safe = SafeForTerminal(text);
  for (std::size_t start = 0; start < safe.size();) {
    const std::size_t end = std::min(safe.find('\n', start), safe.size());
    out << "      " << std::string_view(safe).substr(start, end - start) << '\n';
    start = end + 1;
  }
}

}  // namespace

core::Result<void> ListCases(const storage::CaseReader& cases, const storage::CaseFilter& filter,
                             OutputForm form, std::ostream& out) {
  SW_ASSIGN(const std::vector<core::Case> found, cases.ListCases(filter));
  for (const core::Case& one : found) {
    if (form == OutputForm::kJsonLines) {
      out << boost::json::serialize(ToJson(one)) << '\n';
      continue;
    }
    out << fmt::format("{:<9} {:<7} {:<8} {}  {}\n", one.id, core::SeverityName(one.severity),
                       core::CaseStateName(one.state),
                       core::FormatRfc3339(one.changed_at).substr(0, 16), Join(one.categories));
    out << fmt::format("          {} · {} · {}\n", one.school, Count(one.findings.size(), "post"),
                       SafeForTerminal(one.title));
  }
  if (form == OutputForm::kForPeople && found.empty()) {
    out << "No cases.\n";
  }
  return {};
}

core::Result<void> ShowCase(const storage::CaseReader& cases, std::string_view id, OutputForm form,
                            std::ostream& out) {
  SW_ASSIGN(const core::Case one, cases.LoadCase(id));
  std::vector<core::Finding> findings;
  for (const std::string& finding_id : one.findings) {
    SW_ASSIGN(core::Finding finding, cases.LoadFinding(finding_id));
    findings.push_back(std::move(finding));
  }
  if (form == OutputForm::kJsonLines) {
    boost::json::object object = ToJson(one);
    boost::json::array array;
    for (const core::Finding& finding : findings) {
      array.emplace_back(ToJson(finding));
    }
    object["findings"] = std::move(array);
    out << boost::json::serialize(object) << '\n';
    return {};
  }
  out << fmt::format("Case {}: {}\n", one.id, SafeForTerminal(one.title));
  out << fmt::format("  School     {}\n  State      {}\n  Severity   {}\n  Possible   {}\n",
                     one.school, core::CaseStateName(one.state), core::SeverityName(one.severity),
                     Join(one.categories));
  if (!one.topics.empty()) {
    out << fmt::format("  Topics     {}\n", Join(one.topics));
  }
  out << fmt::format("  Opened     {}\n  Changed    {}\n  Spread     {}, {}, {}\n",
                     core::FormatRfc3339(one.opened_at), core::FormatRfc3339(one.changed_at),
                     Count(findings.size(), "post"), Count(one.authors, "author"),
                     Count(one.sources.size(), "source"));
  for (const core::Finding& finding : findings) {
    const core::Post& post = finding.post;
    out << fmt::format("\n  {} · {} · {}\n", core::SeverityName(finding.judgement.severity),
                       post.author.empty() ? "no name shown" : SafeForTerminal(post.author),
                       post.published ? core::FormatRfc3339(*post.published)
                                      : SafeForTerminal(post.published_text));
    if (!post.url.empty()) {
      out << "    " << SafeForTerminal(post.url) << '\n';
    }
    if (!post.title.empty()) {
      PrintIndented(out, post.title);
    }
    PrintIndented(out, post.text);
    for (const core::Hit& hit : finding.judgement.hits) {
      out << fmt::format("    why: {} ({}rule {})\n", hit.why,
                         hit.text.empty() ? "" : "“" + SafeForTerminal(hit.text) + "”; ", hit.rule);
    }
  }
  return {};
}

}  // namespace schoolwatch::app
