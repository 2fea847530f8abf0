#pragma once

#include <cstddef>
#include <map>
#include <string>
#include <vector>

#include "crawler/readers/html_tree.h"
#include "crawler/readers/stamps.h"

namespace schoolwatch::crawler {

// Stamps (their indices, in document order) that stand in the same kind of place: by the shapes of
// the element and of its two next ancestors.
using StampGroups = std::map<std::string, std::vector<std::size_t>>;
StampGroups GroupStamps(const HtmlTree& tree, const std::vector<Stamp>& stamps);

// Answers often stand in lists of another class inside the posts they answer, but are shaped like
// these: "li.post < ul" and "li.post < ul.answers". Both together are one more group.
std::vector<std::vector<std::size_t>> JoinNested(const HtmlTree& tree,
                                                 const std::vector<Stamp>& stamps,
                                                 const StampGroups& groups);

// Pages for narrow and wide screens show each date twice in the same kind of place. Where all come
// in equal pairs, which dates of different posts do not, one of each pair stays.
void DropTwins(const std::vector<Stamp>& stamps, std::vector<std::size_t>& members);

}  // namespace schoolwatch::crawler
