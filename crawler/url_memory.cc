#include "crawler/url_memory.h"

#include <algorithm>
#include <cstdint>
#include <string>
#include <utility>

#include "core/hash.h"
#include "crawler/http_hints.h"

namespace schoolwatch::crawler {
namespace {

using std::chrono::milliseconds;

constexpr milliseconds kDay = std::chrono::hours(24);
constexpr milliseconds kValidatorsLast = 8 * kDay;
constexpr milliseconds kLongestFreshness = std::chrono::hours(1);

// Reading renews the marks of posts that still stand there, of which the shortest-lived lasts 90
// days and is renewed from its 30th on. A 304 lasts at most 8 days, and no page waits longer than
// 31: so a mark is met again when it is 70 days old at most.
constexpr milliseconds kReadAnew = 20 * kDay;

bool IsToBeReadAnew(const core::UrlState& state, core::Timestamp now) {
  return now - state.read_at > kReadAnew || state.read_at > now;  // The clock may have gone back.
}

}  // namespace

AnswerKind ClassifyStatus(int status) {
  switch (status) {
    case 304:
      return AnswerKind::kUnchanged;
    case 301:
    case 302:
    case 303:
    case 307:
    case 308:
      return AnswerKind::kRedirect;
    case 404:
    case 410:
      return AnswerKind::kNotFound;
    case 401:
    case 403:
    case 407:
    case 451:
      return AnswerKind::kForbidden;
    case 429:
    case 503:
      return AnswerKind::kThrottled;
    case 408:
    case 425:
      return AnswerKind::kUnavailable;
    default:
      break;
  }
  if (status >= 200 && status < 300) {
    return AnswerKind::kDocument;
  }
  return status >= 500 && status < 600 ? AnswerKind::kUnavailable : AnswerKind::kBad;
}

void AddValidators(const core::UrlState& state, core::Timestamp now, net::Headers& headers) {
  if (now - state.validators_since > kValidatorsLast) {
    return;
  }
  if (!state.etag.empty()) {
    headers.emplace_back("if-none-match", state.etag);
  }
  if (!state.last_modified.empty()) {
    headers.emplace_back("if-modified-since", state.last_modified);
  }
}

core::UrlState AfterDocument(core::UrlState state, const net::Response& response,
                             core::Timestamp now) {
  const std::string_view etag = net::FindHeader(response.headers, "etag");
  const std::string_view last_modified = net::FindHeader(response.headers, "last-modified");
  if (response.status == 304) {
    // May repeat them or not (RFC 9110, section 15.4.5).
    state.etag = etag.empty() ? state.etag : std::string(etag);
    state.last_modified = last_modified.empty() ? state.last_modified : std::string(last_modified);
  } else {
    state.etag = etag;
    state.last_modified = last_modified;
    state.validators_since = now;
    std::string hash = core::ShortHash(response.body);
    if (hash != state.body_hash || IsToBeReadAnew(state, now)) {
      state.read_at = now;
    }
    state.body_hash = std::move(hash);
  }
  state.last_status = response.status;
  state.fetched_at = now;
  state.failures = 0;
  const milliseconds fresh = std::min(FreshFor(response.headers, now), kLongestFreshness);
  state.next_due = fresh > milliseconds(0) ? now + fresh : core::Timestamp{};
  return state;
}

bool IsUnchanged(const core::UrlState& before, const core::UrlState& after) {
  return after.last_status == 304 ||
         (!before.body_hash.empty() && before.body_hash == after.body_hash &&
          before.read_at == after.read_at);
}

core::UrlState AfterFailure(core::UrlState state, int status,
                            std::optional<milliseconds> retry_after, core::Timestamp now) {
  constexpr std::uint32_t kMostDoublings = 8;
  const AnswerKind kind = ClassifyStatus(status);
  const bool said_no =
      status != 0 && kind != AnswerKind::kUnavailable && kind != AnswerKind::kThrottled;
  const milliseconds first = said_no ? std::chrono::hours(1) : std::chrono::minutes(10);
  const milliseconds back_off = first * (1LL << std::min(state.failures, kMostDoublings));
  state.next_due = now + std::min(retry_after.value_or(back_off), kDay);
  ++state.failures;
  state.last_status = status;
  state.fetched_at = now;
  return state;
}

bool IsDue(const core::UrlState& state, core::Timestamp now) {
  // Generous, as tests run on made-up time that may be weeks ahead of what they set next.
  return state.next_due <= now || state.fetched_at > now + std::chrono::days(60);
}

}  // namespace schoolwatch::crawler
