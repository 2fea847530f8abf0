#include "crawler/follow.h"

#include <algorithm>
#include <array>
#include <utility>

#include "crawler/readers/places.h"
#include "crawler/site_walk.h"

namespace schoolwatch::crawler {
namespace {

// Entries of a feed whose pages are looked at for comments: the newest ones.
constexpr std::size_t kMaxArticles = 25;

constexpr std::array<std::pair<FetchKind, std::string_view>, 6> kFetchKinds{{
    {FetchKind::kFeed, "feed"},
    {FetchKind::kListing, "listing"},
    {FetchKind::kThread, "thread"},
    {FetchKind::kOther, "other"},
    {FetchKind::kSitemap, "sitemap"},
    {FetchKind::kSitemapPart, "sitemap_part"},
}};

// Links of one document, as the policies of `articles` and `threads` have it: nothing beyond the
// site, and only what posts stand behind.
class LinkFollower {
 public:
  LinkFollower(const Document& document, const FetchedDocument& fetched, const FollowPolicy& policy)
      : document_(document),
        from_(fetched.request),
        home_(core::RegistrableDomain(fetched.final_url)),
        policy_(policy) {}

  Followed Run() {
    if (policy_.which == FollowPolicy::Which::kArticles && document_.kind == DocumentKind::kFeed) {
      AddEntries();
    }
    const bool in_thread = !from_.thread.url.empty();
    for (const Link& link : document_.links) {
      switch (link.kind) {
        case LinkKind::kNextPage:
          // The next page of a thread carries the thread on; that of a listing is a listing.
          Add(link.url, in_thread ? FetchKind::kThread : FetchKind::kListing, from_.thread);
          break;
        case LinkKind::kThread:
          if (policy_.which == FollowPolicy::Which::kThreads && !in_thread) {
            AddThread(link);
          }
          break;
        case LinkKind::kArticle:
          if (policy_.which == FollowPolicy::Which::kArticles && !in_thread) {
            AddThread(link);
          }
          break;
        case LinkKind::kCommentFeed:
          if (policy_.which == FollowPolicy::Which::kArticles) {
            Add(link.url, FetchKind::kFeed, {});
          }
          break;
        case LinkKind::kFeed:
        case LinkKind::kOther:
        case LinkKind::kNoise:
          break;
      }
    }
    return std::move(followed_);
  }

 private:
  void AddEntries() {
    std::size_t articles = 0;
    for (const core::Post& post : document_.posts) {
      const bool old = post.published && *post.published < policy_.backlog_before;
      if (!post.url.empty() && !old && articles < kMaxArticles) {
        ++articles;
        const std::string page = WithoutFragment(post.url);
        Add(page, FetchKind::kThread, {.url = page, .title = post.title, .schools = {}},
            std::max(post.updated, post.published));
      }
    }
  }
  void AddThread(const Link& link) {
    Add(link.url, FetchKind::kThread,
        {.url = WithoutFragment(link.url), .title = link.text, .schools = {}});
  }
  void Add(std::string_view address, FetchKind kind, ThreadContext thread,
           std::optional<core::Timestamp> changed_at = std::nullopt) {
    core::Result<core::HttpUrl> url = core::HttpUrl::Parse(address);
    if (!url || followed_.requests.size() >= kMaxFollow || core::RegistrableDomain(*url) != home_) {
      return;
    }
    CrawlRequest request = RequestBehind(from_, *std::move(url), kind);
    request.thread = std::move(thread);
    request.changed_at = changed_at;
    followed_.requests.push_back(std::move(request));
  }

  const Document& document_;
  const CrawlRequest& from_;
  const std::string home_;
  const FollowPolicy& policy_;
  Followed followed_;
};

}  // namespace

CrawlRequest RequestBehind(const CrawlRequest& from, core::HttpUrl url, FetchKind kind) {
  const bool instead = IsFeedLike(from.kind) && from.depth > 0 && !IsFeedLike(kind);
  return {.source = from.source,
          .url = std::move(url),
          .kind = kind,
          .depth = instead ? from.depth : from.depth + 1,
          .thread = {}};
}

bool FollowPolicy::IsOnItsHosts(const core::HttpUrl& url) const {
  return std::ranges::find(hosts, url.host()) != hosts.end();
}

bool FollowPolicy::IsInScope(const core::HttpUrl& url) const {
  return IsOnItsHosts(url) && url.path().starts_with(path);
}

FollowPolicy MakeFollowPolicy(const config::Source& source, core::Timestamp backlog_before) {
  constexpr std::array<std::pair<std::string_view, FollowPolicy::Which>, 3> kNames{{
      {"articles", FollowPolicy::Which::kArticles},
      {"threads", FollowPolicy::Which::kThreads},
      {"site", FollowPolicy::Which::kSite},
  }};
  FollowPolicy policy;
  for (const auto& [name, which] : kNames) {
    if (source.follow == name) {
      policy.which = which;
    }
  }
  policy.backlog_before = backlog_before;
  policy.path = source.scope.path;
  policy.depth = source.scope.depth;
  policy.hosts = source.scope.hosts;
  if (const core::Result<core::HttpUrl> url = core::HttpUrl::Parse(source.url)) {
    policy.hosts.emplace_back(url->host());
  }
  return policy;
}

Followed FollowLinks(const Document& document, const FetchedDocument& fetched,
                     const FollowPolicy& policy) {
  switch (policy.which) {
    case FollowPolicy::Which::kNone:
      return {};
    case FollowPolicy::Which::kSite:
      return FollowSiteLinks(document, fetched, policy);
    case FollowPolicy::Which::kArticles:
    case FollowPolicy::Which::kThreads:
      break;
  }
  return LinkFollower(document, fetched, policy).Run();
}

std::string EncodeFollow(const CrawlRequest& request) {
  std::string text;
  for (const auto& [kind, name] : kFetchKinds) {
    if (kind == request.kind) {
      text = name;
    }
  }
  text += " " + request.url.href();
  if (!request.thread.url.empty()) {
    text += " " + request.thread.url;
    // Titles may hold spaces, so they come last.
    text += " " + request.thread.title;
  }
  return text;
}

std::optional<CrawlRequest> DecodeFollow(const std::string& text, const CrawlRequest& from) {
  const auto take = [rest = std::string_view(text)]() mutable {
    const std::string_view word = rest.substr(0, rest.find(' '));
    rest.remove_prefix(std::min(rest.size(), word.size() + 1));
    return std::pair(word, rest);
  };
  auto next = take;
  const std::string_view kind_name = next().first;
  core::Result<core::HttpUrl> url = core::HttpUrl::Parse(next().first);
  const auto [thread_url, title] = next();
  const auto* kind =
      std::ranges::find(kFetchKinds, kind_name, &std::pair<FetchKind, std::string_view>::second);
  if (!url || kind == kFetchKinds.end()) {
    return std::nullopt;
  }
  CrawlRequest request = RequestBehind(from, *std::move(url), kind->first);
  request.thread.url = thread_url;
  request.thread.title = title;
  return request;
}

}  // namespace schoolwatch::crawler
