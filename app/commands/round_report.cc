#include "app/commands/round_report.h"

#include <fmt/format.h>

#include <algorithm>
#include <boost/json.hpp>
#include <ostream>

#include "app/commands/audit.h"
#include "app/json_text.h"
#include "app/terminal.h"

namespace schoolwatch::app {
namespace {

// "3 reports taken, 2 possible concerns"
std::string IntakeLine(const IntakeReport& intake) {
  return fmt::format("{} taken, {}", Count(intake.taken.size(), "report"),
                     Count(intake.findings, "possible concern"));
}

void PrintForPeople(const RoundReport& round, Effects effects, std::ostream& out) {
  const bool dry = effects == Effects::kDryRun;
  if (dry) {
    for (const core::Finding& finding : round.pass.findings) {
      out << fmt::format("would report: {} · {} · {}\n",
                         core::SeverityName(finding.judgement.severity), finding.school,
                         SafeForTerminal(finding.post.url));
    }
  }
  if (!round.intake.taken.empty()) {
    out << IntakeLine(round.intake) << '\n';
  }
  PrintDetails(round.pass, out);
  out << SummaryLine(round.pass, round.delivery)
      << (dry ? " (dry run: nothing was written or sent)" : "") << '\n';
  if (!dry) {
    out << "audit log: " << HeadLine(round.head) << '\n';
    if (!round.receipt.empty()) {
      out << round.receipt << '\n';
    }
  }
}

}  // namespace

std::string SummaryLine(const PassReport& pass, const DeliveryReport& delivery) {
  std::string line =
      fmt::format("{} looked at, {} ({} unchanged), {} ({} new), {} in {}; {} sent",
                  Count(pass.turns.size(), "source"), Count(pass.crawl.requests, "request"),
                  pass.crawl.unchanged, Count(pass.posts_read, "post"), pass.commits.new_posts,
                  Count(pass.commits.findings, "possible concern"),
                  Count(pass.commits.new_cases, "new case"), Count(delivery.sent, "mail"));
  if (pass.not_due > 0) {
    line += fmt::format("; {} not due", Count(pass.not_due, "source"));
  }
  if (!pass.refusals.empty()) {
    line += fmt::format("; {} deliberately not fetched",
                        Count(pass.refusals.size(), "address", "addresses"));
  }
  const auto troubled =
      std::ranges::count_if(pass.turns, [](const SourceTurn& t) { return !t.trouble.empty(); });
  if (troubled > 0) {
    line += fmt::format("; {} in trouble", Count(static_cast<std::size_t>(troubled), "source"));
  }
  if (delivery.waiting > 0) {
    line += fmt::format("; {} waiting", Count(delivery.waiting, "mail"));
  }
  if (delivery.given_up > 0) {
    line += fmt::format("; {} GIVEN UP", Count(delivery.given_up, "mail"));
  }
  if (pass.reached_time_limit) {
    line += "; stopped at the time limit";
  } else if (pass.stopped) {
    line += "; stopped on request";
  }
  return line + fmt::format("; {:.1f} s", static_cast<double>(pass.elapsed.count()) / 1000.0);
}

void PrintDetails(const PassReport& pass, std::ostream& out) {
  for (const SourceTurn& turn : pass.turns) {
    out << fmt::format("  {:<24} {}, {}, {}", turn.name, Count(turn.documents, "page"),
                       Count(turn.posts, "post"), Count(turn.findings, "possible concern"));
    if (turn.unchanged > 0) {
      out << fmt::format(" ({} unchanged)", turn.unchanged);
    }
    if (turn.left_for_later > 0) {
      out << fmt::format(", {} more for the next runs", turn.left_for_later);
    }
    if (!turn.trouble.empty()) {
      out << fmt::format("\n  {:<24} ! {}", "", SafeForTerminal(turn.trouble));
    }
    out << '\n';
  }
  for (const std::string& note : pass.notes) {
    out << "  note: " << SafeForTerminal(note) << '\n';
  }
  for (const crawler::FetchFailure& failure : pass.failures) {
    if (failure.request.depth > 0) {
      out << fmt::format("  not had: {} ({})\n", failure.request.url.href(),
                         SafeForTerminal(failure.error.message));
    }
  }
  if (!pass.refusals.empty()) {
    out << "Deliberately not fetched:\n";
    for (const crawler::Refusal& refusal : pass.refusals) {
      out << fmt::format("  {}\n    {}{}{}\n", refusal.request.url.href(),
                         crawler::RefusalReasonName(refusal.reason),
                         refusal.detail.empty() ? "" : ": ", SafeForTerminal(refusal.detail));
    }
  }
}

void PrintJson(const RoundReport& round, std::ostream& out) {
  namespace json = boost::json;
  const PassReport& pass = round.pass;
  const DeliveryReport& delivery = round.delivery;
  for (const core::Finding& finding : pass.findings) {
    json::object line = ToJson(finding);
    line["type"] = "finding";
    out << json::serialize(line) << '\n';
  }
  if (!round.intake.taken.empty()) {
    out << json::serialize(json::object{{"type", "intake"},
                                        {"reports", round.intake.taken.size()},
                                        {"findings", round.intake.findings}})
        << '\n';
  }
  for (const SourceTurn& turn : pass.turns) {
    json::object line{{"type", "source"},
                      {"name", turn.name},
                      {"documents", turn.documents},
                      {"unchanged", turn.unchanged},
                      {"failed", turn.failed},
                      {"posts", turn.posts},
                      {"mentions", turn.mentions},
                      {"findings", turn.findings},
                      {"out_of_scope", turn.out_of_scope},
                      {"left_for_later", turn.left_for_later},
                      {"health", core::SourceHealthName(turn.state.health)}};
    if (!turn.trouble.empty()) {
      line["trouble"] = turn.trouble;
    }
    out << json::serialize(line) << '\n';
  }
  for (const SourceNews& news : round.told) {
    out << json::serialize(json::object{{"type", "health"},
                                        {"source", news.source},
                                        {"health", core::SourceHealthName(news.state.health)},
                                        {"told_before", core::SourceHealthName(news.state.told)},
                                        {"error", news.state.last_error}})
        << '\n';
  }
  for (const crawler::Refusal& refusal : pass.refusals) {
    out << json::serialize(json::object{{"type", "refused"},
                                        {"source", refusal.request.source},
                                        {"url", refusal.request.url.href()},
                                        {"reason", crawler::RefusalReasonName(refusal.reason)},
                                        {"detail", refusal.detail}})
        << '\n';
  }
  // A source's own address that failed is its trouble; what it led to is named here.
  for (const crawler::FetchFailure& failure : pass.failures) {
    out << json::serialize(json::object{{"type", "failed"},
                                        {"source", failure.request.source},
                                        {"url", failure.request.url.href()},
                                        {"status", failure.status},
                                        {"error", failure.error.message}})
        << '\n';
  }
  for (const std::string& note : pass.notes) {
    out << json::serialize(json::object{{"type", "note"}, {"text", note}}) << '\n';
  }
  out << json::serialize(json::object{{"type", "summary"},
                                      {"sources", pass.turns.size()},
                                      {"not_due", pass.not_due},
                                      {"requests", pass.crawl.requests},
                                      {"unchanged", pass.crawl.unchanged},
                                      {"posts", pass.posts_read},
                                      {"new_posts", pass.commits.new_posts},
                                      {"findings", pass.commits.findings},
                                      {"cases", pass.commits.new_cases},
                                      {"mails_sent", delivery.sent},
                                      {"mails_waiting", delivery.waiting},
                                      {"mails_given_up", delivery.given_up},
                                      {"audit_entries", round.head.number},
                                      {"audit_head", core::ToHex(round.head.hash)},
                                      {"reached_time_limit", pass.reached_time_limit},
                                      {"milliseconds", pass.elapsed.count()}})
      << '\n';
}

void LogRound(const RoundReport& round, Log& log) {
  if (!round.intake.taken.empty()) {
    log.Info(IntakeLine(round.intake));
  }
  for (const std::string& trouble : round.intake.troubles) {
    log.Warn("intake: " + trouble);
  }
  log.Info(SummaryLine(round.pass, round.delivery));
  log.Info("audit log: " + HeadLine(round.head));
  if (!round.receipt.empty()) {
    log.Info(round.receipt);
  }
  for (const SourceTurn& turn : round.pass.turns) {
    if (!turn.trouble.empty()) {
      log.Warn(turn.name + ": " + turn.trouble);
    }
  }
}

void PrintRound(const RoundReport& round, Effects effects, OutputForm form, std::ostream& out) {
  if (form == OutputForm::kJsonLines) {
    PrintJson(round, out);
  } else if (effects == Effects::kDryRun || IsTerminal(stdout)) {
    PrintForPeople(round, effects, out);
  }
}

}  // namespace schoolwatch::app
