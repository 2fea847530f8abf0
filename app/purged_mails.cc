#include "app/purged_mails.h"

#include <algorithm>
#include <array>
#include <fstream>
#include <iterator>
#include <string_view>
#include <system_error>
#include <vector>

#include "alerts/channels/folder.h"
#include "core/hash.h"
#include "storage/byte_scan.h"

namespace schoolwatch::app {
namespace {

namespace fs = std::filesystem;

std::unexpected<core::Error> FailFile(const fs::path& path, std::string_view what) {
  return core::Fail(core::ErrorKind::kUnavailable,
                    "the mail '" + path.string() + "' cannot be " + std::string(what));
}

// "2026-11-20T180211Z-…" as FolderSink::FileName writes it; no time: something else.
core::Result<core::Timestamp> TimeOf(std::string_view name) {
  constexpr std::string_view kShape = "0000-00-00T000000Z-";
  if (name.size() <= kShape.size() || !name.ends_with(".eml")) {
    return core::Fail(core::ErrorKind::kNotFound, "no mail of ours");
  }
  std::string time(name.substr(0, kShape.size() - 1));
  time.insert(15, ":");
  time.insert(13, ":");
  return core::ParseRfc3339(time);
}

// Empty: it has none.
std::string MessageIdOf(std::string_view mail) {
  for (std::size_t from = 0; from < mail.size();) {
    const std::size_t end = std::min(mail.find('\n', from), mail.size());
    const std::string_view line = mail.substr(from, end - from);
    if (line.empty() || line == "\r") {
      return "";  // The end of the header.
    }
    constexpr std::string_view kField = "message-id:";
    const bool is_it =
        std::ranges::equal(line.substr(0, kField.size()), kField, [](char a, char b) {
          return (a >= 'A' && a <= 'Z' ? static_cast<char>(a - 'A' + 'a') : a) == b;
        });
    if (is_it) {  // A long one stands on the next line.
      const std::string_view rest = mail.substr(from + kField.size());
      const std::size_t open = rest.find('<');
      const std::size_t close = rest.find('>');
      return open != std::string_view::npos && close != std::string_view::npos && open < close
                 ? std::string(rest.substr(open + 1, close - open - 1))
                 : "";
    }
    from = end + 1;
  }
  return "";
}

bool IsOurs(const std::string& name, core::Timestamp made, std::string_view mail) {
  core::OutboxBatch batch;
  batch.created_at = made;
  batch.message_id = MessageIdOf(mail);
  return !batch.message_id.empty() && alerts::FolderSink::FileName(batch) == name;
}

bool TellsOf(std::string_view mail, std::span<const std::string> cases) {
  const std::string decoded = storage::DecodeMail(mail);
  return std::ranges::any_of(cases, [&](const std::string& id) {
    return !id.empty() && decoded.find(id) != std::string::npos;
  });
}

}  // namespace

core::Result<std::size_t> DeleteOldMails(const fs::path& folder, std::span<const std::string> cases,
                                         std::chrono::hours kept, core::Timestamp now) {
  std::error_code error;
  if (folder.empty() || !fs::is_directory(folder, error)) {
    return 0;
  }
  std::vector<fs::path> gone;
  fs::directory_iterator files(folder, error);
  for (; !error && files != fs::directory_iterator(); files.increment(error)) {
    std::error_code moved;
    const core::Result<core::Timestamp> made = TimeOf(files->path().filename().string());
    if (!made || files->is_symlink(moved) || !files->is_regular_file(moved)) {
      continue;
    }
    const bool old = now - *made > kept;
    if (!old && cases.empty()) {
      continue;
    }
    std::ifstream file(files->path(), std::ios::binary);
    const std::string mail{std::istreambuf_iterator<char>(file), {}};
    if (!file.is_open() || file.bad()) {
      return FailFile(files->path(), "read");
    }
    if (IsOurs(files->path().filename().string(), *made, mail) && (old || TellsOf(mail, cases))) {
      gone.push_back(files->path());
    }
  }
  if (error) {
    return core::Fail(core::ErrorKind::kUnavailable,
                      "the folder for messages '" + folder.string() + "' cannot be looked through");
  }
  for (const fs::path& path : gone) {
    if (!fs::remove(path, error) && error) {
      return FailFile(path, "deleted");
    }
  }
  return gone.size();
}

}  // namespace schoolwatch::app
