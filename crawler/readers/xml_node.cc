#include "crawler/readers/xml_node.h"

#include <fmt/format.h>
#include <libxml/parser.h>
#include <libxml/tree.h>

#include <algorithm>

#include "crawler/readers/text.h"

namespace schoolwatch::crawler {
namespace {

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
    {"http://purl.org/rss/1.0/modules/syndication", "sy"},
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

// libxml2 compares every attribute of a tag with all others: 50,000 of them take minutes.
bool HasCrowdedTag(std::string_view text) {
  constexpr std::size_t kMaxAttributes = 2'000;
  constexpr std::string_view kCdata = "<![CDATA[";
  std::size_t attributes = 0;
  bool in_tag = false;
  char quote = '\0';
  for (std::size_t at = 0; at < text.size(); ++at) {
    const char c = text[at];
    if (quote != '\0') {
      quote = c == quote ? '\0' : quote;
    } else if (in_tag) {
      if (c == '>') {
        in_tag = false;
      } else if (c == '"' || c == '\'') {
        quote = c;
      } else if (c == '=' && ++attributes > kMaxAttributes) {
        return true;
      }
    } else if (c == '<') {
      if (text.substr(at).starts_with(kCdata)) {
        at = std::min(text.find("]]>", at), text.size() - 1);
        continue;
      }
      in_tag = true;
      attributes = 0;
    }
  }
  return false;
}

XmlElement FirstElement(const xmlNode* node) {
  while (node != nullptr && node->type != XML_ELEMENT_NODE) {
    node = node->next;
  }
  return XmlElement(node);
}

}  // namespace

XmlElement XmlElement::FirstChild() const { return FirstElement(node_->children); }

XmlElement XmlElement::Next() const { return FirstElement(node_->next); }

std::string XmlElement::Name() const {
  const std::string_view local = View(node_->name);
  if (node_->ns == nullptr) {
    // An undeclared prefix stays part of the name, which is what is wanted.
    return std::string(local);
  }
  std::string uri = ToAsciiLower(View(node_->ns->href));
  while (!uri.empty() && uri.back() == '/') {
    uri.pop_back();
  }
  for (const Namespace& known : kNamespaces) {
    if (known.uri == uri) {
      return known.prefix.empty() ? std::string(local) : fmt::format("{}:{}", known.prefix, local);
    }
  }
  const std::string_view prefix = View(node_->ns->prefix);
  return prefix.empty() ? std::string(local) : fmt::format("{}:{}", prefix, local);
}

std::string XmlElement::Attribute(std::string_view name) const {
  for (const xmlAttr* attribute = node_->properties; attribute != nullptr;
       attribute = attribute->next) {
    if (View(attribute->name) == name) {
      const std::unique_ptr<xmlChar, void (*)(void*)> value(
          xmlNodeListGetString(node_->doc, attribute->children, 1), xmlFree);
      return std::string(View(value.get()));
    }
  }
  return {};
}

std::string XmlElement::Content() const {
  const std::unique_ptr<xmlChar, void (*)(void*)> content(xmlNodeGetContent(node_), xmlFree);
  return std::string(View(content.get()));
}

std::string XmlElement::Inside() const {
  const std::unique_ptr<xmlBuffer, void (*)(xmlBufferPtr)> buffer(xmlBufferCreate(), xmlBufferFree);
  for (xmlNode* child = node_->children; child != nullptr; child = child->next) {
    xmlNodeDump(buffer.get(), node_->doc, child, 0, 0);
  }
  return std::string(View(xmlBufferContent(buffer.get())));
}

XmlTree XmlTree::Parse(std::string_view text) {
  xmlInitParser();
  // No XML_PARSE_HUGE: libxml2's own limits (depth 256, 10 MB a text) stay on.
  constexpr int kOptions = XML_PARSE_RECOVER | XML_PARSE_NONET | XML_PARSE_NOERROR |
                           XML_PARSE_NOWARNING | XML_PARSE_NOCDATA;
  XmlTree tree;
  if (HasCrowdedTag(text)) {
    return tree;
  }
  tree.document_ = {
      xmlReadMemory(text.data(), static_cast<int>(text.size()), nullptr, "UTF-8", kOptions),
      xmlFreeDoc};
  return tree;
}

XmlElement XmlTree::root() const {
  return document_ == nullptr ? XmlElement() : XmlElement(xmlDocGetRootElement(document_.get()));
}

}  // namespace schoolwatch::crawler
