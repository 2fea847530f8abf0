#include "crawler/readers/feed.h"

#include <boost/json.hpp>
#include <memory>

#include "crawler/readers/dates.h"
#include "crawler/readers/encoding.h"
#include "crawler/readers/feed_shape.h"
#include "crawler/readers/feed_xml.h"
#include "crawler/readers/node_text.h"
#include "crawler/readers/recipe.h"
#include "crawler/readers/recipe_program.h"
#include "crawler/readers/text.h"

namespace schoolwatch::crawler {
namespace {

namespace json = boost::json;

constexpr std::size_t kMaxBytes = 16u << 20;
constexpr std::size_t kMaxItems = 10'000;

std::string StringAt(const json::object& object, std::string_view key) {
  const json::value* value = object.if_contains(key);
  if (value == nullptr) {
    return {};
  }
  if (const json::string* text = value->if_string()) {
    return std::string(text->data(), text->size());
  }
  // Identifiers are numbers in some feeds, against the specification.
  return value->is_number() ? json::serialize(*value) : std::string();
}

// "authors" of version 1.1, "author" of 1.0.
std::pair<std::string, std::string> AuthorOf(const json::object& object) {
  const json::value* found = object.if_contains("authors");
  if (found != nullptr && found->is_array() && !found->get_array().empty()) {
    found = &found->get_array()[0];
  } else {
    found = object.if_contains("author");
  }
  if (found == nullptr || !found->is_object()) {
    return {};
  }
  return {StringAt(found->get_object(), "name"), StringAt(found->get_object(), "url")};
}

core::Post ReadItem(const json::object& item, const std::optional<core::HttpUrl>& base) {
  core::Post post;
  post.kind = core::PostKind::kEntry;
  post.id = StringAt(item, "id");
  const std::string url = StringAt(item, "url");
  post.url = ResolveLink(url.empty() ? StringAt(item, "external_url") : url, base);
  post.title = CollapseSpace(StringAt(item, "title"));
  if (const std::string html = StringAt(item, "content_html"); !html.empty()) {
    NodeWords words = TextOfHtml(html, true);
    post.text = std::move(words.text);
    post.quoted = std::move(words.quoted);
  }
  if (post.text.empty() && post.quoted.empty()) {
    TextBuilder(post.text).AddPreformatted(StringAt(item, "content_text"));
  }
  post.summary = CollapseSpace(StringAt(item, "summary"));
  if (post.text.empty() && post.quoted.empty()) {
    post.text = post.summary;
  }
  const auto [author, author_url] = AuthorOf(item);
  post.author = CollapseSpace(author);
  post.author_url = ResolveLink(author_url, base);
  post.published_text = StringAt(item, "date_published");
  post.updated = ParseMachineDate(StringAt(item, "date_modified"));
  if (post.published_text.empty()) {
    post.published_text = StringAt(item, "date_modified");
  }
  post.published = ParseMachineDate(post.published_text);
  post.language = StringAt(item, "language");
  return post;
}

class FeedReader final : public Reader {
 public:
  core::Result<Document> Read(const RawDocument& raw, const ReadOptions& options) const override {
    if (raw.body.empty()) {
      return core::Fail(core::ErrorKind::kBadInput, "the feed is empty");
    }
    if (raw.body.size() > kMaxBytes) {
      return core::Fail(core::ErrorKind::kBadInput, "the feed is larger than 16 MiB");
    }
    Document document;
    const bool is_json = LooksLikeJsonFeed(raw.body);
    DecodedText decoded =
        is_json ? DecodeJson(raw.body, raw.content_type) : DecodeXml(raw.body, raw.content_type);
    document.encoding = std::move(decoded.encoding);
    const Recipe* const recipe = options.recipe;
    FeedReading reading;
    if (recipe != nullptr) {
      reading.source_is_author = recipe->feed.source_is_author;
      if (recipe->program != nullptr && recipe->program->feed_parts) {
        reading.parts = &*recipe->program->feed_parts;
      }
    }
    SW_TRY(is_json ? ReadJsonFeed(decoded.text, raw.url, document)
                   : ReadXmlFeed(decoded.text, raw.url, reading, document));
    if (recipe != nullptr) {
      ShapeFeed(*recipe, document);
    }
    return document;
  }
};

}  // namespace

core::Result<void> ReadJsonFeed(std::string_view text, const std::optional<core::HttpUrl>& base,
                                Document& document) {
  json::parse_options options;
  options.max_depth = 64;
  boost::system::error_code error;
  const json::value root = json::parse(text, error, {}, options);
  if (error || !root.is_object()) {
    return core::Fail(core::ErrorKind::kBadInput, "not a JSON Feed: " + error.message());
  }
  const json::object& feed = root.get_object();
  document.kind = DocumentKind::kFeed;
  FeedInfo info;
  info.title = CollapseSpace(StringAt(feed, "title"));
  info.subtitle = CollapseSpace(StringAt(feed, "description"));
  info.url = ResolveLink(StringAt(feed, "home_page_url"), base);
  info.id = StringAt(feed, "feed_url");
  info.author = CollapseSpace(AuthorOf(feed).first);
  document.title = info.title;
  document.author = info.author;
  document.feed = std::move(info);
  const std::string language = StringAt(feed, "language");
  if (const std::string next = StringAt(feed, "next_url"); !next.empty()) {
    document.links.push_back({ResolveLink(next, base), "", LinkKind::kNextPage});
  }
  const json::value* items = feed.if_contains("items");
  if (items == nullptr || !items->is_array()) {
    return {};
  }
  for (const json::value& item : items->get_array()) {
    if (!item.is_object() || document.posts.size() >= kMaxItems) {
      continue;
    }
    core::Post post = ReadItem(item.get_object(), base);
    if (post.language.empty()) {
      post.language = language;
    }
    if (!post.url.empty()) {
      document.links.push_back({post.url, post.title, LinkKind::kArticle});
    }
    document.posts.push_back(std::move(post));
  }
  return {};
}

bool LooksLikeXmlFeed(std::string_view bytes) {
  std::string_view head = bytes.substr(0, 8'192);
  // Wide encodings have a zero beside each ASCII letter; a feed's root name is ASCII.
  std::string narrow;
  if (head.find('\0') != std::string_view::npos) {
    narrow = head;
    std::erase(narrow, '\0');
    head = narrow;
  }
  std::size_t at = 0;
  while ((at = head.find('<', at)) != std::string::npos) {
    const std::string_view rest = head.substr(at + 1);
    if (rest.starts_with("!--")) {
      const std::size_t end = head.find("-->", at);
      if (end == std::string::npos) {
        return false;
      }
      at = end;
      continue;
    }
    if (rest.starts_with("?") || rest.starts_with("!")) {
      ++at;
      continue;
    }
    std::string_view name = rest.substr(0, rest.find_first_of(" \t\r\n/>"));
    if (const std::size_t colon = name.find(':'); colon != std::string_view::npos) {
      name = name.substr(colon + 1);
    }
    return EqualsIgnoreCase(name, "rss") || EqualsIgnoreCase(name, "rdf") ||
           EqualsIgnoreCase(name, "feed");
  }
  return false;
}

bool LooksLikeJsonFeed(std::string_view bytes) {
  const std::size_t start = bytes.find_first_not_of(" \t\r\n\xEF\xBB\xBF");
  return start != std::string_view::npos && bytes[start] == '{' &&
         bytes.substr(0, 4'096).find("jsonfeed.org/version/") != std::string_view::npos;
}

const ReaderInfo kFeedReader = {
    "feed", "RSS, Atom, RDF and JSON feeds",
    []() -> std::unique_ptr<Reader> { return std::make_unique<FeedReader>(); }};

}  // namespace schoolwatch::crawler
