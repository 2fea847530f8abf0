#pragma once

#include <chrono>
#include <cstddef>
#include <functional>
#include <map>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "app/pipeline/standing.h"
#include "core/finding.h"
#include "core/result.h"
#include "core/time.h"
#include "crawler/crawler.h"
#include "crawler/platforms/look_plan.h"
#include "storage/store.h"

namespace schoolwatch::app {

// Whose posts are looked at again: findings of the last four weeks in open cases.
inline constexpr std::chrono::days kWatchedFor{28};
// What is watched in one run, the newest first, and requests for one source: pages, or questions to
// its platform.
inline constexpr std::size_t kMaxWatched = 5'000;
inline constexpr std::size_t kMaxLooks = 25;

// Where the posts stand that findings of open cases are about, so that edits and vanishing are
// seen. Never changed after Load, so safe to share between threads.
class WatchList {
 public:
  static core::Result<WatchList> Load(const storage::CaseReader& cases, core::Timestamp now);

  // By core::PageKey.
  bool Watches(std::string_view page) const { return by_page_.contains(page); }
  // Ids of the findings whose posts stand there.
  std::span<const std::string> FindingsOn(std::string_view page) const;
  // Ids of the findings of one post: by its PostKey, or by its core::OwnLink where that is not
  // empty.
  std::vector<std::string> FindingsOf(std::string_view key, const std::string& link) const;

  // Pages that nobody has looked at for a day, by source: those that waited longest first, each
  // once, at most kMaxLooks a source.
  const std::map<std::string, std::vector<crawler::CrawlRequest>, std::less<>>& looks() const {
    return looks_;
  }
  // Posts that nobody has looked at for a day, by source: those that waited longest first. For
  // sources that ask a platform for them.
  std::span<const crawler::LookPost> PostsOf(std::string_view source) const;

 private:
  std::map<std::string, std::vector<std::string>, std::less<>> by_page_;
  std::map<std::string, std::vector<std::string>, std::less<>> by_key_;
  std::map<std::string, std::vector<std::string>, std::less<>> by_link_;
  std::map<std::string, std::vector<crawler::CrawlRequest>, std::less<>> looks_;
  std::map<std::string, std::vector<crawler::LookPost>, std::less<>> posts_;
};

}  // namespace schoolwatch::app
