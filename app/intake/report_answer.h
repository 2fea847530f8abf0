#pragma once

#include <cstddef>
#include <string>
#include <vector>

#include "core/intake_receipt.h"
#include "core/outbox.h"

namespace schoolwatch::app {

// What became of a report, as its reporter may know it: counts, and nothing of any post.
struct ReportTally {
  std::size_t posts = 0;          // Taken to be looked at, but for chats' messages.
  std::size_t chats = 0;          //
  std::size_t messages = 0;       // In these…
  std::size_t messages_kept = 0;  // …and kept of them.
  std::size_t links_opened = 0;
  std::size_t links_closed = 0;  // That could not be read or may not be.
  std::vector<core::ReceivedFile> pictures;
  std::vector<core::ReceivedFile> not_read;
  std::vector<std::string> troubles;  // Why a file was not read, in our own words.
};

// The answer to a reporter: calm, in plain words.
core::Notice AnswerToReporter(const ReportTally& tally);

// The same in one line, for the log and for `schoolwatch intake`.
std::string TallyLine(const ReportTally& tally);

}  // namespace schoolwatch::app
