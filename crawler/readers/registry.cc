#include <array>

#include "crawler/readers/encoding.h"
#include "crawler/readers/feed.h"
#include "crawler/readers/html.h"
#include "crawler/readers/json.h"
#include "crawler/readers/reader.h"
#include "crawler/readers/recipe.h"
#include "crawler/readers/redirects.h"
#include "crawler/readers/text.h"

namespace schoolwatch::crawler {
namespace {

constexpr std::array kReaders = {&kFeedReader, &kJsonReader, &kHtmlReader};

const ReaderInfo* FindReader(std::string_view name) {
  for (const ReaderInfo* reader : kReaders) {
    if (reader->name == name) {
      return reader;
    }
  }
  return nullptr;
}

bool LooksLikeJson(std::string_view body) {
  const std::size_t start = body.find_first_not_of(" \t\r\n\xEF\xBB\xBF");
  return start != std::string_view::npos && (body[start] == '{' || body[start] == '[');
}

// First bytes before content types: feeds are served as text/html and text/plain, and the other way
// round less often.
const ReaderInfo& Pick(const RawDocument& raw, const ReadOptions& options) {
  if (const ReaderInfo* reader =
          options.recipe == nullptr ? nullptr : FindReader(options.recipe->reader)) {
    return *reader;
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
  const ReaderInfo* reader = nullptr;
  if (options.reader != "auto") {
    reader = FindReader(options.reader);
    if (reader == nullptr) {
      return core::Fail(core::ErrorKind::kBadInput,
                        "no reader is called '" + std::string(options.reader) + "'");
    }
  } else {
    const std::string type = MediaTypeOf(raw.content_type);
    if (!IsReadable(type)) {
      return core::Fail(core::ErrorKind::kBadInput, "a document of type " + type + " is not read");
    }
    reader = &Pick(raw, options);
  }
  SW_ASSIGN(Document document, reader->make()->Read(raw, options));
  if (options.redirects != nullptr) {
    options.redirects->UnwrapAll(document);
  }
  return document;
}

}  // namespace schoolwatch::crawler
