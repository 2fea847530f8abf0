#include "crawler/readers/html.h"

#include <fmt/format.h>

#include <algorithm>
#include <memory>
#include <utility>

#include "crawler/readers/cheap_pass.h"
#include "crawler/readers/encoding.h"
#include "crawler/readers/feed_xml.h"
#include "crawler/readers/forbidden.h"
#include "crawler/readers/html_tree.h"
#include "crawler/readers/node_text.h"
#include "crawler/readers/page.h"
#include "crawler/readers/page_links.h"
#include "crawler/readers/page_posts.h"
#include "crawler/readers/recipe.h"
#include "crawler/readers/recipe_program.h"
#include "crawler/readers/text.h"
#include "crawler/readers/xml_style.h"

namespace schoolwatch::crawler {
namespace {

constexpr std::size_t kMaxLinks = 20'000;

std::vector<RawLink> LinksOf(const HtmlTree& tree) {
  std::vector<RawLink> links;
  for (NodeId id = 0; id < tree.size() && links.size() < kMaxLinks; ++id) {
    const HtmlNode& node = tree[id];
    if (node.is_text || (node.tag != Tag::kA && node.tag != Tag::kLink && node.tag != Tag::kArea)) {
      continue;
    }
    const std::string_view href = tree.Attribute(id, "href");
    if (href.empty()) {
      continue;
    }
    RawLink link;
    link.href = Trim(href);
    link.rel = tree.Attribute(id, "rel");
    link.type = tree.Attribute(id, "type");
    link.is_anchor = node.tag != Tag::kLink;
    link.text = link.is_anchor ? CollapseSpace(PlainText(tree, id))
                               : std::string(tree.Attribute(id, "title"));
    links.push_back(std::move(link));
  }
  return links;
}

class HtmlReader final : public Reader {
 public:
  core::Result<Document> Read(const RawDocument& raw, const ReadOptions& options) const override {
    if (raw.body.empty()) {
      return core::Fail(core::ErrorKind::kBadInput, "the page is empty");
    }
    const HtmlLimits limits;
    Document document;
    std::string_view body = raw.body;
    if (body.size() > limits.max_bytes) {
      body = body.substr(0, limits.max_bytes);
      document.notes.push_back(fmt::format("only the first {} bytes were read", limits.max_bytes));
    }
    DecodedText decoded = DecodeHtml(body, raw.content_type);
    document.encoding = std::move(decoded.encoding);
    ReplaceForbidden(decoded.text);
    if (auto expanded = ExpandSelfClosing(decoded.text)) {
      decoded.text = std::move(*expanded);
    }
    if (options.gate != nullptr) {
      CheapView view = RunCheapPass(decoded.text, *options.gate, options.gated_links);
      if (!view.may_mention) {
        document.gated_out = true;
        document.title = std::move(view.title);
        document.links = ClassifyLinks(view.links, WithBase(raw.url, view.base));
        return document;
      }
    }
    const HtmlTree tree = HtmlTree::Parse(decoded.text, limits);
    if (!tree.note().empty()) {
      document.notes.push_back(tree.note());
    }
    if (tree.size() == 0) {
      return core::Fail(core::ErrorKind::kBadInput, "the page holds nothing");
    }
    Page page = MakePage(tree, raw.url, options.reference_time);
    const Recipe* const recipe = options.recipe;
    const bool has_engine =
        recipe != nullptr && recipe->program != nullptr && !recipe->program->engine.empty();
    FillDocument(page, has_engine ? &recipe->program->engine : options.engines, document);
    for (core::Post& post : document.posts) {
      post.platform = has_engine ? recipe->name : post.platform;
    }
    document.links = ClassifyLinks(LinksOf(tree), page.base);
    return document;
  }

 private:
  static std::optional<core::HttpUrl> WithBase(const std::optional<core::HttpUrl>& url,
                                               const std::string& base) {
    if (base.empty()) {
      return url;
    }
    const auto parsed = url ? core::HttpUrl::Parse(base, *url) : core::HttpUrl::Parse(base);
    return parsed.has_value() ? std::optional<core::HttpUrl>(*parsed) : url;
  }
};

}  // namespace

const ReaderInfo kHtmlReader = {
    "html", "web pages: threads, articles and their comments, reviews, listings",
    []() -> std::unique_ptr<Reader> { return std::make_unique<HtmlReader>(); }};

}  // namespace schoolwatch::crawler
