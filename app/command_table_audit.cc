#include <CLI/CLI.hpp>
#include <iostream>
#include <memory>
#include <string>

#include "app/command_table.h"
#include "app/commands/audit.h"
#include "config/settings.h"
#include "storage/store.h"

// The log of what was done.
namespace schoolwatch::app {
namespace {

struct AuditArguments {
  AuditQuestion question;
  std::size_t limit = 100;
  bool json = false;
};

enum class AuditAsked { kList, kVerify };

ExitCode Audit(const CommandContext& context, const AuditArguments& arguments, AuditAsked asked) {
  config::Diagnostics problems;
  const auto configuration =
      config::LoadConfiguration(context.config_dir, problems, config::Secrets::kLeave);
  if (!configuration) {
    return Report(configuration.error());
  }
  const auto store = storage::Store::Open(configuration->settings.storage.folder,
                                          storage::OpenMode::kReadOnly, "schoolwatch audit");
  if (!store) {
    return Report(store.error());
  }
  const OutputForm form = arguments.json ? OutputForm::kJsonLines : OutputForm::kForPeople;
  if (asked == AuditAsked::kList) {
    return Report(
        ListAudit(**store, **store, arguments.question.case_id, arguments.limit, form, std::cout));
  }
  const core::Result<ExitCode> verified =
      VerifyAudit(**store, **store, arguments.question, form, std::cout);
  return verified ? *verified : Report(verified.error());
}

}  // namespace

void AddAuditCommands(CLI::App& app, CommandContext& context) {
  auto arguments = std::make_shared<AuditArguments>();
  CLI::App* audit = app.add_subcommand(
      "audit", "The log of looks, changes, mails and deletions, chained by hash");
  audit->require_subcommand(1);
  CLI::App* list = audit->add_subcommand("list", "The newest entries, oldest first");
  list->add_option("--case", arguments->question.case_id, "Only those about this case");
  list->add_option("--limit", arguments->limit, "At most so many")->capture_default_str();
  list->add_flag("--json", arguments->json, "JSON Lines, with every hash");
  list->callback([&context, arguments] {
    context.chosen = [&context, arguments] {
      return Audit(context, *arguments, AuditAsked::kList);
    };
  });
  CLI::App* verify = audit->add_subcommand(
      "verify", "Names every entry that was changed, removed or put elsewhere (exit status 4)");
  verify->add_option("--case", arguments->question.case_id, "Only the entries about this case");
  verify->add_option("--head", arguments->question.earlier_head,
                     "A head that an earlier run printed: the log must still lead to it");
  verify->add_flag("--json", arguments->json, "JSON Lines");
  verify->callback([&context, arguments] {
    context.chosen = [&context, arguments] {
      return Audit(context, *arguments, AuditAsked::kVerify);
    };
  });
}

}  // namespace schoolwatch::app
