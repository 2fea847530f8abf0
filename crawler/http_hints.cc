#include "crawler/http_hints.h"

#include <algorithm>
#include <array>
#include <charconv>
#include <cstddef>
#include <cstdint>
#include <string>
#include <vector>

namespace schoolwatch::crawler {
namespace {

constexpr std::int64_t kYearSeconds = 365LL * 24 * 3600;

std::string_view Trim(std::string_view text) {
  while (!text.empty() && (text.front() == ' ' || text.front() == '\t')) {
    text.remove_prefix(1);
  }
  while (!text.empty() && (text.back() == ' ' || text.back() == '\t')) {
    text.remove_suffix(1);
  }
  return text;
}

// Digits alone; more than fit are the most that fit.
std::optional<std::int64_t> ParseNumber(std::string_view text) {
  if (text.empty() || !std::ranges::all_of(text, [](char c) { return c >= '0' && c <= '9'; })) {
    return std::nullopt;
  }
  std::int64_t number = 0;
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), number);
  return error == std::errc() ? number : kYearSeconds;
}

std::optional<unsigned> ParseMonth(std::string_view text) {
  constexpr std::string_view kMonths = "JanFebMarAprMayJunJulAugSepOctNovDec";
  const std::size_t at = text.size() == 3 ? kMonths.find(text) : std::string_view::npos;
  return at == std::string_view::npos || at % 3 != 0
             ? std::nullopt
             : std::optional(static_cast<unsigned>(at / 3 + 1));
}

std::optional<std::chrono::seconds> ParseTimeOfDay(std::string_view text) {
  if (text.size() != 8 || text[2] != ':' || text[5] != ':') {
    return std::nullopt;
  }
  const auto hour = ParseNumber(text.substr(0, 2));
  const auto minute = ParseNumber(text.substr(3, 2));
  const auto second = ParseNumber(text.substr(6, 2));
  if (!hour || !minute || !second || *hour > 23 || *minute > 59 || *second > 60) {
    return std::nullopt;
  }
  return std::chrono::seconds(*hour * 3600 + *minute * 60 + *second);
}

// The words of a date: white space, "," and "-" stand between them in one form or another.
std::vector<std::string_view> DateWords(std::string_view text) {
  std::vector<std::string_view> words;
  while (words.size() < 8) {
    const std::size_t start = text.find_first_not_of(" ,-");
    if (start == std::string_view::npos) {
      break;
    }
    text.remove_prefix(start);
    const std::size_t end = std::min(text.find_first_of(" ,-"), text.size());
    words.push_back(text.substr(0, end));
    text.remove_prefix(end);
  }
  return words;
}

std::chrono::milliseconds Capped(std::int64_t seconds) {
  return std::chrono::seconds(std::clamp<std::int64_t>(seconds, 0, kYearSeconds));
}

}  // namespace

std::optional<core::Timestamp> ParseHttpDate(std::string_view text, core::Timestamp now) {
  using std::chrono::year;
  const std::vector<std::string_view> words = DateWords(Trim(text));
  // "Sun 06 Nov 1994 08:49:37 GMT" or "Sun Nov 6 08:49:37 1994".
  const bool asctime = words.size() == 5;
  if (!asctime && (words.size() != 6 || words[5] != "GMT")) {
    return std::nullopt;
  }
  const auto day = ParseNumber(words[asctime ? 2 : 1]);
  const auto month = ParseMonth(words[asctime ? 1 : 2]);
  const auto written_year = ParseNumber(words[asctime ? 4 : 3]);
  const auto time = ParseTimeOfDay(words[asctime ? 3 : 4]);
  if (!day || *day > 31 || !month || !written_year || *written_year > 9999 || !time) {
    return std::nullopt;
  }
  int full_year = static_cast<int>(*written_year);
  if (words[asctime ? 4 : 3].size() == 2) {
    const int this_year = static_cast<int>(
        std::chrono::year_month_day(std::chrono::floor<std::chrono::days>(now)).year());
    full_year += this_year / 100 * 100;
    full_year -= full_year > this_year + 50 ? 100 : 0;
  }
  const std::chrono::year_month_day date{year(full_year), std::chrono::month(*month),
                                         std::chrono::day(static_cast<unsigned>(*day))};
  if (!date.ok()) {
    return std::nullopt;
  }
  return core::Timestamp(std::chrono::sys_days(date)) + *time;
}

std::optional<std::chrono::milliseconds> FindRetryAfter(const net::Headers& headers,
                                                        core::Timestamp now) {
  const std::string_view value = Trim(net::FindHeader(headers, "retry-after"));
  if (const auto seconds = ParseNumber(value)) {
    return Capped(*seconds);
  }
  if (const auto date = ParseHttpDate(value, now)) {
    return Capped(std::chrono::ceil<std::chrono::seconds>(*date - now).count());
  }
  return std::nullopt;
}

std::chrono::milliseconds FreshFor(const net::Headers& headers, core::Timestamp now) {
  std::optional<std::int64_t> max_age;
  for (const auto& [name, field] : headers) {
    if (name != "cache-control") {
      continue;
    }
    std::string_view rest = field;
    while (!rest.empty()) {
      const std::size_t end = std::min(rest.find(','), rest.size());
      std::string directive;
      for (const char c : Trim(rest.substr(0, end))) {
        directive += c >= 'A' && c <= 'Z' ? static_cast<char>(c - 'A' + 'a') : c;
      }
      rest.remove_prefix(std::min(end + 1, rest.size()));
      if (directive == "no-cache" || directive == "no-store" || directive == "must-revalidate") {
        // must-revalidate alone forbids nothing, but who writes it wants to be asked.
        return {};
      }
      constexpr std::string_view kMaxAge = "max-age=";
      if (directive.starts_with(kMaxAge)) {
        std::string_view number = std::string_view(directive).substr(kMaxAge.size());
        if (number.size() > 1 && number.front() == '"' && number.back() == '"') {
          number = number.substr(1, number.size() - 2);
        }
        max_age = ParseNumber(number);
      }
    }
  }
  if (max_age) {
    return Capped(*max_age - ParseNumber(Trim(net::FindHeader(headers, "age"))).value_or(0));
  }
  const auto expires = ParseHttpDate(net::FindHeader(headers, "expires"), now);
  if (!expires) {
    return {};
  }
  // Against the server's own clock where it tells it: ours may be wrong.
  const auto date = ParseHttpDate(net::FindHeader(headers, "date"), now);
  return Capped(std::chrono::floor<std::chrono::seconds>(*expires - date.value_or(now)).count());
}

}  // namespace schoolwatch::crawler
