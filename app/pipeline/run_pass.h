#pragma once

#include <chrono>
#include <cstddef>
#include <functional>
#include <map>
#include <memory>
#include <optional>
#include <span>
#include <stop_token>
#include <string>
#include <vector>

#include "app/pipeline/outcome_builder.h"
#include "app/workspace.h"
#include "core/clock.h"
#include "core/result.h"
#include "crawler/crawler.h"
#include "net/fetcher.h"
#include "net/http_post.h"
#include "storage/store.h"

namespace schoolwatch::app {

enum class Schedule { kDueOnly, kAll };
enum class Effects { kFull, kDryRun };

// Whether a round ends with a purge of what is past its period.
enum class Upkeep { kPurge, kNone };

struct RunOptions {
  Schedule schedule = Schedule::kDueOnly;
  Effects effects = Effects::kFull;
  std::vector<std::string> only_sources{};  // Empty: all.
  std::vector<net::ConnectOverride> connect_overrides{};
  Upkeep upkeep = Upkeep::kPurge;
  // What logins at platforms are made with; borrowed. Null: one is made where it is wanted.
  net::HttpPoster* poster = nullptr;
};

// How one source's turn went, for the summary.
struct SourceTurn {
  std::string name;
  std::string title;
  std::size_t documents = 0;
  std::size_t unchanged = 0;
  std::size_t failed = 0;
  std::size_t posts = 0;
  std::size_t mentions = 0;
  std::size_t findings = 0;
  std::size_t out_of_scope = 0;    // Links that a site's scope leaves out…
  std::size_t left_for_later = 0;  // …and pages of it that the next runs will fetch.
  std::string trouble;             // What went wrong at the source's own address; empty: nothing.
  core::SourceState state;         // After the turn.
};

struct PassReport {
  std::vector<SourceTurn> turns;
  std::size_t not_due = 0;
  CommitReport commits;
  crawler::CrawlReport crawl;
  std::vector<crawler::Refusal> refusals;       // At most 1,000.
  std::vector<crawler::FetchFailure> failures;  // At most 1,000.
  std::vector<std::string> notes;               // "herald: read to the last good entry"
  std::vector<core::Finding> findings;
  std::size_t looks = 0;  // Pages asked for because posts of open cases stand there.
  std::size_t posts_read = 0;
  std::size_t gated_out = 0;
  bool reached_time_limit = false;
  bool stopped = false;  // By a signal.
  std::chrono::milliseconds elapsed{0};
};

// Told how far a pass is; called from several threads, at most a few times a second each.
struct Progress {
  std::size_t documents = 0;
  std::size_t posts = 0;
  std::size_t mentions = 0;
  std::size_t findings = 0;
};
using ProgressSink = std::function<void(const Progress&)>;

// One pass over the sources that are due: fetch, read, find, judge, commit. What it found waits in
// the outbox; app/pipeline/delivery.h sends it. Runs on the caller's thread and its own workers;
// `stop` ends it cleanly within seconds, with everything finished so far kept. kCorrupt,
// kUnavailable: the store could not be read or written; what was committed before stays.
core::Result<PassReport> RunPass(const Workspace& workspace, storage::Store* store,
                                 net::Fetcher& fetcher, const core::Clock& clock,
                                 const RunOptions& options, const ProgressSink& progress,
                                 std::stop_token stop);

}  // namespace schoolwatch::app
