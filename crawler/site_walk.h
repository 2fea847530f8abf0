#pragma once

#include <vector>

#include "core/fetch_memory.h"
#include "core/url.h"
#include "crawler/crawler.h"
#include "crawler/follow.h"
#include "crawler/readers/document.h"
#include "crawler/sitemap.h"

namespace schoolwatch::crawler {

// How a `follow: site` source is walked. Pure, but for asking what is remembered.

// A document's links within the scope: feeds first, then a feed's entries (the newest first), next
// pages, threads and articles, other pages last.
Followed FollowSiteLinks(const Document& document, const FetchedDocument& fetched,
                         const FollowPolicy& policy);

// The addresses of a sitemap: of those that it may speak for and that are in scope, the ones never
// fetched, or fetched before they last changed, or due by their own rhythm where it says no date;
// the newest first. An index gives its sitemaps, unless another index named it.
Followed FollowSitemap(const Sitemap& sitemap, const FetchedDocument& fetched,
                       const FollowPolicy& policy, const core::FetchMemory& memory);

// Adds a site's sitemaps to what its own address leads to: those that robots.txt names, else
// /sitemap.xml.
void AddSitemaps(const FetchedDocument& fetched, const FollowPolicy& policy, Followed& followed);

// Whether one of `requests` is a feed of this page's own, in its folder, that was last had without
// fault: then what is new on the page comes by the feed.
bool HasOwnFeed(const core::HttpUrl& page, const std::vector<CrawlRequest>& requests,
                const core::FetchMemory& memory);

}  // namespace schoolwatch::crawler
