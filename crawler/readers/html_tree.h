#pragma once

#include <cstddef>
#include <cstdint>
#include <functional>
#include <memory>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "crawler/readers/guard.h"
#include "crawler/readers/tags.h"

namespace schoolwatch::crawler {

using NodeId = std::uint32_t;
constexpr NodeId kNoNode = 0xFFFFFFFF;

struct HtmlAttribute {
  std::string_view name;  // Lower case.
  std::string_view value;
};

// Most elements have none of the attributes asked for; this tells without comparing names.
constexpr std::uint32_t AttributeBit(std::string_view name) {
  const auto first = name.empty() ? 0u : static_cast<unsigned char>(name.front());
  const auto last = name.empty() ? 0u : static_cast<unsigned char>(name.back());
  return 1u << ((first * 5u + last * 3u + name.size()) % 32u);
}

// An element or a piece of text.
struct HtmlNode {
  NodeId parent = kNoNode;
  NodeId end = 0;  // One past the last node inside: [id + 1, end) are all nodes below.
  std::uint32_t first_attribute = 0;
  std::uint32_t attributes = 0;
  std::uint32_t attribute_bits = 0;  // One for each name, by AttributeBit; names share bits.
  std::uint32_t hints = 0;           // What the names in its attributes say: HintsOf (hints.h).
  std::string_view name;             // Of an element, lower case; empty for text.
  std::string_view text;             // Of a text node, references decoded.
  Tag tag = Tag::kUnknown;
  bool is_text = false;
};

// A parsed page as one array in document order, so that every walk is a loop and nothing recurses,
// whatever the depth. Made by Gumbo, or by libxml2 where Gumbo must not be used. Owns its text.
class HtmlTree {
 public:
  // Never fails: what a hostile page has too much of is left out, and `note` says so.
  // At most one parse a core is at work at a time; others wait.
  static HtmlTree Parse(std::string_view html, const HtmlLimits& limits = {});

  std::size_t size() const { return nodes_.size(); }
  const HtmlNode& operator[](NodeId id) const { return nodes_[id]; }
  // The document element; kNoNode for an empty page.
  NodeId root() const { return nodes_.empty() ? kNoNode : 0; }
  // Why Gumbo was not used; empty where it was.
  const std::string& note() const { return note_; }

  // Children: for (c = FirstChild(n); c != kNoNode; c = NextSibling(c)).
  NodeId FirstChild(NodeId id) const { return nodes_[id].end > id + 1 ? id + 1 : kNoNode; }
  NodeId NextSibling(NodeId id) const {
    const NodeId parent = nodes_[id].parent;
    const NodeId next = nodes_[id].end;
    return parent != kNoNode && next < nodes_[parent].end ? next : kNoNode;
  }
  bool Contains(NodeId outer, NodeId inner) const {
    return inner >= outer && inner < nodes_[outer].end;
  }

  // None for text.
  std::span<const HtmlAttribute> Attributes(NodeId id) const {
    return std::span(attributes_).subspan(nodes_[id].first_attribute, nodes_[id].attributes);
  }
  // An attribute's value by lower-case name; empty where there is none.
  std::string_view Attribute(NodeId id, std::string_view name) const {
    const HtmlAttribute* found = FindAttribute(id, name);
    return found == nullptr ? std::string_view() : found->value;
  }
  bool HasAttribute(NodeId id, std::string_view name) const {
    return FindAttribute(id, name) != nullptr;
  }
  std::string_view Class(NodeId id) const { return Attribute(id, "class"); }
  // Whether `name` is one of the element's classes.
  bool HasClass(NodeId id, std::string_view name) const;
  // The first element of a kind at or after `id` inside `within`; kNoNode for none.
  NodeId Find(NodeId within, Tag tag) const;

  // Whether an <h1> stands in the element, without looking through it.
  bool HoldsMainHeading(NodeId id) const;

  // Builds a tree from events; the parsers' side.
  class Builder;

 private:
  const HtmlAttribute* FindAttribute(NodeId id, std::string_view name) const {
    const HtmlNode& node = nodes_[id];
    if ((node.attribute_bits & AttributeBit(name)) == 0) {
      return nullptr;
    }
    for (const HtmlAttribute& attribute : Attributes(id)) {
      if (attribute.name == name) {
        return &attribute;
      }
    }
    return nullptr;
  }

  std::vector<HtmlNode> nodes_;
  std::vector<HtmlAttribute> attributes_;
  std::vector<NodeId> main_headings_;
  std::vector<std::unique_ptr<char[]>> chunks_;
  std::string note_;
};

// Takes events in document order.
class HtmlTree::Builder {
 public:
  explicit Builder(HtmlTree& tree) : tree_(tree) {}
  // Room for what is to come, where that is known.
  void Reserve(std::size_t nodes, std::size_t attributes);
  void Open(std::string_view name, Tag tag);
  // For the element opened last.
  void AddAttribute(std::string_view name, std::string_view value);
  void Text(std::string_view text);
  void Close();
  void CloseAll();
  std::size_t depth() const { return open_.size(); }
  std::size_t size() const { return tree_.nodes_.size(); }
  std::string_view open_name() const { return tree_.nodes_[open_.back()].name; }
  void SetNote(std::string note) { tree_.note_ = std::move(note); }

 private:
  std::string_view Keep(std::string_view text);
  HtmlTree& tree_;
  std::vector<NodeId> open_;
  std::size_t chunk_left_ = 0;
  char* chunk_at_ = nullptr;
};

}  // namespace schoolwatch::crawler
