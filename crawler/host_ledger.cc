#include "crawler/host_ledger.h"

#include <algorithm>
#include <string>

#include "core/url.h"

namespace schoolwatch::crawler {
namespace {

constexpr std::size_t kMostUrlBytes = 200;

core::HostTally TallyOf(const HostReport& report) {
  return {.robots = report.robots_requests,
          .feeds = report.feed_requests,
          .pages = report.page_requests,
          .redirects = report.redirect_requests,
          .conditional = report.conditional,
          .ok = report.ok,
          .not_modified = report.not_modified,
          .redirected = report.redirected,
          .refused = report.client_errors,
          .errors = report.server_errors,
          .too_many = report.too_many,
          .unavailable = report.unavailable,
          .unanswered = report.failed,
          .bytes = report.bytes,
          .allowed = report.allowed,
          .withheld = report.withheld};
}

// A receipt is for the site's owner, and what stands behind the `?` may be what somebody typed.
std::string WithoutQuery(std::string_view url) {
  const std::size_t end = std::min(url.find_first_of("?#"), url.size());
  std::string shown(url.substr(0, std::min(end, kMostUrlBytes)));
  if (end > kMostUrlBytes) {
    while (!shown.empty() && (static_cast<unsigned char>(shown.back()) & 0xC0u) == 0x80u) {
      shown.pop_back();
    }
    return shown + "…";
  }
  return end < url.size() && url[end] == '?' ? shown + "?…" : shown;
}

void AddToDay(core::HostLedger& ledger, const core::HostTally& tally, core::Timestamp now) {
  const std::int64_t today = std::chrono::floor<std::chrono::days>(now).time_since_epoch().count();
  constexpr auto kMost = static_cast<std::int64_t>(core::HostLedger::kMostDays);
  // Days to come are an earlier clock's mistake.
  std::erase_if(ledger.days, [&](const core::LedgerDay& day) {
    return day.day <= today - kMost || day.day > today;
  });
  if (ledger.days.empty() || ledger.days.back().day != today) {
    ledger.days.push_back({.day = today, .tally = {}});
  }
  ledger.days.back().tally += tally;
}

template <class T>
void KeepLast(std::vector<T>& list, std::size_t most) {
  if (list.size() > most) {
    list.erase(list.begin(), list.end() - static_cast<std::ptrdiff_t>(most));
  }
}

}  // namespace

core::HostLedger AfterRun(core::HostLedger ledger, const HostReport& report, core::Timestamp now) {
  const core::HostTally tally = TallyOf(report);
  if (tally == core::HostTally{}) {
    return ledger;
  }
  ledger.origin = report.origin;
  ledger.site = report.site;
  if (report.first_request && ledger.first_request == core::Timestamp{}) {
    ledger.first_request = *report.first_request;
  }
  if (report.last_request) {
    ledger.last_request = std::max(ledger.last_request, *report.last_request);
  }
  ledger.total += tally;
  AddToDay(ledger, tally, now);
  for (const WithheldAddress& address : report.withheld_examples) {
    std::string url = WithoutQuery(address.url);
    std::erase_if(ledger.withheld, [&](const core::LedgerRefusal& old) { return old.url == url; });
    ledger.withheld.push_back({.url = std::move(url), .rule = address.rule});
  }
  KeepLast(ledger.withheld, core::HostLedger::kMostExamples);
  if (report.blocked_until && (report.too_many > 0 || report.unavailable > 0)) {
    ledger.pauses.push_back(
        {.asked_at = report.last_request.value_or(now), .until = *report.blocked_until});
    KeepLast(ledger.pauses, core::HostLedger::kMostPauses);
  }
  ledger.page_gap = report.page_gap;
  ledger.feed_gap = report.feed_gap;
  ledger.crawl_delay = report.crawl_delay.value_or(std::chrono::milliseconds(0));
  ledger.crawl_delay_kept = report.crawl_delay_kept.value_or(std::chrono::milliseconds(0));
  ledger.robots = report.robots;
  ledger.longest_gap = std::max(ledger.longest_gap, report.delay);
  ledger.slowest_answer = std::max(ledger.slowest_answer, report.slowest);
  return ledger;
}

}  // namespace schoolwatch::crawler
