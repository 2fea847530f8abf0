#pragma once

#include <cstddef>
#include <string>
#include <vector>

#include "crawler/readers/dates.h"
#include "crawler/readers/record_places.h"
#include "crawler/readers/record_view.h"

namespace schoolwatch::crawler {

// Whose places hold the names of who wrote: short, marked as such or in bold, not the same for
// everybody; outside the body where there are some.
class RecordAuthors {
 public:
  RecordAuthors(const RecordView& view, const RecordPlaces& places, std::size_t body,
                const DateContext& dates);

  // The element with the author's name; kNoNode for none.
  NodeId Find(std::size_t index) const;
  // Its name; empty where it holds none.
  std::string NameAt(NodeId id) const;

 private:
  enum class Where { kOutsideBody, kAnywhere };
  int Score(NodeId id) const;
  void Rank(std::size_t body, Where where);

  const RecordView& view_;
  const HtmlTree& tree_;
  const RecordSet& set_;
  const RecordPlaces& places_;
  const DateContext& dates_;
  std::vector<std::size_t> ranked_;  // Places, the best first.
};

}  // namespace schoolwatch::crawler
