#include "app/pipeline/source_news.h"

#include <fmt/format.h>

#include <string>
#include <utility>

#include "alerts/wording.h"
#include "app/intake/intake_ways.h"
#include "app/notices/notice_item.h"
#include "app/terminal.h"
#include "core/outcome.h"
#include "crawler/source_health.h"

namespace schoolwatch::app {

core::Result<std::vector<SourceNews>> LoadSourceNews(std::span<const config::Source> sources,
                                                     const core::FetchMemory& memory) {
  std::vector<SourceNews> news;
  for (const config::Source& source : sources) {
    if (!source.enabled) {
      continue;
    }
    SW_ASSIGN(std::optional<core::SourceState> state, memory.FindSource(source.name));
    if (state && crawler::HealthToTell(*state)) {
      news.push_back({.source = source.name, .state = *std::move(state)});
    }
  }
  return news;
}

std::vector<core::OutboxItem> NoticesOf(std::span<const SourceNews> news,
                                        const config::Settings& settings, core::Timestamp now) {
  if (news.empty()) {
    return {};
  }
  core::Notice notice;
  notice.kind = "source";
  std::string unique;
  std::size_t ill = 0;
  std::size_t ways = 0;
  for (const SourceNews& one : news) {
    ill += one.state.health == core::SourceHealth::kWorking ? 0u : 1u;
    ways += IsIntakeWay(one.source) ? 1u : 0u;
    notice.text += (notice.text.empty() ? "" : "\n\n") + alerts::Capitalised(Describe(one, now));
    unique += fmt::format("{}\n{}\n{}\n", one.source, core::SourceHealthName(one.state.health),
                          core::FormatRfc3339(one.state.health_since));
  }
  if (ways == news.size()) {
    notice.subject = ill == 0 ? "reports are read again" : "reports cannot be read";
  } else {
    notice.subject =
        ill == 0 ? fmt::format("{} again", Count(news.size(), "source works", "sources work"))
                 : fmt::format("{} a look", Count(ill, "source needs", "sources need"));
  }
  notice.text += "\n\n";
  if (ways < news.size()) {
    notice.text += "While a source does not work, posts there are not found. ";
  }
  if (ways > 0) {
    notice.text +=
        "While the way there does not work, what people report waits where they sent it. ";
  }
  notice.text +=
      "Each is told of once, and once more when it works again; all of them: schoolwatch coverage";
  std::vector<core::OutboxItem> mails;
  for (const config::Contact* const contact :
       ContactsFor(settings.contacts, {"it"}, "", Fallback::kHeadteacher)) {
    mails.push_back(NoticeItem(*contact, notice, unique, OnlySchool(*contact, settings), now));
  }
  return mails;
}

core::Result<void> MarkTold(std::span<const SourceNews> news, std::vector<core::OutboxItem> mails,
                            storage::DocumentStore& store) {
  core::DocumentOutcome outcome;
  outcome.outbox = std::move(mails);
  for (const SourceNews& one : news) {
    outcome.sources.push_back(one.state);
    outcome.sources.back().told = one.state.health;
  }
  return outcome.sources.empty() ? core::Result<void>{} : store.Commit(std::span(&outcome, 1));
}

std::string Describe(const SourceNews& news, core::Timestamp now) {
  const core::SourceState& state = news.state;
  const bool is_way = IsIntakeWay(news.source);
  std::string text = is_way ? std::string(IntakeWayTitle(news.source)) + ' '
                            : fmt::format("source '{}' ", news.source);
  switch (state.health) {
    case core::SourceHealth::kBroken:
      text += state.failures == 0
                  ? fmt::format("works in part only: {}.", SafeForTerminal(state.last_error))
                  : fmt::format("{}: it has failed {} in a row; last: {}.",
                                is_way ? "cannot be emptied" : "is broken",
                                Count(state.failures, "time"), SafeForTerminal(state.last_error));
      break;
    case core::SourceHealth::kForbidden:
      text += fmt::format("is not watchable: {}.", SafeForTerminal(state.last_error));
      break;
    case core::SourceHealth::kEmpty:
      text += "is empty: it answers, but holds no posts.";
      break;
    case core::SourceHealth::kQuiet:
      text += fmt::format("is unusually quiet: its newest post is {} old.",
                          RoughTime(now - state.newest_post.value_or(now)));
      break;
    case core::SourceHealth::kNew:
    case core::SourceHealth::kWorking:
      return text + (state.told == core::SourceHealth::kEmpty       ? "has posts now"
                     : state.told == core::SourceHealth::kQuiet     ? "has new posts again"
                     : state.told == core::SourceHealth::kForbidden ? "may be read now"
                                                                    : "works again");
  }
  const std::string_view advice = AdviceFor(news.source, state.health, state.trouble);
  return advice.empty() ? text : text + ' ' + std::string(advice);
}

std::string_view AdviceFor(std::string_view source, core::SourceHealth health,
                           core::SourceTrouble trouble) {
  if (IsIntakeWay(source)) {
    return IntakeAdvice(source, trouble);
  }
  if (health == core::SourceHealth::kEmpty) {
    return "Open its address: posts there that a person can read mean that it is not the address "
           "of a feed, or that the page has a new form; a new feed may just have none yet.";
  }
  if (health == core::SourceHealth::kQuiet) {
    return "Open its address: newer posts there mean that they have moved, or that the page has a "
           "new form; in holidays it may be nothing.";
  }
  switch (trouble) {
    case core::SourceTrouble::kNone:
      return "";
    case core::SourceTrouble::kNoAnswer:
      return "Open its address in a browser: if it opens there, look at this machine's network, "
             "name server and clock; if not, the site is down or gone.";
    case core::SourceTrouble::kGone:
      return "Look for its new address and set `url` in sources.yaml, or `enabled: false`.";
    case core::SourceTrouble::kRefused:
      return "The site turns us away. What needs a login is not public and cannot be watched; "
             "else ask the owner, with a receipt of what we did: schoolwatch coverage --host NAME.";
    case core::SourceTrouble::kThrottled:
      return "The site wants us to come less often: raise `interval` of this source.";
    case core::SourceTrouble::kServer:
      return "The fault is the site's own and mostly passes; if it lasts, tell the owner.";
    case core::SourceTrouble::kUnreadable:
      return "It answers, but not with what can be read as posts. Open its address: if it is no "
             "feed, thread or page of posts, set `url` or `reader` in sources.yaml.";
    case core::SourceTrouble::kRobots:
      return "The site asks programs to stay away there, and we do. Watch another page of it, or "
             "ask the owner to allow 'schoolwatch' in robots.txt.";
    case core::SourceTrouble::kNoRobots:
      return "While its robots.txt cannot be read, nothing of it may be. Tell the owner if it "
             "lasts.";
    case core::SourceTrouble::kAddress:
      return "It leads where we do not go: a private network, a password, a circle. Correct `url`, "
             "or name the network under `crawl: allow_addresses` if it is your own.";
    case core::SourceTrouble::kOther:
      return "Open its address in a browser, and try: schoolwatch check --online.";
  }
  return "";
}

}  // namespace schoolwatch::app
