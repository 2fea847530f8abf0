#include <array>

#include "crawler/readers/encoding.h"
#include "crawler/readers/feed.h"
#include "crawler/readers/html.h"
#include "crawler/readers/json.h"
#include "crawler/readers/reader.h"
#include "crawler/readers/text.h"

namespace schoolwatch::crawler {
namespace {

constexpr std::array kReaders = {&kFeedReader, &kJsonReader, &kHtmlReader};

bool LooksLikeJson(std::string_view body) {
  const std::size_t start = body.find_first_not_of(" \t\r\n\xEF\xBB\xBF");
  return start != std::string_view::npos && (body[start] == '{' || body[start] == '[');
}

// First bytes before content types: feeds are served as text/html and text/plain, and the other way
// round less often.
const ReaderInfo& Pick(const RawDocument& raw, const ReadOptions& options) {
  if (options.recipe != nullptr) {
    return kJsonReader;
  }
  if (LooksLikeXmlFeed(raw.body) || LooksLikeJsonFeed(raw.body)) {
    return kFeedReader;
  }
  const std::string type = MediaTypeOf(raw.content_type);
  const bool feed_type = type.ends_with("rss+xml") || type.ends_with("atom+xml") ||
                         type.ends_with("rdf+xml") || type == "application/feed+json";
  if (feed_type) {
    return kFeedReader;
  }
  if (type.find("json") != std::string::npos || (type.empty() && LooksLikeJson(raw.body))) {
    return kJsonReader;
  }
  return kHtmlReader;
}

bool IsReadable(std::string_view type) {
  constexpr std::array<std::string_view, 6> kBinary = {
      "image/", "video/", "audio/", "font/", "application/pdf", "application/zip"};
  for (const std::string_view prefix : kBinary) {
    if (type.starts_with(prefix)) {
      return false;
    }
  }
  return true;
}

}  // namespace

std::span<const ReaderInfo* const> AllReaders() { return kReaders; }

core::Result<Document> ReadDocument(const RawDocument& raw, const ReadOptions& options) {
  if (options.reader != "auto") {
    for (const ReaderInfo* reader : kReaders) {
      if (reader->name == options.reader) {
        return reader->make()->Read(raw, options);
      }
    }
    return core::Fail(core::ErrorKind::kBadInput,
                      "no reader is called '" + std::string(options.reader) + "'");
  }
  const std::string type = MediaTypeOf(raw.content_type);
  if (!IsReadable(type)) {
    return core::Fail(core::ErrorKind::kBadInput, "a document of type " + type + " is not read");
  }
  return Pick(raw, options).make()->Read(raw, options);
}

}  // namespace schoolwatch::crawler
