#include "app/coverage/platform_coverage_print.h"

#include <fmt/format.h>

#include <algorithm>
#include <boost/json.hpp>
#include <ostream>
#include <string>

#include "app/terminal.h"

namespace schoolwatch::app {
namespace {

constexpr std::size_t kIndent = 2;
constexpr std::size_t kDetailIndent = 6;
constexpr std::size_t kMostProse = 100;
constexpr std::size_t kLeastWidth = 72;
constexpr std::size_t kColumn = 8;  // Two of them space.
constexpr std::size_t kColumns = 4;

std::string_view Heading(NameState state) {
  switch (state) {
    case NameState::kWatched:
      return "Watched";
    case NameState::kNotYet:
      return "Not looked at yet";
    case NameState::kTrouble:
      return "Not working";
    case NameState::kIndirect:
      return "Seen only where a search finds it";
    case NameState::kNoSource:
      return "Ready: no source asks it";
    case NameState::kLacksCredential:
      return "Ready, but lacking credentials";
    case NameState::kOff:
      return "Off";
    case NameState::kNotWatchable:
      return "Not watchable";
  }
  return "";
}

bool HasLooks(NameState state) {
  return state == NameState::kWatched || state == NameState::kNotYet ||
         state == NameState::kTrouble;
}

std::string Ago(core::Timestamp time, core::Timestamp now) {
  if (time == core::Timestamp{}) {
    return "–";
  }
  const std::string rough = RoughTime(now - time);
  return rough == "just now" ? "now" : rough;
}

std::string Right(const std::string& text) {
  const std::size_t size = DisplayWidth(text);
  return std::string(kColumn > size ? kColumn - size : 0, ' ') + text;
}

std::string Sum(std::span<const NameCoverage> names) {
  std::string text = Count(names.size(), "platform") + ": ";
  bool first = true;
  for (const NameState state : kNameStates) {
    if (const auto count = std::ranges::count(names, state, &NameCoverage::state); count > 0) {
      text += fmt::format("{}{} {}", first ? "" : ", ", count, NameStateName(state));
      first = false;
    }
  }
  return text;
}

void PrintJson(std::span<const NameCoverage> names, std::ostream& out) {
  namespace json = boost::json;
  for (const NameCoverage& one : names) {
    json::object line{{"type", "platform"},
                      {"name", one.name->name},
                      {"group", one.name->group},
                      {"state", NameStateName(one.state)}};
    json::array files;
    for (const crawler::Platform* platform : one.platforms) {
      files.emplace_back(platform->name);
    }
    json::array sources;
    for (const SourceCoverage* source : one.sources) {
      sources.emplace_back(source->source->name);
    }
    line["platforms"] = std::move(files);
    line["sources"] = std::move(sources);
    for (const auto& [key, time] :
         {std::pair("last_look", one.last_look), std::pair("newest_post", one.newest_post)}) {
      if (time != core::Timestamp{}) {
        line[key] = core::FormatRfc3339(time);
      }
    }
    line["posts_seen"] = one.posts_seen;
    line["cases"] = one.cases;
    for (const auto& [key, text] : {std::pair("why", &one.why), std::pair("do_next", &one.do_next),
                                    std::pair("report_instead", &one.report)}) {
      if (!text->empty()) {
        line[key] = *text;
      }
    }
    out << json::serialize(line) << '\n';
  }
}

}  // namespace

void PrintNameCoverage(std::span<const NameCoverage> names, core::Timestamp now, OutputForm form,
                       std::size_t width, std::ostream& out) {
  if (form == OutputForm::kJsonLines) {
    return PrintJson(names, out);
  }
  const std::size_t prose = std::min(std::max(width, kLeastWidth), kMostProse);
  // Names without figures may be as long as they like.
  std::size_t longest = 24;
  for (const NameCoverage& one : names) {
    longest = std::max(longest, HasLooks(one.state) ? DisplayWidth(one.name->name) : 0);
  }
  longest = std::min(longest, prose - kIndent - kColumns * kColumn);
  const std::string lead(kIndent + longest, ' ');
  out << "Platforms that school policies name\n\n"
      << lead << "    last  newest   posts\n"
      << lead << "    look    post    read   cases\n";
  for (const NameState state : kNameStates) {
    bool first = true;
    for (const NameCoverage& one : names) {
      if (one.state != state) {
        continue;
      }
      if (first) {
        out << '\n' << Heading(state) << '\n';
        first = false;
      }
      std::string line = std::string(kIndent, ' ') + one.name->name;
      if (HasLooks(state)) {
        if (DisplayWidth(one.name->name) > longest) {
          out << line << '\n';
          line.assign(kIndent + longest, ' ');
        } else {
          line.append(longest - DisplayWidth(one.name->name), ' ');
        }
        line += Right(Ago(one.last_look, now)) + Right(Ago(one.newest_post, now)) +
                Right(std::to_string(one.posts_seen)) + Right(std::to_string(one.cases));
      }
      out << line << '\n';
      std::string detail = one.why;
      if (!one.do_next.empty()) {
        detail += (detail.empty() ? "" : " ") + one.do_next;
      }
      if (!one.report.empty() &&
          (state == NameState::kNotWatchable || state == NameState::kIndirect)) {
        detail += (detail.empty() ? "Instead: " : " Instead: ") + one.report;
      }
      if (!detail.empty()) {
        out << Wrap(SafeForTerminal(detail), kDetailIndent, prose);
      }
    }
  }
  out << '\n' << Wrap(Sum(names), 0, prose);
}

}  // namespace schoolwatch::app
