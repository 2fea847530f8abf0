#include "app/pipeline/platform_turn.h"

#include <fmt/format.h>

#include <algorithm>
#include <chrono>
#include <utility>

#include "app/version.h"
#include "core/hash.h"
#include "crawler/http_hints.h"
#include "crawler/platforms/platform.h"
#include "crawler/url_memory.h"

namespace schoolwatch::app {
namespace {

using crawler::AnswerMeaning;
using Outcome = PlatformPurse::Outcome;

// Where a platform asks for patience and not for how much.
constexpr std::chrono::minutes kUsualPatience{15};

// Tells the accounts of a platform apart. Short passwords are left out, which their hash would give
// away; an account with one has a name beside it.
std::string AccountOf(const crawler::Platform& platform, const config::Source& source) {
  constexpr std::size_t kLeastToken = 16;
  std::string all;
  for (const auto& [name, value] : source.credentials) {
    const crawler::CredentialSpec* const spec = platform.FindCredential(name);
    if (!value.empty() && (spec == nullptr || !spec->secret || value.size() >= kLeastToken)) {
      all += name + "=" + value + "\n";
    }
  }
  return all.empty() ? "nobody" : core::ShortHash(platform.name + "\n" + all);
}

std::string RouteName(const crawler::ApiCall& call) {
  return call.route == nullptr ? "" : call.route->name;
}

std::string WhyUnasked(const crawler::UnaskedRoute& route) {
  using Why = crawler::UnaskedRoute::Why;
  std::string_view why;
  switch (route.why) {
    case Why::kNotDue:
    case Why::kStream:
      return {};
    case Why::kNoCredential:
      why = "a credential is not given";
      break;
    case Why::kNoValue:
      why = "a value is not given under `with:`";
      break;
    case Why::kNoSession:
      why = "there is no login";
      break;
    case Why::kNoSpend:
      why = "it costs money, and the source has no `spend:`";
      break;
    case Why::kNoWords:
      why = "there are no words to ask for";
      break;
    case Why::kBadValue:
      why = "what is given makes no address";
      break;
  }
  return fmt::format("route '{}' is not asked: {}{}{}", route.route, why,
                     route.detail.empty() ? "" : ": ", route.detail);
}

// What an answer means that says it by its status alone.
crawler::AnswerError ErrorOfStatus(const crawler::FetchFailure& failure) {
  crawler::AnswerError error;
  error.words = failure.error.message;
  switch (crawler::ClassifyStatus(failure.status)) {
    case crawler::AnswerKind::kForbidden:
      error.meaning =
          failure.status == 401 ? AnswerMeaning::kDeadCredential : AnswerMeaning::kNoPermission;
      break;
    case crawler::AnswerKind::kThrottled:
      error.meaning = AnswerMeaning::kSlowDown;
      break;
    default:
      break;
  }
  return error;
}

}  // namespace

PlatformTurn::PlatformTurn(const PlatformDesk& desk, const config::Source& source,
                           std::shared_ptr<const crawler::Platform> platform)
    : desk_(desk), source_(source), platform_(std::move(platform)) {
  owner_ = {.account = AccountOf(*platform_, source), .spend = source.spend};
  const config::Settings& settings = desk.workspace.config.settings;
  plan_.platform = platform_;
  plan_.source = &source;
  plan_.schools = settings.schools;
  plan_.now = desk.clock.Now();
  plan_.state = [&known = desk.known](const std::string& key) -> std::optional<core::RouteState> {
    // As with addresses: a store that cannot be read means that nothing is known.
    const auto state = known.FindRoute(key);
    return state ? *state : std::nullopt;
  };
  plan_.version = kVersion;
  plan_.contact = settings.crawl.contact;
}

core::Result<std::unique_ptr<PlatformTurn>> PlatformTurn::Begin(
    const PlatformDesk& desk, const config::Source& source,
    std::shared_ptr<const crawler::Platform> platform, Ask ask) {
  std::unique_ptr<PlatformTurn> turn(new PlatformTurn(desk, source, std::move(platform)));
  crawler::PlanInput& plan = turn->plan_;
  plan.ignore_due = ask != Ask::kDue;
  if (ask == Ask::kNothing) {
    return turn;
  }
  if (crawler::WantsSession(*turn->platform_, source)) {
    if (const core::Result<void> session = turn->LogIn(); !session) {
      const core::ErrorKind kind = session.error().kind;
      turn->Trouble(kind == core::ErrorKind::kThrottled     ? core::SourceTrouble::kThrottled
                    : kind == core::ErrorKind::kUnavailable ? core::SourceTrouble::kNoAnswer
                                                            : core::SourceTrouble::kRefused,
                    session.error().message,
                    kind != core::ErrorKind::kThrottled && kind != core::ErrorKind::kUnavailable);
    }
  }
  crawler::RoutePlan planned = crawler::PlanRoutes(plan);
  for (std::string& note : planned.notes) {
    turn->Note(std::move(note));
  }
  if (ask == Ask::kOne && planned.requests.size() > 1) {
    planned.requests.erase(planned.requests.begin() + 1, planned.requests.end());
  }
  core::Timestamp until{};
  std::string why;
  SW_ASSIGN(turn->requests_, turn->Afford(std::move(planned.requests), until, why));
  if (turn->requests_.empty() && !why.empty()) {
    turn->WaitUntil(until);
    turn->Trouble(core::SourceTrouble::kThrottled, std::move(why), until == core::Timestamp{});
  }
  turn->NoteUnasked(planned.unasked);
  return turn;
}

core::Result<void> PlatformTurn::LogIn() {
  login_tried_ = true;
  SW_ASSIGN(session_, desk_.sessions.Find(*platform_, crawler::ValuesOf(plan_)));
  plan_.session = &*session_;
  return {};
}

core::Result<std::vector<crawler::CrawlRequest>> PlatformTurn::PlanLooks(
    std::span<const crawler::LookPost> posts, std::size_t most) {
  crawler::LookPlan looks = crawler::PlanLooks(plan_, posts, most);
  const bool lacks_login = std::ranges::any_of(looks.unasked, [](const auto& route) {
    return route.why == crawler::UnaskedRoute::Why::kNoSession;
  });
  if (lacks_login && !login_tried_ && crawler::MissingForSession(*platform_, source_).empty() &&
      LogIn()) {
    looks = crawler::PlanLooks(plan_, posts, most);
  }
  core::Timestamp until{};
  std::string why;
  return Afford(std::move(looks.requests), until, why);
}

void PlatformTurn::NoteUnasked(const std::vector<crawler::UnaskedRoute>& unasked) {
  std::string first;
  bool waits = false;
  for (const crawler::UnaskedRoute& route : unasked) {
    const std::string why = WhyUnasked(route);
    waits = waits || why.empty();
    first = first.empty() ? why : first;
    if (!why.empty()) {
      Note(why);
    }
  }
  // A source of which nothing can be asked is told of as one that is refused; one of which only
  // some routes are set up is as somebody wanted it.
  if (requests_.empty() && !waits && !first.empty() &&
      trouble_.kind == core::SourceTrouble::kNone) {
    Trouble(core::SourceTrouble::kRefused, std::move(first), true);
  }
}

core::Result<std::vector<crawler::CrawlRequest>> PlatformTurn::Afford(
    std::vector<crawler::CrawlRequest> wanted, core::Timestamp& until, std::string& why) {
  std::vector<crawler::CrawlRequest> allowed;
  for (crawler::CrawlRequest& request : wanted) {
    const crawler::ApiCall& call = *request.call;
    if (stopped_ || stopped_routes_.contains(RouteName(call))) {
      continue;
    }
    SW_ASSIGN(const std::optional<PlatformPurse::Empty> empty, desk_.purse.Reserve(call, owner_));
    if (!empty) {
      allowed.push_back(std::move(request));
      continue;
    }
    const std::string words =
        fmt::format("route '{}' is not asked: {}", RouteName(call), empty->words);
    Note(words);
    if (call.page == 0 && empty->until != core::Timestamp{}) {
      until = until == core::Timestamp{} ? empty->until : std::min(until, empty->until);
    }
    why = why.empty() ? words : why;
  }
  return allowed;
}

core::Result<void> PlatformTurn::NoteAnswer(JudgedDocument& judged) {
  const crawler::ApiCall& call = *judged.fetched.request.call;
  const net::Response& response = judged.fetched.response;
  SW_TRY(desk_.purse.NoteHeaders(call, owner_, response.headers));
  if (judged.answer_error) {
    judged.follow.clear();
    SW_TRY(desk_.purse.Settle(call, owner_,
                              judged.answer_error->meaning == AnswerMeaning::kOther
                                  ? Outcome::kUnclear
                                  : Outcome::kAnswered,
                              0, 0));
    return NoteError(call, *judged.answer_error, response.headers);
  }
  SW_TRY(desk_.sessions.NoteWorked(call.session_key));
  if (judged.fetched.unchanged) {
    // Nothing was read, but it was looked at.
    core::RouteState state = plan_.state(call.state_key).value_or(core::RouteState());
    state.key = call.state_key;
    state.looked_at = plan_.now;
    judged.routes.push_back(std::move(state));
  }
  const bool not_modified = response.status == 304;
  const bool clear = judged.steps.has_value() || not_modified;
  SW_TRY(desk_.purse.Settle(call, owner_, clear ? Outcome::kAnswered : Outcome::kUnclear,
                            judged.steps ? judged.steps->spent : 0, judged.posts_read));
  // What is left for want of a budget is asked at another look.
  core::Timestamp until{};
  std::string why;
  SW_ASSIGN(judged.follow, Afford(std::move(judged.follow), until, why));
  return {};
}

core::Result<void> PlatformTurn::NoteFailure(const crawler::FetchFailure& failure) {
  const crawler::ApiCall& call = *failure.request.call;
  SW_TRY(desk_.purse.NoteHeaders(call, owner_, failure.headers));
  // Without an answer nobody knows what was done; an error was none of what is paid for.
  SW_TRY(desk_.purse.Settle(call, owner_,
                            failure.status == 0 ? Outcome::kUnclear : Outcome::kAnswered, 0, 0));
  if (failure.status == 0) {
    return {};
  }
  std::optional<crawler::AnswerError> error;
  if (call.recipe != nullptr && !failure.body.empty()) {
    const core::Result<crawler::Document> read =
        ReadAnswer({.url = failure.request.url,
                    .content_type = std::string(net::FindHeader(failure.headers, "content-type")),
                    .body = failure.body,
                    .status = failure.status},
                   call, &desk_.workspace.engines, desk_.clock.Now());
    if (read) {
      error = read->answer_error;
    }
  }
  const crawler::AnswerError by_status = ErrorOfStatus(failure);
  if (!error || error->meaning == AnswerMeaning::kOther) {
    const std::string words = error ? error->words : "";
    error = by_status;
    error->words += words.empty() ? "" : ": " + words;
  }
  return NoteError(call, *error, failure.headers);
}

core::Result<void> PlatformTurn::NoteRefusal(const crawler::Refusal& refusal) {
  // After a redirect it was sent, if to no avail; of that nothing is counted but the request.
  return desk_.purse.Settle(*refusal.request.call, owner_, Outcome::kNotSent, 0, 0);
}

core::Result<void> PlatformTurn::NoteError(const crawler::ApiCall& call,
                                           const crawler::AnswerError& error,
                                           const net::Headers& headers) {
  if (!call.looks.empty()) {
    return NoteErrorOfLook(call, error, headers);
  }
  const std::string route = RouteName(call);
  const auto words = [&](std::string_view what) {
    return fmt::format("route '{}': {}{}{}", route, what, error.words.empty() ? "" : ": ",
                       error.words);
  };
  const core::Timestamp now = desk_.clock.Now();
  switch (error.meaning) {
    case AnswerMeaning::kDeadCredential: {
      stopped_ = true;
      bool for_a_person = true;
      if (!call.session_key.empty()) {
        SW_ASSIGN(const bool again, desk_.sessions.NoteRefused(call.session_key));
        for_a_person = !again;
      }
      Trouble(core::SourceTrouble::kRefused,
              words(for_a_person ? "the credential is refused" : "the login has ended"),
              for_a_person);
      break;
    }
    case AnswerMeaning::kNoPermission:
      stopped_routes_.insert(route);
      Trouble(core::SourceTrouble::kRefused, words("it is not permitted"), true);
      break;
    case AnswerMeaning::kSlowDown: {
      stopped_ = true;
      const auto wait = crawler::FindRetryAfter(headers, now);
      WaitUntil(now + wait.value_or(kUsualPatience));
      Trouble(core::SourceTrouble::kThrottled, words("asked to slow down"), false);
      break;
    }
    case AnswerMeaning::kBudgetSpent: {
      stopped_ = true;
      SW_ASSIGN(const core::Timestamp until, desk_.purse.NoteSpent(call, owner_));
      WaitUntil(until == core::Timestamp{} ? now + kUsualPatience : until);
      Trouble(core::SourceTrouble::kThrottled, words("what it allows is used up"), false);
      break;
    }
    case AnswerMeaning::kNothingThere:
      break;
    case AnswerMeaning::kOther:
      Trouble(core::SourceTrouble::kOther, words("it answered with an error"), false);
      break;
  }
  return {};
}

// The source's own questions meet the same, and tell of it. What was asked without the account, and
// maybe of another host, says nothing of the source.
core::Result<void> PlatformTurn::NoteErrorOfLook(const crawler::ApiCall& call,
                                                 const crawler::AnswerError& error,
                                                 const net::Headers& headers) {
  if (error.meaning == AnswerMeaning::kNothingThere) {
    return {};
  }
  Note(fmt::format("route '{}': {}", RouteName(call),
                   error.words.empty() ? "it answered with an error" : error.words));
  const bool of_account = call.route != nullptr && call.route->request.with_session;
  switch (error.meaning) {
    case AnswerMeaning::kDeadCredential:
      if (!call.session_key.empty()) {
        stopped_ = true;
        SW_TRY(desk_.sessions.NoteRefused(call.session_key));
      }
      break;
    case AnswerMeaning::kSlowDown:
      if (of_account) {
        stopped_ = true;
        const core::Timestamp now = desk_.clock.Now();
        WaitUntil(now + crawler::FindRetryAfter(headers, now).value_or(kUsualPatience));
      }
      break;
    case AnswerMeaning::kBudgetSpent:
      if (of_account) {
        stopped_ = true;
        SW_TRY(desk_.purse.NoteSpent(call, owner_));
      }
      break;
    case AnswerMeaning::kNoPermission:
    case AnswerMeaning::kNothingThere:
    case AnswerMeaning::kOther:
      break;
  }
  return {};
}

// What a person must mend is not covered up by what passes.
void PlatformTurn::Trouble(core::SourceTrouble kind, std::string words, bool for_a_person) {
  Note(words);
  if (trouble_.kind == core::SourceTrouble::kNone || (for_a_person && !trouble_.for_a_person)) {
    trouble_ = {kind, std::move(words), for_a_person};
  }
}

void PlatformTurn::Note(std::string words) {
  if (noted_.insert(words).second) {
    notes_.push_back(std::move(words));
  }
}

void PlatformTurn::WaitUntil(core::Timestamp until) { not_before_ = std::max(not_before_, until); }

}  // namespace schoolwatch::app
