#include <CLI/CLI.hpp>
#include <filesystem>
#include <fstream>
#include <iostream>
#include <iterator>
#include <memory>
#include <string>

#include "app/archive/zip.h"
#include "app/atomic_file.h"
#include "app/command_table.h"
#include "app/commands/case_archive.h"
#include "app/terminal.h"
#include "config/settings.h"
#include "storage/store.h"

// Cases on their way out of the house.
namespace schoolwatch::app {
namespace {

namespace fs = std::filesystem;

struct ArchiveArguments {
  std::string id;
  std::string to;
  std::string file;
  bool json = false;
};

ExitCode Export(const CommandContext& context, const ArchiveArguments& arguments) {
  config::Diagnostics problems;
  const auto configuration =
      config::LoadConfiguration(context.config_dir, problems, config::Secrets::kLeave);
  if (!configuration) {
    return Report(configuration.error());
  }
  // Not to make an empty one: an export only adds to the log of one that is there.
  const fs::path& folder = configuration->settings.storage.folder;
  if (const auto there =
          storage::Store::Open(folder, storage::OpenMode::kReadOnly, "schoolwatch cases export");
      !there) {
    return Report(there.error());
  }
  const auto store =
      storage::Store::Open(folder, storage::OpenMode::kReadWrite, "schoolwatch cases export");
  if (!store) {
    return Report(store.error());
  }
  const ExportSettings settings{.schools = configuration->settings.schools,
                                .calendar = configuration->settings.calendar};
  const core::Result<ExportedCase> exported =
      ExportCase(**store, **store, **store, settings, arguments.id, core::AuditActor::kOperator,
                 core::SystemClock());
  if (!exported) {
    return Report(exported.error());
  }
  if (arguments.to == "-") {
    std::cout << exported->bytes << std::flush;
    return ExitCode::kDone;
  }
  const fs::path file = arguments.to.empty() ? ArchiveName(exported->case_id) : arguments.to;
  if (core::Result<void> written = WriteFileAtomically(file, exported->bytes, ReadableBy::kOwner);
      !written) {
    return Report(written.error());
  }
  PrintExported(*exported, file.string(), std::cout);
  return ExitCode::kDone;
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
                   "The file to write (else case-ID.zip here); - for standard output");
  save->callback([&context, arguments] {
    context.chosen = [&context, arguments] { return Export(context, *arguments); };
  });
  CLI::App* verify = cases.add_subcommand(
      "verify", "Names what was changed in an exported case (exit status 4); needs nothing but it");
  verify->add_option("FILE", arguments->file, "The archive")->required();
  verify->add_flag("--json", arguments->json, "JSON Lines");
  verify->callback(
      [&context, arguments] { context.chosen = [arguments] { return Verify(*arguments); }; });
}

}  // namespace schoolwatch::app
