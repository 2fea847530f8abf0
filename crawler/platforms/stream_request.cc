#include "crawler/platforms/stream_request.h"

#include <algorithm>
#include <utility>

namespace schoolwatch::crawler {
namespace {

using std::chrono::microseconds;
using std::chrono::milliseconds;
using std::chrono::seconds;

constexpr std::string_view kCursor = "cursor";
// Clocks differ, and what is read twice is known by its mark.
constexpr seconds kOverlap{30};

std::string TimeAsCursor(const std::string& form, core::Timestamp time) {
  const auto since = time.time_since_epoch();
  if (form == "epoch_us") {
    return std::to_string(std::chrono::duration_cast<microseconds>(since).count());
  }
  if (form == "epoch_ms") {
    return std::to_string(std::chrono::duration_cast<milliseconds>(since).count());
  }
  return form == "rfc3339" ? core::FormatRfc3339(time) : std::string();
}

// Streams are asked for by HTTP, and core::HttpUrl knows no other scheme.
std::string AsHttp(std::string url) {
  if (url.starts_with("ws")) {
    url.replace(0, 2, "http");
  }
  return url;
}

core::Result<void> AddFilled(const std::map<std::string, std::string>& templates,
                             const TemplateValues& values,
                             std::map<std::string, std::string>& filled) {
  for (const auto& [name, text] : templates) {
    if (IsNamedIn(text, kCursor) && !values.contains(kCursor)) {
      continue;
    }
    SW_ASSIGN(std::string value, FillTemplate(text, values));
    if (!value.empty()) {
      filled.insert_or_assign(name, std::move(value));
    }
  }
  return {};
}

std::string WithQuery(std::string_view target, const std::map<std::string, std::string>& query) {
  std::string whole(target);
  if (!query.empty()) {
    whole += (whole.contains('?') ? "&" : "?") + EncodePairs(query);
  }
  return whole;
}

}  // namespace

StreamStart StartOf(const StreamSpec& spec, const core::RouteState& state, const std::string& host,
                    core::Timestamp now) {
  StreamStart start;
  const bool has_been = state.newest_time != core::Timestamp{};
  if (!has_been) {
    return start;
  }
  const bool own = !spec.cursor_of_host || state.cursor_host == host;
  start.cursor = own ? state.cursor : std::string();
  if (start.cursor.empty()) {
    start.cursor = TimeAsCursor(spec.cursor_as_time, state.newest_time - kOverlap);
  }
  if (start.cursor.empty()) {
    start.missed_from = state.newest_time;
    start.missed_until = now;
  } else if (spec.cursor_kept > seconds(0) && now - state.newest_time > spec.cursor_kept) {
    start.missed_from = state.newest_time;
    start.missed_until = now - spec.cursor_kept;
  }
  return start;
}

core::Result<core::HttpUrl> StreamAddress(const StreamSpec& spec, std::size_t which,
                                          const TemplateValues& values) {
  if (spec.urls.empty()) {
    return core::Fail(core::ErrorKind::kBadInput, "the stream has no address");
  }
  SW_ASSIGN(const std::string url,
            FillTemplate(spec.urls[which % spec.urls.size()], values, TemplatePlace::kAddress));
  return core::HttpUrl::Parse(AsHttp(url));
}

core::Result<net::StreamRequest> MakeStreamRequest(const Platform& platform, const Route& route,
                                                   std::size_t which, const TemplateValues& values,
                                                   const StreamStart& start,
                                                   const core::PlatformSession* session) {
  const StreamSpec& spec = *route.stream;
  SW_ASSIGN(core::HttpUrl bare, StreamAddress(spec, which, values));
  TemplateValues all = values;
  if (!start.cursor.empty()) {
    all.insert_or_assign(std::string(kCursor), start.cursor);
  }
  std::map<std::string, std::string> query;
  SW_TRY(AddFilled(spec.query, all, query));
  std::map<std::string, std::string> headers;
  SW_TRY(AddFilled(spec.headers, all, headers));
  // The address as it may be shown: without what a session adds, and without credentials.
  std::map<std::string, std::string> shown = query;
  for (const CredentialSpec& credential : platform.credentials) {
    if (credential.secret) {
      std::erase_if(shown, [&](const auto& one) {
        const auto text = spec.query.find(one.first);
        return text != spec.query.end() && IsNamedIn(text->second, credential.name);
      });
    }
  }
  if (spec.with_session) {
    if (platform.session.kind == SessionSpec::Kind::kToken) {
      SW_TRY(AddFilled(platform.session.headers, all, headers));
      SW_TRY(AddFilled(platform.session.query, all, query));
    } else if (session != nullptr && !session->access_token.empty()) {
      headers.insert_or_assign("Authorization", "Bearer " + session->access_token);
    } else {
      return core::Fail(core::ErrorKind::kForbidden, "the stream wants a login, and there is none");
    }
  }
  SW_ASSIGN(core::HttpUrl url,
            core::HttpUrl::Parse(bare.origin() + WithQuery(bare.target(), shown)));
  net::StreamRequest request{.url = std::move(url),
                             .headers = {headers.begin(), headers.end()},
                             .secret_target = WithQuery(bare.target(), query),
                             .subprotocol = spec.subprotocol,
                             .last_event_id = {}};
  request.kind = spec.kind == StreamSpec::Kind::kWebSocket
                     ? net::StreamRequest::Kind::kWebSocket
                     : net::StreamRequest::Kind::kServerSentEvents;
  request.compressed = spec.compressed;
  request.silence = spec.silence;
  if (spec.kind == StreamSpec::Kind::kServerSentEvents) {
    request.last_event_id = start.cursor;
  }
  return request;
}

}  // namespace schoolwatch::crawler
