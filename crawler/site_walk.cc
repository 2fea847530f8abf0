#include "crawler/site_walk.h"

#include <algorithm>
#include <functional>
#include <map>
#include <optional>
#include <string>
#include <utility>

#include "crawler/readers/places.h"
#include "crawler/url_memory.h"

namespace schoolwatch::crawler {
namespace {

// Sitemaps of one index or robots.txt that are read in one look.
constexpr std::size_t kMaxSitemaps = 20;

// Links of one document of a site that is walked.
class SiteFollower {
 public:
  SiteFollower(const Document& document, const FetchedDocument& fetched, const FollowPolicy& policy)
      : document_(document), fetched_(fetched), from_(fetched.request), policy_(policy) {}

  Followed Run() {
    NoteEntries();
    for (const Link& link : document_.links) {
      core::Result<core::HttpUrl> url = core::HttpUrl::Parse(link.url);
      if (url) {
        Consider(link, *std::move(url));
      }
    }
    Followed followed;
    followed.out_of_scope = out_of_scope_;
    for (auto& [rank, requests] : by_rank_) {
      if (rank == kEntries) {
        std::ranges::stable_sort(requests, std::greater(), &CrawlRequest::changed_at);
      }
      for (CrawlRequest& request : requests) {
        if (followed.requests.size() < kMaxFollow) {
          followed.requests.push_back(std::move(request));
        }
      }
    }
    return followed;
  }

 private:
  // In which order requests are handed on.
  enum Rank { kFeeds, kEntries, kNext, kThreads, kOthers };

  // When entries of a feed, or teasers of a listing, last changed.
  void NoteEntries() {
    for (const core::Post& post : document_.posts) {
      const std::optional<core::Timestamp> when = std::max(post.updated, post.published);
      // A date ahead would make the page due for ever.
      if (post.kind == core::PostKind::kEntry && when && *when <= fetched_.fetched_at) {
        changed_[WithoutFragment(post.url)] = *when;
      }
    }
  }

  void Consider(const Link& link, core::HttpUrl url) {
    if (link.kind == LinkKind::kNoise) {
      return;
    }
    if (link.kind == LinkKind::kFeed || link.kind == LinkKind::kCommentFeed) {
      // What a page says is its feed is read wherever it stands on the hosts; but a feed of every
      // tag and author would only repeat the site's own.
      const bool wanted = link.kind == LinkKind::kCommentFeed || from_.depth == 0 ||
                          document_.kind == DocumentKind::kListing;
      if (wanted && policy_.IsOnItsHosts(url)) {
        Add(kFeeds, std::move(url), FetchKind::kFeed, {});
      }
      return;
    }
    if (!policy_.IsInScope(url)) {
      ++out_of_scope_;
      return;
    }
    if (RequestBehind(from_, url, FetchKind::kOther).depth > policy_.depth) {
      return;
    }
    const bool in_thread = !from_.thread.url.empty();
    const bool is_entry = document_.kind == DocumentKind::kFeed;
    switch (link.kind) {
      case LinkKind::kNextPage:
        Add(kNext, std::move(url), in_thread ? FetchKind::kThread : FetchKind::kListing,
            from_.thread);
        break;
      case LinkKind::kThread:
      case LinkKind::kArticle: {
        ThreadContext thread{.url = WithoutFragment(link.url), .title = link.text, .schools = {}};
        Add(is_entry ? kEntries : kThreads, std::move(url), FetchKind::kThread, std::move(thread));
        break;
      }
      default:
        Add(kOthers, std::move(url), FetchKind::kOther, {});
    }
  }

  void Add(Rank rank, core::HttpUrl url, FetchKind kind, ThreadContext thread) {
    CrawlRequest request = RequestBehind(from_, std::move(url), kind);
    request.thread = std::move(thread);
    if (const auto changed = changed_.find(WithoutFragment(request.url.href()));
        changed != changed_.end()) {
      request.changed_at = changed->second;
    }
    by_rank_[rank].push_back(std::move(request));
  }

  const Document& document_;
  const FetchedDocument& fetched_;
  const CrawlRequest& from_;
  const FollowPolicy& policy_;
  std::map<std::string, core::Timestamp, std::less<>> changed_;
  std::map<Rank, std::vector<CrawlRequest>> by_rank_;
  std::size_t out_of_scope_ = 0;
};

// Whether a page that a sitemap lists should be asked for now.
bool IsWanted(const core::HttpUrl& url, const SitemapEntry& entry, core::Timestamp now,
              const core::FetchMemory& memory) {
  const core::Result<std::optional<core::UrlState>> found = memory.FindUrl(core::CanonicalKey(url));
  if (!found || !found->has_value() || (*found)->fetched_at == core::Timestamp{}) {
    return true;
  }
  const core::UrlState& known = **found;
  if (entry.changed && known.failures == 0) {
    return *entry.changed > known.fetched_at;
  }
  return IsDue(known, now);
}

// What may be asked for, in the order in which it should be.
std::vector<std::pair<core::HttpUrl, SitemapEntry>> Listed(const Sitemap& sitemap,
                                                           const FetchedDocument& fetched,
                                                           const FollowPolicy& policy,
                                                           std::size_t& out_of_scope) {
  std::vector<std::pair<core::HttpUrl, SitemapEntry>> listed;
  // robots.txt named it or the index that it came from: kept in the place of a thread's address.
  const std::string& named_by = fetched.request.thread.url;
  for (const SitemapEntry& written : sitemap.entries) {
    core::Result<core::HttpUrl> url = core::HttpUrl::Parse(written.url);
    const bool fits = url && MaySpeakFor(fetched.final_url, named_by, *url) &&
                      (sitemap.is_index ? policy.IsOnItsHosts(*url) : policy.IsInScope(*url));
    if (!fits) {
      ++out_of_scope;
      continue;
    }
    SitemapEntry entry = written;
    if (entry.changed && *entry.changed > fetched.fetched_at) {
      entry.changed = std::nullopt;  // Would make the page due for ever.
    }
    listed.emplace_back(*std::move(url), std::move(entry));
  }
  std::ranges::stable_sort(listed, std::greater(),
                           [](const auto& one) { return one.second.changed; });
  return listed;
}

}  // namespace

Followed FollowSiteLinks(const Document& document, const FetchedDocument& fetched,
                         const FollowPolicy& policy) {
  return SiteFollower(document, fetched, policy).Run();
}

Followed FollowSitemap(const Sitemap& sitemap, const FetchedDocument& fetched,
                       const FollowPolicy& policy, const core::FetchMemory& memory) {
  Followed followed;
  const CrawlRequest& from = fetched.request;
  if (sitemap.is_index && from.kind == FetchKind::kSitemapPart) {
    return followed;
  }
  const std::size_t most = sitemap.is_index ? kMaxSitemaps : kMaxFollow;
  for (auto& [url, entry] : Listed(sitemap, fetched, policy, followed.out_of_scope)) {
    if (!IsWanted(url, entry, fetched.fetched_at, memory)) {
      continue;
    }
    if (followed.requests.size() >= most) {
      followed.more = true;
      break;
    }
    // A story with a date comes before pages that merely exist.
    const FetchKind kind = sitemap.is_index ? FetchKind::kSitemapPart
                           : entry.changed  ? FetchKind::kThread
                                            : FetchKind::kOther;
    CrawlRequest request = RequestBehind(from, std::move(url), kind);
    request.changed_at = entry.changed;
    if (sitemap.is_index) {
      request.thread.url = from.thread.url;
    } else if (kind == FetchKind::kThread) {
      request.thread = {.url = WithoutFragment(request.url.href()),
                        .title = std::move(entry.title),
                        .schools = {}};
    }
    followed.requests.push_back(std::move(request));
  }
  return followed;
}

void AddSitemaps(const FetchedDocument& fetched, const FollowPolicy& policy, Followed& followed) {
  std::vector<std::string> written = fetched.sitemaps;
  if (written.empty()) {
    written.emplace_back("/sitemap.xml");
  }
  written.resize(std::min(written.size(), kMaxSitemaps));
  for (const std::string& address : written) {
    core::Result<core::HttpUrl> url = core::HttpUrl::Parse(address, fetched.final_url);
    if (!url || !policy.IsOnItsHosts(*url)) {
      continue;
    }
    CrawlRequest request = RequestBehind(fetched.request, *std::move(url), FetchKind::kSitemap);
    // Whose robots.txt named it, and may so be spoken for.
    request.thread.url = fetched.sitemaps.empty() ? "" : std::string(fetched.final_url.host());
    const auto same = [&](const CrawlRequest& one) { return one.url == request.url; };
    if (std::ranges::none_of(followed.requests, same)) {
      followed.requests.insert(followed.requests.begin(), std::move(request));
    }
  }
}

bool HasOwnFeed(const core::HttpUrl& page, const std::vector<CrawlRequest>& requests,
                const core::FetchMemory& memory) {
  if (page.path() == "/") {
    return false;
  }
  const std::string folder =
      page.path().ends_with('/') ? std::string(page.path()) : std::string(page.path()) + '/';
  return std::ranges::any_of(requests, [&](const CrawlRequest& request) {
    if (request.kind != FetchKind::kFeed || request.url.host() != page.host() ||
        !request.url.path().starts_with(folder)) {
      return false;
    }
    const core::Result<std::optional<core::UrlState>> known =
        memory.FindUrl(core::CanonicalKey(request.url));
    return known && known->has_value() && (*known)->failures == 0 &&
           ((*known)->last_status == 200 || (*known)->last_status == 304);
  });
}

}  // namespace schoolwatch::crawler
