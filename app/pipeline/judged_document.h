#pragma once

#include <cstddef>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "app/pipeline/look_sights.h"
#include "app/pipeline/standing.h"
#include "app/pipeline/watch_list.h"
#include "config/settings.h"
#include "core/evidence.h"
#include "core/fetch_memory.h"
#include "core/fetch_state.h"
#include "core/finding.h"
#include "core/fingerprint.h"
#include "core/judgement.h"
#include "core/outcome.h"
#include "core/post.h"
#include "crawler/crawler.h"
#include "crawler/follow.h"
#include "crawler/platforms/route_plan.h"
#include "crawler/readers/document.h"
#include "crawler/readers/engines.h"
#include "crawler/readers/reader.h"
#include "crawler/readers/redirects.h"
#include "crawler/revisit.h"
#include "matchers/judge.h"
#include "storage/store.h"

namespace schoolwatch::app {

// A post on its way to the store.
struct JudgedPost {
  core::Post post;
  std::string key;        // PostKey
  std::string text_hash;  // PostTextHash
  core::Judgement judgement;
  core::Fingerprint fingerprint;  // Only made for posts with a category…
  // …as is this, but for the finding's id and school, which come when it is known whose it is.
  std::shared_ptr<const core::Evidence> evidence{};
};

// A fetched document after reading and judging: all that the commit needs.
struct JudgedDocument {
  crawler::FetchedDocument fetched;  // Its body is gone by now.
  std::vector<JudgedPost> posts{};   // New and edited ones; those seen before are left out.
  // Marks of known posts that still stand there, made anew before they are too old to be kept.
  std::vector<core::SeenMark> seen_again{};
  std::vector<crawler::CrawlRequest> follow{};
  // All that stands there, new or not; only of pages that are on the watch list.
  std::optional<PageSight> sight{};
  bool no_such_page = false;  // It answered that there is none (any more).
  Sights sights{};            // What a platform's answer told of posts on the watch list.
  std::size_t posts_read = 0;
  std::size_t mentions = 0;
  std::optional<core::Timestamp> newest_post{};
  bool gated_out = false;
  bool changed = false;          // It had posts or words that were not there at the last look.
  std::size_t out_of_scope = 0;  // Links that a site's scope leaves out.
  // What a feed says and shows of when to come again.
  std::optional<core::FeedHints> hints{};
  std::vector<std::string> notes{};
  std::optional<core::Error> read_error{};
  // Of an answer of a platform's interface: what it means where it is an error (which is a
  // read_error too), what follows from it, and where its route has come.
  std::optional<crawler::AnswerError> answer_error{};
  std::optional<crawler::AnswerSteps> steps{};
  std::vector<core::RouteState> routes{};
  std::vector<std::string> gone{};  // Keys of posts that the platform says are deleted.
};

// What reading and judging a source's documents needs. All borrowed; outlive the run.
struct ReadingContext {
  const config::Source* source = nullptr;
  const crawler::Recipe* recipe = nullptr;            // May be null.
  const crawler::EngineSet* engines = nullptr;        // May be null.
  const crawler::RedirectTable* redirects = nullptr;  // May be null.
  const matchers::Judge* judge = nullptr;
  const storage::SeenLookup* seen = nullptr;
  const core::FetchMemory* memory = nullptr;
  const WatchList* watch = nullptr;  // May be null.
  // Of a source that asks a platform's interface; else null.
  const crawler::PlanInput* plan = nullptr;
  crawler::FollowPolicy follow{};
  crawler::RevisitPolicy revisit{};
  std::string time_zone;  // The school's, for evidence.
};

// Reads what a platform's interface answered to a call, an error answer too. That there is nothing
// is an error only to who looks for a post by its id.
core::Result<crawler::Document> ReadAnswer(const crawler::RawDocument& raw,
                                           const crawler::ApiCall& call,
                                           const crawler::EngineSet* engines,
                                           core::Timestamp fetched_at);

// Reads and judges one document. Thread-safe; does the costly work of a run, so it runs on workers.
// What cannot be read leaves `read_error` and nothing else.
JudgedDocument ReadAndJudge(crawler::FetchedDocument document_in, const ReadingContext& context);

}  // namespace schoolwatch::app
