#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "core/hash.h"
#include "core/post.h"
#include "core/time.h"

namespace schoolwatch::core {

// What was public, where and when, kept with a finding: never changed, and no picture or video.
struct Evidence {
  std::string finding_id;
  std::string school;  // Key.
  Post post;           // As it was read then.

  std::string url;                     // Of the document, after redirects.
  std::vector<std::string> redirects;  // Addresses passed through, the first one first.
  std::uint32_t status = 0;
  std::vector<std::string> headers;  // Of the answer: names and values in turn; no cookies.
  std::string address;               // Of the server.
  std::string certificate;           // SHA-256 of the server's TLS certificate, hexadecimal.
  Timestamp fetched_at{};
  std::string local_time;  // The same in the school's time zone, RFC 3339.
  std::string time_zone;   // "Europe/London"

  std::string fragment;       // The post's part of the document, as UTF-8.
  std::string fragment_type;  // "text/html; charset=utf-8"
  std::string fragment_note;  // What a reader of it must know; empty: it is the whole part.
  bool fragment_cut = false;  // It was longer than what is kept.
  Sha256 body_hash{};         // Of the whole body, after decompression and before decoding.
  std::uint64_t body_bytes = 0;
  bool body_cut = false;  // Only the beginning of the body was fetched.
  bool operator==(const Evidence&) const = default;
};

// All of it in one line of JSON, but for the fragment, of which it has the hash: always the same
// bytes for the same evidence. The audit log has a keyed hash of these bytes, and an exported case
// has the bytes (docs/evidence.md lists the fields).
std::string EvidenceStatement(const Evidence& evidence);

// The subject under which the audit log has it.
std::string EvidenceSubject(std::string_view finding_id);

// Whether a header field may be kept: nothing that tells of a session or lets anybody in.
bool MayKeepHeader(std::string_view lower_case_name);

// "2026-06-20T13:00:00+01:00"; in UTC where the zone is not known.
std::string FormatLocalTime(Timestamp time, std::string_view time_zone);

}  // namespace schoolwatch::core
