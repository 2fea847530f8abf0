#include "app/pipeline/platform_sessions.h"

#include <fmt/format.h>

#include <chrono>
#include <span>
#include <utility>

#include "core/outcome.h"
#include "crawler/platforms/session_plan.h"

namespace schoolwatch::app {
namespace {

using core::ErrorKind;

// A token that ends while requests are on their way is none.
constexpr std::chrono::minutes kGoodFor{1};

core::Result<net::PostAnswer> Ask(net::HttpPoster& poster, const crawler::SessionRequest& request) {
  net::Headers headers = request.headers;
  if (!request.body_type.empty()) {
    headers.emplace_back("Content-Type", request.body_type);
  }
  headers.emplace_back("Accept", "application/json");
  return poster.Post(request.url, headers, request.body);
}

bool IsRefusal(int status) {
  return status == 400 || status == 401 || status == 403 || status == 404;
}

core::Error ErrorOf(const crawler::Platform& platform, int status) {
  const ErrorKind kind = status == 429 ? ErrorKind::kThrottled : ErrorKind::kUnavailable;
  return {kind, fmt::format("{}: the login was answered with HTTP {}", platform.name, status)};
}

}  // namespace

core::Result<void> PlatformSessions::Keep(const core::PlatformSession& session) {
  core::DocumentOutcome outcome;
  outcome.sessions.push_back(session);
  return store_->Commit(std::span(&outcome, 1));
}

core::Result<core::PlatformSession> PlatformSessions::Renew(const crawler::Platform& platform,
                                                            const crawler::TemplateValues& values,
                                                            core::PlatformSession old) {
  SW_ASSIGN(const crawler::SessionRequest request, crawler::RefreshSession(platform, values, old));
  SW_ASSIGN(const net::PostAnswer answer, Ask(*poster_, request));
  if (IsRefusal(answer.status)) {
    // It has ended: a new login is wanted.
    old.refresh_token.clear();
    SW_TRY(Keep(old));
    return core::Fail(ErrorKind::kNotFound, "it cannot be renewed any more");
  }
  if (answer.status < 200 || answer.status > 299) {
    return core::Fail(ErrorOf(platform, answer.status));
  }
  SW_ASSIGN(core::PlatformSession fresh,
            crawler::ReadSession(platform, answer.body, old, clock_.Now()));
  fresh.key = old.key;
  fresh.created_at = old.created_at;
  fresh.refused = old.refused;
  SW_TRY(Keep(fresh));
  return fresh;
}

core::Result<core::PlatformSession> PlatformSessions::Create(const crawler::Platform& platform,
                                                             const crawler::TemplateValues& values,
                                                             core::PlatformSession old) {
  const core::Timestamp now = clock_.Now();
  const core::Timestamp next = old.created_at + platform.session.create_each;
  // One that was made in the future was made by a clock that ran ahead.
  if (old.created_at != core::Timestamp{} && old.created_at <= now && now < next) {
    return core::Fail(ErrorKind::kThrottled, fmt::format("{}: the next login is made after {}",
                                                         platform.name, core::FormatRfc3339(next)));
  }
  SW_ASSIGN(const crawler::SessionRequest request, crawler::CreateSession(platform, values));
  // Before it leaves: a crash must not make it forgotten, and so repeated.
  old.created_at = now;
  old.access_token.clear();
  SW_TRY(Keep(old));
  SW_ASSIGN(const net::PostAnswer answer, Ask(*poster_, request));
  if (IsRefusal(answer.status)) {
    ++old.refused;
    SW_TRY(Keep(old));
    return core::Fail(
        ErrorKind::kForbidden,
        fmt::format("{}: the login was refused (HTTP {}): check `credentials:` of the source",
                    platform.name, answer.status));
  }
  if (answer.status < 200 || answer.status > 299) {
    return core::Fail(ErrorOf(platform, answer.status));
  }
  SW_ASSIGN(core::PlatformSession fresh, crawler::ReadSession(platform, answer.body, old, now));
  fresh.key = old.key;
  fresh.created_at = old.created_at;
  fresh.refused = old.refused;
  SW_TRY(Keep(fresh));
  return fresh;
}

core::Result<core::PlatformSession> PlatformSessions::Find(const crawler::Platform& platform,
                                                           const crawler::TemplateValues& values) {
  const std::string key = crawler::SessionKey(platform, values);
  SW_ASSIGN(std::optional<core::PlatformSession> known, known_.FindSession(key));
  core::PlatformSession session = std::move(known).value_or(core::PlatformSession{});
  session.key = key;
  if (session.refused >= kMostRefused) {
    return core::Fail(ErrorKind::kForbidden,
                      fmt::format("{}: its login was refused {} times; it is not tried again "
                                  "before `credentials:` of the source are others",
                                  platform.name, session.refused));
  }
  if (!session.access_token.empty() && clock_.Now() + kGoodFor < session.access_until) {
    return session;
  }
  if (store_ == nullptr || poster_ == nullptr) {
    return core::Fail(ErrorKind::kUnavailable,
                      platform.name + ": there is no login yet, and none is made in a dry run");
  }
  core::Result<core::PlatformSession> renewed = Renew(platform, values, session);
  if (renewed || renewed.error().kind != ErrorKind::kNotFound) {
    return renewed;
  }
  session.refresh_token.clear();
  return Create(platform, values, std::move(session));
}

core::Result<bool> PlatformSessions::NoteRefused(const std::string& key) {
  SW_ASSIGN(std::optional<core::PlatformSession> known, known_.FindSession(key));
  if (!known) {
    return true;
  }
  // Requests that left together are one refusal. So is what an old token gave before it was
  // renewed in this look.
  if (refused_.insert(key).second && store_ != nullptr) {
    known->access_token.clear();
    ++known->refused;
    SW_TRY(Keep(*known));
  }
  return known->refused < kMostRefused;
}

core::Result<void> PlatformSessions::NoteWorked(const std::string& key) {
  if (key.empty() || refused_.contains(key) || !worked_.insert(key).second || store_ == nullptr) {
    return {};
  }
  SW_ASSIGN(std::optional<core::PlatformSession> known, known_.FindSession(key));
  if (!known || known->refused == 0) {
    return {};
  }
  known->refused = 0;
  return Keep(*known);
}

}  // namespace schoolwatch::app
