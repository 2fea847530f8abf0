#pragma once

#include <cstddef>
#include <string>
#include <vector>

#include "crawler/readers/dates.h"
#include "crawler/readers/record_places.h"
#include "crawler/readers/record_view.h"
#include "crawler/readers/stamps.h"

namespace schoolwatch::crawler {

// Whose places hold the names of who wrote: short, marked as such or in bold, not the same for
// everybody; outside the body where there are some.
class RecordAuthors {
 public:
  RecordAuthors(const RecordView& view, const std::vector<Stamp>& stamps,
                const RecordPlaces& places, std::size_t body, const DateContext& dates);

  // The element with the author's name; kNoNode for none.
  NodeId Find(std::size_t index) const;
  // Its name; empty where it holds none.
  std::string NameAt(NodeId id) const;

 private:
  enum class Where { kOutsideBody, kAnywhere };
  // What mark-up says for a name there.
  int Score(NodeId id) const;
  // The same, or what its place in the record says.
  int ScoreIn(std::size_t record, NodeId id) const;
  bool MayBeUnmarkedName(NodeId id, NodeId stamp) const;
  void Rank(std::size_t body, Where where);

  const RecordView& view_;
  const HtmlTree& tree_;
  const RecordSet& set_;
  const std::vector<Stamp>& stamps_;
  const RecordPlaces& places_;
  const DateContext& dates_;
  std::vector<std::size_t> ranked_;  // Places, the best first.
};

}  // namespace schoolwatch::crawler
