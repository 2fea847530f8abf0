#pragma once

#include <cstddef>
#include <string>
#include <string_view>
#include <vector>

#include "core/result.h"

namespace schoolwatch::alerts {

// A mail that may hold an answer (answers.h), as far as it matters.
struct AnswerMail {
  std::string from;                 // Its one sender's bare address.
  std::vector<std::string> tokens;  // Of its subject; where that has none, of its text.
  std::string reason;               // What stands above the line for it; clean text.
  bool automatic = false;           // Says that a program wrote it, such as a notice of absence.
};

// Of a longer mail only so much is read: a subject and a first text part stand in front.
inline constexpr std::size_t kMaxAnswerMailBytes = 256 * 1024;
inline constexpr std::size_t kMaxAnswerHeaderBytes = 64 * 1024;
inline constexpr std::size_t kMaxReasonBytesByMail = 1000;

// Reads any bytes. What could make a mail costly (deep nesting, endless headers, mails within) is
// looked for before GMime sees it: then only the subject counts. kBadInput: it has no header, one
// too long, or not exactly one sender.
core::Result<AnswerMail> ParseAnswerMail(std::string_view bytes);

}  // namespace schoolwatch::alerts
