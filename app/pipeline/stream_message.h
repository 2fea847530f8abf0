#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "app/pipeline/judged_document.h"
#include "core/time.h"
#include "core/url.h"
#include "crawler/readers/document.h"

namespace schoolwatch::app {

// One message of a stream after reading and judging.
struct JudgedMessage {
  // Its posts that are about a watched school, or that were when they were last seen. Others leave
  // no trace: a stream brings everybody's words.
  JudgedDocument document;
  std::vector<std::string> gone;  // Ids of posts that are deleted.
  std::optional<crawler::AnswerError> error;
  bool unreadable = false;
};

// Reads one message by the context's recipe, and judges what is in it. `from` and `address` are
// the stream's, for evidence.
JudgedMessage JudgeMessage(std::string_view body, const core::HttpUrl& from,
                           const std::string& address, core::Timestamp received,
                           const ReadingContext& context);

}  // namespace schoolwatch::app
