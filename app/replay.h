#pragma once

#include <cstddef>
#include <functional>
#include <map>
#include <optional>
#include <span>
#include <string>
#include <vector>

#include "alerts/planner.h"
#include "core/judgement.h"
#include "core/post.h"
#include "core/result.h"
#include "core/time.h"
#include "matchers/judge.h"
#include "storage/store.h"

// What a change of rules would have done to posts that are known already.
namespace schoolwatch::app {

struct ReplayPost {
  core::Post post;
  core::Timestamp at{};       // When it was found or published; zero where that is not known.
  core::Judgement judgement;  // As it was then; empty where nobody has judged it.
};

// The posts of everything that the store remembers, oldest first. It keeps only what was judged a
// possible concern.
core::Result<std::vector<ReplayPost>> LoadRemembered(const storage::CaseReader& cases);

// What the alerts' planner would send, one digest a day and recipient.
struct MailCount {
  std::size_t at_once = 0;
  std::size_t digests = 0;
  std::size_t all() const { return at_once + digests; }
};

struct ReplayChange {
  enum class Kind {
    kGained,  // Alarms only with the new rules.
    kLost,    // Alarms only with the old ones.
    kSooner,  // More severe with the new ones.
    kLater,   // Less severe.
    kOther,   // Other categories, equally severe.
  };
  Kind kind = Kind::kOther;
  std::size_t post = 0;  // Index into the posts given.
  core::Judgement before;
  core::Judgement after;
};
// "gained", "lost", "sooner", "later", "other".
std::string_view ReplayKindName(ReplayChange::Kind kind);

struct Replay {
  std::vector<ReplayChange> changes;  // By kind, then in the posts' order.
  MailCount mails_before;
  MailCount mails_after;
  double weeks = 0;  // From the first to the last post, at least one; 0 where times are not known.
  std::map<std::string, std::size_t> shadow;  // Posts on which each shadow rule of `after` matched.
};

// Judges every post with both sets. `progress` is told how many are done.
core::Result<Replay> ReplayPosts(std::span<const ReplayPost> posts, const matchers::Judge& before,
                                 const matchers::Judge& after, const alerts::Planner& planner,
                                 const std::function<void(std::size_t)>& progress);

}  // namespace schoolwatch::app
