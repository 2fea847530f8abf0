#include <CLI/CLI.hpp>
#include <filesystem>
#include <fstream>
#include <iostream>
#include <iterator>
#include <memory>
#include <string>
#include <string_view>

#include "app/archive/archive_check.h"
#include "app/archive/zip.h"
#include "app/command_table.h"
#include "app/commands/case_archive.h"
#include "app/look_gate.h"
#include "app/terminal.h"
#include "config/settings.h"
#include "core/clock.h"
#include "storage/store.h"

// Cases on their way out of the house.
namespace schoolwatch::app {
namespace {

namespace fs = std::filesystem;

struct ArchiveArguments {
  std::string id;
  std::string to;
  std::string file;
  LookPermit permit;
  bool json = false;
};

ExitCode Export(StoreSession& session, const ArchiveArguments& arguments) {
  if (session.store == nullptr) {
    return ReportNoStore(session);
  }
  const core::SystemClock clock;
  const auto looked = [&]() -> core::Result<void> {
    SW_ASSIGN(const core::Case shown, session.store->LoadCase(arguments.id));
    return CountLookAtCase(session, shown, arguments.permit, LookEntry::kWithPermit, clock.Now());
  }();
  if (!looked) {
    return ReportError(looked.error(), session.errors);
  }
  const config::Settings& settings = session.config->settings;
  const core::Result<std::string> archive =
      ExportCase(*session.store, *session.store, *session.store,
                 {.schools = settings.schools, .calendar = settings.calendar}, arguments.id,
                 core::AuditActor::kOperator, clock);
  if (!archive) {
    return ReportError(archive.error(), session.errors);
  }
  session.out << *archive;
  return ExitCode::kDone;
}

// What the process does that somebody started: whoever holds the store may be another user, who
// may not write where that somebody may.
ExitCode Save(const std::string& to, std::string_view archive) {
  // Whole, unless the store or its log is damaged: somebody must know that before a court does.
  const ArchiveReport report = CheckCaseArchive(archive);
  if (to == "-") {
    std::cout << archive << std::flush;
    return PrintExported(report, archive, "standard output", std::cerr);
  }
  const fs::path file = to.empty() ? ArchiveName(report.case_id) : to;
  if (core::Result<void> written = SaveArchive(file, archive); !written) {
    return Report(written.error());
  }
  return PrintExported(report, archive, file.string(), std::cout);
}

ExitCode Verify(const ArchiveArguments& arguments) {
  std::error_code error;
  const std::uintmax_t size = fs::file_size(arguments.file, error);
  std::ifstream file(arguments.file, std::ios::binary);
  if (error || !file) {
    return Report(core::Error{core::ErrorKind::kBadInput,
                              "'" + SafeForTerminal(arguments.file) + "' cannot be read"});
  }
  if (size > ZipLimits{}.bytes) {
    return Report(core::Error{core::ErrorKind::kBadInput,
                              "'" + SafeForTerminal(arguments.file) +
                                  "' is larger than any exported case; nothing was read"});
  }
  const std::string bytes{std::istreambuf_iterator<char>(file), {}};
  return VerifyCase(bytes, arguments.json ? OutputForm::kJsonLines : OutputForm::kForPeople,
                    std::cout);
}

}  // namespace

void AddCaseArchiveCommands(CLI::App& cases, CommandContext& context) {
  auto arguments = std::make_shared<ArchiveArguments>();
  CLI::App* save = cases.add_subcommand(
      "export", "One case as an archive: a page to read, its evidence, its part of the audit log");
  save->add_option("ID", arguments->id, "The case's id or its beginning")->required();
  save->add_option("--to", arguments->to,
                   "The file to write, a new one (else case-ID.zip here); - for standard output");
  AddLookPermit(*save, arguments->permit);
  save->callback([&context, arguments] {
    ChooseStoreCommand(
        context,
        {.holder = "schoolwatch cases export",
         .mode = storage::OpenMode::kReadWrite,  // It is recorded.
         .work = [arguments](StoreSession& session) { return Export(session, *arguments); },
         .repeatable = true,
         .take = [arguments](std::string_view archive) { return Save(arguments->to, archive); }});
  });
  CLI::App* verify = cases.add_subcommand(
      "verify", "Names what was changed in an exported case (exit status 4); needs nothing but it");
  verify->add_option("FILE", arguments->file, "The archive")->required();
  verify->add_flag("--json", arguments->json, "JSON Lines");
  verify->callback(
      [&context, arguments] { context.chosen = [arguments] { return Verify(*arguments); }; });
}

}  // namespace schoolwatch::app
