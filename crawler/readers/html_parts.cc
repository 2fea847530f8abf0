#include "crawler/readers/html_parts.h"

#include <utility>
#include <vector>

#include "crawler/readers/html_tokenizer.h"
#include "crawler/readers/text_transforms.h"

namespace schoolwatch::crawler {
namespace {

// Rows and cells that stand alone (a wiki's differences) are dropped by an HTML parser.
bool IsPartOfTable(std::string_view html) {
  HtmlTokenizer tokenizer(html);
  HtmlToken token;
  while (tokenizer.Next(token)) {
    if (token.kind == HtmlToken::Kind::kStart) {
      const std::string_view name = token.name;
      return name == "tr" || name == "td" || name == "th" || name == "tbody" || name == "thead" ||
             name == "col" || name == "colgroup";
    }
  }
  return false;
}

core::Result<std::optional<Selector>> CompileOptional(const std::string& written) {
  if (written.empty()) {
    return std::optional<Selector>();
  }
  SW_ASSIGN(Selector selector, Selector::Compile(written));
  return std::optional<Selector>(std::move(selector));
}

}  // namespace

core::Result<HtmlParts> HtmlParts::Compile(const std::string& take, const std::string& skip,
                                           const std::string& quote) {
  HtmlParts parts;
  SW_ASSIGN(parts.take_, CompileOptional(take));
  SW_ASSIGN(parts.skip_, CompileOptional(skip));
  SW_ASSIGN(parts.quote_, CompileOptional(quote));
  return parts;
}

NodeWords HtmlParts::Read(std::string_view html) const {
  std::string wrapped;
  if (IsPartOfTable(html)) {
    wrapped.append("<table>").append(html);
    html = wrapped;
  }
  const HtmlTree tree = HtmlTree::Parse(html);
  NodeWords words;
  if (tree.size() == 0) {
    return words;
  }
  const auto end = static_cast<NodeId>(tree.size());
  std::vector<TextStep> steps(tree.size(), TextStep::kTake);
  for (const auto& [selector, step] :
       {std::pair(&quote_, TextStep::kQuote), std::pair(&skip_, TextStep::kSkip)}) {
    if (*selector) {
      for (const NodeId id : (*selector)->All(tree, 0, end)) {
        steps[id] = step;
      }
    }
  }
  TextOptions options;
  options.picture_texts = true;
  options.step = [&](NodeId id) {
    return steps[id] == TextStep::kTake && tree[id].tag == Tag::kBlockquote ? TextStep::kQuote
                                                                            : steps[id];
  };
  if (!take_) {
    return TextOf(tree, tree.root(), options);
  }
  NodeId behind = 0;
  for (const NodeId id : take_->All(tree, 0, end)) {
    if (id < behind) {
      continue;  // Inside one that was taken.
    }
    behind = tree[id].end;
    const NodeWords part = TextOf(tree, id, options);
    AddLine(words.text, part.text);
    AddLine(words.quoted, part.quoted);
  }
  return words;
}

}  // namespace schoolwatch::crawler
