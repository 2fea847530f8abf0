#pragma once

#include <cstddef>
#include <string_view>
#include <vector>

#include "core/post.h"
#include "crawler/readers/page.h"
#include "crawler/readers/record_view.h"
#include "crawler/readers/stamps.h"

namespace schoolwatch::crawler {

// What a record's links and identifiers say.
class RecordLinks {
 public:
  RecordLinks(const Page& page, const RecordView& view, const std::vector<Stamp>& stamps)
      : page_(page), tree_(page.tree), view_(view), set_(view.set()), stamps_(stamps) {}

  // Sets `id`, the number that a platform gives a post (of its anchor or element), and `url`, the
  // link to it alone.
  void SetLinkAndId(std::size_t index, core::Post& post) const;
  // The link to another page in the record's heading; kNoNode for none.
  NodeId TeaserLink(std::size_t index) const;

 private:
  bool LeadsElsewhere(std::string_view href) const;
  int PermalinkScore(NodeId id, NodeId stamp) const;

  const Page& page_;
  const HtmlTree& tree_;
  const RecordView& view_;
  const RecordSet& set_;
  const std::vector<Stamp>& stamps_;
};

}  // namespace schoolwatch::crawler
