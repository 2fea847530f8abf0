#include "crawler/readers/html_tree.h"

#include <gumbo.h>
#include <libxml/HTMLparser.h>

#include <algorithm>
#include <array>
#include <cstring>
#include <mutex>
#include <semaphore>
#include <thread>
#include <utility>

#include "core/result.h"
#include "crawler/readers/hints.h"
#include "crawler/readers/html_tokenizer.h"
#include "crawler/readers/text.h"

namespace schoolwatch::crawler {
namespace {

constexpr std::size_t kChunk = 64u << 10;
// The fallback keeps deeper elements' content, but hangs it here: nobody reads a page by its
// 500th level.
constexpr std::size_t kFallbackDepth = 500;
constexpr std::size_t kFallbackNodes = 500'000;
constexpr std::size_t kCrowded = 200;

// One parse a core at a time: a parse holds some 30 times its page in memory.
class ParseTurn {
 public:
  ParseTurn() { Slots().acquire(); }
  ~ParseTurn() { Slots().release(); }
  ParseTurn(const ParseTurn&) = delete;
  ParseTurn& operator=(const ParseTurn&) = delete;

 private:
  static std::counting_semaphore<>& Slots() {
    static std::counting_semaphore<> slots(
        static_cast<std::ptrdiff_t>(std::max(1u, std::thread::hardware_concurrency())));
    return slots;
  }
};

std::string LowerName(std::string_view name) { return ToAsciiLower(name); }

// Of "<NAME …>", ended where the HTML Standard's tokenizer ends it (13.2.5.8).
// gumbo_tag_from_original_text ends it at a vertical tab, too, which makes a <br> of an element
// that Gumbo itself did not know.
std::string UnknownName(const GumboStringPiece& original) {
  std::string_view name(original.data == nullptr ? "" : original.data, original.length);
  name.remove_prefix(name.starts_with('<') ? 1 : 0);
  return LowerName(name.substr(0, name.find_first_of("\t\n\f\r />")));
}

void AddGumboElement(const GumboElement& element, HtmlTree::Builder& builder) {
  std::string_view name = gumbo_normalized_tagname(element.tag);
  std::string unknown;
  if (element.tag == GUMBO_TAG_UNKNOWN) {
    unknown = UnknownName(element.original_tag);
    name = unknown;
  }
  builder.Open(name, TagOfName(name));
  for (unsigned i = 0; i < element.attributes.length; ++i) {
    const auto* const attribute = static_cast<const GumboAttribute*>(element.attributes.data[i]);
    builder.AddAttribute(attribute->name, attribute->value);
  }
}

// Growing by doubling beside Gumbo's own tree would be half of what a page takes.
void ReserveFor(const GumboNode* root, HtmlTree::Builder& builder) {
  std::size_t nodes = 0;
  std::size_t attributes = 0;
  std::vector<const GumboNode*> open{root};
  while (!open.empty()) {
    const GumboNode* const node = open.back();
    open.pop_back();
    ++nodes;
    if (node->type == GUMBO_NODE_ELEMENT || node->type == GUMBO_NODE_TEMPLATE) {
      const GumboVector& children = node->v.element.children;
      attributes += node->v.element.attributes.length;
      for (unsigned i = 0; i < children.length; ++i) {
        open.push_back(static_cast<const GumboNode*>(children.data[i]));
      }
    }
  }
  builder.Reserve(nodes, attributes);
}

void ParseWithGumbo(std::string_view html, HtmlTree::Builder& builder) {
  GumboOptions options = kGumboDefaultOptions;
  options.max_errors = 0;  // Recording errors costs gigabytes on nested junk.
  GumboOutput* const output = gumbo_parse_with_options(&options, html.data(), html.size());
  struct Level {
    const GumboNode* node;
    unsigned next;
  };
  std::vector<Level> levels;
  ReserveFor(output->root, builder);
  AddGumboElement(output->root->v.element, builder);
  levels.push_back({output->root, 0});
  while (!levels.empty()) {
    Level& level = levels.back();
    const GumboVector& children = level.node->v.element.children;
    if (level.next == children.length) {
      builder.Close();
      levels.pop_back();
      continue;
    }
    const auto* const child = static_cast<const GumboNode*>(children.data[level.next++]);
    switch (child->type) {
      case GUMBO_NODE_ELEMENT:
      case GUMBO_NODE_TEMPLATE:
        AddGumboElement(child->v.element, builder);
        levels.push_back({child, 0});
        break;
      case GUMBO_NODE_TEXT:
      case GUMBO_NODE_WHITESPACE:
      case GUMBO_NODE_CDATA:
        builder.Text(child->v.text.text);
        break;
      case GUMBO_NODE_DOCUMENT:
      case GUMBO_NODE_COMMENT:
        break;
    }
  }
  gumbo_destroy_output(&options, output);
}

// libxml2's events; no tree of its own is made.
struct SaxState {
  HtmlTree::Builder* builder = nullptr;
  std::size_t flattened = 0;  // Open elements below kFallbackDepth.
  bool has_body = false;
};

bool BelongsInHead(Tag tag) {
  switch (tag) {
    case Tag::kBase:
    case Tag::kBasefont:
    case Tag::kBgsound:
    case Tag::kLink:
    case Tag::kMeta:
    case Tag::kNoframes:
    case Tag::kNoscript:
    case Tag::kScript:
    case Tag::kStyle:
    case Tag::kTemplate:
    case Tag::kTitle:
      return true;
    default:
      return false;
  }
}

std::string_view View(const xmlChar* text) {
  return text == nullptr ? std::string_view() : reinterpret_cast<const char*>(text);
}

void OnStart(void* user, const xmlChar* name, const xmlChar** attributes) {
  auto& state = *static_cast<SaxState*>(user);
  if (state.builder->depth() >= kFallbackDepth || state.builder->size() >= kFallbackNodes) {
    ++state.flattened;
    return;
  }
  const std::string lower = LowerName(View(name));
  const Tag tag = TagOfName(lower);
  // libxml2 knows HTML 4: an <article> after the title stays in the head, and nobody reads a head.
  if (!BelongsInHead(tag) && state.builder->depth() > 0 && state.builder->open_name() == "head") {
    state.builder->Close();
    if (tag != Tag::kBody && !state.has_body) {
      state.builder->Open("body", Tag::kBody);
      state.has_body = true;
    }
  }
  if (tag == Tag::kBody && std::exchange(state.has_body, true)) {
    return;  // The one that was opened goes on.
  }
  state.builder->Open(lower, tag);
  std::size_t count = 0;
  for (; attributes != nullptr && *attributes != nullptr && count < 64; attributes += 2, ++count) {
    state.builder->AddAttribute(LowerName(View(attributes[0])), View(attributes[1]));
  }
}

void OnEnd(void* user, const xmlChar* name) {
  auto& state = *static_cast<SaxState*>(user);
  if (state.flattened > 0) {
    --state.flattened;
  } else if (state.builder->depth() > 0 &&
             EqualsIgnoreCase(state.builder->open_name(), View(name))) {
    state.builder->Close();
  }
}

void OnText(void* user, const xmlChar* text, int length) {
  auto& state = *static_cast<SaxState*>(user);
  if (state.builder->depth() > 0 && state.builder->size() < kFallbackNodes && length > 0) {
    state.builder->Text({reinterpret_cast<const char*>(text), static_cast<std::size_t>(length)});
  }
}

// libxml2 compares every attribute of a tag with all others, too: crowded tags lose theirs.
std::string WithoutCrowdedTags(std::string_view html) {
  std::string out;
  out.reserve(html.size());
  HtmlTokenizer tokenizer(html);
  HtmlToken token;
  std::size_t copied = 0;
  std::size_t before = 0;
  while (tokenizer.Next(token)) {
    const std::size_t after = tokenizer.position();
    if (token.kind != HtmlToken::Kind::kText && token.attribute_count > kCrowded) {
      out.append(html.substr(copied, before - copied));
      out.append(token.kind == HtmlToken::Kind::kEnd ? "</" : "<").append(token.name).append(">");
      copied = after;
    }
    before = after;
  }
  out.append(html.substr(copied));
  return out;
}

void ParseWithLibxml(std::string_view page, HtmlTree::Builder& builder) {
  const std::string html = WithoutCrowdedTags(page);
  xmlInitParser();
  htmlSAXHandler handler{};
  handler.startElement = OnStart;
  handler.endElement = OnEnd;
  handler.characters = OnText;
  handler.cdataBlock = OnText;
  handler.ignorableWhitespace = OnText;
  SaxState state;
  state.builder = &builder;
  const std::unique_ptr<htmlParserCtxt, void (*)(htmlParserCtxtPtr)> context(
      htmlCreatePushParserCtxt(&handler, &state, nullptr, 0, nullptr, XML_CHAR_ENCODING_UTF8),
      htmlFreeParserCtxt);
  if (context == nullptr) {
    return;
  }
  htmlCtxtUseOptions(context.get(), HTML_PARSE_RECOVER | HTML_PARSE_NOERROR | HTML_PARSE_NOWARNING |
                                        HTML_PARSE_NONET);
  // In pieces: the parser's own buffers then stay small.
  constexpr std::size_t kPiece = 64u << 10;
  for (std::size_t at = 0; at < html.size(); at += kPiece) {
    const std::string_view piece = std::string_view(html).substr(at, kPiece);
    htmlParseChunk(context.get(), piece.data(), static_cast<int>(piece.size()), 0);
  }
  htmlParseChunk(context.get(), nullptr, 0, 1);
  if (context->myDoc != nullptr) {
    xmlFreeDoc(context->myDoc);
    context->myDoc = nullptr;
  }
}

}  // namespace

HtmlTree HtmlTree::Parse(std::string_view html, const HtmlLimits& limits) {
  HtmlTree tree;
  Builder builder(tree);
  // NUL ends Gumbo's and libxml2's strings; the Standard drops it or makes it U+FFFD.
  std::string clean;
  if (html.find('\0') != std::string_view::npos) {
    clean.assign(html);
    std::erase(clean, '\0');
    html = clean;
  }
  const core::Result<void> verdict = CheckHtml(html, limits);
  const ParseTurn turn;
  if (verdict.has_value()) {
    ParseWithGumbo(html, builder);
  } else {
    builder.SetNote("not parsed by Gumbo: " + verdict.error().message);
    builder.Open("html", Tag::kHtml);
    ParseWithLibxml(html.substr(0, limits.max_bytes), builder);
  }
  builder.CloseAll();
  HintMemory memory;
  for (NodeId id = 0; id < tree.size(); ++id) {
    if (tree.nodes_[id].attributes > 0) {
      tree.nodes_[id].hints = FindHints(tree, id, memory);
    }
  }
  return tree;
}

bool HtmlTree::HasClass(NodeId id, std::string_view name) const {
  const std::string_view classes = Class(id);
  for (std::size_t at = 0; (at = classes.find(name, at)) != std::string_view::npos; ++at) {
    const std::size_t end = at + name.size();
    if ((at == 0 || IsAsciiSpace(classes[at - 1])) &&
        (end == classes.size() || IsAsciiSpace(classes[end]))) {
      return true;
    }
  }
  return false;
}

bool HtmlTree::HoldsMainHeading(NodeId id) const {
  const auto at = std::lower_bound(main_headings_.begin(), main_headings_.end(), id);
  return at != main_headings_.end() && *at < nodes_[id].end;
}

NodeId HtmlTree::Find(NodeId within, Tag tag) const {
  for (NodeId id = within; id < nodes_[within].end; ++id) {
    if (!nodes_[id].is_text && nodes_[id].tag == tag) {
      return id;
    }
  }
  return kNoNode;
}

std::string_view HtmlTree::Builder::Keep(std::string_view text) {
  if (text.empty()) {
    return {};
  }
  if (text.size() > chunk_left_) {
    const std::size_t size = std::max(kChunk, text.size());
    // for_overwrite: zeroing would cost as much as the copy.
    tree_.chunks_.push_back(std::make_unique_for_overwrite<char[]>(size));
    chunk_at_ = tree_.chunks_.back().get();
    chunk_left_ = size;
  }
  std::memcpy(chunk_at_, text.data(), text.size());
  const std::string_view kept(chunk_at_, text.size());
  chunk_at_ += text.size();
  chunk_left_ -= text.size();
  return kept;
}

void HtmlTree::Builder::Open(std::string_view name, Tag tag) {
  HtmlNode node;
  node.parent = open_.empty() ? kNoNode : open_.back();
  node.tag = tag;
  node.name = tag == Tag::kUnknown ? Keep(name) : TagName(tag);
  node.first_attribute = static_cast<std::uint32_t>(tree_.attributes_.size());
  open_.push_back(static_cast<NodeId>(tree_.nodes_.size()));
  if (tag == Tag::kH1) {
    tree_.main_headings_.push_back(open_.back());
  }
  tree_.nodes_.push_back(node);
}

void HtmlTree::Builder::Reserve(std::size_t nodes, std::size_t attributes) {
  tree_.nodes_.reserve(nodes);
  tree_.attributes_.reserve(attributes);
}

void HtmlTree::Builder::AddAttribute(std::string_view name, std::string_view value) {
  tree_.attributes_.push_back({Keep(name), Keep(value)});
  HtmlNode& node = tree_.nodes_[open_.back()];
  ++node.attributes;
  node.attribute_bits |= AttributeBit(name);
}

void HtmlTree::Builder::Text(std::string_view text) {
  HtmlNode node;
  node.parent = open_.back();
  node.is_text = true;
  node.text = Keep(text);
  node.end = static_cast<NodeId>(tree_.nodes_.size()) + 1;
  tree_.nodes_.push_back(node);
}

void HtmlTree::Builder::Close() {
  tree_.nodes_[open_.back()].end = static_cast<NodeId>(tree_.nodes_.size());
  open_.pop_back();
}

void HtmlTree::Builder::CloseAll() {
  while (!open_.empty()) {
    Close();
  }
}

}  // namespace schoolwatch::crawler
