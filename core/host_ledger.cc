#include "core/host_ledger.h"

namespace schoolwatch::core {

HostTally& HostTally::operator+=(const HostTally& more) {
  robots += more.robots;
  feeds += more.feeds;
  pages += more.pages;
  redirects += more.redirects;
  conditional += more.conditional;
  ok += more.ok;
  not_modified += more.not_modified;
  redirected += more.redirected;
  refused += more.refused;
  errors += more.errors;
  too_many += more.too_many;
  unavailable += more.unavailable;
  unanswered += more.unanswered;
  bytes += more.bytes;
  allowed += more.allowed;
  withheld += more.withheld;
  return *this;
}

HostTally LastDays(const HostLedger& ledger, Timestamp now) {
  const auto today = std::chrono::floor<std::chrono::days>(now).time_since_epoch().count();
  HostTally sum;
  for (const LedgerDay& day : ledger.days) {
    if (day.day > today - static_cast<std::int64_t>(HostLedger::kMostDays)) {
      sum += day.tally;
    }
  }
  return sum;
}

}  // namespace schoolwatch::core
