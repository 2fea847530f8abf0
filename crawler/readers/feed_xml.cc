#include "crawler/readers/feed_xml.h"

#include <fmt/format.h>
#include <libxml/parser.h>
#include <libxml/tree.h>

#include <algorithm>
#include <array>
#include <functional>
#include <memory>
#include <vector>

#include "crawler/readers/dates.h"
#include "crawler/readers/feed_text.h"
#include "crawler/readers/node_text.h"
#include "crawler/readers/text.h"

namespace schoolwatch::crawler {
namespace {

constexpr std::size_t kMaxEntries = 10'000;
constexpr std::size_t kMaxEntryBytes = 4u << 20;

struct Namespace {
  std::string_view uri;
  std::string_view prefix;  // As this file calls it.
};
// Compared without letter case and final slash: feeds write both.
constexpr Namespace kNamespaces[] = {
    {"http://www.w3.org/2005/atom", ""},
    {"http://purl.org/atom/ns#", ""},
    {"http://purl.org/rss/1.0", ""},
    {"http://my.netscape.com/rdf/simple/0.9", ""},
    {"http://channel.netscape.com/rdf/simple/0.9", ""},
    {"http://backend.userland.com/rss", ""},
    {"http://backend.userland.com/rss2", ""},
    {"http://backend.userland.com/rss2.1", ""},
    {"http://blogs.law.harvard.edu/tech/rss", ""},
    {"http://purl.org/rss/1.0/modules/content", "content"},
    {"http://purl.org/dc/elements/1.0", "dc"},
    {"http://purl.org/dc/elements/1.1", "dc"},
    {"http://purl.org/dc/terms", "dcterms"},
    {"http://purl.org/rss/1.0/modules/slash", "slash"},
    {"http://wellformedweb.org/commentapi", "wfw"},
    {"http://purl.org/syndication/thread/1.0", "thr"},
    {"http://search.yahoo.com/mrss", "media"},
    {"http://www.itunes.com/dtds/podcast-1.0.dtd", "itunes"},
    {"http://podcastindex.org/namespace/1.0", "podcast"},
    {"http://www.w3.org/1999/02/22-rdf-syntax-ns#", "rdf"},
    {"http://www.w3.org/1999/xhtml", "xhtml"},
};

std::string_view View(const xmlChar* text) {
  return text == nullptr ? std::string_view() : reinterpret_cast<const char*>(text);
}

using XmlDocument = std::unique_ptr<xmlDoc, void (*)(xmlDocPtr)>;

XmlDocument ParseXml(std::string_view text) {
  xmlInitParser();
  // No XML_PARSE_HUGE: libxml2's own limits (depth 256, 10 MB a text) stay on. No DTD is loaded, no
  // entity is there to expand: CleanXml removed them all.
  constexpr int kOptions = XML_PARSE_RECOVER | XML_PARSE_NONET | XML_PARSE_NOERROR |
                           XML_PARSE_NOWARNING | XML_PARSE_NOCDATA;
  return {xmlReadMemory(text.data(), static_cast<int>(text.size()), nullptr, "UTF-8", kOptions),
          xmlFreeDoc};
}

// "title", "dc:creator", whatever prefix the feed uses for the namespace.
std::string NameOf(const xmlNode* node) {
  std::string_view local = View(node->name);
  if (node->ns != nullptr) {
    std::string uri = ToAsciiLower(View(node->ns->href));
    while (!uri.empty() && uri.back() == '/') {
      uri.pop_back();
    }
    for (const Namespace& known : kNamespaces) {
      if (known.uri == uri) {
        return known.prefix.empty() ? std::string(local)
                                    : fmt::format("{}:{}", known.prefix, local);
      }
    }
    const std::string_view prefix = View(node->ns->prefix);
    return prefix.empty() ? std::string(local) : fmt::format("{}:{}", prefix, local);
  }
  // An undeclared prefix stays part of the name, which is what is wanted.
  return std::string(local);
}

std::string AttributeOf(const xmlNode* node, std::string_view name) {
  for (const xmlAttr* attribute = node->properties; attribute != nullptr;
       attribute = attribute->next) {
    if (View(attribute->name) == name) {
      const std::unique_ptr<xmlChar, void (*)(void*)> value(
          xmlNodeListGetString(node->doc, attribute->children, 1), xmlFree);
      return std::string(View(value.get()));
    }
  }
  return {};
}

bool HasElements(const xmlNode* node) {
  for (const xmlNode* child = node->children; child != nullptr; child = child->next) {
    if (child->type == XML_ELEMENT_NODE) {
      return true;
    }
  }
  return false;
}

std::string ContentOf(const xmlNode* node) {
  const std::unique_ptr<xmlChar, void (*)(void*)> content(xmlNodeGetContent(node), xmlFree);
  return std::string(View(content.get()));
}

std::string InnerXml(const xmlNode* node) {
  const std::unique_ptr<xmlBuffer, void (*)(xmlBufferPtr)> buffer(xmlBufferCreate(), xmlBufferFree);
  for (xmlNode* child = node->children; child != nullptr; child = child->next) {
    xmlNodeDump(buffer.get(), node->doc, child, 0, 0);
  }
  return std::string(View(xmlBufferContent(buffer.get())));
}

std::string FromBase64(std::string_view text) {
  std::string out;
  unsigned bits = 0;
  int count = 0;
  constexpr std::string_view kDigits =
      "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";
  for (const char c : text) {
    const std::size_t digit = kDigits.find(c);
    if (digit == std::string_view::npos) {
      continue;
    }
    bits = (bits << 6 | static_cast<unsigned>(digit)) & 0xFFFFFF;
    count += 6;
    if (count >= 8) {
      count -= 8;
      out += static_cast<char>(static_cast<unsigned char>(bits >> count & 0xFF));
    }
  }
  return out;
}

// Text of a construct that does not say what it is: HTML where it holds an end tag, a known empty
// tag or a character reference.
bool LooksLikeHtml(std::string_view text) {
  for (std::size_t at = 0; (at = text.find_first_of("<&", at)) != std::string_view::npos; ++at) {
    const std::string_view rest = text.substr(at + 1);
    if (text[at] == '&') {
      std::size_t end = 0;
      while (end < rest.size() && end < 12 &&
             (IsAsciiAlpha(rest[end]) || IsAsciiDigit(rest[end]) || rest[end] == '#')) {
        ++end;
      }
      if (end > 1 && end < rest.size() && rest[end] == ';') {
        return true;
      }
      continue;
    }
    const bool is_end = rest.starts_with("/");
    std::size_t end = is_end ? 1 : 0;
    const std::size_t start = end;
    while (end < rest.size() && (IsAsciiAlpha(rest[end]) || IsAsciiDigit(rest[end]))) {
      ++end;
    }
    const Tag tag = TagOfName(rest.substr(start, end - start));
    if (tag != Tag::kUnknown && (is_end || Has(tag, kVoid) || tag == Tag::kP)) {
      return true;
    }
  }
  return false;
}

// Plain text keeps its own line ends.
std::string PlainLines(std::string_view text) {
  std::string out;
  TextBuilder builder(out);
  while (!text.empty()) {
    const std::size_t end = text.find('\n');
    builder.Add(text.substr(0, end));
    builder.Break();
    text = end == std::string_view::npos ? std::string_view() : text.substr(end + 1);
  }
  return out;
}

enum class Pictures { kNo, kYes };

// The words of a text construct (RFC 4287, 3.1; Atom 0.3's modes; RSS's unmarked HTML).
NodeWords WordsOf(const xmlNode* node, Pictures pictures) {
  const std::string type = ToAsciiLower(AttributeOf(node, "type"));
  const std::string mode = ToAsciiLower(AttributeOf(node, "mode"));
  const bool with_pictures = pictures == Pictures::kYes;
  if (HasElements(node)) {
    return TextOfHtml(InnerXml(node), with_pictures);
  }
  std::string content = ContentOf(node);
  if (mode == "base64" || type == "application/octet-stream") {
    content = FromBase64(content);
  }
  const bool html = type.find("html") != std::string::npos;
  if ((html && mode != "xml") ||
      ((mode.empty() || mode == "base64") && type != "text" && LooksLikeHtml(content))) {
    return TextOfHtml(content, with_pictures);
  }
  return {PlainLines(content), ""};
}

std::string LineOf(const xmlNode* node) {
  NodeWords words = WordsOf(node, Pictures::kNo);
  return CollapseSpace(words.text.empty() ? words.quoted : words.text);
}

struct Person {
  std::string name;
  std::string url;
};

Person PersonOf(const xmlNode* node) {
  Person person;
  if (!HasElements(node)) {
    person.name = AuthorName(LineOf(node));
    return person;
  }
  std::string mail;
  for (const xmlNode* child = node->children; child != nullptr; child = child->next) {
    if (child->type != XML_ELEMENT_NODE) {
      continue;
    }
    const std::string name = NameOf(child);
    if (name == "name" || name == "itunes:name") {
      person.name = LineOf(child);
    } else if (name == "uri" || name == "url" || name == "homepage") {
      person.url = LineOf(child);
    } else if (name == "email") {
      mail = LineOf(child);
    }
  }
  if (person.name.empty()) {
    person.name = mail;
  }
  return person;
}

// What is collected of a feed or an entry before it is decided what counts.
struct Fields {
  std::string id;
  std::string title;
  std::string link;
  std::string link_with_text;  // <link> whose address stands in its content.
  NodeWords content;
  NodeWords description;
  std::string summary;
  std::string fallback_text;
  Person author;
  std::string published;
  std::string updated;
  std::string parent;
  std::string language;
  bool id_is_link = false;
  std::vector<Link> links;
};

class XmlFeed {
 public:
  XmlFeed(const std::optional<core::HttpUrl>& base, Document& document)
      : base_(base), document_(document) {}

  core::Result<void> Read(std::string_view text) {
    const std::string clean = CleanXml(text);
    const FeedParts parts = SplitFeed(clean, kMaxEntries);
    if (parts.root_name.empty()) {
      return core::Fail(core::ErrorKind::kBadInput,
                        "no RSS, Atom or RDF feed: the first element is another one");
    }
    document_.kind = DocumentKind::kFeed;
    ReadHeader(parts);
    const std::string wrapper_start =
        parts.root_tag.ends_with("/>")
            ? fmt::format("{}>", parts.root_tag.substr(0, parts.root_tag.size() - 2))
            : std::string(parts.root_tag);
    const std::string wrapper_end = fmt::format("</{}>", parts.root_name);
    std::size_t unread = 0;
    for (const std::string_view entry : parts.entries) {
      unread += ReadEntry(wrapper_start, entry, wrapper_end) ? 0u : 1u;
    }
    if (unread > 0) {
      document_.notes.push_back(fmt::format("{} entries could not be read", unread));
    }
    if (parts.cut_off) {
      document_.notes.emplace_back("the feed is cut off: read to its last whole entry");
    }
    return {};
  }

 private:
  void ReadHeader(const FeedParts& parts) {
    FeedInfo info;
    const XmlDocument xml = ParseXml(parts.header);
    const xmlNode* const root = xml == nullptr ? nullptr : xmlDocGetRootElement(xml.get());
    if (root != nullptr) {
      const xmlNode* channel = root;
      for (const xmlNode* child = root->children; child != nullptr; child = child->next) {
        if (child->type == XML_ELEMENT_NODE && NameOf(child) == "channel") {
          channel = child;
          break;
        }
      }
      Fields fields;
      feed_base_ = BaseOf(channel, BaseOf(root, base_));
      Collect(channel, feed_base_, fields);
      info.title = fields.title;
      info.subtitle = CollapseSpace(!fields.description.text.empty() ? fields.description.text
                                                                     : fields.summary);
      info.url = ResolveLink(fields.link.empty() ? fields.link_with_text : fields.link, feed_base_);
      info.id = fields.id;
      info.author = fields.author.name;
      info.updated = ParseMachineDate(!fields.updated.empty() ? fields.updated : fields.published);
      feed_language_ = !fields.language.empty() ? fields.language : AttributeOf(root, "lang");
      AddLinks(fields.links, feed_base_);
    } else {
      feed_base_ = base_;
    }
    document_.title = info.title;
    document_.author = info.author;
    document_.published = info.updated;
    document_.feed = std::move(info);
  }

  static std::optional<core::HttpUrl> BaseOf(const xmlNode* node,
                                             const std::optional<core::HttpUrl>& outer) {
    const std::string written = AttributeOf(node, "base");
    if (written.empty()) {
      return outer;
    }
    const auto url = outer ? core::HttpUrl::Parse(written, *outer) : core::HttpUrl::Parse(written);
    return url.has_value() ? std::optional<core::HttpUrl>(*url) : outer;
  }

  // False where nothing could be made of it.
  bool ReadEntry(std::string_view wrapper_start, std::string_view entry,
                 std::string_view wrapper_end) {
    if (entry.size() > kMaxEntryBytes) {
      return false;
    }
    std::string text;
    text.reserve(wrapper_start.size() + entry.size() + wrapper_end.size());
    text.append(wrapper_start).append(entry).append(wrapper_end);
    const XmlDocument xml = ParseXml(text);
    const xmlNode* const root = xml == nullptr ? nullptr : xmlDocGetRootElement(xml.get());
    const xmlNode* item = root == nullptr ? nullptr : root->children;
    while (item != nullptr && item->type != XML_ELEMENT_NODE) {
      item = item->next;
    }
    if (item == nullptr) {
      return false;
    }
    const auto base = BaseOf(item, feed_base_);
    Fields fields;
    Collect(item, base, fields);
    if (fields.id.empty()) {
      fields.id = AttributeOf(item, "about");
    }
    document_.posts.push_back(MakePost(fields, base));
    return true;
  }

  core::Post MakePost(Fields& fields, const std::optional<core::HttpUrl>& base) {
    core::Post post;
    post.kind = core::PostKind::kEntry;
    post.id = fields.id;
    post.title = fields.title;
    std::string link = !fields.link.empty() ? fields.link : fields.link_with_text;
    if (link.empty() && fields.id_is_link && StartsWithIgnoreCase(fields.id, "http")) {
      link = fields.id;
    }
    post.url = ResolveLink(link, base);
    NodeWords& words = !fields.content.text.empty() || !fields.content.quoted.empty()
                           ? fields.content
                           : fields.description;
    const bool described = &words == &fields.content;
    post.text = std::move(words.text);
    post.quoted = std::move(words.quoted);
    post.summary = !fields.summary.empty() ? fields.summary
                   : described             ? CollapseSpace(fields.description.text)
                                           : std::string();
    if (post.text.empty() && post.quoted.empty()) {
      post.text = !fields.summary.empty() ? fields.summary : fields.fallback_text;
    }
    post.author = fields.author.name;
    post.author_url = ResolveLink(fields.author.url, base);
    post.published_text = !fields.published.empty() ? fields.published : fields.updated;
    post.published = ParseMachineDate(post.published_text);
    if (!fields.updated.empty()) {
      post.updated = ParseMachineDate(fields.updated);
    }
    post.parent = fields.parent;
    post.language = !fields.language.empty() ? fields.language : feed_language_;
    if (!post.url.empty()) {
      document_.links.push_back({post.url, post.title, LinkKind::kArticle});
    }
    AddLinks(fields.links, base);
    return post;
  }

  void AddLinks(std::vector<Link>& links, const std::optional<core::HttpUrl>& base) {
    for (Link& link : links) {
      link.url = ResolveLink(Trim(link.url), base);
      if (StartsWithIgnoreCase(link.url, "http")) {
        document_.links.push_back(std::move(link));
      }
    }
  }

  // Goes over the children once; the first of equals counts, save where a better one may come.
  void Collect(const xmlNode* parent, const std::optional<core::HttpUrl>& base, Fields& fields) {
    for (const xmlNode* node = parent->children; node != nullptr; node = node->next) {
      if (node->type == XML_ELEMENT_NODE) {
        CollectOne(NameOf(node), node, base, fields);
      }
    }
  }

  static void SetFirst(std::string& field, std::string value) {
    if (field.empty()) {
      field = std::move(value);
    }
  }
  static void SetFirst(NodeWords& field, NodeWords value) {
    if (field.text.empty() && field.quoted.empty()) {
      field = std::move(value);
    }
  }

  void CollectOne(const std::string& name, const xmlNode* node,
                  const std::optional<core::HttpUrl>& base, Fields& fields) {
    using Handler = void (*)(const xmlNode*, Fields&);
    struct Row {
      std::string_view name;
      Handler handle;
    };
    static constexpr Row kRows[] = {
        {"title", [](const xmlNode* n, Fields& f) { f.title = LineOf(n); }},
        {"dc:title", [](const xmlNode* n, Fields& f) { SetFirst(f.title, LineOf(n)); }},
        {"id", [](const xmlNode* n, Fields& f) { SetFirst(f.id, CollapseSpace(ContentOf(n))); }},
        {"guid",
         [](const xmlNode* n, Fields& f) {
           f.id = CollapseSpace(ContentOf(n));
           f.id_is_link = !EqualsIgnoreCase(AttributeOf(n, "isPermaLink"), "false");
         }},
        {"dc:identifier",
         [](const xmlNode* n, Fields& f) { SetFirst(f.id, CollapseSpace(ContentOf(n))); }},
        {"content:encoded",
         [](const xmlNode* n, Fields& f) { f.content = WordsOf(n, Pictures::kYes); }},
        {"content",
         [](const xmlNode* n, Fields& f) { SetFirst(f.content, WordsOf(n, Pictures::kYes)); }},
        {"body",
         [](const xmlNode* n, Fields& f) { SetFirst(f.content, WordsOf(n, Pictures::kYes)); }},
        {"xhtml:body",
         [](const xmlNode* n, Fields& f) { SetFirst(f.content, WordsOf(n, Pictures::kYes)); }},
        {"fullitem",
         [](const xmlNode* n, Fields& f) { SetFirst(f.content, WordsOf(n, Pictures::kYes)); }},
        {"description",
         [](const xmlNode* n, Fields& f) { f.description = WordsOf(n, Pictures::kYes); }},
        {"subtitle",
         [](const xmlNode* n, Fields& f) { SetFirst(f.description, WordsOf(n, Pictures::kNo)); }},
        {"tagline",
         [](const xmlNode* n, Fields& f) { SetFirst(f.description, WordsOf(n, Pictures::kNo)); }},
        {"dc:description",
         [](const xmlNode* n, Fields& f) { SetFirst(f.description, WordsOf(n, Pictures::kYes)); }},
        {"summary", [](const xmlNode* n, Fields& f) { f.summary = LineOf(n); }},
        {"dcterms:abstract", [](const xmlNode* n, Fields& f) { SetFirst(f.summary, LineOf(n)); }},
        {"itunes:summary",
         [](const xmlNode* n, Fields& f) { SetFirst(f.fallback_text, LineOf(n)); }},
        {"itunes:subtitle",
         [](const xmlNode* n, Fields& f) { SetFirst(f.fallback_text, LineOf(n)); }},
        {"media:description",
         [](const xmlNode* n, Fields& f) { SetFirst(f.fallback_text, LineOf(n)); }},
        {"author",
         [](const xmlNode* n, Fields& f) {
           if (f.author.name.empty()) {
             f.author = PersonOf(n);
           }
         }},
        {"dc:creator", [](const xmlNode* n, Fields& f) { f.author.name = AuthorName(LineOf(n)); }},
        {"dc:author",
         [](const xmlNode* n, Fields& f) { SetFirst(f.author.name, AuthorName(LineOf(n))); }},
        {"itunes:author",
         [](const xmlNode* n, Fields& f) { SetFirst(f.author.name, AuthorName(LineOf(n))); }},
        {"managingEditor",
         [](const xmlNode* n, Fields& f) { SetFirst(f.author.name, AuthorName(LineOf(n))); }},
        {"pubDate", [](const xmlNode* n, Fields& f) { f.published = LineOf(n); }},
        {"published", [](const xmlNode* n, Fields& f) { f.published = LineOf(n); }},
        {"issued", [](const xmlNode* n, Fields& f) { SetFirst(f.published, LineOf(n)); }},
        {"dcterms:issued", [](const xmlNode* n, Fields& f) { SetFirst(f.published, LineOf(n)); }},
        {"dc:date", [](const xmlNode* n, Fields& f) { SetFirst(f.published, LineOf(n)); }},
        {"created", [](const xmlNode* n, Fields& f) { SetFirst(f.published, LineOf(n)); }},
        {"dcterms:created", [](const xmlNode* n, Fields& f) { SetFirst(f.published, LineOf(n)); }},
        {"updated", [](const xmlNode* n, Fields& f) { f.updated = LineOf(n); }},
        {"modified", [](const xmlNode* n, Fields& f) { SetFirst(f.updated, LineOf(n)); }},
        {"dcterms:modified", [](const xmlNode* n, Fields& f) { SetFirst(f.updated, LineOf(n)); }},
        {"lastBuildDate", [](const xmlNode* n, Fields& f) { SetFirst(f.updated, LineOf(n)); }},
        {"language", [](const xmlNode* n, Fields& f) { SetFirst(f.language, LineOf(n)); }},
        {"dc:language", [](const xmlNode* n, Fields& f) { SetFirst(f.language, LineOf(n)); }},
        {"thr:in-reply-to",
         [](const xmlNode* n, Fields& f) {
           f.parent = AttributeOf(n, "ref");
           SetFirst(f.parent, AttributeOf(n, "href"));
         }},
        {"wfw:commentRss",
         [](const xmlNode* n, Fields& f) {
           f.links.push_back({ContentOf(n), "", LinkKind::kCommentFeed});
         }},
        {"wfw:commentRSS",
         [](const xmlNode* n, Fields& f) {
           f.links.push_back({ContentOf(n), "", LinkKind::kCommentFeed});
         }},
        {"comments", [](const xmlNode* n,
                        Fields& f) { f.links.push_back({ContentOf(n), "", LinkKind::kThread}); }},
        {"podcast:transcript",
         [](const xmlNode* n, Fields& f) {
           f.links.push_back({AttributeOf(n, "url"), "transcript", LinkKind::kOther});
         }},
    };
    if (name == "link") {
      CollectLink(node, fields);
      return;
    }
    if (name == "media:group") {
      Collect(node, base, fields);
      return;
    }
    for (const Row& row : kRows) {
      if (row.name == name) {
        row.handle(node, fields);
        return;
      }
    }
  }

  static void CollectLink(const xmlNode* node, Fields& fields) {
    const std::string href = CollapseSpace(AttributeOf(node, "href"));
    const std::string rel = ToAsciiLower(AttributeOf(node, "rel"));
    const std::string type = ToAsciiLower(AttributeOf(node, "type"));
    const std::string target = href.empty() ? CollapseSpace(ContentOf(node)) : href;
    if (rel == "replies" && !target.empty()) {
      const bool feed = type.find("xml") != std::string::npos;
      fields.links.push_back({target, "", feed ? LinkKind::kCommentFeed : LinkKind::kThread});
    } else if (rel == "next" && !target.empty()) {
      fields.links.push_back({target, "", LinkKind::kNextPage});
    } else if (rel.empty() || rel == "alternate") {
      if (href.empty()) {
        SetFirst(fields.link_with_text, target);
      } else {
        SetFirst(fields.link, target);
      }
    }
  }

  const std::optional<core::HttpUrl>& base_;
  std::optional<core::HttpUrl> feed_base_;
  std::string feed_language_;
  Document& document_;
};

}  // namespace

std::string AuthorName(std::string_view written) {
  written = Trim(written);
  const auto is_mail = [](std::string_view text) {
    return text.find('@') != std::string_view::npos && text.find(' ') == std::string_view::npos;
  };
  if (const std::size_t open = written.find('('); open != std::string_view::npos) {
    const std::size_t close = written.find(')', open);
    const std::string_view inside =
        Trim(written.substr(open + 1, close == std::string_view::npos ? close : close - open - 1));
    const std::string_view before = Trim(written.substr(0, open));
    if (is_mail(before) && !inside.empty()) {
      return std::string(inside);
    }
    if (is_mail(inside) && !before.empty()) {
      return std::string(before);
    }
  }
  if (const std::size_t open = written.find('<');
      open != std::string_view::npos && open > 0 &&
      written.find('@', open) != std::string_view::npos) {
    return std::string(Trim(written.substr(0, open)));
  }
  return std::string(written);
}

std::string ResolveLink(std::string_view reference, const std::optional<core::HttpUrl>& base) {
  reference = Trim(reference);
  if (reference.empty()) {
    return {};
  }
  const auto url = base ? core::HttpUrl::Parse(reference, *base) : core::HttpUrl::Parse(reference);
  return url.has_value() ? url->href() : std::string(reference);
}

core::Result<void> ReadXmlFeed(std::string_view text, const std::optional<core::HttpUrl>& base,
                               Document& document) {
  return XmlFeed(base, document).Read(text);
}

}  // namespace schoolwatch::crawler
