#include <fmt/format.h>

#include <algorithm>
#include <memory>
#include <optional>
#include <utility>

#include "core/time.h"
#include "crawler/platforms/route_plan.h"
#include "crawler/platforms/route_request.h"
#include "crawler/platforms/route_values.h"
#include "crawler/readers/dates.h"

namespace schoolwatch::crawler {
namespace {

using By = PagingSpec::By;

bool IsNumber(std::string_view text) {
  return !text.empty() && std::ranges::all_of(text, [](char c) { return c >= '0' && c <= '9'; });
}

// Ids of platforms grow: as numbers where they are such, else as texts of one length.
bool IsNewerId(std::string_view id, std::string_view than) {
  if (IsNumber(id) && IsNumber(than)) {
    const auto bare = [](std::string_view text) {
      return text.substr(std::min(text.find_first_not_of('0'), text.size()));
    };
    id = bare(id);
    than = bare(than);
    if (id.size() != than.size()) {
      return id.size() > than.size();
    }
  }
  return id > than;
}

// The target of rel="next" in a Link header (RFC 8288); "" where there is none. Commas and
// semicolons may stand in an address, so it is read from one "<…>" to the next.
std::string_view NextLink(std::string_view header) {
  while (true) {
    const std::size_t open = header.find('<');
    const std::size_t close = header.find('>', open == header.npos ? 0 : open);
    if (open == header.npos || close == header.npos) {
      return {};
    }
    const std::string_view address = header.substr(open + 1, close - open - 1);
    header.remove_prefix(close + 1);
    const std::string_view parameters = header.substr(0, std::min(header.find('<'), header.size()));
    for (const std::string_view form : {"rel=\"next\"", "rel=next", "rel='next'"}) {
      if (parameters.find(form) != parameters.npos) {
        return address;
      }
    }
  }
}

class AnswerFollower {
 public:
  AnswerFollower(const PlanInput& input, const AnswerSeen& answer)
      : input_(input), answer_(answer), call_(*answer.request->call), route_(*call_.route) {}

  AnswerSteps Follow() {
    if (WantsValues()) {
      if (core::Result<RouteValues> values = RouteValues::Parse(answer_.body)) {
        values_ = std::move(*values);
      }
    }
    core::RouteState state;
    if (input_.state) {
      state = input_.state(call_.state_key).value_or(core::RouteState());
    }
    state.key = call_.state_key;
    newest_id_ = call_.newest_id;
    newest_time_ = call_.newest_time;
    FindNewest();
    const bool goes_on = AddNextPage();
    if (!goes_on) {
      MoveOn(state);
    }
    state.looked_at = input_.now;
    steps_.state = std::move(state);
    AddNextRoutes();
    CountMoney();
    return std::move(steps_);
  }

 private:
  bool WantsValues() const {
    return route_.paging.by == By::kCursor || route_.paging.by == By::kObject ||
           route_.paging.by == By::kNextUrl || route_.next || !route_.cost.prices.empty() ||
           (route_.since && !route_.since->at.empty());
  }

  void TakeTime(std::optional<core::Timestamp> time) {
    // Authors' clocks lie; a time to come would hide what is written until then.
    if (time && *time <= input_.now) {
      newest_time_ = std::max(newest_time_, *time);
    }
  }
  void TakeId(const std::string& id) {
    if (newest_id_.empty() || IsNewerId(id, newest_id_)) {
      newest_id_ = id;
    }
  }

  void FindNewest() {
    const bool of_answer = route_.since && !route_.since->at.empty();
    const bool wants_ids = route_.since && route_.since->from == SinceSpec::From::kNewestId;
    if (of_answer && values_) {
      for (const std::string& text : values_->Texts(route_.since->at)) {
        if (wants_ids) {
          TakeId(text);
        } else {
          TakeTime(ParseMachineDate(text));
        }
      }
    }
    for (const core::Post& post : answer_.posts) {
      if (!of_answer && wants_ids && !post.id.empty()) {
        TakeId(post.id);
      }
      if (!of_answer || wants_ids) {
        TakeTime(post.published);
      }
    }
  }

  void MoveOn(core::RouteState& state) const {
    if (!newest_id_.empty() &&
        (state.newest_id.empty() || IsNewerId(newest_id_, state.newest_id))) {
      state.newest_id = newest_id_;
    }
    state.newest_time = std::max(state.newest_time, newest_time_);
  }

  // Whether there is a page to come, now or, with a note, none because it would be one too many.
  bool AddNextPage() {
    const PagingSpec& paging = route_.paging;
    if (paging.by == By::kNone || (paging.stop_at_nothing_new && !answer_.any_new)) {
      return false;
    }
    const bool counts_on = paging.by == By::kPage || paging.by == By::kOffset;
    if (counts_on && answer_.posts.empty()) {
      return false;
    }
    core::Result<std::optional<CrawlRequest>> next = NextPage();
    if (!next) {
      steps_.notes.push_back(fmt::format("route '{}': the next page cannot be asked for: {}",
                                         route_.name, next.error().message));
      return false;
    }
    if (!*next || IsTheSame(**next)) {
      return false;
    }
    if (static_cast<std::size_t>(call_.page) + 1 >= paging.most) {
      if (!counts_on) {
        steps_.notes.push_back(fmt::format("route '{}': more than {} pages, the rest was left",
                                           route_.name, paging.most));
      }
      return false;
    }
    auto call = std::make_shared<ApiCall>(*(*next)->call);
    call->page = call_.page + 1;
    call->newest_id = newest_id_;
    call->newest_time = newest_time_;
    (*next)->call = std::move(call);
    steps_.more.push_back(std::move(**next));
    return true;
  }

  bool IsTheSame(const CrawlRequest& next) const {
    return next.url == answer_.request->url && next.call->body == call_.body;
  }

  core::Result<std::optional<CrawlRequest>> NextPage() const {
    const PagingSpec& paging = route_.paging;
    const CrawlRequest& request = *answer_.request;
    switch (paging.by) {
      case By::kNone:
        break;
      case By::kCursor:
        if (const std::string cursor = values_ ? values_->Text(paging.from) : "";
            !cursor.empty() && cursor != "false") {
          return WithValue(request, paging.into, cursor, JsonForm::kText);
        }
        break;
      case By::kLinkHeader:
        if (const std::string_view address = NextLink(answer_.link_header); !address.empty()) {
          return WithAddress(request, address);
        }
        break;
      case By::kNextUrl:
        if (const std::string address = values_ ? values_->Text(paging.from) : "";
            !address.empty()) {
          return WithAddress(request, address);
        }
        break;
      case By::kPage:
        return WithValue(request, paging.into, std::to_string(paging.first + call_.page + 1),
                         JsonForm::kAsWritten);
      case By::kOffset:
        return WithValue(request, paging.into,
                         std::to_string((std::int64_t{call_.page} + 1) * paging.step),
                         JsonForm::kAsWritten);
      case By::kObject:
        return WithMembers();
    }
    return std::nullopt;
  }

  core::Result<std::optional<CrawlRequest>> WithMembers() const {
    const std::map<std::string, std::string> members =
        values_ ? values_->Members(route_.paging.from) : std::map<std::string, std::string>();
    if (members.empty()) {
      return std::nullopt;
    }
    CrawlRequest next = *answer_.request;
    for (const auto& [name, value] : members) {
      SW_ASSIGN(next, WithValue(next, "query." + name, value, JsonForm::kText));
    }
    return next;
  }

  void AddNextRoutes() {
    if (!route_.next || !values_) {
      return;
    }
    const NextSpec& spec = *route_.next;
    const Route* next = input_.platform->FindRoute(spec.route);
    if (next == nullptr) {
      return;
    }
    constexpr std::size_t kLookedAt = 10'000;
    std::size_t asked = 0;
    std::size_t left = 0;
    for (const RouteValues::Element& element : values_->Elements(spec.each, kLookedAt)) {
      if (!element.Passes(spec.keep) || (spec.only_mentions && answer_.gate != nullptr &&
                                         !answer_.gate->MayMention(element.Words()))) {
        continue;
      }
      // Values of the answer before go along: a video's number for the answers to its comments.
      TemplateValues values(call_.values.begin(), call_.values.end());
      bool is_whole = true;
      for (const auto& [name, pointer] : spec.with) {
        std::string value = element.Text(pointer);
        is_whole = is_whole && !value.empty();
        values.insert_or_assign(name, std::move(value));
      }
      if (!is_whole) {
        continue;
      }
      if (asked == spec.most) {
        ++left;
        continue;
      }
      RouteRequest made = MakeRouteRequest(input_, *next, values, {});
      if (made.request) {
        steps_.more.push_back(std::move(*made.request));
        ++asked;
      } else if (made.unasked && made.unasked->why == UnaskedRoute::Why::kNoSession) {
        break;
      }
    }
    if (left > 0) {
      steps_.notes.push_back(
          fmt::format("route '{}': {} of {} were left", next->name, left, asked + left));
    }
  }

  void CountMoney() {
    if (route_.cost.prices.empty()) {
      steps_.spent = route_.cost.most_money;
      return;
    }
    if (!values_) {
      // It cannot be said what an answer held that cannot be read: all that was reserved.
      steps_.spent = call_.reserved;
      return;
    }
    for (const auto& [pointer, price] : route_.cost.prices) {
      steps_.spent += price * values_->Count(pointer);
    }
  }

  const PlanInput& input_;
  const AnswerSeen& answer_;
  const ApiCall& call_;
  const Route& route_;
  std::optional<RouteValues> values_;
  std::string newest_id_;
  core::Timestamp newest_time_{};
  AnswerSteps steps_;
};

}  // namespace

AnswerSteps FollowAnswer(const PlanInput& input, const AnswerSeen& answer) {
  return AnswerFollower(input, answer).Follow();
}

}  // namespace schoolwatch::crawler
