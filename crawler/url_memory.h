#pragma once

#include <chrono>
#include <optional>

#include "core/fetch_state.h"
#include "core/time.h"
#include "net/fetcher.h"

namespace schoolwatch::crawler {

// What an HTTP status means for a crawler.
enum class AnswerKind {
  kDocument,     // 2xx
  kUnchanged,    // 304
  kRedirect,     // 301, 302, 303, 307, 308
  kNotFound,     // 404, 410
  kForbidden,    // 401, 403, 407, 451
  kThrottled,    // 429, 503
  kUnavailable,  // 408, 425 and other 5xx
  kBad,          // Anything else.
};
AnswerKind ClassifyStatus(int status);

// Asks only for what changed: adds If-None-Match and If-Modified-Since with the server's own
// strings byte for byte. Not once they are 8 days old: some servers answer 304 for ever.
void AddValidators(const core::UrlState& state, core::Timestamp now, net::Headers& headers);

// The state after a 2xx or 304 answer at `now`. New validators are kept also where the body is the
// same; a 304 does not make them younger. Due again when the answer stops being fresh, at most an
// hour later: who waits for an alert must not wait for a cache.
core::UrlState AfterDocument(core::UrlState state, const net::Response& response,
                             core::Timestamp now);
// Whether `after`, made by AfterDocument of `before`, carries nothing new to read. The same bytes
// are read again all the same once they were last read 20 days ago: it keeps the marks of their
// posts alive (see docs/data-protection.md).
bool IsUnchanged(const core::UrlState& before, const core::UrlState& after);

// The state after anything else; `status` 0 is no answer. Asked again after `retry_after`, else
// after 10 minutes (an hour where the server said no), doubled with each failure, at most a day.
core::UrlState AfterFailure(core::UrlState state, int status,
                            std::optional<std::chrono::milliseconds> retry_after,
                            core::Timestamp now);

// Whether a page may be asked for, as far as it says itself. A state from the future (the clock
// went back) says nothing.
bool IsDue(const core::UrlState& state, core::Timestamp now);

}  // namespace schoolwatch::crawler
