#include "app/trace_files.h"

#include <algorithm>
#include <fstream>
#include <iterator>
#include <string_view>
#include <system_error>
#include <vector>

namespace schoolwatch::app {
namespace {

namespace fs = std::filesystem;

std::unexpected<core::Error> FailFile(const fs::path& path, std::string_view what) {
  return core::Fail(core::ErrorKind::kUnavailable,
                    "the file '" + path.string() + "' cannot be " + std::string(what));
}

core::Result<std::string> ReadWhole(const fs::path& path) {
  std::ifstream file(path, std::ios::binary);
  std::string bytes{std::istreambuf_iterator<char>(file), {}};
  if (!file.is_open() || file.bad()) {
    return FailFile(path, "read");
  }
  return bytes;
}

bool IsLog(const fs::path& path) {
  const std::string name = path.filename().string();
  return name.starts_with("schoolwatch") && name.ends_with(".log");
}

// In place: whoever has the file open goes on writing at its end.
core::Result<std::size_t> CrossOut(const fs::path& path, std::span<const storage::Needle> needles) {
  SW_ASSIGN(const std::string bytes, ReadWhole(path));
  std::fstream file(path, std::ios::binary | std::ios::in | std::ios::out);
  std::size_t times = 0;
  for (const storage::Needle& needle : needles) {
    const std::string stars(needle.bytes.size(), '*');
    for (std::size_t at = storage::FindNeedle(bytes, needle); at != std::string::npos;
         at = storage::FindNeedle(bytes, needle, at + needle.bytes.size())) {
      file.seekp(static_cast<std::streamoff>(at));
      file << stars;
      ++times;
    }
  }
  if (times > 0 && !file.flush()) {
    return FailFile(path, "written");
  }
  return times;
}

bool TellsOfIt(std::string_view mail, std::span<const storage::Needle> needles,
               std::span<const std::string> words) {
  const std::string decoded = storage::DecodeMail(mail);
  return std::ranges::any_of(needles,
                             [&](const storage::Needle& needle) {
                               return storage::FindNeedle(decoded, needle) != std::string::npos;
                             }) ||
         std::ranges::any_of(words, [&](const std::string& word) {
           return !word.empty() && decoded.find(word) != std::string::npos;
         });
}

core::Result<std::vector<fs::path>> FilesUnder(const fs::path& folder) {
  std::vector<fs::path> paths;
  std::error_code error;
  if (folder.empty() || !fs::exists(folder, error)) {
    return paths;
  }
  fs::recursive_directory_iterator files(folder, error);
  for (; !error && files != fs::recursive_directory_iterator(); files.increment(error)) {
    std::error_code gone;
    if (files->is_regular_file(gone) && !files->is_symlink(gone)) {
      paths.push_back(files->path());
    }
  }
  if (error) {
    return FailFile(folder, "looked through");
  }
  return paths;
}

}  // namespace

core::Result<CleanedFiles> CleanFiles(const fs::path& store_folder, const fs::path& mail_folder,
                                      std::span<const storage::Needle> needles,
                                      std::span<const std::string> mail_words) {
  SW_ASSIGN(std::vector<fs::path> paths, FilesUnder(store_folder));
  SW_ASSIGN(const std::vector<fs::path> mails, FilesUnder(mail_folder));
  paths.insert(paths.end(), mails.begin(), mails.end());
  std::ranges::sort(paths);
  paths.erase(std::unique(paths.begin(), paths.end()), paths.end());
  CleanedFiles cleaned;
  for (const fs::path& path : paths) {
    if (IsLog(path)) {
      SW_ASSIGN(const std::size_t times, CrossOut(path, needles));
      cleaned.logs += times > 0 ? 1 : 0;
    } else if (path.extension() == ".eml") {
      SW_ASSIGN(const std::string mail, ReadWhole(path));
      const bool tells = TellsOfIt(mail, needles, mail_words);
      std::error_code error;
      if (tells && fs::remove(path, error)) {
        ++cleaned.mails;
      } else if (tells) {
        return FailFile(path, "deleted");
      }
    }
  }
  return cleaned;
}

}  // namespace schoolwatch::app
