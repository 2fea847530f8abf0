#include "crawler/readers/page.h"

#include <array>

#include "crawler/readers/comment_marks.h"
#include "crawler/readers/feed_xml.h"
#include "crawler/readers/hints.h"
#include "crawler/readers/json_ld.h"
#include "crawler/readers/marked_items.h"
#include "crawler/readers/node_text.h"
#include "crawler/readers/text.h"

namespace schoolwatch::crawler {
namespace {

struct MetaTags {
  std::string title;
  std::string site;
  std::string author;
  std::string published;
  std::string updated;
};

void ReadMeta(const HtmlTree& tree, NodeId id, MetaTags& tags, Page& page) {
  std::string_view name = tree.Attribute(id, "property");
  if (name.empty()) {
    name = tree.Attribute(id, "name");
  }
  if (name.empty()) {
    name = tree.Attribute(id, "itemprop");
  }
  const std::string key = ToAsciiLower(name);
  const std::string value = CollapseSpace(tree.Attribute(id, "content"));
  if (value.empty()) {
    return;
  }
  const auto set = [&](std::string& field) {
    if (field.empty()) {
      field = value;
    }
  };
  if (key == "og:title" || key == "twitter:title" || key == "dc.title") {
    set(tags.title);
  } else if (key == "og:site_name") {
    set(tags.site);
  } else if (key == "og:type") {
    set(page.og_type);
  } else if (key == "author" || key == "dc.creator" || key == "parsely-author" ||
             key == "sailthru.author" || key == "byl") {
    set(tags.author);
  } else if (key == "article:author" && !StartsWithIgnoreCase(value, "http")) {
    set(tags.author);
  } else if (key == "article:published_time" || key == "datepublished" || key == "date" ||
             key == "dc.date" || key == "dc.date.issued" || key == "pubdate" ||
             key == "parsely-pub-date" || key == "publish-date" || key == "sailthru.date" ||
             key == "og:published_time") {
    set(tags.published);
  } else if (key == "article:modified_time" || key == "datemodified" || key == "og:updated_time") {
    set(tags.updated);
  }
}

// "Headline | The Paper" and "Headline - The Paper" without the paper's name.
std::string WithoutSite(std::string_view title, std::string_view site) {
  for (const std::string_view separator : {" | ", " - ", " – ", " — ", " · ", " » ", " :: "}) {
    const std::size_t at = title.rfind(separator);
    if (at == std::string_view::npos || at < 8) {
      continue;
    }
    const std::string_view tail = title.substr(at + separator.size());
    if (EqualsIgnoreCase(tail, site) || (separator == " | " && CountWords(tail) <= 5)) {
      return std::string(Trim(title.substr(0, at)));
    }
  }
  return std::string(title);
}

// "Posted by Dana Kettle |" is Dana Kettle; "Log in" is nobody.
std::string BareName(std::string_view shown) {
  constexpr std::array<std::string_view, 17> kLeads = {
      "by ",    "written by",  "posted by", "post author", "published by", "reported by", "author:",
      "autor:", "autorin:",    "auteur :",  "von ",        "von:",         "par ",        "por ",
      "door ",  "artikel von", "|"};
  std::string_view name = Trim(shown);
  for (bool cut = true; cut;) {
    cut = false;
    for (const std::string_view lead : kLeads) {
      if (StartsWithIgnoreCase(name, lead)) {
        name = Trim(name.substr(lead.size()));
        cut = true;
      }
    }
    while (!name.empty() && (name.front() == ':' || name.front() == '-')) {
      name = Trim(name.substr(1));
    }
  }
  while (!name.empty() && std::string_view(":|,-").find(name.back()) != std::string_view::npos) {
    name = Trim(name.substr(0, name.size() - 1));
  }
  for (const std::string_view other : {"log in", "login", "sign in", "register", "registrieren",
                                       "anmelden", "subscribe", "posted on", "share", "%"}) {
    if (ContainsIgnoreCase(name, other)) {
      return {};
    }
  }
  return std::string(name);
}

// The first name that mark-up calls the author's, outside readers' comments.
void FindByline(const HtmlTree& tree, Page& page) {
  NodeId skip = 0;
  for (NodeId id = 0; id < tree.size(); ++id) {
    const HtmlNode& node = tree[id];
    if (node.is_text || id < skip || node.attributes == 0) {
      continue;
    }
    const std::uint32_t hints = HintsOf(tree, id);
    if (Has(node.tag, kBlock) && node.tag != Tag::kBody && node.tag != Tag::kHtml) {
      const CommentMark mark = CommentMarkOf(tree, id);
      const bool comments = (hints & kHintComments) != 0 ||
                            (mark != CommentMark::kNone && mark != CommentMark::kWeakItem);
      if (comments && !tree.HoldsMainHeading(id)) {
        skip = node.end;
        continue;
      }
    }
    const bool marked =
        (hints & kHintAuthor) != 0 || ContainsIgnoreCase(tree.Attribute(id, "rel"), "author");
    if (!marked || node.end - id > 30 || IsHidden(tree, id)) {
      continue;
    }
    std::string name = BareName(CollapseSpace(PlainText(tree, id)));
    if (CountWords(name) < 1 || CountWords(name) > 5 || CountCharacters(name) > 50 ||
        FindDate(name, page.dates)) {
      continue;
    }
    page.author = std::move(name);
    NodeId link = id;
    if (tree[id].tag != Tag::kA) {
      link = tree.Find(id, Tag::kA);
    }
    if (link != kNoNode) {
      page.author_url = tree.Attribute(link, "href");
    }
    return;
  }
}

std::string FirstHeading(const HtmlTree& tree) {
  for (NodeId id = 0; id < tree.size(); ++id) {
    if (!tree[id].is_text && tree[id].tag == Tag::kH1 && !IsHidden(tree, id)) {
      std::string text = CollapseSpace(PlainText(tree, id));
      if (CountWords(text) >= 2) {
        return text;
      }
    }
  }
  return {};
}

}  // namespace

Page MakePage(const HtmlTree& tree, const std::optional<core::HttpUrl>& base,
              std::optional<core::Timestamp> reference) {
  Page page(tree);
  page.base = base;
  page.dates.reference = reference;
  MetaTags tags;
  std::string head_title;
  bool has_base = false;
  for (NodeId id = 0; id < tree.size(); ++id) {
    const HtmlNode& node = tree[id];
    if (node.is_text) {
      continue;
    }
    switch (node.tag) {
      case Tag::kHtml:
        page.language = tree.Attribute(id, "lang");
        break;
      case Tag::kTitle:
        if (head_title.empty() && node.end > id + 1) {
          head_title = CollapseSpace(tree[id + 1].text);
        }
        break;
      case Tag::kBase:
        if (const auto href = tree.Attribute(id, "href"); !href.empty() && !has_base) {
          const auto url = base ? core::HttpUrl::Parse(href, *base) : core::HttpUrl::Parse(href);
          if (url.has_value()) {
            page.base = *url;
            has_base = true;
          }
        }
        break;
      case Tag::kMeta:
        ReadMeta(tree, id, tags, page);
        break;
      case Tag::kLink:
        if (EqualsIgnoreCase(tree.Attribute(id, "rel"), "canonical")) {
          page.canonical = ResolveLink(tree.Attribute(id, "href"), page.base);
        }
        break;
      case Tag::kScript:
        if (ContainsIgnoreCase(tree.Attribute(id, "type"), "ld+json") && node.end > id + 1) {
          ReadJsonLd(tree[id + 1].text, page);
        }
        break;
      default:
        break;
    }
    if (node.attributes > 0) {
      const MarkedTypes types = FindMarkedTypes(tree, id);
      page.says_discussion = page.says_discussion || types.discussion;
      page.says_article = page.says_article || types.article;
    }
  }
  const std::string heading = FirstHeading(tree);
  if (page.title.empty()) {
    page.title = !tags.title.empty() ? WithoutSite(tags.title, tags.site) : std::string();
  }
  if (page.title.empty() || (!heading.empty() && ContainsIgnoreCase(page.title, heading))) {
    page.title = !heading.empty() ? heading : WithoutSite(head_title, tags.site);
  }
  if (page.author.empty()) {
    page.author = tags.author;
  }
  if (page.author.empty()) {
    FindByline(tree, page);
  }
  page.author_url = ResolveLink(page.author_url, page.base);
  if (!page.published && !tags.published.empty()) {
    page.published_text = tags.published;
    page.published = ParseMachineDate(tags.published);
  }
  if (!page.updated) {
    page.updated = ParseMachineDate(tags.updated);
  }
  return page;
}

}  // namespace schoolwatch::crawler
