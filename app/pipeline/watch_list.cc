#include "app/pipeline/watch_list.h"

#include <algorithm>
#include <ranges>
#include <set>
#include <utility>

#include "core/place.h"
#include "core/url.h"

namespace schoolwatch::app {
namespace {

// An hour less than a day: who runs once a day at the same minute must not miss every second turn.
constexpr std::chrono::hours kLookEvery{23};

struct Look {
  std::string source;
  core::Timestamp looked_at{};
  crawler::CrawlRequest request;
};

// The request that following links would have made, so that what is new there is read as it would
// have been.
crawler::CrawlRequest LookRequest(const core::Post& post, core::HttpUrl url,
                                  const std::string& page) {
  const bool first_page = page == core::PageKey(post.thread_url);
  return {.source = post.source,
          .url = std::move(url),
          .kind = crawler::FetchKind::kThread,
          .depth = 1,
          .thread = {.url = post.thread_url,
                     .title = post.thread_title,
                     .schools = first_page ? std::vector<std::string>{} : post.thread_schools}};
}

}  // namespace

core::Result<WatchList> WatchList::Load(const storage::CaseReader& cases, core::Timestamp now) {
  // What opened, or had a new post, longer ago holds no young finding.
  storage::CaseFilter filter;
  filter.since = now - kWatchedFor;
  filter.limit = kMaxWatched;
  SW_ASSIGN(const std::vector<core::Case> recent, cases.ListCases(filter));
  WatchList list;
  std::map<std::string, Look> looks;  // By page.
  std::map<std::string, std::vector<std::pair<core::Timestamp, crawler::LookPost>>> posts;
  std::size_t watched = 0;
  for (const core::Case& one : recent) {
    if (one.state == core::CaseState::kClosed) {
      continue;
    }
    std::set<std::string> replaced;  // By an edit: that finding is watched instead.
    for (const std::string& id : one.findings | std::views::reverse) {
      if (watched >= kMaxWatched) {
        break;
      }
      const core::Result<core::Finding> finding = cases.LoadFinding(id);
      if (!finding) {
        if (finding.error().kind == core::ErrorKind::kNotFound) {
          continue;  // Erased.
        }
        return core::Fail(finding.error());
      }
      if (!finding->edit_of.empty()) {
        replaced.insert(finding->edit_of);
      }
      const core::Post& post = finding->post;
      const PlaceOfPost place = FindPlace(post);
      const std::string page = core::PageKey(place.url);
      const bool has_page = place.place != Place::kNone && !page.empty();
      if (replaced.contains(finding->id) || finding->fetched_at < now - kWatchedFor ||
          (!has_page && post.id.empty())) {
        continue;
      }
      ++watched;
      const std::string key = core::PostKey(post);
      list.by_key_[key].push_back(finding->id);
      if (std::string link = core::OwnLink(post); !link.empty()) {
        list.by_link_[std::move(link)].push_back(finding->id);
      }
      if (has_page) {
        list.by_page_[page].push_back(finding->id);
      }
      const core::Timestamp looked_at = std::max(finding->fetched_at, finding->standing.looked_at);
      if (finding->standing.gone ||
          (now - looked_at < kLookEvery && looked_at <= now)) {  // Else the clock went back.
        continue;
      }
      posts[post.source].emplace_back(
          looked_at, crawler::LookPost{.key = key, .id = post.id, .url = post.url});
      core::Result<core::HttpUrl> url = core::HttpUrl::Parse(place.url);
      if (!has_page || !url) {
        continue;
      }
      Look look{.source = post.source,
                .looked_at = looked_at,
                .request = LookRequest(post, *std::move(url), page)};
      const auto known = looks.find(page);
      if (known == looks.end() || looked_at < known->second.looked_at) {
        looks.insert_or_assign(page, std::move(look));
      }
    }
  }
  std::vector<Look> due;
  for (auto& [page, look] : looks) {
    due.push_back(std::move(look));
  }
  std::ranges::stable_sort(due, {}, &Look::looked_at);
  for (Look& look : due) {
    if (std::vector<crawler::CrawlRequest>& of = list.looks_[look.source]; of.size() < kMaxLooks) {
      of.push_back(std::move(look.request));
    }
  }
  for (auto& [source, of] : posts) {
    std::ranges::stable_sort(of, {}, [](const auto& one) { return one.first; });
    for (auto& [looked_at, post] : of) {
      list.posts_[source].push_back(std::move(post));
    }
  }
  return list;
}

std::vector<std::string> WatchList::FindingsOf(std::string_view key,
                                               const std::string& link) const {
  std::vector<std::string> ids;
  if (const auto found = by_key_.find(key); found != by_key_.end()) {
    ids = found->second;
  }
  if (const auto found = by_link_.find(link); !link.empty() && found != by_link_.end()) {
    for (const std::string& id : found->second) {
      if (std::ranges::find(ids, id) == ids.end()) {
        ids.push_back(id);
      }
    }
  }
  return ids;
}

std::span<const crawler::LookPost> WatchList::PostsOf(std::string_view source) const {
  const auto found = posts_.find(source);
  return found == posts_.end() ? std::span<const crawler::LookPost>{} : found->second;
}

std::span<const std::string> WatchList::FindingsOn(std::string_view page) const {
  const auto found = by_page_.find(page);
  return found == by_page_.end() ? std::span<const std::string>{} : found->second;
}

}  // namespace schoolwatch::app
