#pragma once

#include <optional>
#include <string>
#include <vector>

#include "core/time.h"
#include "crawler/readers/dates.h"
#include "crawler/readers/html_tree.h"

namespace schoolwatch::crawler {

// A place where a page says when something was written.
struct Stamp {
  NodeId node = kNoNode;  // The element that shows it.
  std::string shown;      // As the page shows it.
  std::string machine;    // A datetime attribute or the like; may be empty.
  std::optional<core::Timestamp> time;
};

// All stamps of a page in document order: <time>, attributes that carry dates, and short texts that
// hold one. Dates in running text are left out where the text is long.
std::vector<Stamp> FindStamps(const HtmlTree& tree, DateContext& context);

}  // namespace schoolwatch::crawler
