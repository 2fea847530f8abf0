#pragma once

#include <chrono>
#include <cstdint>
#include <optional>

#include "core/fetch_state.h"
#include "core/time.h"

namespace schoolwatch::crawler {

// The rest before the next request to a registrable domain, measured from the last answer: the
// largest of what is configured, what robots.txt asks for (cut at `cap`), and twice what the last
// answer took (cut as well), so that a struggling server is asked less.
std::chrono::milliseconds RequestGap(std::chrono::milliseconds configured,
                                     std::optional<std::chrono::milliseconds> crawl_delay,
                                     std::chrono::milliseconds last_response,
                                     std::chrono::milliseconds cap);

// A host answered 429 or 503 at `now`: blocks it. With Retry-After for as long as that says, at
// most a day; without, for 60 s doubled with each incident, at most a day. Up to 10 % are added,
// by a hash of host and incident, so that a restart decides the same and many installations do not
// come back together. A host that goes on refusing with short Retry-Afters is backed off from, too.
void NoteThrottled(core::HostState& host, std::optional<std::chrono::milliseconds> retry_after,
                   core::Timestamp now);

// A host answered otherwise at `now`: its incidents are forgiven once the last block is 30 minutes
// past.
void NoteAnswered(core::HostState& host, core::Timestamp now);

// A stored state as it is to be believed at `now`. A block that ends later than any block may was
// made while the clock ran ahead: it ends a day from now, and not in years. To be stored again.
void DoubtBlock(core::HostState& host, core::Timestamp now);

// How long from `now` a host stays blocked. Never more than a day and its tenth, whatever the wall
// clock did in between.
std::chrono::milliseconds RestOfBlock(const core::HostState& host, core::Timestamp now);

// A registrable domain was asked at `now` and sent that many bytes: counts it against its day.
void NoteRequest(core::HostState& site, std::uint64_t bytes, core::Timestamp now);

// What the domain was asked for on the UTC day of `now`.
struct DayUse {
  std::uint64_t requests = 0;
  std::uint64_t bytes = 0;
};
DayUse UseOfDay(const core::HostState& site, core::Timestamp now);

}  // namespace schoolwatch::crawler
