#pragma once

#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "core/platform_state.h"
#include "core/result.h"
#include "core/time.h"
#include "crawler/platforms/platform.h"
#include "crawler/platforms/template.h"

// How a login of a platform's account is asked for and read. Pure, as route_plan.h.
namespace schoolwatch::crawler {

// Always a POST. Its body and headers are secrets.
struct SessionRequest {
  std::string url;
  std::vector<std::pair<std::string, std::string>> headers;
  std::string body;
  std::string body_type;  // Empty with an empty body.
};

// Key of the session that the values of a source make: platform and a hash of what it is made with.
std::string SessionKey(const Platform& platform, const TemplateValues& values);

// A new login; kBadInput where a value or credential that it wants is not there.
core::Result<SessionRequest> CreateSession(const Platform& platform, const TemplateValues& values);

// A fresh token for `old`; kNotFound where it has none to refresh with: a new login is wanted.
core::Result<SessionRequest> RefreshSession(const Platform& platform, const TemplateValues& values,
                                            const core::PlatformSession& old);

// What an answer to either gives. What it does not say again is taken from `old`, whose key,
// `created_at` and `refused` the caller sets. kBadInput: no token in it.
core::Result<core::PlatformSession> ReadSession(const Platform& platform, std::string_view answer,
                                                const core::PlatformSession& old,
                                                core::Timestamp now);

}  // namespace schoolwatch::crawler
