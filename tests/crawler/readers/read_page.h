#pragma once

#include <gtest/gtest.h>

#include <string>
#include <string_view>

#include "crawler/readers/reader.h"

namespace schoolwatch::crawler {

// Reads bytes as if they came from an address of the invented town.
inline core::Result<Document> TryRead(std::string_view body, std::string content_type,
                                      const ReadOptions& options = {},
                                      std::string_view url = "https://forum.example/thread/7") {
  RawDocument raw;
  const auto parsed = core::HttpUrl::Parse(url);
  if (parsed) {
    raw.url = *parsed;
  }
  raw.content_type = std::move(content_type);
  raw.body = body;
  return ReadDocument(raw, options);
}

inline Document ReadOrFail(std::string_view body, std::string content_type,
                           const ReadOptions& options = {},
                           std::string_view url = "https://forum.example/thread/7") {
  core::Result<Document> document = TryRead(body, std::move(content_type), options, url);
  if (!document) {
    ADD_FAILURE() << document.error().message;
    return {};
  }
  return std::move(*document);
}

inline Document ReadHtml(std::string_view html, const ReadOptions& options = {}) {
  return ReadOrFail(html, "text/html; charset=utf-8", options);
}

inline Document ReadFeed(std::string_view xml) {
  return ReadOrFail(xml, "application/rss+xml", {}, "https://herald.example/feed/");
}

}  // namespace schoolwatch::crawler
