#pragma once

#include <string>
#include <utility>
#include <vector>

#include "core/result.h"
#include "core/time.h"

namespace schoolwatch::alerts {

// A mail in plain words, before it becomes bytes.
struct MailParts {
  std::string from_name;
  std::string from;
  std::string to;
  std::string subject;
  std::string message_id;  // Without angle brackets, as `references` is.
  std::string references;
  core::Timestamp date{};
  std::vector<std::pair<std::string, std::string>> headers;  // Further ones, in order.
  std::string text;
  std::string html;
};

// To be called before any use of GMime; any number of times.
void InitGmimeOnce();

// The RFC 5322 message: multipart/alternative of text and HTML (with its inline images in a
// multipart/related, where it has some), both UTF-8 in quoted-printable,
// every line ended by CRLF and at most 998 bytes, the boundary derived from the Message-ID. Same
// parts, same bytes. kBadInput: a control byte in a header, a bad address or Message-ID.
core::Result<std::string> MakeMime(const MailParts& parts);

}  // namespace schoolwatch::alerts
