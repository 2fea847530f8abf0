#pragma once

#include <cstddef>
#include <filesystem>
#include <string>
#include <string_view>
#include <variant>
#include <vector>

#include "app/exit_code.h"
#include "core/result.h"

namespace schoolwatch::app {

// What the process that holds the store and another one say to each other, one JSON object a frame
// (docs/decisions/0011-the-owner-serves.md). Both are the same release of schoolwatch: the version
// is compared, nothing is negotiated.

inline constexpr std::size_t kMaxUserBytes = 200;
inline constexpr std::size_t kMaxRequestBytes = 256 << 10;
inline constexpr std::size_t kMaxReplyBytes = 1 << 20;

// A command that somebody gave in another process, with all of that process that it depends on.
struct ServedRequest {
  std::vector<std::string> words;    // The command line behind the program's name.
  std::filesystem::path folder;      // Where relative paths begin. Absolute, like the next two.
  std::filesystem::path config_dir;  // As found there.
  std::filesystem::path data_dir;    // Empty: none was found.
  std::string user;                  // Who is asking, as histories name them.
  std::size_t width = 80;            // Columns of the terminal.
  bool operator==(const ServedRequest&) const = default;
};

std::string ToFrame(const ServedRequest& request);
// kBadInput for whatever is no request of this release, with the reason.
core::Result<ServedRequest> ParseRequest(std::string_view frame);

// The answers, in their order: one Begun, Output as it comes, one Ended; or one NotNow.
struct Begun {
  bool operator==(const Begun&) const = default;
};
struct Output {
  enum class To { kOut, kErrors };
  To to = To::kOut;
  std::string bytes;
  bool operator==(const Output&) const = default;
};
struct Ended {
  ExitCode status = ExitCode::kDone;
  bool operator==(const Ended&) const = default;
};
// The command was not begun, and may be later: the holder only reads, or is of another release.
struct NotNow {
  std::string why;
  bool operator==(const NotNow&) const = default;
};
using Reply = std::variant<Begun, Output, Ended, NotNow>;

std::string ToFrame(const Reply& reply);
core::Result<Reply> ParseReply(std::string_view frame);

}  // namespace schoolwatch::app
