#pragma once

#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "config/settings.h"
#include "core/fetch_memory.h"
#include "core/fetch_state.h"
#include "core/outbox.h"
#include "core/result.h"
#include "core/time.h"
#include "storage/store.h"

namespace schoolwatch::app {

// A source, or a way in which reports come in (app/intake/intake_ways.h), whose health people have
// not been told of.
struct SourceNews {
  std::string source;       // Its name.
  core::SourceState state;  // Its `health` is the news, its `told` what was said before.
};

// What must be said of the sources, in the configuration's order; those switched off are left out.
// Asks the store and not the run, so that what a crash left unsaid is said by the next run, whether
// the source was due in it or not.
core::Result<std::vector<SourceNews>> LoadSourceNews(std::span<const config::Source> sources,
                                                     const core::FetchMemory& memory);

// One mail with all of it to those who look after this installation, or else the headteacher.
std::vector<core::OutboxItem> NoticesOf(std::span<const SourceNews> news,
                                        const config::Settings& settings, core::Timestamp now);

// To be called once it was said: from now on it is no news. In the same write, so that neither is
// without the other, its mails are queued.
core::Result<void> MarkTold(std::span<const SourceNews> news, std::vector<core::OutboxItem> mails,
                            storage::DocumentStore& store);

// "source 'herald' is broken: it has failed 5 times in a row; last: HTTP 500. …what to do…"
std::string Describe(const SourceNews& news, core::Timestamp now);

// What a person can do about it; "" where there is nothing to do.
std::string_view AdviceFor(std::string_view source, core::SourceHealth health,
                           core::SourceTrouble trouble);

}  // namespace schoolwatch::app
