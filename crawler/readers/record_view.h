#pragma once

#include <cstddef>
#include <vector>

#include "crawler/readers/html_tree.h"
#include "crawler/readers/records.h"

namespace schoolwatch::crawler {

// A set's records as stretches of the tree, those nested in them left out. Borrows both.
class RecordView {
 public:
  RecordView(const HtmlTree& tree, const RecordSet& set)
      : tree_(tree), set_(set), nested_(set.records.size()) {
    for (std::size_t i = 0; i < set.records.size(); ++i) {
      if (set.records[i].outer != Record::kNoRecord) {
        nested_[set.records[i].outer].push_back(i);
      }
    }
  }

  const HtmlTree& tree() const { return tree_; }
  const RecordSet& set() const { return set_; }
  // The records directly inside one, in document order.
  const std::vector<std::size_t>& NestedIn(std::size_t index) const { return nested_[index]; }

  // Calls `visit` for each node of a record outside the records nested in it; its answer false
  // skips the node's inside.
  template <class Visit>
  void Walk(std::size_t index, Visit visit) const {
    const Record& record = set_.records[index];
    std::size_t next_nested = 0;
    for (NodeId id = record.first; id < record.end;) {
      if (next_nested < nested_[index].size() &&
          set_.records[nested_[index][next_nested]].first == id) {
        id = set_.records[nested_[index][next_nested]].end;
        ++next_nested;
        continue;
      }
      if (visit(id) || tree_[id].is_text) {
        ++id;
      } else {
        const NodeId end = tree_[id].end;
        while (next_nested < nested_[index].size() &&
               set_.records[nested_[index][next_nested]].first < end) {
          ++next_nested;
        }
        id = end;
      }
    }
  }

 private:
  const HtmlTree& tree_;
  const RecordSet& set_;
  std::vector<std::vector<std::size_t>> nested_;
};

}  // namespace schoolwatch::crawler
