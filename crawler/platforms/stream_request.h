#pragma once

#include <cstddef>
#include <optional>
#include <string>

#include "core/platform_state.h"
#include "core/result.h"
#include "core/time.h"
#include "crawler/platforms/platform.h"
#include "crawler/platforms/stream_spec.h"
#include "crawler/platforms/template.h"
#include "net/stream_client.h"

// How a stream is asked for. Pure.
namespace schoolwatch::crawler {

// From where on a stream is asked for.
struct StreamStart {
  std::string cursor;  // Empty: from now on.
  // What lies between these times cannot be had from the stream any more. Nothing where all can, or
  // where the server does not say how far back it goes.
  std::optional<core::Timestamp> missed_from{};
  core::Timestamp missed_until{};
};

// `state.newest_time` is when the last message came. `host` is where the stream is opened now.
StreamStart StartOf(const StreamSpec& spec, const core::RouteState& state, const std::string& host,
                    core::Timestamp now);

// The host of a stream's address, as RouteState::cursor_host has it. kBadInput: a value that the
// address wants is not there or makes none.
core::Result<core::HttpUrl> StreamAddress(const StreamSpec& spec, std::size_t which,
                                          const TemplateValues& values);

// The request for `route`, at one of its addresses. `session` may be null; with_session then wants
// a platform whose tokens are credentials. Secrets go into `secret_target` and `headers` alone, and
// the request's address has none of them. kBadInput: a value is missing, which the message names.
core::Result<net::StreamRequest> MakeStreamRequest(const Platform& platform, const Route& route,
                                                   std::size_t which, const TemplateValues& values,
                                                   const StreamStart& start,
                                                   const core::PlatformSession* session);

}  // namespace schoolwatch::crawler
