#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "core/post.h"
#include "core/result.h"
#include "core/time.h"

namespace schoolwatch::crawler {

// A file that came with a report and of which nothing else is kept.
struct ReportedFile {
  std::string name;
  std::string type;
  std::uint64_t size = 0;
  std::string sha256;
  bool operator==(const ReportedFile&) const = default;
};

// A file that may be an exported chat: text, or a zip with one in it.
struct ReportedExport {
  ReportedFile file;
  std::string bytes;
};

// What somebody reported, in a mail or as a file, and who did. The two are kept apart: a post has
// nothing of the reporter in it.
struct MailReport {
  std::string from;  // Bare address; empty: not told.
  std::string from_name;
  std::string message_id;
  std::string subject;           // For the reporter's own receipt and for nothing else.
  bool automatic = false;        // A program wrote it: it is not answered.
  bool delivery_notice = false;  // A mail server tells of a mail; it reports nothing.
  std::vector<core::Post> posts;
  std::vector<std::string> links;  // Alone, with no words beside them.
  std::vector<ReportedExport> exports;
  std::vector<ReportedFile> pictures;
  std::vector<ReportedFile> not_read;  // Of other kinds.
};

// Reads a mail as it came. What was passed on (attached, in line or quoted) gives a post each, by
// its own author and date; else what was typed is the post. Lines "Platform:", "Link:", "Author:"
// and "When:" say what they say. kBadInput: it is no mail, or one that is too large or too nested.
core::Result<MailReport> ReadMailReport(std::string_view mail, core::Timestamp received);

// The same of a text that somebody typed or saved.
MailReport ReadTextReport(std::string_view text, std::string_view file_name,
                          core::Timestamp received);

}  // namespace schoolwatch::crawler
