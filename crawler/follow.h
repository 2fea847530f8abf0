#pragma once

#include <cstddef>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "config/settings.h"
#include "core/time.h"
#include "core/url.h"
#include "crawler/crawler.h"
#include "crawler/readers/document.h"

namespace schoolwatch::crawler {

// Which links of a source's documents are worth a request.
struct FollowPolicy {
  enum class Which { kNone, kArticles, kThreads, kSite } which = Which::kNone;
  core::Timestamp backlog_before{};  // kArticles: older entries are not followed.
  // kSite: pages outside hosts and path are not followed, nor what is more than `depth` links away.
  std::vector<std::string> hosts;
  std::string path = "/";
  int depth = 3;

  bool IsInScope(const core::HttpUrl& url) const;
  bool IsOnItsHosts(const core::HttpUrl& url) const;
};
FollowPolicy MakeFollowPolicy(const config::Source& source, core::Timestamp backlog_before);

// What a document leads to, the most promising first. At most kMaxFollow requests.
constexpr std::size_t kMaxFollow = 200;
struct Followed {
  std::vector<CrawlRequest> requests;
  std::size_t out_of_scope = 0;  // Links that a site's scope leaves out.
  bool more = false;             // A sitemap had more to ask for than one look may.
};

// The links of a page or feed. Noise is never followed.
Followed FollowLinks(const Document& document, const FetchedDocument& fetched,
                     const FollowPolicy& policy);

// A request for a link of what `from` gave. Pages behind a feed or sitemap are no further away than
// it is: it takes the place of the listing that named it.
CrawlRequest RequestBehind(const CrawlRequest& from, core::HttpUrl url, FetchKind kind);

// "thread https://…" for UrlState::follow, and back. nullopt for what an older version wrote.
std::string EncodeFollow(const CrawlRequest& request);
std::optional<CrawlRequest> DecodeFollow(const std::string& text, const CrawlRequest& from);

}  // namespace schoolwatch::crawler
