#include "crawler/readers/feed_xml.h"

#include <fmt/format.h>

#include <utility>
#include <vector>

#include "crawler/readers/dates.h"
#include "crawler/readers/feed_rhythm.h"
#include "crawler/readers/feed_shape.h"
#include "crawler/readers/feed_text.h"
#include "crawler/readers/feed_words.h"
#include "crawler/readers/text.h"
#include "crawler/readers/xml_node.h"

namespace schoolwatch::crawler {
namespace {

constexpr std::size_t kMaxEntries = 10'000;
constexpr std::size_t kMaxEntryBytes = 4u << 20;

// What is collected of a feed or an entry before it is decided what counts.
struct Fields {
  NodeWords Words(XmlElement element, Pictures pictures) const {
    return WordsOf(element, pictures, parts);
  }

  const HtmlParts* parts = nullptr;
  std::string id;
  std::string title;
  std::string link;
  std::string link_with_text;  // <link> whose address stands in its content.
  NodeWords content;
  NodeWords description;
  std::string summary;
  std::string fallback_text;
  std::string caption;  // media:description.
  Person author;
  std::string published;
  std::string updated;
  std::string parent;
  std::string language;
  std::string source;  // Whom <source> names.
  bool id_is_link = false;
  std::vector<Link> links;
};

class XmlFeed {
 public:
  XmlFeed(const std::optional<core::HttpUrl>& base, const FeedReading& reading, Document& document)
      : base_(base), reading_(reading), document_(document) {}

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
    const XmlTree xml = XmlTree::Parse(parts.header);
    if (const XmlElement root = xml.root()) {
      XmlElement channel = root;
      for (XmlElement child = root.FirstChild(); child; child = child.Next()) {
        if (child.Name() == "channel") {
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
      info.hints = ReadFeedHints(channel);
      info.updated = ParseMachineDate(!fields.updated.empty() ? fields.updated : fields.published);
      feed_language_ = !fields.language.empty() ? fields.language : root.Attribute("lang");
      AddLinks(fields.links, feed_base_);
    } else {
      feed_base_ = base_;
    }
    document_.title = info.title;
    document_.author = info.author;
    document_.published = info.updated;
    document_.feed = std::move(info);
  }

  static std::optional<core::HttpUrl> BaseOf(XmlElement node,
                                             const std::optional<core::HttpUrl>& outer) {
    const std::string written = node.Attribute("base");
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
    const XmlTree xml = XmlTree::Parse(text);
    const XmlElement root = xml.root();
    const XmlElement item = root ? root.FirstChild() : root;
    if (!item) {
      return false;
    }
    const auto base = BaseOf(item, feed_base_);
    Fields fields;
    fields.parts = reading_.parts;
    Collect(item, base, fields);
    if (fields.id.empty()) {
      fields.id = item.Attribute("about");
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
    // A picture's caption is text, too, and often the text once more.
    if (!fields.caption.empty() &&
        CollapseSpace(post.text).find(fields.caption) == std::string::npos) {
      post.text += post.text.empty() ? "" : "\n";
      post.text += fields.caption;
    }
    post.author =
        reading_.source_is_author && !fields.source.empty() ? fields.source : fields.author.name;
    post.author_url = ResolveLink(fields.author.url, base);
    SettleAuthor(post);
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
  void Collect(XmlElement parent, const std::optional<core::HttpUrl>& base, Fields& fields) {
    for (XmlElement node = parent.FirstChild(); node; node = node.Next()) {
      CollectOne(node.Name(), node, base, fields);
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

  void CollectOne(const std::string& name, XmlElement node,
                  const std::optional<core::HttpUrl>& base, Fields& fields) {
    using Handler = void (*)(XmlElement, Fields&);
    struct Row {
      std::string_view name;
      Handler handle;
    };
    static constexpr Row kRows[] = {
        {"title", [](XmlElement n, Fields& f) { f.title = LineOf(n); }},
        {"dc:title", [](XmlElement n, Fields& f) { SetFirst(f.title, LineOf(n)); }},
        {"id", [](XmlElement n, Fields& f) { SetFirst(f.id, CollapseSpace(n.Content())); }},
        {"guid",
         [](XmlElement n, Fields& f) {
           f.id = CollapseSpace(n.Content());
           f.id_is_link = !EqualsIgnoreCase(n.Attribute("isPermaLink"), "false");
         }},
        {"dc:identifier",
         [](XmlElement n, Fields& f) { SetFirst(f.id, CollapseSpace(n.Content())); }},
        {"content:encoded",
         [](XmlElement n, Fields& f) { f.content = f.Words(n, Pictures::kYes); }},
        {"content",
         [](XmlElement n, Fields& f) { SetFirst(f.content, f.Words(n, Pictures::kYes)); }},
        {"body", [](XmlElement n, Fields& f) { SetFirst(f.content, f.Words(n, Pictures::kYes)); }},
        {"xhtml:body",
         [](XmlElement n, Fields& f) { SetFirst(f.content, f.Words(n, Pictures::kYes)); }},
        {"fullitem",
         [](XmlElement n, Fields& f) { SetFirst(f.content, f.Words(n, Pictures::kYes)); }},
        {"description",
         [](XmlElement n, Fields& f) { f.description = f.Words(n, Pictures::kYes); }},
        {"subtitle",
         [](XmlElement n, Fields& f) { SetFirst(f.description, f.Words(n, Pictures::kNo)); }},
        {"tagline",
         [](XmlElement n, Fields& f) { SetFirst(f.description, f.Words(n, Pictures::kNo)); }},
        {"dc:description",
         [](XmlElement n, Fields& f) { SetFirst(f.description, f.Words(n, Pictures::kYes)); }},
        {"summary",
         [](XmlElement n, Fields& f) {
           if (f.parts != nullptr) {
             SetFirst(f.description, f.Words(n, Pictures::kYes));
           } else {
             f.summary = LineOf(n);
           }
         }},
        {"dcterms:abstract", [](XmlElement n, Fields& f) { SetFirst(f.summary, LineOf(n)); }},
        {"itunes:summary", [](XmlElement n, Fields& f) { SetFirst(f.fallback_text, LineOf(n)); }},
        {"itunes:subtitle", [](XmlElement n, Fields& f) { SetFirst(f.fallback_text, LineOf(n)); }},
        {"media:description", [](XmlElement n, Fields& f) { SetFirst(f.caption, LineOf(n)); }},
        {"author",
         [](XmlElement n, Fields& f) {
           if (f.author.name.empty()) {
             f.author = PersonOf(n);
           }
         }},
        {"dc:creator", [](XmlElement n, Fields& f) { f.author.name = AuthorName(LineOf(n)); }},
        {"dc:author",
         [](XmlElement n, Fields& f) { SetFirst(f.author.name, AuthorName(LineOf(n))); }},
        {"itunes:author",
         [](XmlElement n, Fields& f) { SetFirst(f.author.name, AuthorName(LineOf(n))); }},
        {"managingEditor",
         [](XmlElement n, Fields& f) { SetFirst(f.author.name, AuthorName(LineOf(n))); }},
        {"pubDate", [](XmlElement n, Fields& f) { f.published = LineOf(n); }},
        {"published", [](XmlElement n, Fields& f) { f.published = LineOf(n); }},
        {"issued", [](XmlElement n, Fields& f) { SetFirst(f.published, LineOf(n)); }},
        {"dcterms:issued", [](XmlElement n, Fields& f) { SetFirst(f.published, LineOf(n)); }},
        {"dc:date", [](XmlElement n, Fields& f) { SetFirst(f.published, LineOf(n)); }},
        {"created", [](XmlElement n, Fields& f) { SetFirst(f.published, LineOf(n)); }},
        {"dcterms:created", [](XmlElement n, Fields& f) { SetFirst(f.published, LineOf(n)); }},
        {"updated", [](XmlElement n, Fields& f) { f.updated = LineOf(n); }},
        {"modified", [](XmlElement n, Fields& f) { SetFirst(f.updated, LineOf(n)); }},
        {"dcterms:modified", [](XmlElement n, Fields& f) { SetFirst(f.updated, LineOf(n)); }},
        {"lastBuildDate", [](XmlElement n, Fields& f) { SetFirst(f.updated, LineOf(n)); }},
        {"source",
         [](XmlElement n, Fields& f) {
           if (!n.FirstChild()) {
             f.source = LineOf(n);
           }
         }},
        {"News:Source", [](XmlElement n, Fields& f) { f.source = LineOf(n); }},
        {"language", [](XmlElement n, Fields& f) { SetFirst(f.language, LineOf(n)); }},
        {"dc:language", [](XmlElement n, Fields& f) { SetFirst(f.language, LineOf(n)); }},
        {"thr:in-reply-to",
         [](XmlElement n, Fields& f) {
           f.parent = n.Attribute("ref");
           SetFirst(f.parent, n.Attribute("href"));
         }},
        {"wfw:commentRss",
         [](XmlElement n, Fields& f) {
           f.links.push_back({n.Content(), "", LinkKind::kCommentFeed});
         }},
        {"wfw:commentRSS",
         [](XmlElement n, Fields& f) {
           f.links.push_back({n.Content(), "", LinkKind::kCommentFeed});
         }},
        {"comments",
         [](XmlElement n, Fields& f) { f.links.push_back({n.Content(), "", LinkKind::kThread}); }},
        {"podcast:transcript",
         [](XmlElement n, Fields& f) {
           f.links.push_back({n.Attribute("url"), "transcript", LinkKind::kOther});
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

  static void CollectLink(XmlElement node, Fields& fields) {
    const std::string href = CollapseSpace(node.Attribute("href"));
    const std::string rel = ToAsciiLower(node.Attribute("rel"));
    const std::string type = ToAsciiLower(node.Attribute("type"));
    const std::string target = href.empty() ? CollapseSpace(node.Content()) : href;
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
  const FeedReading& reading_;
  std::optional<core::HttpUrl> feed_base_;
  std::string feed_language_;
  Document& document_;
};

}  // namespace

std::string ResolveLink(std::string_view reference, const std::optional<core::HttpUrl>& base) {
  reference = Trim(reference);
  if (reference.empty()) {
    return {};
  }
  const auto url = base ? core::HttpUrl::Parse(reference, *base) : core::HttpUrl::Parse(reference);
  return url.has_value() ? url->href() : std::string(reference);
}

core::Result<void> ReadXmlFeed(std::string_view text, const std::optional<core::HttpUrl>& base,
                               const FeedReading& reading, Document& document) {
  return XmlFeed(base, reading, document).Read(text);
}

}  // namespace schoolwatch::crawler
