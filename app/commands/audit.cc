#include "app/commands/audit.h"

#include <fmt/format.h>

#include <algorithm>
#include <boost/json.hpp>
#include <ostream>
#include <vector>

#include "app/terminal.h"
#include "storage/audit_check.h"

namespace schoolwatch::app {
namespace {

namespace json = boost::json;

// The id as the log has it.
core::Result<std::string> FindCaseId(const storage::CaseReader& cases, std::string_view id) {
  const core::Result<core::Case> found = cases.LoadCase(id);
  if (found) {
    return found->id;
  }
  if (found.error().kind != core::ErrorKind::kNotFound) {
    return core::Fail(found.error());
  }
  return std::string(id);
}

std::unexpected<core::Error> NoEntries(std::string_view case_id) {
  return core::Fail(core::ErrorKind::kNotFound,
                    fmt::format("the log has no entry about a case '{}'", case_id));
}

core::Result<std::vector<core::AuditEntry>> LoadNewest(const storage::AuditLog& log,
                                                       std::size_t limit) {
  SW_ASSIGN(const core::AuditHead head, log.LoadAuditHead());
  return log.LoadAudit(head.number - std::min<std::uint64_t>(head.number, limit), limit);
}

void PrintEntry(const core::AuditEntry& entry, OutputForm form, std::ostream& out) {
  if (form == OutputForm::kJsonLines) {
    std::string line = core::CanonicalText(entry);
    line.pop_back();
    out << line
        << fmt::format(",\"previous\":\"{}\",\"hash\":\"{}\"}}\n", core::ToHex(entry.previous),
                       core::ToHex(entry.hash));
    return;
  }
  out << fmt::format("{:>7}  {:<24}  {:<15}  {:<11}  {}\n", entry.number,
                     core::FormatRfc3339(entry.at), core::AuditActionName(entry.action),
                     core::AuditActorName(entry.actor), entry.case_id);
}

core::Result<core::Sha256> ParseHash(std::string_view text) {
  core::Sha256 hash{};
  const auto digit = [](char c) {
    return c >= '0' && c <= '9' ? c - '0' : c >= 'a' && c <= 'f' ? c - 'a' + 10 : -1;
  };
  bool good = text.size() == 2 * hash.size();
  for (std::size_t i = 0; good && i < hash.size(); ++i) {
    const int high = digit(text[2 * i]);
    const int low = digit(text[2 * i + 1]);
    good = high >= 0 && low >= 0;
    hash[i] = static_cast<std::uint8_t>(high * 16 + low);
  }
  if (!good) {
    return core::Fail(core::ErrorKind::kBadInput,
                      fmt::format("'{}' is no head: 64 hexadecimal digits, as a run printed them",
                                  SafeForTerminal(text)));
  }
  return hash;
}

}  // namespace

std::string HeadLine(const core::AuditHead& head) {
  return fmt::format("{}, head {}", Count(head.number, "entry", "entries"), core::ToHex(head.hash));
}

core::Result<void> ListAudit(const storage::AuditLog& log, const storage::CaseReader& cases,
                             std::string_view case_id, std::size_t limit, OutputForm form,
                             std::ostream& out) {
  std::vector<core::AuditEntry> entries;
  if (case_id.empty()) {
    SW_ASSIGN(entries, LoadNewest(log, limit));
  } else {
    SW_ASSIGN(const std::string id, FindCaseId(cases, case_id));
    SW_ASSIGN(entries, log.LoadAuditOf(id));
    if (entries.empty()) {
      return NoEntries(id);
    }
    if (entries.size() > limit) {
      entries.erase(entries.begin(), entries.end() - static_cast<std::ptrdiff_t>(limit));
    }
  }
  for (const core::AuditEntry& entry : entries) {
    PrintEntry(entry, form, out);
  }
  return {};
}

core::Result<ExitCode> VerifyAudit(const storage::AuditLog& log, const storage::CaseReader& cases,
                                   const AuditQuestion& question, OutputForm form,
                                   std::ostream& out) {
  std::optional<core::Sha256> earlier_head;
  if (!question.earlier_head.empty()) {
    SW_ASSIGN(earlier_head, ParseHash(question.earlier_head));
  }
  storage::AuditReport report;
  if (question.case_id.empty()) {
    SW_ASSIGN(report, storage::CheckAudit(log, earlier_head));
  } else {
    SW_ASSIGN(const std::string id, FindCaseId(cases, question.case_id));
    SW_ASSIGN(const std::vector<core::AuditEntry> entries, log.LoadAuditOf(id));
    if (entries.empty()) {
      return NoEntries(id);
    }
    report.entries = entries.size();
    report.head = {entries.back().number, entries.size(), entries.back().hash};
    report.problems = storage::CheckCaseChain(entries);
  }
  const bool whole = report.problems.empty();
  if (form == OutputForm::kJsonLines) {
    for (const storage::AuditProblem& problem : report.problems) {
      out << json::serialize(json::object{
                 {"type", "problem"}, {"number", problem.number}, {"what", problem.what}})
          << '\n';
    }
    out << json::serialize(json::object{{"type", "audit"},
                                        {"whole", whole},
                                        {"entries", report.entries},
                                        {"last", report.head.number},
                                        {"head", core::ToHex(report.head.hash)}})
        << '\n';
  } else {
    for (const storage::AuditProblem& problem : report.problems) {
      out << problem.what << '\n';
    }
    out << fmt::format("The log {}: {}, the last is number {}, head {}\n",
                       whole ? "is whole" : "is NOT whole",
                       Count(report.entries, "entry", "entries"), report.head.number,
                       core::ToHex(report.head.hash));
  }
  return whole ? ExitCode::kDone : ExitCode::kDamaged;
}

}  // namespace schoolwatch::app
