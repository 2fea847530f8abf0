#pragma once

#include <cstddef>
#include <optional>
#include <string>
#include <vector>

#include "config/settings.h"
#include "core/finding.h"
#include "core/fingerprint.h"
#include "core/judgement.h"
#include "core/post.h"
#include "crawler/crawler.h"
#include "crawler/readers/document.h"
#include "crawler/readers/reader.h"
#include "matchers/judge.h"
#include "storage/store.h"

namespace schoolwatch::app {

// A post on its way to the store.
struct JudgedPost {
  core::Post post;
  std::string key;        // PostKey
  std::string text_hash;  // PostTextHash
  core::Judgement judgement;
  core::Fingerprint fingerprint;  // Only made for posts with a category.
};

// A fetched document after reading and judging: all that the commit needs.
struct JudgedDocument {
  crawler::FetchedDocument fetched;  // Its body is gone by now.
  std::vector<JudgedPost> posts{};   // New and edited ones; those seen before are left out.
  std::vector<crawler::CrawlRequest> follow{};
  std::size_t posts_read = 0;
  std::size_t mentions = 0;
  std::optional<core::Timestamp> newest_post{};
  bool gated_out = false;
  std::vector<std::string> notes{};
  std::optional<core::Error> read_error{};
};

// What reading and judging a source's documents needs. All borrowed; outlive the run.
struct ReadingContext {
  const config::Source* source = nullptr;
  const crawler::Recipe* recipe = nullptr;  // May be null.
  const matchers::Judge* judge = nullptr;
  const storage::SeenLookup* seen = nullptr;
  core::Timestamp backlog_before{};  // Posts older than this are not worth following links for.
};

// Reads and judges one document. Thread-safe; does the costly work of a run, so it runs on workers.
// What cannot be read leaves `read_error` and nothing else.
JudgedDocument ReadAndJudge(crawler::FetchedDocument document_in, const ReadingContext& context);

// "thread https://…" for UrlState::follow, and back. nullopt for what an older version wrote.
std::string EncodeFollow(const crawler::CrawlRequest& request);
std::optional<crawler::CrawlRequest> DecodeFollow(const std::string& text,
                                                  const crawler::CrawlRequest& from);

}  // namespace schoolwatch::app
