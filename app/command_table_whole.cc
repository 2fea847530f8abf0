#include <CLI/CLI.hpp>
#include <algorithm>
#include <chrono>
#include <iostream>
#include <memory>
#include <string>
#include <thread>
#include <utility>
#include <vector>

#include "app/command_table.h"
#include "app/commands/check.h"
#include "app/commands/whole.h"
#include "app/doctor/installation.h"
#include "app/doctor/store_health.h"
#include "app/owner/store_command.h"
#include "storage/store.h"
#include "storage/store_folder.h"

// Keeping an installation whole.
namespace schoolwatch::app {
namespace {

namespace fs = std::filesystem;

struct DoctorArguments {
  bool online = false;
  bool json = false;
  OutputForm form() const { return json ? OutputForm::kJsonLines : OutputForm::kForPeople; }
};

// The store's part of it; in the process that holds the store while there is one.
ExitCode DoctorOfStore(StoreSession& session, const DoctorArguments& arguments) {
  if (session.store == nullptr || session.config == nullptr) {
    return ExitCode::kDone;  // That there is none was said.
  }
  const auto advice = CheckStoreHealth(*session.store, *session.config, core::SystemClock().Now());
  if (!arguments.json) {
    session.out << "\nStore\n";
  }
  return advice ? PrintAdvice(*advice, arguments.form(), session.out)
                : ReportError(advice.error(), session.errors);
}

ExitCode Doctor(const CommandContext& context, const DoctorArguments& arguments) {
  std::vector<Advice> advice;
  const core::Result<fs::path> data_dir = FindDataDir(context);
  if (!data_dir) {
    return Report(data_dir.error());
  }
  const auto configuration = CheckFiles(context.config_dir, *data_dir, advice);
  CheckTime(core::SystemClock().Now(), advice);
  CheckTimers("/", advice);
  if (configuration) {
    CheckStoreFolder(configuration->settings.storage.folder, advice);
  }
  if (!arguments.json) {
    std::cout << "Installation\n";
  }
  ExitCode worst = PrintAdvice(advice, arguments.form(), std::cout);
  const auto add = [&worst](ExitCode code) { worst = std::max(worst, code); };
  if (configuration) {
    add(RunStoreCommand(context, *context.store_command));
  }
  if (arguments.online && configuration) {
    add(CheckCommand({.config_dir = context.config_dir,
                      .data_dir = *data_dir,
                      .online = Online::kYes,
                      .connect_overrides = {}},
                     std::cout, std::cerr));
  }
  return worst;
}

void AddDoctor(CLI::App& app, CommandContext& context) {
  auto arguments = std::make_shared<DoctorArguments>();
  CLI::App* doctor = app.add_subcommand(
      "doctor", "What is wrong with this installation, in plain words, and how to mend it");
  doctor->add_flag("--online", arguments->online, "Also asks every source and the mail server");
  doctor->add_flag("--json", arguments->json, "JSON Lines");
  doctor->callback([&context, arguments] {
    ChooseStoreCommand(context, {.holder = "schoolwatch doctor",
                                 .mode = storage::OpenMode::kReadOnly,
                                 .work = [arguments](StoreSession& session) {
                                   return DoctorOfStore(session, *arguments);
                                 }});
    context.chosen = [&context, arguments] { return Doctor(context, *arguments); };
  });
}

// Where the configuration says that the store is.
core::Result<fs::path> StoreFolder(const CommandContext& context) {
  config::Diagnostics problems;
  SW_ASSIGN(const config::Configuration configuration,
            config::LoadConfiguration(context.config_dir, problems, config::Secrets::kLeave));
  return configuration.settings.storage.folder;
}

ExitCode CodeOf(const core::Result<ExitCode>& done, std::ostream& errors) {
  return done ? *done : ReportError(done.error(), errors);
}

// Commands for a store that nobody else may have open wait for it as those do that ask its owner.
template <class Work>
core::Result<ExitCode> OnceFree(const CommandContext& context, Work work) {
  const auto deadline = std::chrono::steady_clock::now() + context.wait.value_or(kStorePatience);
  for (;;) {
    core::Result<ExitCode> done = work();
    if (done || done.error().kind != core::ErrorKind::kHeld ||
        std::chrono::steady_clock::now() >= deadline) {
      return done;
    }
    std::this_thread::sleep_for(std::chrono::milliseconds(500));
  }
}

void AddRepair(CLI::App& app, CommandContext& context) {
  app.add_subcommand("repair", "Mends a damaged store, beside the old one, and says what was lost")
      ->callback([&context] {
        context.chosen = [&context] {
          const core::Result<fs::path> folder = StoreFolder(context);
          if (!folder) {
            return Report(folder.error());
          }
          return CodeOf(
              OnceFree(context, [&] { return Repair(*folder, core::SystemClock(), std::cout); }),
              std::cerr);
        };
      });
}

// A store that was opened for the copy alone was opened for reading; the one that a run holds can
// be written.
void RecordBackup(StoreSession& session, const fs::path& folder) {
  const core::AuditAction action = core::AuditAction::kBackedUp;
  if (session.alone) {
    session.let_go();
    RecordInLog(folder, action, session.out);
  } else {
    RecordInLog(*session.store, action, session.out);
  }
}

void AddBackup(CLI::App& app, CommandContext& context) {
  auto file = std::make_shared<std::string>();
  CLI::App* backup = app.add_subcommand(
      "backup", "Writes the store as it is now to one file, while a run goes on");
  backup->add_option("FILE", *file, "A new file (tar)")->required();
  backup->callback([&context, file] {
    ChooseStoreCommand(context, {.holder = "schoolwatch backup",
                                 .mode = storage::OpenMode::kReadOnly,
                                 .work = [&context, file](StoreSession& session) {
                                   if (session.store == nullptr || session.config == nullptr) {
                                     return ReportNoStore(session);
                                   }
                                   const fs::path& folder = session.config->settings.storage.folder;
                                   const core::Result<ExitCode> done =
                                       Backup(*session.store, folder, PathOf(context, *file),
                                              core::SystemClock(), session.out);
                                   if (done) {
                                     RecordBackup(session, folder);
                                   }
                                   return CodeOf(done, session.errors);
                                 }});
  });
}

void AddRestore(CLI::App& app, CommandContext& context) {
  struct Arguments {
    std::string file;
    std::string erasures_of;
    bool replace = false;
  };
  auto arguments = std::make_shared<Arguments>();
  CLI::App* restore = app.add_subcommand("restore", "Makes the store anew from a backup");
  restore->add_option("FILE", arguments->file, "What `backup` wrote")->required();
  restore->add_flag("--replace", arguments->replace,
                    "Where there is a store, takes its place; the old one is kept aside");
  restore->add_option("--erasures-of", arguments->erasures_of,
                      "A newer backup: what was erased when it was made is erased again");
  restore->callback([&context, arguments] {
    context.chosen = [&context, arguments] {
      const core::Result<fs::path> folder = StoreFolder(context);
      if (!folder) {
        return Report(folder.error());
      }
      const storage::RestoreOptions options{
          .existing = arguments->replace ? storage::Existing::kReplace : storage::Existing::kRefuse,
          .erasures_of = arguments->erasures_of};
      return CodeOf(OnceFree(context,
                             [&] {
                               return Restore(*folder, arguments->file, options,
                                              core::SystemClock(), std::cout);
                             }),
                    std::cerr);
    };
  });
}

}  // namespace

void AddWholeCommands(CLI::App& app, CommandContext& context) {
  AddDoctor(app, context);
  AddRepair(app, context);
  AddBackup(app, context);
  AddRestore(app, context);
}

}  // namespace schoolwatch::app
