#include "app/commands/ingest.h"

#include <algorithm>
#include <fstream>
#include <ostream>
#include <string>
#include <system_error>

#include "alerts/answer_mail.h"
#include "app/name_mask.h"
#include "app/notices/take_answer.h"
#include "app/terminal.h"
#include "storage/key_file.h"

namespace schoolwatch::app {
namespace {

namespace fs = std::filesystem;

constexpr std::size_t kMostFiles = 1000;

core::Result<std::vector<fs::path>> FilesIn(const std::vector<fs::path>& paths) {
  std::vector<fs::path> files;
  for (const fs::path& path : paths) {
    std::error_code error;
    if (!fs::is_directory(path, error)) {
      files.push_back(path);
      continue;
    }
    std::vector<fs::path> found;
    for (fs::directory_iterator entry(path, error), end; !error && entry != end;
         entry.increment(error)) {
      const std::string name = entry->path().filename().string();
      if (name.ends_with(".eml") && !name.starts_with('.') && entry->is_regular_file(error)) {
        found.push_back(entry->path());
      }
    }
    if (error) {
      return core::Fail(core::ErrorKind::kBadInput,
                        "folder '" + path.string() + "': " + error.message());
    }
    std::ranges::sort(found);
    files.insert(files.end(), found.begin(), found.end());
  }
  if (files.size() > kMostFiles) {
    files.resize(kMostFiles);
  }
  return files;
}

// Its beginning, which is all that is looked at.
core::Result<std::string> ReadBeginning(const fs::path& file) {
  std::ifstream in(file, std::ios::binary);
  std::error_code error;
  if (!in || fs::is_directory(file, error)) {
    return core::Fail(core::ErrorKind::kBadInput, "mail '" + file.string() + "' cannot be read");
  }
  std::string bytes(alerts::kMaxAnswerMailBytes, '\0');
  in.read(bytes.data(), static_cast<std::streamsize>(bytes.size()));
  bytes.resize(static_cast<std::size_t>(in.gcount()));
  return bytes;
}

core::Result<void> MoveAway(const fs::path& file, AnswerFate fate) {
  const char* const name = fate == AnswerFate::kNoAnswer  ? "other"
                           : fate == AnswerFate::kRefused ? "refused"
                                                          : "taken";
  const fs::path folder = file.parent_path() / name;
  std::error_code error;
  fs::create_directory(folder, error);
  if (!error) {
    fs::rename(file, folder / file.filename(), error);
  }
  if (error) {
    return core::Fail(core::ErrorKind::kUnavailable,
                      "mail '" + file.string() + "' cannot be moved: " + error.message());
  }
  return {};
}

core::Result<void> Ingest(StoreSession& session, const std::vector<fs::path>& paths,
                          AfterIngest after, core::Timestamp now) {
  const config::Settings& settings = session.config->settings;
  SW_ASSIGN(const storage::LoadedKey key,
            storage::LoadAnswerKey(settings.storage.folder, storage::MissingKey::kLeaveEmpty));
  SW_ASSIGN(const std::vector<fs::path> files, FilesIn(paths));
  const NameMask mask(settings.schools, settings.contacts);
  for (const fs::path& file : files) {
    SW_ASSIGN(const std::string mail, ReadBeginning(file));
    SW_ASSIGN(const AnswerReceipt receipt,
              TakeAnswer(mail, settings, mask, key.key, *session.store, now));
    session.out << SafeForTerminal(file.string()) << ": " << receipt.what << '\n';
    if (after == AfterIngest::kMove) {
      SW_TRY(MoveAway(file, receipt.fate));
    }
  }
  return {};
}

}  // namespace

ExitCode IngestCommand(StoreSession& session, const std::vector<fs::path>& paths, AfterIngest after,
                       core::Timestamp now) {
  if (session.store == nullptr) {
    return ReportNoStore(session);
  }
  const core::Result<void> done = Ingest(session, paths, after, now);
  return done ? ExitCode::kDone : ReportError(done.error(), session.errors);
}

}  // namespace schoolwatch::app
