#include <CLI/CLI.hpp>
#include <cstdio>
#include <iostream>
#include <memory>
#include <string>

#include "app/command_table.h"
#include "app/commands/erase.h"
#include "app/commands/purge.h"
#include "app/commands/subject_access.h"
#include "app/terminal.h"
#include "core/clock.h"

// Data protection: what is deleted, for whom, and what is held.
namespace schoolwatch::app {
namespace {

core::Timestamp Now() { return core::SystemClock().Now(); }

struct PurgeArguments {
  bool dry_run = false;
  bool receipts = false;
  bool json = false;
};

void AddPurge(CLI::App& app, CommandContext& context) {
  auto arguments = std::make_shared<PurgeArguments>();
  CLI::App* purge = app.add_subcommand("purge", "Deletes what is past its period (`retention`)");
  purge->add_flag("--dry-run", arguments->dry_run, "Only count it");
  purge->add_flag("--receipts", arguments->receipts, "Instead, what was deleted so far, and when");
  purge->add_flag("--json", arguments->json, "JSON Lines");
  purge->callback([&context, arguments] {
    const PurgeTask task = arguments->receipts  ? PurgeTask::kShowReceipts
                           : arguments->dry_run ? PurgeTask::kCountOnly
                                                : PurgeTask::kDelete;
    ChooseStoreCommand(context, {.holder = "schoolwatch purge",
                                 .mode = task == PurgeTask::kDelete ? storage::OpenMode::kReadWrite
                                                                    : storage::OpenMode::kReadOnly,
                                 .work = [arguments, task](StoreSession& session) {
                                   return PurgeCommand(session, task,
                                                       arguments->json || arguments->receipts
                                                           ? OutputForm::kJsonLines
                                                           : OutputForm::kForPeople,
                                                       Now());
                                 }});
  });
}

struct EraseArguments {
  std::string author;
  std::string url;
  std::string case_id;
  std::string reason;
  bool dry_run = false;
  bool yes = false;

  storage::ErasureTarget target() const {
    using By = storage::ErasureTarget::By;
    if (!author.empty()) {
      return {By::kAuthor, author, reason};
    }
    return url.empty() ? storage::ErasureTarget{By::kCase, case_id, reason}
                       : storage::ErasureTarget{By::kUrl, url, reason};
  }
};

StoreCommand EraseWith(const std::shared_ptr<EraseArguments>& arguments,
                       storage::ErasureEffect effect) {
  return {.holder = "schoolwatch erase",
          .mode = effect == storage::ErasureEffect::kErase ? storage::OpenMode::kReadWrite
                                                           : storage::OpenMode::kReadOnly,
          .work = [arguments, effect](StoreSession& session) {
            return EraseCommand(session, arguments->target(), effect, Now());
          }};
}

// Shows what is meant and asks the person at the terminal. The store may be held by another
// process, which has no terminal: it is asked twice.
ExitCode AskAndErase(CommandContext& context, const std::shared_ptr<EraseArguments>& arguments) {
  CommandContext shown = context;
  shown.words.emplace_back("--dry-run");
  const ExitCode matched =
      RunStoreCommand(shown, EraseWith(arguments, storage::ErasureEffect::kShowOnly));
  if (matched != ExitCode::kDone) {
    return matched;
  }
  std::cout.flush();
  if (!IsTerminal(stdin)) {
    return Report(core::Error{core::ErrorKind::kBadInput,
                              "nothing was erased: nobody is there to say so; --yes erases it"});
  }
  std::cerr << "Erase it for good? Type yes: " << std::flush;
  std::string answer;
  std::getline(std::cin, answer);
  if (answer != "yes") {
    std::cerr << "Nothing was erased.\n";
    return ExitCode::kDone;
  }
  context.words.emplace_back("--yes");
  return RunStoreCommand(context, *context.store_command);
}

void AddErase(CLI::App& app, CommandContext& context) {
  auto arguments = std::make_shared<EraseArguments>();
  CLI::App* erase = app.add_subcommand(
      "erase",
      "Deletes every trace of an author, an address or a case, and keeps it from coming "
      "back");
  CLI::Option_group* which = erase->add_option_group("which");
  which->add_option("--author", arguments->author,
                    "A public name or handle, whole, or the address of a profile");
  which->add_option("--url", arguments->url, "A post's address, or a thread's with all its posts");
  which->add_option("--case", arguments->case_id, "A case's id, with all its posts");
  which->require_option(1);
  erase->add_option("--reason", arguments->reason, "Goes into the audit log, as a keyed hash");
  erase->add_flag("--dry-run", arguments->dry_run, "Only show what would go");
  erase->add_flag("--yes", arguments->yes, "Do not ask");
  erase->callback([&context, arguments] {
    const storage::ErasureEffect effect =
        arguments->dry_run ? storage::ErasureEffect::kShowOnly : storage::ErasureEffect::kErase;
    ChooseStoreCommand(context, EraseWith(arguments, effect));
    if (!arguments->dry_run && !arguments->yes) {
      context.chosen = [&context, arguments] { return AskAndErase(context, arguments); };
    }
  });
}

struct AccessArguments {
  std::string author;
  LookPermit permit;
  bool reasons = false;
  bool json = false;
};

void AddSubjectAccess(CLI::App& app, CommandContext& context) {
  auto arguments = std::make_shared<AccessArguments>();
  CLI::App* access = app.add_subcommand(
      "subject-access", "All that is held about a public name, others' names masked");
  access->add_option("--author", arguments->author,
                     "A public name or handle, whole, or the address of a profile");
  access->add_flag("--reasons", arguments->reasons,
                   "Instead, why people were looked at again, and which senior agreed; JSON Lines");
  AddLookPermit(*access, arguments->permit);
  access->add_flag("--json", arguments->json, "One JSON object");
  access->callback([&context, arguments] {
    if (arguments->reasons) {
      ChooseStoreCommand(context,
                         {.holder = "schoolwatch subject-access", .work = ShowLookReasons});
      return;
    }
    ChooseStoreCommand(
        context, {.holder = "schoolwatch subject-access",
                  .mode = storage::OpenMode::kReadWrite,
                  .work = [arguments](StoreSession& session) {
                    return SubjectAccessCommand(
                        session, arguments->author, arguments->permit,
                        arguments->json ? OutputForm::kJsonLines : OutputForm::kForPeople, Now());
                  }});
  });
}

}  // namespace

void AddLookPermit(CLI::App& command, LookPermit& permit) {
  command.add_option("--reason", permit.reason,
                     "Why this person is looked at again, where that needs a reason");
  command.add_option("--approved-by", permit.approved_by,
                     "The senior who agrees: a contact's name, address or role");
}

void AddDataCommands(CLI::App& app, CommandContext& context) {
  AddPurge(app, context);
  AddErase(app, context);
  AddSubjectAccess(app, context);
}

}  // namespace schoolwatch::app
