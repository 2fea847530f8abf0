#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "core/time.h"

namespace schoolwatch::core {

// A file that somebody sent with a report. Nothing but this is kept of pictures and video.
struct ReceivedFile {
  std::string name;
  std::string type;  // "image/png"
  std::uint64_t size = 0;
  std::string sha256;  // Hexadecimal.
  bool operator==(const ReceivedFile&) const = default;
};

// That somebody reported something, and what became of it. The one place that says who did: no post
// and no case does.
struct IntakeReceipt {
  std::string id;        // A hash of the mail's id or of the file's bytes: what came twice is one.
  std::string reporter;  // Address; empty where a file was dropped.
  std::string way;       // "mailbox", "maildir" or "folder".
  Timestamp received_at{};
  std::vector<std::string> findings;  // Ids of what it led to.
  std::uint64_t posts = 0;            // That were reported; messages of a chat count one each.
  std::uint64_t kept = 0;             // Of these, judged to be a possible concern.
  std::vector<ReceivedFile> files;    // Pictures and what could not be read.
  bool operator==(const IntakeReceipt&) const = default;
};

}  // namespace schoolwatch::core
