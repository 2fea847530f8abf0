#pragma once

#include <memory>
#include <string>
#include <string_view>

struct _xmlNode;
struct _xmlDoc;

namespace schoolwatch::crawler {

// An element of a parsed XML document, or none. Borrowed from its XmlTree.
class XmlElement {
 public:
  XmlElement() = default;
  explicit XmlElement(const _xmlNode* node) : node_(node) {}
  explicit operator bool() const { return node_ != nullptr; }

  // Child elements: for (e = x.FirstChild(); e; e = e.Next()).
  XmlElement FirstChild() const;
  XmlElement Next() const;
  // "title", "dc:creator": with the prefix that is usual for the namespace, whatever the document
  // calls it; feed formats' own namespaces have none.
  std::string Name() const;
  // By local name, whatever its namespace; empty where there is none.
  std::string Attribute(std::string_view name) const;
  // All text below.
  std::string Content() const;
  // What stands inside, as mark-up.
  std::string Inside() const;

 private:
  const _xmlNode* node_ = nullptr;
};

// A document parsed by libxml2 as well as it can be: without network, DTD or entity expansion,
// within libxml2's limits of depth and size.
class XmlTree {
 public:
  static XmlTree Parse(std::string_view text);
  // None where nothing could be made of the text.
  XmlElement root() const;

 private:
  std::unique_ptr<_xmlDoc, void (*)(_xmlDoc*)> document_{nullptr, nullptr};
};

}  // namespace schoolwatch::crawler
