#include "crawler/politeness.h"

#include <algorithm>
#include <cstdint>
#include <string>

#include "core/hash.h"

namespace schoolwatch::crawler {
namespace {

using std::chrono::milliseconds;

constexpr milliseconds kFirstBlock = std::chrono::minutes(1);
constexpr milliseconds kLongestBlock = std::chrono::hours(24);
constexpr milliseconds kQuiet = std::chrono::minutes(30);
// From here on a host's own short Retry-After is no longer believed alone.
constexpr std::uint32_t kDoubtedIncidents = 4;

milliseconds BackOff(std::uint32_t incidents) {
  constexpr std::uint32_t kMostDoublings = 11;  // 60 s * 2^11 is over a day.
  const std::uint32_t doublings = std::min(incidents - 1, kMostDoublings);
  return std::min<milliseconds>(kFirstBlock * (1LL << doublings), kLongestBlock);
}

void ForgiveAfterQuiet(core::HostState& host, core::Timestamp now) {
  if (now - host.blocked_until >= kQuiet) {
    host.incidents = 0;
  }
}

std::int64_t DayOf(core::Timestamp now) {
  return std::chrono::floor<std::chrono::days>(now).time_since_epoch().count();
}

}  // namespace

milliseconds RequestGap(milliseconds configured, std::optional<milliseconds> crawl_delay,
                        milliseconds last_response, milliseconds cap) {
  return std::max({configured, std::min(crawl_delay.value_or(milliseconds(0)), cap),
                   std::min(2 * last_response, cap)});
}

void NoteThrottled(core::HostState& host, std::optional<milliseconds> retry_after,
                   core::Timestamp now) {
  ForgiveAfterQuiet(host, now);
  ++host.incidents;
  milliseconds block = BackOff(host.incidents);
  if (retry_after) {
    block = host.incidents < kDoubtedIncidents ? *retry_after : std::max(block, *retry_after);
  }
  block = std::min(block, kLongestBlock);
  const std::uint64_t hash = core::Hash64(host.origin + ' ' + std::to_string(host.incidents));
  block += block * static_cast<std::int64_t>(hash % 1001) / 10'000;
  host.blocked_until = std::max(host.blocked_until, now + block);
}

void NoteAnswered(core::HostState& host, core::Timestamp now) { ForgiveAfterQuiet(host, now); }

void DoubtBlock(core::HostState& host, core::Timestamp now) {
  if (host.blocked_until > now + kLongestBlock + kLongestBlock / 10) {
    host.blocked_until = now + kLongestBlock;
  }
}

milliseconds RestOfBlock(const core::HostState& host, core::Timestamp now) {
  return std::clamp<milliseconds>(host.blocked_until - now, milliseconds(0),
                                  kLongestBlock + kLongestBlock / 10);
}

void NoteRequest(core::HostState& site, std::uint64_t bytes, core::Timestamp now) {
  const DayUse before = UseOfDay(site, now);
  site.day = DayOf(now);
  site.day_requests = before.requests + 1;
  site.day_bytes = before.bytes + bytes;
}

DayUse UseOfDay(const core::HostState& site, core::Timestamp now) {
  return site.day == DayOf(now) ? DayUse{site.day_requests, site.day_bytes} : DayUse{};
}

}  // namespace schoolwatch::crawler
