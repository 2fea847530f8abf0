#pragma once

#include <optional>
#include <string>
#include <string_view>

#include "core/result.h"
#include "crawler/readers/node_text.h"
#include "crawler/readers/selector.h"

namespace schoolwatch::crawler {

// Which parts of a piece of HTML are an author's words, by selectors. Immutable.
class HtmlParts {
 public:
  // Empty selectors: everything is taken, nothing left out. kBadInput: as Selector::Compile.
  static core::Result<HtmlParts> Compile(const std::string& take, const std::string& skip,
                                         const std::string& quote);

  // The words of each element that is taken, on lines of their own; what stands in <blockquote> or
  // is named as a quote goes to `quoted`. Builds a tree: some times the cost of TextOfHtml.
  NodeWords Read(std::string_view html) const;

 private:
  std::optional<Selector> take_, skip_, quote_;
};

}  // namespace schoolwatch::crawler
