#pragma once

#include <memory>
#include <set>
#include <string>

#include "core/clock.h"
#include "core/platform_state.h"
#include "core/result.h"
#include "crawler/platforms/platform.h"
#include "crawler/platforms/template.h"
#include "net/http_post.h"
#include "storage/store.h"

namespace schoolwatch::app {

// Times in a row that a fresh token was refused, and the account is left alone until somebody gives
// it other credentials.
inline constexpr std::uint32_t kMostRefused = 2;

// Logins of platforms' accounts: made, renewed and kept, and never made more often than the
// platform lets. Messages hold no secret. One thread.
class PlatformSessions {
 public:
  // Borrows all. Without a store nothing is asked for: a login that is not remembered would be made
  // again and again. So is none without a poster.
  PlatformSessions(const storage::PlatformReader& known, storage::DocumentStore* store,
                   net::HttpPoster* poster, const core::Clock& clock)
      : known_(known), store_(store), poster_(poster), clock_(clock) {}

  // A login that is good for a minute yet: the one that is kept, renewed or made where it must be.
  // kForbidden: the platform refused it, and a person has to act. kThrottled: not yet, or the
  // platform says slow down. kUnavailable: no answer, or none that can be used.
  core::Result<core::PlatformSession> Find(const crawler::Platform& platform,
                                           const crawler::TemplateValues& values);

  // A request with the token was refused, or one was answered. Counted once in this object's life.
  // False: that was once too often, and a person has to act.
  core::Result<bool> NoteRefused(const std::string& key);
  core::Result<void> NoteWorked(const std::string& key);

 private:
  core::Result<void> Keep(const core::PlatformSession& session);
  core::Result<core::PlatformSession> Renew(const crawler::Platform& platform,
                                            const crawler::TemplateValues& values,
                                            core::PlatformSession old);
  core::Result<core::PlatformSession> Create(const crawler::Platform& platform,
                                             const crawler::TemplateValues& values,
                                             core::PlatformSession old);

  const storage::PlatformReader& known_;
  storage::DocumentStore* const store_;
  net::HttpPoster* const poster_;
  const core::Clock& clock_;
  std::set<std::string, std::less<>> refused_;
  std::set<std::string, std::less<>> worked_;
};

}  // namespace schoolwatch::app
