#pragma once

#include <chrono>
#include <cstddef>
#include <cstdint>
#include <memory>
#include <optional>
#include <string>

#include "app/pipeline/judged_document.h"
#include "app/pipeline/outcome_builder.h"
#include "app/pipeline/platform_turn.h"
#include "app/pipeline/run_pass.h"
#include "app/workspace.h"
#include "config/settings.h"
#include "core/fetch_memory.h"
#include "core/fetch_state.h"
#include "core/time.h"
#include "crawler/crawler.h"
#include "storage/store.h"

namespace schoolwatch::app {

// Why a source's own address gave nothing.
struct OwnTrouble {
  core::SourceTrouble kind = core::SourceTrouble::kNone;
  std::string words;
};

// A source's part of a pass: what it is read with, and what came of it so far. Touched by the
// committing thread only, but for `age` and `reading`, which stay as they were made, and for
// `trouble` and `left_for_later`, which are under the pass's lock.
struct Turn {
  const config::Source* source = nullptr;
  std::optional<core::SourceState> before;
  SourceAge age;
  ReadingContext reading;
  SourceTurn report;
  std::optional<core::Timestamp> newest_post;
  std::uint64_t new_posts = 0;
  std::uint64_t posts_held = 0;
  std::chrono::milliseconds post_delay{0};
  // For when to look again: of its own address, and whether any page of it was new.
  bool changed = false;
  std::optional<core::FeedHints> hints;
  std::chrono::milliseconds fresh{0};
  core::Timestamp not_before{};
  std::size_t left_for_later = 0;
  // Not due: only pages are looked at that posts of open cases stand on. Nothing else is followed,
  // and nothing is told of the source.
  bool looks_only = false;
  bool own_address_worked = false;
  bool own_address_changed = false;
  OwnTrouble trouble;
  std::unique_ptr<PlatformTurn> platform;  // Of a platform's source; else null.
};

// `before` is what the store knows of the source. Borrows everything but `before`.
Turn BeginTurn(const Workspace& workspace, const config::Source& source,
               std::optional<core::SourceState> before, const storage::SeenLookup& seen,
               const core::FetchMemory& memory, core::Timestamp now);

// What to ask of the source's own address first, and with which place in the queue.
crawler::FetchKind SeedKind(const config::Source& source);

// A document of the source was read, or could not be: `judged` is made to be asked for anew then,
// where an answer "nothing has changed" would count as working.
void NoteDocument(Turn& turn, JudgedDocument& judged);

// What the store was given of it.
void NoteGain(Turn& turn, const JudgedDocument& judged, const DocumentGain& gain);

// Takes over what its platform's part came to, before EndTurn.
void TakePlatformTrouble(Turn& turn);

OwnTrouble TroubleOf(const crawler::Refusal& refusal);

// Fills `turn.report`. The source's state after a pass that began at `began`; nothing for a source
// that was not reached before the end: it stays due, and its history stays its history.
std::optional<core::SourceState> EndTurn(Turn& turn, core::Timestamp began);

}  // namespace schoolwatch::app
