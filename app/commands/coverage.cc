#include "app/commands/coverage.h"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <boost/json.hpp>
#include <ostream>
#include <tuple>

#include "app/intake/intake_ways.h"
#include "app/pipeline/source_news.h"
#include "app/terminal.h"
#include "core/url.h"

namespace schoolwatch::app {
namespace {

using std::chrono::milliseconds;

constexpr std::array kStates{WatchState::kBroken,  WatchState::kForbidden, WatchState::kEmpty,
                             WatchState::kFailing, WatchState::kQuiet,     WatchState::kNotYet,
                             WatchState::kWatched, WatchState::kOff};
// What stands due for longer is not the sources' fault: nobody starts the runs.
constexpr std::chrono::hours kOverdue{24};
constexpr std::size_t kIndent = 2;
constexpr std::size_t kDetailIndent = 6;
constexpr std::size_t kMostProse = 100;
constexpr std::size_t kLeastWidth = 72;

WatchState StateOf(const config::Source& source, const core::SourceState& state) {
  if (!source.enabled) {
    return WatchState::kOff;
  }
  switch (state.health) {
    case core::SourceHealth::kBroken:
      return WatchState::kBroken;
    case core::SourceHealth::kForbidden:
      return WatchState::kForbidden;
    default:
      break;
  }
  if (state.failures > 0) {
    return WatchState::kFailing;
  }
  switch (state.health) {
    case core::SourceHealth::kEmpty:
      return WatchState::kEmpty;
    case core::SourceHealth::kQuiet:
      return WatchState::kQuiet;
    case core::SourceHealth::kWorking:
      return WatchState::kWatched;
    default:
      return WatchState::kNotYet;
  }
}

bool IsTrouble(WatchState state) { return state < WatchState::kNotYet; }

std::string_view Heading(WatchState state) {
  switch (state) {
    case WatchState::kBroken:
      return "Broken";
    case WatchState::kForbidden:
      return "Not watchable: robots.txt";
    case WatchState::kEmpty:
      return "Empty";
    case WatchState::kFailing:
      return "Failed at the last look";
    case WatchState::kQuiet:
      return "Unusually quiet";
    case WatchState::kNotYet:
      return "Not looked at yet";
    case WatchState::kWatched:
      return "Watched";
    case WatchState::kOff:
      return "Off";
  }
  return "";
}

std::string Day(core::Timestamp time) { return core::FormatRfc3339(time).substr(0, 10); }

// What is wrong, in words.
std::string Explain(const SourceCoverage& coverage, core::Timestamp now) {
  const core::SourceState& state = coverage.remembered;
  const std::string last = state.last_worked_at == core::Timestamp{}
                               ? "it never worked"
                               : "it worked last on " + Day(state.last_worked_at);
  switch (coverage.state) {
    case WatchState::kBroken:
      return fmt::format("{} ({} in a row); {}.", SafeForTerminal(state.last_error),
                         Count(state.failures, "failed look"), last);
    case WatchState::kFailing:
      return fmt::format("{} ({} in a row, broken at {}); {}.", SafeForTerminal(state.last_error),
                         Count(state.failures, "failed look"), crawler::kBrokenAfter, last);
    case WatchState::kForbidden:
      return SafeForTerminal(state.last_error) + ".";
    case WatchState::kEmpty:
      return state.posts_seen == 0
                 ? "It answers, but has held no posts so far."
                 : fmt::format(
                       "It answers, but holds no posts any more; the last ones stood there "
                       "on {}.",
                       Day(state.last_held_at));
    case WatchState::kQuiet:
      return fmt::format("No new post since {}, for {}.", Day(state.newest_post.value_or(now)),
                         RoughTime(now - state.newest_post.value_or(now)));
    default:
      return "";
  }
}

std::string_view Advice(const SourceCoverage& coverage) {
  // While a source only fails, its health is still that of before.
  const bool failing = coverage.state == WatchState::kFailing;
  return IsTrouble(coverage.state)
             ? AdviceFor(coverage.source->name,
                         failing ? core::SourceHealth::kBroken : coverage.remembered.health,
                         coverage.remembered.trouble)
             : "";
}

// What people know it by: reports come in by no name of sources.yaml.
const std::string& NameOf(const config::Source& source) {
  return IsIntakeWay(source.name) ? source.title : source.name;
}

std::string Ago(core::Timestamp time, core::Timestamp now) {
  if (time == core::Timestamp{}) {
    return "–";
  }
  const std::string rough = RoughTime(now - time);
  return rough == "just now" ? "now" : rough;
}

std::string Delay(milliseconds time) {
  return time < std::chrono::minutes(1) ? "–" : RoughTime(time);
}

std::string NextLook(const SourceCoverage& coverage, core::Timestamp now) {
  if (coverage.state == WatchState::kOff) {
    return "–";
  }
  const core::Timestamp due = coverage.remembered.next_due;
  return due <= now ? "due" : RoughTime(std::max<milliseconds>(due - now, std::chrono::minutes(1)));
}

std::string Right(const std::string& text, std::size_t width) {
  const std::size_t size = DisplayWidth(text);
  return std::string(width > size ? width - size : 0, ' ') + text;
}

std::string Left(std::string text, std::size_t width) {
  if (DisplayWidth(text) > width) {
    while (DisplayWidth(text) >= width) {
      std::size_t end = text.size() - 1;
      while (end > 0 && (static_cast<unsigned char>(text[end]) & 0xC0u) == 0x80u) {
        --end;  // Whole characters only.
      }
      text.resize(end);
    }
    text += "…";
  }
  return text.append(width - DisplayWidth(text), ' ');
}

constexpr std::size_t kColumn = 8;  // Two of them space.
constexpr std::size_t kColumns = 7;

struct Layout {
  std::size_t name = 0;
  std::size_t site = 0;  // Zero: no room.
  std::size_t prose = 0;
};

std::string HostOf(const std::string& url) {
  const core::Result<core::HttpUrl> parsed = core::HttpUrl::Parse(url);
  return parsed ? std::string(parsed->host()) : "";
}

Layout LayOut(std::span<const SourceCoverage> sources, std::size_t width) {
  std::size_t longest_name = 12;
  std::size_t longest_site = 0;
  for (const SourceCoverage& one : sources) {
    longest_name = std::max(longest_name, DisplayWidth(NameOf(*one.source)));
    longest_site = std::max(longest_site, DisplayWidth(HostOf(one.source->url)));
  }
  width = std::max(width, kLeastWidth);
  const std::size_t room = width - kIndent - kColumns * kColumn;
  Layout layout;
  layout.name = std::min(longest_name, room);
  layout.site = room > layout.name + 14 ? std::min(longest_site, room - layout.name - 2) : 0;
  layout.prose = std::min(width, kMostProse);
  return layout;
}

void PrintRow(const SourceCoverage& coverage, core::Timestamp now, const Layout& layout,
              std::ostream& out) {
  const core::SourceState& state = coverage.remembered;
  std::string line(kIndent, ' ');
  line += Left(SafeForTerminal(NameOf(*coverage.source)), layout.name);
  for (const std::string& cell :
       {Ago(state.last_looked_at, now), Ago(state.last_worked_at, now),
        Ago(state.newest_post.value_or(core::Timestamp{}), now),
        state.last_looked_at == core::Timestamp{} ? "–" : std::to_string(state.posts_seen),
        Delay(coverage.worst.post), Delay(coverage.worst.look), NextLook(coverage, now)}) {
    line += Right(cell, kColumn);
  }
  if (layout.site > 0) {
    line += "  " + Left(SafeForTerminal(HostOf(coverage.source->url)), layout.site);
  }
  line.erase(line.find_last_not_of(' ') + 1);
  out << line << '\n';
  const std::string explanation = Explain(coverage, now);
  if (!explanation.empty()) {
    out << Wrap(explanation, kDetailIndent, layout.prose);
  }
  if (const std::string_view advice = Advice(coverage); !advice.empty()) {
    out << Wrap(advice, kDetailIndent, layout.prose);
  }
}

struct Sum {
  std::array<std::size_t, kStates.size()> by_state{};
  core::Timestamp last_look{};
  core::Timestamp next_look = core::Timestamp::max();
  std::size_t overdue = 0;
};

Sum SumOf(std::span<const SourceCoverage> sources, core::Timestamp now) {
  Sum sum;
  for (const SourceCoverage& one : sources) {
    ++sum.by_state[static_cast<std::size_t>(one.state)];
    sum.last_look = std::max(sum.last_look, one.remembered.last_looked_at);
    if (one.state == WatchState::kOff) {
      continue;
    }
    sum.next_look = std::min(sum.next_look, one.remembered.next_due);
    const bool looked_at = one.remembered.last_looked_at != core::Timestamp{};
    sum.overdue += looked_at && now - one.remembered.next_due > kOverdue ? 1u : 0u;
  }
  return sum;
}

void PrintJson(std::span<const SourceCoverage> sources, core::Timestamp now, std::ostream& out) {
  namespace json = boost::json;
  const auto put = [](json::object& object, std::string_view key, core::Timestamp time) {
    if (time != core::Timestamp{}) {
      object[key] = core::FormatRfc3339(time);
    }
  };
  for (const SourceCoverage& one : sources) {
    const core::SourceState& state = one.remembered;
    json::object line{{"type", IsIntakeWay(one.source->name) ? "intake" : "source"},
                      {"name", one.source->name},
                      {"title", one.source->title},
                      {"url", one.source->url},
                      {"platform", one.source->platform},
                      {"state", WatchStateName(one.state)}};
    put(line, "since", state.health_since);
    put(line, "last_look", state.last_looked_at);
    put(line, "last_worked", state.last_worked_at);
    put(line, "newest_post", state.newest_post.value_or(core::Timestamp{}));
    line["posts_seen"] = state.posts_seen;
    line["worst_post_delay_seconds"] = one.worst.post.count() / 1000;
    line["worst_look_delay_seconds"] = one.worst.look.count() / 1000;
    if (one.state != WatchState::kOff) {
      put(line, "next_look", state.next_due);
    }
    if (state.failures > 0) {
      line["failures"] = state.failures;
    }
    if (!state.last_error.empty()) {
      line["error"] = state.last_error;
    }
    if (const std::string_view advice = Advice(one); !advice.empty()) {
      line["advice"] = advice;
    }
    out << json::serialize(line) << '\n';
  }
  const Sum sum = SumOf(sources, now);
  json::object states;
  for (const WatchState state : kStates) {
    states[WatchStateName(state)] = sum.by_state[static_cast<std::size_t>(state)];
  }
  json::object line{
      {"type", "summary"}, {"sources", sources.size()}, {"states", std::move(states)}};
  line["overdue"] = sum.overdue;
  put(line, "last_look", sum.last_look);
  out << json::serialize(line) << '\n';
}

std::string SummaryOf(std::span<const SourceCoverage> sources, core::Timestamp now) {
  const Sum sum = SumOf(sources, now);
  std::string text = Count(sources.size(), "source") + ": ";
  bool first = true;
  // What is well first: that is what the reader wants to know.
  for (const WatchState state :
       {WatchState::kWatched, WatchState::kBroken, WatchState::kForbidden, WatchState::kEmpty,
        WatchState::kFailing, WatchState::kQuiet, WatchState::kNotYet, WatchState::kOff}) {
    if (const std::size_t count = sum.by_state[static_cast<std::size_t>(state)]; count > 0) {
      text += fmt::format("{}{} {}", first ? "" : ", ", count, WatchStateName(state));
      first = false;
    }
  }
  if (sum.last_look != core::Timestamp{}) {
    const std::string ago = RoughTime(now - sum.last_look);
    text += "; last look " + (ago == "just now" ? ago : ago + " ago");
  }
  if (sum.overdue > 0) {
    text += fmt::format("; {} due for over a day: does cron or the timer still start `run`?",
                        Count(sum.overdue, "source"));
  }
  return text;
}

}  // namespace

std::string_view WatchStateName(WatchState state) {
  switch (state) {
    case WatchState::kBroken:
      return "broken";
    case WatchState::kForbidden:
      return "not watchable: robots.txt";
    case WatchState::kEmpty:
      return "empty";
    case WatchState::kFailing:
      return "failing";
    case WatchState::kQuiet:
      return "unusually quiet";
    case WatchState::kNotYet:
      return "not looked at yet";
    case WatchState::kWatched:
      return "watched";
    case WatchState::kOff:
      return "off";
  }
  return "unknown";
}

core::Result<std::vector<SourceCoverage>> LoadCoverage(std::span<const config::Source> sources,
                                                       const core::FetchMemory& memory,
                                                       core::Timestamp now) {
  std::vector<SourceCoverage> coverage;
  for (const config::Source& source : sources) {
    SW_ASSIGN(std::optional<core::SourceState> state, memory.FindSource(source.name));
    SourceCoverage one{.source = &source,
                       .state = WatchState::kNotYet,
                       .remembered = std::move(state).value_or(core::SourceState{}),
                       .worst = {}};
    one.state = StateOf(source, one.remembered);
    one.worst = crawler::FindWorstDelays(one.remembered, now);
    if (source.enabled && one.remembered.next_due != core::Timestamp{}) {
      one.worst.look = std::max<milliseconds>(one.worst.look, now - one.remembered.next_due);
    }
    coverage.push_back(std::move(one));
  }
  std::ranges::sort(coverage, {}, [](const SourceCoverage& one) {
    return std::tie(one.state, one.source->name);
  });
  return coverage;
}

void PrintCoverage(std::span<const SourceCoverage> sources, core::Timestamp now, OutputForm form,
                   std::size_t width, std::ostream& out) {
  if (form == OutputForm::kJsonLines) {
    return PrintJson(sources, now, out);
  }
  if (sources.empty()) {
    out << "No sources: sources.yaml names none.\n";
    return;
  }
  const Layout layout = LayOut(sources, width);
  const std::string lead(kIndent + layout.name, ' ');
  out << lead << "    last  worked  newest   posts    worst delay    next\n"
      << lead << "    look    last    post    seen    post    look    look\n";
  std::optional<WatchState> heading;
  for (const SourceCoverage& one : sources) {
    if (heading != one.state) {
      heading = one.state;
      out << '\n' << Heading(one.state) << '\n';
    }
    PrintRow(one, now, layout, out);
  }
  out << '\n'
      << Wrap(
             "Last look, worked last and newest post: how long ago. Worst delay, of 30 days: from "
             "a "
             "post's own time to our reading it; from a look's due time to the look.",
             0, layout.prose)
      << '\n'
      << Wrap(SummaryOf(sources, now), 0, layout.prose);
}

}  // namespace schoolwatch::app
