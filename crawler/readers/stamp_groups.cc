#include "crawler/readers/stamp_groups.h"

#include <algorithm>
#include <unordered_set>
#include <utility>

#include "crawler/readers/hints.h"

namespace schoolwatch::crawler {
namespace {

// The place of a stamp: its shape and its two next ancestors'.
std::string PlaceOf(const HtmlTree& tree, NodeId id) {
  std::string place;
  for (int level = 0; level < 3 && id != kNoNode; ++level) {
    place += ShapeOf(tree, id);
    place += '<';
    id = tree[id].parent;
  }
  return place;
}

// The element that a stamp of a thread stands in: the post, where it is the date's parent.
NodeId HolderOf(const HtmlTree& tree, const Stamp& stamp) { return tree[stamp.node].parent; }

// Whether most of `inner`'s holders stand inside holders of `outer`.
bool AreNested(const HtmlTree& tree, const std::vector<Stamp>& stamps,
               const std::vector<std::size_t>& inner, const std::vector<std::size_t>& outer) {
  std::vector<NodeId> holders;
  for (const std::size_t member : outer) {
    holders.push_back(HolderOf(tree, stamps[member]));
  }
  std::sort(holders.begin(), holders.end());
  std::size_t nested = 0;
  for (const std::size_t member : inner) {
    const NodeId id = HolderOf(tree, stamps[member]);
    const auto after = std::lower_bound(holders.begin(), holders.end(), id);
    if (after != holders.begin() && id != kNoNode && tree.Contains(*(after - 1), id)) {
      ++nested;
    }
  }
  return nested * 2 > inner.size();
}

// The element that a stamp's holder stands in, and what that stands in.
NodeId ListOf(const HtmlTree& tree, const Stamp& stamp) {
  const NodeId holder = HolderOf(tree, stamp);
  const NodeId box = holder == kNoNode ? kNoNode : tree[holder].parent;
  return box == kNoNode ? kNoNode : tree[box].parent;
}

// Whether all stand in sisters of one list: the first post of a thread often has a class of its
// own.
bool AreSisters(const HtmlTree& tree, const std::vector<Stamp>& stamps,
                const std::vector<std::size_t>& one, const std::vector<std::size_t>& other) {
  const NodeId list = ListOf(tree, stamps[one.front()]);
  const auto in_list = [&](std::size_t member) { return ListOf(tree, stamps[member]) == list; };
  return list != kNoNode && std::ranges::all_of(one, in_list) &&
         std::ranges::all_of(other, in_list);
}

}  // namespace

StampGroups GroupStamps(const HtmlTree& tree, const std::vector<Stamp>& stamps) {
  StampGroups groups;
  for (std::size_t i = 0; i < stamps.size(); ++i) {
    groups[PlaceOf(tree, stamps[i].node)].push_back(i);
  }
  return groups;
}

std::vector<std::vector<std::size_t>> JoinNested(const HtmlTree& tree,
                                                 const std::vector<Stamp>& stamps,
                                                 const StampGroups& groups) {
  std::map<std::string, std::vector<const std::vector<std::size_t>*>> alike;
  for (const auto& [place, members] : groups) {
    const std::size_t holder = place.find('<', place.find('<') + 1);
    alike[place.substr(0, holder)].push_back(&members);
  }
  std::vector<std::vector<std::size_t>> joined;
  for (const auto& [holder, parts] : alike) {
    const auto* outer = *std::min_element(parts.begin(), parts.end(),
                                          [](auto* a, auto* b) { return a->front() < b->front(); });
    std::vector<std::size_t> all = *outer;
    for (const auto* part : parts) {
      if (part != outer &&
          (AreSisters(tree, stamps, *outer, *part) || AreNested(tree, stamps, *part, all))) {
        all.insert(all.end(), part->begin(), part->end());
      }
    }
    if (all.size() > outer->size()) {
      std::sort(all.begin(), all.end());
      joined.push_back(std::move(all));
    }
  }
  return joined;
}

void DropTwins(const std::vector<Stamp>& stamps, std::vector<std::size_t>& members) {
  if (members.size() < 4 || members.size() % 2 != 0) {
    return;
  }
  std::unordered_set<std::string> distinct;
  for (std::size_t i = 0; i < members.size(); i += 2) {
    const Stamp& first = stamps[members[i]];
    const Stamp& second = stamps[members[i + 1]];
    // Only clocks tell: two posts of one day are no twins.
    const bool has_clock =
        first.machine.find(':') != std::string::npos || first.shown.find(':') != std::string::npos;
    if (!has_clock || first.shown != second.shown || first.machine != second.machine) {
      return;
    }
    distinct.insert(first.shown + first.machine);
  }
  if (distinct.size() * 10 < members.size() * 4) {
    return;
  }
  for (std::size_t i = 0; i < members.size() / 2; ++i) {
    members[i] = members[2 * i];
  }
  members.resize(members.size() / 2);
}

}  // namespace schoolwatch::crawler
