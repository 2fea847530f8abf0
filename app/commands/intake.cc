#include "app/commands/intake.h"

#include <fmt/format.h>

#include <algorithm>
#include <boost/json.hpp>
#include <memory>
#include <ostream>
#include <set>
#include <utility>

#include "app/equipment.h"
#include "app/intake/intake_round.h"
#include "app/log.h"
#include "app/owner/owner.h"
#include "app/pipeline/delivery.h"
#include "app/signals.h"
#include "app/terminal.h"
#include "core/clock.h"

namespace schoolwatch::app {
namespace {

namespace json = boost::json;

void PrintIntake(const IntakeReport& intake, const DeliveryReport& delivery, OutputForm form,
                 std::ostream& out) {
  for (const IntakeReport::Taken& one : intake.taken) {
    if (form == OutputForm::kJsonLines) {
      out << json::serialize(json::object{{"type", "report"},
                                          {"way", one.way},
                                          {"name", one.name},
                                          {"fate", ReportFateName(one.report.fate)},
                                          {"what", one.report.what},
                                          {"findings", one.report.findings}})
          << '\n';
    } else {
      out << fmt::format("{} · {}: {}: {}; {}\n", one.way, SafeForTerminal(one.name),
                         ReportFateName(one.report.fate), SafeForTerminal(one.report.what),
                         Count(one.report.findings, "possible concern"));
    }
  }
  if (form == OutputForm::kJsonLines) {
    out << json::serialize(json::object{{"type", "summary"},
                                        {"reports", intake.taken.size()},
                                        {"findings", intake.findings},
                                        {"mails_sent", delivery.sent}})
        << '\n';
  } else {
    out << fmt::format("{} taken, {}; {} sent\n", Count(intake.taken.size(), "report"),
                       Count(intake.findings, "possible concern"), Count(delivery.sent, "mail"));
  }
}

core::Result<ExitCode> TakeAndSend(const Equipment& equipment, storage::Store& store,
                                   const IntakeCommandOptions& options, std::stop_token stop,
                                   std::ostream& out, std::ostream& errors) {
  const core::SystemClock clock;
  SW_ASSIGN(const IntakeReport intake,
            TakeReports(equipment, store, clock, IntakePace::kNow, stop));
  for (const std::string& trouble : intake.troubles) {
    errors << "schoolwatch: intake: " << SafeForTerminal(trouble) << '\n';
  }
  DeliveryReport delivery;
  if (!stop.stop_requested()) {
    SW_ASSIGN(delivery, DeliverWaiting(equipment.workspace, store, *equipment.sink, clock,
                                       DeliveryRound::kAll));
  }
  for (const std::string& trouble : delivery.troubles) {
    errors << "schoolwatch: " << SafeForTerminal(trouble) << '\n';
  }
  PrintIntake(intake, delivery, options.form, out);
  return intake.refused || delivery.given_up > 0 ? ExitCode::kActionNeeded : ExitCode::kDone;
}

json::object ToJson(const core::IntakeReceipt& receipt, const std::set<std::string>& cases) {
  json::array files;
  for (const core::ReceivedFile& file : receipt.files) {
    files.push_back(json::object{
        {"name", file.name}, {"type", file.type}, {"size", file.size}, {"sha256", file.sha256}});
  }
  return {{"type", "receipt"},
          {"id", receipt.id},
          {"received", core::FormatRfc3339(receipt.received_at)},
          {"way", receipt.way},
          {"reporter", receipt.reporter},
          {"posts", receipt.posts},
          {"findings", json::array(receipt.findings.begin(), receipt.findings.end())},
          {"cases", json::array(cases.begin(), cases.end())},
          {"files", std::move(files)}};
}

}  // namespace

ExitCode IntakeCommand(const IntakeCommandOptions& options, std::ostream& out,
                       std::ostream& errors) {
  const auto fail = [&errors](const core::Error& error) { return ReportError(error, errors); };
  const auto equipment =
      Equip(options.config_dir, options.data_dir, options.connect_overrides, Mails::kSent);
  if (!equipment) {
    return fail(equipment.error());
  }
  const config::Settings& settings = (*equipment)->workspace.config.settings;
  if (!HasIntake(settings)) {
    return fail({core::ErrorKind::kBadInput,
                 "nothing can be reported yet: schoolwatch.yaml has no 'intake' with a mailbox or "
                 "a folder (docs/intake.md)"});
  }
  const Signals signals(Hangup::kStops);
  core::Result<std::unique_ptr<storage::Store>> store = OpenStoreWithin(
      options.wait, settings.storage.folder, storage::OpenMode::kReadWrite, "schoolwatch intake");
  if (!store) {
    return fail(store.error());
  }
  const std::unique_ptr<Owner> owner =
      ServeOthers(**store, storage::OpenMode::kReadWrite, settings.storage.folder, errors);
  const core::Result<ExitCode> code =
      TakeAndSend(**equipment, **store, options, signals.token(), out, errors);
  return code ? *code : fail(code.error());
}

ExitCode IntakeReceiptsCommand(StoreSession& session, OutputForm form) {
  if (session.store == nullptr) {
    return ReportNoStore(session);
  }
  core::Result<std::vector<core::IntakeReceipt>> receipts = session.store->ListReports();
  if (!receipts) {
    return ReportError(receipts.error(), session.errors);
  }
  std::ranges::sort(*receipts, std::ranges::greater(), &core::IntakeReceipt::received_at);
  for (const core::IntakeReceipt& receipt : *receipts) {
    std::set<std::string> cases;
    for (const std::string& id : receipt.findings) {
      if (const auto finding = session.store->LoadFinding(id)) {
        cases.insert(finding->case_id);
      }
    }
    if (form == OutputForm::kJsonLines) {
      session.out << json::serialize(ToJson(receipt, cases)) << '\n';
      continue;
    }
    std::string line =
        fmt::format("{}  {}  {}  {}, {}", core::FormatRfc3339(receipt.received_at), receipt.way,
                    receipt.reporter.empty() ? "-" : receipt.reporter, Count(receipt.posts, "post"),
                    Count(receipt.findings.size(), "finding"));
    for (const std::string& id : cases) {
      line += "  " + id;
    }
    session.out << SafeForTerminal(line) << '\n';
    for (const core::ReceivedFile& file : receipt.files) {
      session.out << SafeForTerminal(fmt::format("    not kept: {} ({} bytes, SHA-256 {})",
                                                 file.name, file.size, file.sha256))
                  << '\n';
    }
  }
  return ExitCode::kDone;
}

}  // namespace schoolwatch::app
