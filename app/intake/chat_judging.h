#pragma once

#include <cstddef>
#include <string>
#include <vector>

#include "app/intake/byte_source.h"
#include "core/post.h"
#include "core/result.h"
#include "core/time.h"
#include "crawler/readers/dates.h"
#include "matchers/judge.h"

namespace schoolwatch::app {

struct ChatContext {
  std::string name;     // The chat's, by its file; may be empty.
  std::string page_of;  // The school that it was reported to; empty: only what names one counts.
  std::string time_zone = "Europe/London";
  crawler::DayMonthOrder order = crawler::DayMonthOrder::kDayFirst;  // Where the file tells none.
};

// A message that is kept, with one neighbour either side as its `quoted`; the others in the chat
// are "Member 2" and so on in it.
struct JudgedMessage {
  core::Post post;
  core::Judgement judgement;
};

struct JudgedChat {
  std::vector<JudgedMessage> kept;  // At most kMaxKeptMessages, the newest ones.
  std::size_t messages = 0;         // In the export.
  std::size_t looked_at = 0;        // Of these, judged at all.
  std::size_t pictures = 0;         // Files that it names.
  std::size_t not_kept = 0;         // Judged a concern, beyond what is kept.
};

inline constexpr std::size_t kMaxKeptMessages = 2'000;

// Reads an exported chat and judges what in it is about the school: a message that names it or
// speaks of school, and the few around it that answer to it. All else passes by and is held
// nowhere. kBadInput: it is no exported chat.
core::Result<JudgedChat> JudgeChat(const ByteSource& bytes, const matchers::Judge& judge,
                                   const ChatContext& context);

}  // namespace schoolwatch::app
