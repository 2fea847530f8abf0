#pragma once

#include <optional>
#include <string>

#include "core/url.h"
#include "crawler/crawler.h"
#include "crawler/platforms/platform.h"

namespace schoolwatch::crawler {

// How the words of a link are had that somebody reported without them.
struct LinkPlan {
  // To be asked instead of its page: the platform's oEmbed, as its file says. Without a source, a
  // credential or a cost; robots.txt is asked.
  std::optional<CrawlRequest> oembed;
  // Whether the page may be opened. Never where there is `oembed`.
  bool read_page = true;
  std::string why_left;  // Where neither is done: what forbids it.
};

// Pure. A link to no platform that says otherwise is a page like any other.
LinkPlan PlanLink(const Platforms& platforms, const core::HttpUrl& link);

}  // namespace schoolwatch::crawler
