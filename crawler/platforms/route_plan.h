#pragma once

#include <cstdint>
#include <functional>
#include <memory>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "config/settings.h"
#include "core/platform_state.h"
#include "core/post.h"
#include "core/school.h"
#include "core/text_gate.h"
#include "core/time.h"
#include "crawler/crawler.h"
#include "crawler/platforms/api_call.h"
#include "crawler/platforms/platform.h"
#include "crawler/platforms/template.h"

// Which requests a source of a platform makes, and which follow from an answer. Pure: whoever asks
// fetches, keeps sessions and budgets, and stores the states.
namespace schoolwatch::crawler {

// What a plan is made from. Borrowed members outlive the call.
struct PlanInput {
  std::shared_ptr<const Platform> platform;
  const config::Source* source = nullptr;
  std::span<const core::School> schools;
  core::Timestamp now{};
  // What earlier looks left; by RouteState::key. Without it nothing is known.
  std::function<std::optional<core::RouteState>(const std::string& key)> state{};
  // The login that routes with `auth: session` are made with; null: they are left out. Not wanted
  // for sessions of kind kToken.
  const core::PlatformSession* session = nullptr;
  // For the User-Agent of platforms that ask for a form.
  std::string version{};
  std::string contact{};
  bool ignore_due = false;  // Asks also what was asked a moment ago.
};

// A route that is not asked now.
struct UnaskedRoute {
  enum class Why {
    kNotDue,
    kNoCredential,  // …is given under `credentials:`.
    kNoValue,       // …is given under `with:`.
    kNoSession,     // It wants one, and none was handed in.
    kNoSpend,       // It costs money and the source gives no `spend:`.
    kStream,        // It is no request: a stream is opened (stream_turn).
    kNoWords,       // No school has a handle of that kind.
    kBadValue,      // What was given makes no address.
  };
  std::string route;
  Why why = Why::kNotDue;
  std::string detail;  // For people: which credential, which value.
};

struct RoutePlan {
  std::vector<CrawlRequest> requests;  // In the file's order of routes.
  std::vector<UnaskedRoute> unasked;
  std::vector<std::string> notes;  // For people: words that are too long for the platform, …
};

// The routes that a source asks for what is new: those it names, or the usual ones.
std::vector<const Route*> RoutesOf(const Platform& platform, const config::Source& source);

// True where one of these is asked with a session that has to be made (not of kind kToken)…
bool NeedsSession(const Platform& platform, const config::Source& source);
// …what the source does not give of what making it takes: names of values and credentials…
std::vector<std::string> MissingForSession(const Platform& platform, const config::Source& source);
// …and whether to make it: one is needed, and nothing is missing.
bool WantsSession(const Platform& platform, const config::Source& source);

// What templates may name: `with:`, the platform's defaults, `credentials:`, version and contact.
// The first of a list.
TemplateValues ValuesOf(const PlanInput& input);

// The first requests of a look.
RoutePlan PlanRoutes(const PlanInput& input);

// An answer that was read.
struct AnswerSeen {
  const CrawlRequest* request = nullptr;  // With a call.
  std::string_view body;
  std::string_view link_header;       // "Link" of the response.
  std::span<const core::Post> posts;  // That the recipe made of it.
  bool any_new = true;                // Whether one of them had not been seen before.
  // Asked by routes that go on only below posts that name a school; null: they all do.
  const core::TextGate* gate = nullptr;
};

struct AnswerSteps {
  std::vector<CrawlRequest> more;         // The next page, and what other routes are asked.
  std::optional<core::RouteState> state;  // Moved on: to be stored together with the posts.
  std::uint64_t spent = 0;                // Money, in millionths: what the answer holds.
  std::vector<std::string> notes;         // For people: "there were more pages than 5".
};

// What follows from an answer that is none of an error. A state moves on only with the last page,
// so that pages which were never read are asked for again.
AnswerSteps FollowAnswer(const PlanInput& input, const AnswerSeen& answer);

}  // namespace schoolwatch::crawler
