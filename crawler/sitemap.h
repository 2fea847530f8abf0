#pragma once

#include <cstddef>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "core/result.h"
#include "core/time.h"
#include "core/url.h"

namespace schoolwatch::crawler {

// What the protocol of sitemaps.org allows in one file, and what is read of it at most.
constexpr std::size_t kMaxSitemapEntries = 50'000;
constexpr std::size_t kMaxSitemapBytes = 50u << 20;  // After decompression.

struct SitemapEntry {
  std::string url;                         // As written; not checked.
  std::string title;                       // Of a news sitemap's story.
  std::optional<core::Timestamp> changed;  // lastmod, or the story's publication where it is later.
};

struct Sitemap {
  bool is_index = false;              // Its entries are sitemaps.
  std::vector<SitemapEntry> entries;  // In the file's order.
  std::string note;                   // What a person should know: "cut at 50000 entries".
};

// Reads an XML sitemap or index (with the news extension), or a text one, plain or gzipped. One
// pass without a tree: declarations and entities of the file's own mean nothing, nesting costs
// nothing. kBadInput: neither, or the compression is broken.
core::Result<Sitemap> ReadSitemap(std::string_view body);

// Decompresses gzip up to `max_bytes`; what is longer is cut there. kBadInput: not gzip, or broken
// before anything came out.
core::Result<std::string> Gunzip(std::string_view bytes, std::size_t max_bytes);

// Whether a sitemap at `sitemap` may speak for `url`: addresses of its own host in or below its own
// folder, as sitemaps.org has it, and anywhere on the host whose robots.txt named it (`named_by`,
// empty for none).
bool MaySpeakFor(const core::HttpUrl& sitemap, std::string_view named_by, const core::HttpUrl& url);

}  // namespace schoolwatch::crawler
