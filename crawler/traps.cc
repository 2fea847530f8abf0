#include "crawler/traps.h"

#include <algorithm>
#include <array>
#include <map>
#include <string_view>
#include <vector>

namespace schoolwatch::crawler {
namespace {

using Words = std::vector<std::string_view>;

Words Split(std::string_view text, char separator) {
  Words parts;
  while (true) {
    const std::size_t end = text.find(separator);
    parts.push_back(text.substr(0, end));
    if (end == std::string_view::npos) {
      return parts;
    }
    text.remove_prefix(end + 1);
  }
}

bool IsDigit(char c) { return c >= '0' && c <= '9'; }

std::string Lower(std::string_view text) {
  std::string lower(text);
  for (char& c : lower) {
    c = c >= 'A' && c <= 'Z' ? static_cast<char>(c - 'A' + 'a') : c;
  }
  return lower;
}

// All digits, `digits` of them at least and at most.
bool IsNumber(std::string_view text, std::size_t least, std::size_t most) {
  return text.size() >= least && text.size() <= most && std::ranges::all_of(text, IsDigit);
}

// "2026", with a century that somebody writes about.
bool IsYear(std::string_view text) {
  return IsNumber(text, 4, 4) &&
         (text.starts_with("19") || text.starts_with("20") || text.starts_with("21"));
}

// "2026-11", "2026-11-20", "20261120", "2026-w47": what calendars have in their addresses.
bool IsDate(std::string_view text) {
  if (text.size() < 6 || !IsYear(text.substr(0, 4))) {
    return false;
  }
  std::string_view rest = text.substr(4);
  if (IsNumber(rest, 4, 4)) {
    return true;
  }
  if (rest.front() != '-' && rest.front() != '_') {
    return false;
  }
  rest.remove_prefix(rest.substr(1).starts_with('w') ? 2 : 1);
  return IsNumber(rest.substr(0, rest.find_first_of("-_")), 1, 2);
}

bool HasCalendarWord(std::string_view text) {
  constexpr std::array<std::string_view, 7> kWords{
      "calendar", "events", "agenda", "kalender", "tribe-bar-date", "ical", "eventdisplay"};
  return std::ranges::any_of(kWords, [&](std::string_view word) { return text.contains(word); });
}

std::optional<std::string> FindRepeat(const Words& segments, std::size_t max_repeats) {
  for (std::size_t period = 1; period * (max_repeats + 1) <= segments.size(); ++period) {
    std::size_t same = 0;  // Segments in a row equal to the one a period before.
    for (std::size_t i = period; i < segments.size(); ++i) {
      same = segments[i] == segments[i - period] ? same + 1 : 0;
      if (same == period * max_repeats) {
        std::string folders;
        for (std::size_t j = i + 1 - period; j <= i; ++j) {
          folders.append("/").append(segments[j]);
        }
        return "the same folders repeat: " + folders;
      }
    }
  }
  return std::nullopt;
}

// A month or day page of a calendar: it links to the next one for ever. An event's own page, with
// a name behind the date, is none.
std::optional<std::string> FindCalendar(const Words& segments, std::string_view path,
                                        const Words& parameters) {
  bool dated = false;
  bool named = HasCalendarWord(path);
  if (!segments.empty()) {
    const std::string_view last = segments.back();
    const std::string_view before = segments.size() > 1 ? segments[segments.size() - 2] : "";
    const std::string_view third = segments.size() > 2 ? segments[segments.size() - 3] : "";
    dated = IsDate(last) || (IsNumber(last, 1, 2) && (IsYear(before) || IsYear(third)));
  }
  for (const std::string_view parameter : parameters) {
    const std::size_t equals = std::min(parameter.find('='), parameter.size());
    const std::string_view name = parameter.substr(0, equals);
    const std::string_view value = parameter.substr(std::min(equals + 1, parameter.size()));
    constexpr std::array<std::string_view, 5> kDateNames{"month", "year", "day", "week", "date"};
    named = named || HasCalendarWord(name);
    dated = dated || IsDate(value) ||
            (!value.empty() && std::ranges::any_of(kDateNames, [&](std::string_view word) {
              return name.contains(word) && std::ranges::any_of(value, IsDigit);
            }));
  }
  return dated && named ? std::optional<std::string>("a calendar page, one of endlessly many")
                        : std::nullopt;
}

std::optional<std::string> FindRunawayQuery(std::string_view query, const Words& parameters,
                                            const TrapLimits& limits) {
  if (query.size() > limits.max_query_bytes) {
    return "a query of " + std::to_string(query.size()) + " bytes";
  }
  if (parameters.size() > limits.max_parameters) {
    return "a query of " + std::to_string(parameters.size()) + " parameters";
  }
  std::map<std::string_view, std::size_t> counts;
  for (const std::string_view parameter : parameters) {
    const std::string_view name = parameter.substr(0, parameter.find('='));
    const bool is_list = name.ends_with("[]") || Lower(name).ends_with("%5b%5d");
    if (!is_list && ++counts[name] > limits.max_same_parameter) {
      return "the query repeats '" + std::string(name) + "'";
    }
  }
  // "%252525…": an address escaped into itself again and again.
  if (query.contains("%252525")) {
    return "a query that was escaped again and again";
  }
  return std::nullopt;
}

// ";jsessionid=…" (Java), "/(S(…))/" (ASP.NET), and parameters named like one with a long random
// value.
std::optional<std::string> FindSession(std::string_view path, const Words& parameters) {
  if (path.contains(";jsessionid=") || path.contains(";phpsessid=") || path.contains(";sid=") ||
      path.contains("/(s(")) {
    return "a session id in the path";
  }
  for (const std::string_view parameter : parameters) {
    const std::size_t equals = std::min(parameter.find('='), parameter.size());
    const std::string_view name = parameter.substr(0, equals);
    if (parameter.size() - equals > 16 && (name == "sid" || name.contains("sess"))) {
      return "a session id: '" + std::string(name) + "'";
    }
  }
  return std::nullopt;
}

}  // namespace

std::optional<std::string> FindTrap(const core::HttpUrl& url, const TrapLimits& limits) {
  if (url.href().size() > limits.max_bytes) {
    return "an address of " + std::to_string(url.href().size()) + " bytes";
  }
  const std::string path = Lower(url.path());
  Words segments = Split(path, '/');
  segments.erase(segments.begin());  // Before the first slash.
  if (segments.size() > limits.max_segments) {
    return "a path of " + std::to_string(segments.size()) + " segments";
  }
  if (std::optional<std::string> repeat = FindRepeat(segments, limits.max_repeats)) {
    return repeat;
  }
  while (!segments.empty() && segments.back().empty()) {
    segments.pop_back();
  }
  const std::string query = Lower(url.query());
  const Words parameters = query.empty() ? Words() : Split(query, '&');
  if (std::optional<std::string> runaway = FindRunawayQuery(query, parameters, limits)) {
    return runaway;
  }
  if (std::optional<std::string> calendar = FindCalendar(segments, path, parameters)) {
    return calendar;
  }
  const std::string key = Lower(core::CanonicalKey(url));
  const std::size_t key_query = std::min(key.find('?'), key.size());
  return FindSession(
      std::string_view(key).substr(0, key_query),
      key_query == key.size() ? Words() : Split(std::string_view(key).substr(key_query + 1), '&'));
}

}  // namespace schoolwatch::crawler
