#include <CLI/CLI.hpp>
#include <memory>
#include <string>

#include "app/command_table.h"
#include "app/commands/audit.h"
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

ExitCode Audit(StoreSession& session, const AuditArguments& arguments, AuditAsked asked) {
  if (session.store == nullptr) {
    return ReportNoStore(session);
  }
  const storage::Store& store = *session.store;
  const OutputForm form = arguments.json ? OutputForm::kJsonLines : OutputForm::kForPeople;
  if (asked == AuditAsked::kList) {
    const core::Result<void> listed =
        ListAudit(store, store, arguments.question.case_id, arguments.limit, form, session.out);
    return listed ? ExitCode::kDone : ReportError(listed.error(), session.errors);
  }
  const core::Result<ExitCode> verified =
      VerifyAudit(store, store, arguments.question, form, session.out);
  return verified ? *verified : ReportError(verified.error(), session.errors);
}

void Choose(CommandContext& context, const std::shared_ptr<AuditArguments>& arguments,
            AuditAsked asked) {
  ChooseStoreCommand(context, {.holder = "schoolwatch audit",
                               .mode = storage::OpenMode::kReadOnly,
                               .work = [arguments, asked](StoreSession& session) {
                                 return Audit(session, *arguments, asked);
                               }});
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
  list->callback([&context, arguments] { Choose(context, arguments, AuditAsked::kList); });
  CLI::App* verify = audit->add_subcommand(
      "verify", "Names every entry that was changed, removed or put elsewhere (exit status 4)");
  verify->add_option("--case", arguments->question.case_id, "Only the entries about this case");
  verify->add_option("--head", arguments->question.earlier_head,
                     "A head that an earlier run printed: the log must still lead to it");
  verify->add_flag("--json", arguments->json, "JSON Lines");
  verify->callback([&context, arguments] { Choose(context, arguments, AuditAsked::kVerify); });
}

}  // namespace schoolwatch::app
