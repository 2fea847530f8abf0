#include "app/replay.h"

#include <algorithm>
#include <chrono>
#include <limits>
#include <set>
#include <tuple>
#include <utility>

#include "app/pipeline/empty_memory.h"
#include "app/pipeline/outcome_builder.h"
#include "core/clock.h"
#include "core/fingerprint.h"
#include "core/url.h"

namespace schoolwatch::app {
namespace {

// Plans as a run does, with nothing remembered from before: posts join cases, and a case's later
// posts go into digests.
class MailCounter {
 public:
  explicit MailCounter(const alerts::Planner& planner)
      : builder_(memory_, memory_, planner, clock_) {}

  core::Result<void> Add(const ReplayPost& replayed, const core::Judgement& judgement) {
    if (judgement.categories.empty()) {
      return {};
    }
    SW_ASSIGN(const core::HttpUrl anywhere, core::HttpUrl::Parse("http://replay.invalid/"));
    const core::Post& post = replayed.post;
    JudgedDocument document{
        .fetched = {.request = {.source = post.source, .url = anywhere, .thread = {}},
                    .final_url = anywhere,
                    .redirects = {},
                    .response = {},
                    .url_state = {},
                    .host_state = {}}};
    document.fetched.fetched_at = replayed.at;
    document.posts.push_back({.post = post,
                              .key = core::PostKey(post),
                              .text_hash = core::PostTextHash(post),
                              .judgement = judgement,
                              .fingerprint = core::FingerprintOf(post)});
    SW_TRY(builder_.Add(document, {}));
    return {};
  }

  MailCount Count() {
    MailCount count;
    std::set<std::tuple<std::string, std::string, std::chrono::sys_days>> digests;
    std::map<std::string, core::Timestamp> times;
    for (const core::DocumentOutcome& outcome : builder_.Take()) {
      for (const core::Finding& finding : outcome.findings) {
        times[finding.id] = finding.fetched_at;
      }
      for (const core::OutboxItem& item : outcome.outbox) {
        if (item.delivery == core::Delivery::kNow) {
          ++count.at_once;
        } else {
          digests.emplace(item.recipient, item.batch_key,
                          std::chrono::floor<std::chrono::days>(times[item.finding_id]));
        }
      }
    }
    count.digests = digests.size();
    return count;
  }

 private:
  EmptyMemory memory_;
  core::SystemClock clock_;
  OutcomeBuilder builder_;
};

std::optional<ReplayChange::Kind> KindOf(const core::Judgement& before,
                                         const core::Judgement& after) {
  using Kind = ReplayChange::Kind;
  if (before.categories.empty() || after.categories.empty()) {
    if (before.categories.empty() && after.categories.empty()) {
      return std::nullopt;
    }
    return before.categories.empty() ? Kind::kGained : Kind::kLost;
  }
  if (before.severity != after.severity) {
    return after.severity > before.severity ? Kind::kSooner : Kind::kLater;
  }
  if (before.categories != after.categories) {
    return Kind::kOther;
  }
  return std::nullopt;
}

double WeeksOf(std::span<const ReplayPost> posts) {
  core::Timestamp first = core::Timestamp::max();
  core::Timestamp last{};
  for (const ReplayPost& post : posts) {
    if (post.at != core::Timestamp{}) {
      first = std::min(first, post.at);
      last = std::max(last, post.at);
    }
  }
  if (last == core::Timestamp{}) {
    return 0;
  }
  using Weeks = std::chrono::duration<double, std::chrono::weeks::period>;
  return std::max(1.0, std::chrono::duration_cast<Weeks>(last - first).count());
}

}  // namespace

core::Result<std::vector<ReplayPost>> LoadRemembered(const storage::CaseReader& cases) {
  storage::CaseFilter all;
  all.limit = std::numeric_limits<std::size_t>::max();
  SW_ASSIGN(const std::vector<core::Case> found, cases.ListCases(all));
  std::vector<ReplayPost> posts;
  std::set<std::string> known;  // A post about two schools makes two findings.
  for (const core::Case& one : found) {
    for (const std::string& id : one.findings) {
      const core::Result<core::Finding> finding = cases.LoadFinding(id);
      if (!finding && finding.error().kind == core::ErrorKind::kNotFound) {
        continue;  // Erased.
      }
      SW_TRY(finding);
      const core::Post& post = finding->post;
      if (known.insert(core::PostKey(post) + "\n" + core::PostTextHash(post)).second) {
        posts.push_back({post, finding->fetched_at, finding->judgement});
      }
    }
  }
  std::ranges::stable_sort(posts, {}, &ReplayPost::at);
  return posts;
}

std::string_view ReplayKindName(ReplayChange::Kind kind) {
  switch (kind) {
    case ReplayChange::Kind::kGained:
      return "gained";
    case ReplayChange::Kind::kLost:
      return "lost";
    case ReplayChange::Kind::kSooner:
      return "sooner";
    case ReplayChange::Kind::kLater:
      return "later";
    case ReplayChange::Kind::kOther:
      return "other";
  }
  return "other";
}

core::Result<Replay> ReplayPosts(std::span<const ReplayPost> posts, const matchers::Judge& before,
                                 const matchers::Judge& after, const alerts::Planner& planner,
                                 const std::function<void(std::size_t)>& progress) {
  Replay replay;
  replay.weeks = WeeksOf(posts);
  MailCounter mails_before(planner);
  MailCounter mails_after(planner);
  std::set<std::string, std::less<>> shadow;
  for (const matchers::Rule& rule : after.rules().pack().rules) {
    if (rule.shadow) {
      shadow.insert(rule.id);
      replay.shadow[rule.id] = 0;
    }
  }
  for (std::size_t index = 0; index < posts.size(); ++index) {
    core::Judgement old_one = before.Evaluate(posts[index].post);
    core::Judgement new_one = after.Evaluate(posts[index].post);
    SW_TRY(mails_before.Add(posts[index], old_one));
    SW_TRY(mails_after.Add(posts[index], new_one));
    for (const core::Hit& hit : new_one.hits) {
      if (shadow.contains(hit.rule)) {
        ++replay.shadow[hit.rule];
      }
    }
    if (const auto kind = KindOf(old_one, new_one)) {
      replay.changes.push_back({.kind = *kind,
                                .post = index,
                                .before = std::move(old_one),
                                .after = std::move(new_one)});
    }
    progress(index + 1);
  }
  std::ranges::stable_sort(replay.changes, {}, &ReplayChange::kind);
  replay.mails_before = mails_before.Count();
  replay.mails_after = mails_after.Count();
  return replay;
}

}  // namespace schoolwatch::app
