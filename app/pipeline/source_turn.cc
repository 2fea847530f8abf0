#include "app/pipeline/source_turn.h"

#include <algorithm>
#include <utility>

#include "crawler/http_hints.h"
#include "crawler/source_health.h"
#include "crawler/url_memory.h"

namespace schoolwatch::app {
namespace {

core::SourceTrouble KindOf(crawler::RefusalReason reason) {
  switch (reason) {
    case crawler::RefusalReason::kRobots:
      return core::SourceTrouble::kRobots;
    case crawler::RefusalReason::kUnreachable:
      return core::SourceTrouble::kNoRobots;
    case crawler::RefusalReason::kAddress:
    case crawler::RefusalReason::kRedirects:
      return core::SourceTrouble::kAddress;
    default:
      return core::SourceTrouble::kOther;
  }
}

crawler::Look LookOf(const Turn& turn) {
  crawler::Look look{.outcome = crawler::LookOutcome::kFailed,
                     .new_posts = turn.new_posts,
                     .newest_post = turn.newest_post,
                     .error = turn.trouble.words,
                     .change = turn.changed ? crawler::Change::kSome : crawler::Change::kNone,
                     .hints = turn.hints,
                     .fresh = turn.fresh,
                     .not_before = turn.not_before,
                     .trouble = turn.trouble.kind,
                     .post_delay = turn.post_delay,
                     .for_a_person = turn.platform && turn.platform->trouble().for_a_person};
  if (turn.own_address_worked) {
    look.outcome = turn.report.documents > turn.report.unchanged ? crawler::LookOutcome::kChanged
                                                                 : crawler::LookOutcome::kUnchanged;
    if (turn.own_address_changed || turn.posts_held > 0) {
      look.posts_held = turn.posts_held;
    }
  } else if (turn.trouble.kind == core::SourceTrouble::kRobots) {
    look.outcome = crawler::LookOutcome::kForbidden;
  }
  return look;
}

}  // namespace

Turn BeginTurn(const Workspace& workspace, const config::Source& source,
               std::optional<core::SourceState> before, const storage::SeenLookup& seen,
               const core::FetchMemory& memory, core::Timestamp now) {
  Turn turn;
  turn.source = &source;
  turn.age.first_look = !before || before->first_looked_at == core::Timestamp{};
  turn.age.backlog_before = now - workspace.config.settings.limits.backlog;
  turn.age.forgotten_before = now - workspace.config.settings.retention.seen;
  turn.age.watched_since = before ? before->first_looked_at : core::Timestamp{};
  turn.before = std::move(before);
  turn.reading = {.source = &source,
                  .recipe = nullptr,
                  .engines = &workspace.engines,
                  .redirects = &workspace.redirects,
                  .judge = workspace.judge.get(),
                  .seen = &seen,
                  .memory = &memory,
                  .follow = crawler::MakeFollowPolicy(source, turn.age.backlog_before),
                  .revisit = crawler::RevisitPolicyFor(source, workspace.config.settings),
                  .time_zone = workspace.config.settings.calendar.time_zone};
  if (const auto recipe = workspace.recipes.find(source.recipe);
      recipe != workspace.recipes.end()) {
    turn.reading.recipe = recipe->second.get();
  }
  turn.report.name = source.name;
  turn.report.title = source.title.empty() ? source.name : source.title;
  return turn;
}

crawler::FetchKind SeedKind(const config::Source& source) {
  if (source.reader == "feed" || source.reader == "json") {
    return crawler::FetchKind::kFeed;
  }
  if (source.follow == "site") {
    return crawler::FetchKind::kListing;
  }
  // An unnamed reader is nearly always a feed; asking it as one only sets its place in the queue.
  return source.reader == "html" ? crawler::FetchKind::kListing : crawler::FetchKind::kFeed;
}

void NoteDocument(Turn& turn, JudgedDocument& judged) {
  const bool own_address = judged.fetched.request.depth == 0;
  ++turn.report.documents;
  if (judged.fetched.unchanged) {
    ++turn.report.unchanged;
  }
  if (judged.read_error) {
    ++turn.report.failed;
    if (own_address) {
      core::UrlState& url = judged.fetched.url_state;
      url.etag = url.last_modified = url.body_hash = {};
    }
  } else if (own_address) {
    turn.own_address_worked = true;
    turn.own_address_changed = turn.own_address_changed || !judged.fetched.unchanged;
  }
  if (IsLook(judged.fetched.request)) {
    return;  // What it shows is known, and says nothing of what the source holds.
  }
  turn.report.posts += judged.posts_read;
  turn.posts_held += judged.posts_read + (judged.gated_out ? 1 : 0);
  turn.report.mentions += judged.mentions;
  turn.changed = turn.changed || judged.changed;
  turn.report.out_of_scope += judged.out_of_scope;
  if (own_address) {
    turn.hints = judged.hints;
    turn.fresh = crawler::FreshFor(judged.fetched.response.headers, judged.fetched.fetched_at);
  }
  if (judged.newest_post && (!turn.newest_post || *judged.newest_post > *turn.newest_post)) {
    turn.newest_post = judged.newest_post;
  }
}

void TakePlatformTrouble(Turn& turn) {
  if (!turn.platform) {
    return;
  }
  const PlatformTrouble& trouble = turn.platform->trouble();
  // A refusal by robots.txt and the like is what it is.
  const bool is_plainer = turn.trouble.kind == core::SourceTrouble::kNone ||
                          turn.trouble.kind == core::SourceTrouble::kUnreadable ||
                          turn.trouble.kind == core::SourceTrouble::kRefused ||
                          turn.trouble.kind == core::SourceTrouble::kThrottled ||
                          turn.trouble.kind == core::SourceTrouble::kOther;
  if (trouble.kind != core::SourceTrouble::kNone && is_plainer) {
    turn.trouble = {trouble.kind, trouble.words};
  }
  turn.not_before = std::max(turn.not_before, turn.platform->not_before());
}

void NoteGain(Turn& turn, const JudgedDocument& judged, const DocumentGain& gain) {
  turn.report.findings += gain.findings;
  if (IsLook(judged.fetched.request)) {
    return;
  }
  // A page that the gate passed over had something to read, though nobody read it.
  turn.new_posts += gain.new_posts + (judged.gated_out && judged.changed ? 1 : 0);
  turn.post_delay = std::max(turn.post_delay, gain.post_delay);
}

OwnTrouble TroubleOf(const crawler::Refusal& refusal) {
  return {KindOf(refusal.reason),
          std::string(crawler::RefusalReasonName(refusal.reason)) + ": " + refusal.detail};
}

std::optional<core::SourceState> EndTurn(Turn& turn, core::Timestamp began) {
  turn.report.trouble = turn.trouble.words;
  turn.report.left_for_later = turn.left_for_later;
  const bool reached = turn.own_address_worked || turn.trouble.kind != core::SourceTrouble::kNone;
  if (!reached) {
    turn.report.state = turn.before.value_or(core::SourceState{});
    return std::nullopt;
  }
  core::SourceState state = turn.before.value_or(core::SourceState{});
  state.name = turn.report.name;
  turn.report.state =
      crawler::AfterLook(std::move(state), turn.reading.revisit, LookOf(turn), began);
  return turn.report.state;
}

}  // namespace schoolwatch::app
