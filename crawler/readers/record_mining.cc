#include <algorithm>
#include <cmath>
#include <map>
#include <unordered_map>
#include <unordered_set>
#include <utility>

#include "core/hash.h"
#include "crawler/readers/hints.h"
#include "crawler/readers/node_text.h"
#include "crawler/readers/records.h"
#include "crawler/readers/stamp_groups.h"
#include "crawler/readers/text.h"

namespace schoolwatch::crawler {
namespace {

// More ancestors than this are not compared: records are not that far above their dates.
constexpr std::size_t kMaxLevels = 24;
constexpr std::size_t kMaxGroups = 40;

// Words in each node's subtree, hidden ones not counted: prefix sums over document order.
class WordCounts {
 public:
  explicit WordCounts(const HtmlTree& tree) : before_(tree.size() + 1, 0) {
    NodeId hidden = 0;
    for (NodeId id = 0; id < tree.size(); ++id) {
      const HtmlNode& node = tree[id];
      if (!node.is_text && id >= hidden && IsHidden(tree, id)) {
        hidden = node.end;
      }
      const std::size_t words = node.is_text && id >= hidden ? CountWords(node.text) : 0;
      before_[id + 1] = before_[id] + words;
    }
  }
  std::size_t In(NodeId first, NodeId end) const { return before_[end] - before_[first]; }

 private:
  std::vector<std::size_t> before_;
};

// For each stamp of a group, the node taken for its record.
using Roots = std::vector<NodeId>;

class GroupMiner {
 public:
  GroupMiner(const HtmlTree& tree, const WordCounts& words, const std::vector<Stamp>& stamps,
             const std::vector<std::size_t>& members)
      : tree_(tree), words_(words), stamps_(stamps), members_(members) {
    for (const std::size_t member : members) {
      std::vector<NodeId> ancestors;
      for (NodeId id = stamps[member].node; id != kNoNode && ancestors.size() < kMaxLevels;
           id = tree[id].parent) {
        if (tree[id].tag == Tag::kBody || tree[id].tag == Tag::kHtml) {
          break;
        }
        ancestors.push_back(id);
      }
      ancestors_.push_back(std::move(ancestors));
    }
  }

  std::optional<RecordSet> Mine() {
    Roots best = OutermostAlone();
    double best_score = Score(best);
    for (const Roots& candidate : ByShape()) {
      const double score = Score(candidate);
      // Of two that hold the same words the larger one: it is the record with its answers in it.
      if (score > best_score * 1.02 ||
          (score > best_score * 0.98 && Span(candidate) > Span(best))) {
        best = candidate;
        best_score = score;
      }
    }
    Roots unique;
    for (const NodeId root : best) {
      if (root != kNoNode && std::find(unique.begin(), unique.end(), root) == unique.end()) {
        unique.push_back(root);
      }
    }
    if (unique.size() < 2) {
      return std::nullopt;
    }
    RecordSet set = MakeRecordSet(tree_, stamps_, std::move(unique), "repetition");
    UseOwnStamps(best, set);
    JoinFollowers(set);
    return set;
  }

 private:
  // Of a record's dates the group's is meant: the post's, say, and not the member's first day.
  void UseOwnStamps(const Roots& roots, RecordSet& set) const {
    for (std::size_t i = roots.size(); i-- > 0;) {
      for (Record& record : set.records) {
        if (record.first == roots[i]) {
          record.stamp = members_[i];
        }
      }
    }
    std::size_t pairs = 0;
    std::size_t in_order = 0;
    const Stamp* before = nullptr;
    for (const Record& record : set.records) {
      if (record.stamp == Record::kNoStamp || !stamps_[record.stamp].time) {
        continue;
      }
      const Stamp& now = stamps_[record.stamp];
      if (before != nullptr) {
        ++pairs;
        in_order += *before->time <= *now.time ? 1u : 0u;
      }
      before = &now;
    }
    set.in_order = pairs == 0 ? 0.5 : static_cast<double>(in_order) / static_cast<double>(pairs);
    set.in_order = std::max(set.in_order, 1 - set.in_order);
  }

  // The highest ancestor that holds no other stamp of the group.
  Roots OutermostAlone() const {
    std::unordered_map<NodeId, std::size_t> holders;
    for (const auto& ancestors : ancestors_) {
      for (const NodeId id : ancestors) {
        ++holders[id];
      }
    }
    Roots roots;
    std::map<std::string, std::size_t> shapes;
    for (const auto& ancestors : ancestors_) {
      NodeId root = kNoNode;
      for (const NodeId id : ancestors) {
        if (holders[id] > 1) {
          break;
        }
        root = id;
      }
      roots.push_back(root);
      if (root != kNoNode) {
        ++shapes[ShapeOf(tree_, root)];
      }
    }
    // One that stands alone in a part of the page would take that part whole: it shall look like
    // the others.
    const auto usual = std::max_element(shapes.begin(), shapes.end(),
                                        [](auto& a, auto& b) { return a.second < b.second; });
    if (usual != shapes.end() && usual->second * 2 > roots.size()) {
      for (std::size_t i = 0; i < roots.size(); ++i) {
        if (roots[i] == kNoNode || ShapeOf(tree_, roots[i]) == usual->first) {
          continue;
        }
        for (const NodeId id : ancestors_[i]) {
          if (id == roots[i]) {
            break;
          }
          if (ShapeOf(tree_, id) == usual->first) {
            roots[i] = id;
            break;
          }
        }
      }
    }
    return roots;
  }

  // For each shape among the ancestors: the nearest such ancestor of every stamp, where these are
  // distinct. Finds records that are nested in one another.
  std::vector<Roots> ByShape() const {
    std::map<std::string, std::vector<std::pair<std::size_t, NodeId>>> nearest;
    for (std::size_t i = 0; i < ancestors_.size(); ++i) {
      std::unordered_set<std::string> seen;
      for (const NodeId id : ancestors_[i]) {
        const std::string shape = ShapeOf(tree_, id);
        const std::string bare(tree_[id].name);
        for (const std::string& name : {shape, bare}) {
          if (seen.insert(name).second) {
            nearest[name].emplace_back(i, id);
          }
        }
      }
    }
    std::vector<Roots> all;
    for (const auto& [shape, found] : nearest) {
      if (found.size() * 10 < members_.size() * 8 || found.size() < 2) {
        continue;
      }
      std::unordered_set<NodeId> distinct;
      for (const auto& [stamp, id] : found) {
        distinct.insert(id);
      }
      // A record may show its date twice, for narrow screens or for its edit.
      if (distinct.size() < 2 || distinct.size() * 20 < found.size() * 9) {
        continue;
      }
      Roots roots(members_.size(), kNoNode);
      for (const auto& [stamp, id] : found) {
        roots[stamp] = id;
      }
      all.push_back(std::move(roots));
    }
    return all;
  }

  std::size_t Span(const Roots& roots) const {
    std::size_t span = 0;
    for (const NodeId id : roots) {
      span += id == kNoNode ? 0 : tree_[id].end - id;
    }
    return span;
  }

  // Words that the records cover, each counted once, nested ones not twice.
  double Score(const Roots& roots) const {
    Roots sorted;
    for (const NodeId id : roots) {
      if (id != kNoNode) {
        sorted.push_back(id);
      }
    }
    std::sort(sorted.begin(), sorted.end());
    sorted.erase(std::unique(sorted.begin(), sorted.end()), sorted.end());
    std::size_t total = 0;
    NodeId covered = 0;
    for (const NodeId id : sorted) {
      const NodeId end = tree_[id].end;
      if (end <= covered) {
        continue;
      }
      total += words_.In(std::max(id, covered), end);
      covered = end;
    }
    return static_cast<double>(total) *
           std::sqrt(static_cast<double>(sorted.size()) / static_cast<double>(members_.size()));
  }

  // Where records are rows of siblings (<dt> and <dd>, a heading row and a text row), each takes
  // what stands between it and the next.
  void JoinFollowers(RecordSet& set) const {
    std::vector<Record>& records = set.records;
    const NodeId parent = tree_[records[0].first].parent;
    if (parent == kNoNode) {
      return;
    }
    std::size_t own = 0;
    std::size_t between = 0;
    for (std::size_t i = 0; i < records.size(); ++i) {
      if (tree_[records[i].first].parent != parent) {
        return;
      }
      const std::size_t words = words_.In(records[i].first, records[i].end);
      const std::size_t stamp = records[i].stamp;
      const std::size_t dated = stamp == Record::kNoStamp ? 0 : CountWords(stamps_[stamp].shown);
      own += words - std::min(words, dated);
      if (i + 1 < records.size()) {
        if (records[i + 1].first < records[i].end) {
          return;
        }
        between += words_.In(records[i].end, records[i + 1].first);
      }
    }
    if (between == 0 || between < own) {
      return;
    }
    const auto elements = [&](NodeId from, NodeId until) {
      std::size_t count = 0;
      for (NodeId id = from; id < until; id = tree_[id].end) {
        ++count;
      }
      return count;
    };
    std::size_t most = 0;
    for (std::size_t i = 0; i + 1 < records.size(); ++i) {
      most = std::max(most, elements(records[i].end, records[i + 1].first));
    }
    // Some blogs date a comment below it (<dt> name, <dd> words, <dd> date): each then takes what
    // stands before it.
    const NodeId start = parent + 1;
    const NodeId stop = tree_[parent].end;
    if (words_.In(records.back().end, stop) == 0 && words_.In(start, records[0].first) > 0) {
      for (std::size_t i = records.size(); i-- > 1;) {
        records[i].first = records[i - 1].end;
      }
      NodeId first = start;
      for (std::size_t spare = elements(start, records[0].first); spare > most; --spare) {
        first = tree_[first].end;
      }
      records[0].first = first;
      return;
    }
    // The last takes as many siblings as the others did at most.
    for (std::size_t i = 0; i + 1 < records.size(); ++i) {
      records[i].end = records[i + 1].first;
    }
    Record& last = records.back();
    for (std::size_t count = 0; count < most && last.end < stop; ++count) {
      last.end = tree_[last.end].end;
    }
  }

  const HtmlTree& tree_;
  const WordCounts& words_;
  const std::vector<Stamp>& stamps_;
  const std::vector<std::size_t>& members_;
  std::vector<std::vector<NodeId>> ancestors_;
};

}  // namespace

RecordSet MakeRecordSet(const HtmlTree& tree, const std::vector<Stamp>& stamps,
                        std::vector<NodeId> roots, std::string evidence) {
  std::sort(roots.begin(), roots.end());
  roots.erase(std::unique(roots.begin(), roots.end()), roots.end());
  RecordSet set;
  set.evidence = std::move(evidence);
  std::vector<std::size_t> open;
  for (const NodeId root : roots) {
    Record record;
    record.first = root;
    record.end = tree[root].end;
    while (!open.empty() && set.records[open.back()].end <= root) {
      open.pop_back();
    }
    if (!open.empty()) {
      record.outer = open.back();
    }
    open.push_back(set.records.size());
    set.records.push_back(record);
  }
  // A stamp belongs to the innermost record around it; the first one counts, unless a later one is
  // plainer: one with a machine's form, or with a clock.
  const auto plainness = [&](std::size_t i) {
    return (stamps[i].machine.empty() ? 0 : 2) +
           (stamps[i].shown.find(':') == std::string::npos ? 0 : 1);
  };
  for (std::size_t i = 0; i < stamps.size(); ++i) {
    const auto after =
        std::upper_bound(set.records.begin(), set.records.end(), stamps[i].node,
                         [](NodeId node, const Record& record) { return node < record.first; });
    for (auto at = static_cast<std::size_t>(after - set.records.begin()); at > 0;) {
      Record& record = set.records[at - 1];
      if (stamps[i].node < record.end) {
        if (record.stamp == Record::kNoStamp || plainness(i) > plainness(record.stamp)) {
          record.stamp = i;
        }
        break;
      }
      if (record.outer == Record::kNoRecord) {
        break;
      }
      at = record.outer + 1;
    }
  }
  return set;
}

std::vector<RecordSet> MineRecords(const HtmlTree& tree, const std::vector<Stamp>& stamps) {
  StampGroups groups = GroupStamps(tree, stamps);
  const std::vector<std::vector<std::size_t>> joined = JoinNested(tree, stamps, groups);
  std::vector<const std::vector<std::size_t>*> largest;
  for (auto& [place, members] : groups) {
    DropTwins(stamps, members);
    if (members.size() >= 2) {
      largest.push_back(&members);
    }
  }
  for (const std::vector<std::size_t>& members : joined) {
    largest.push_back(&members);
  }
  std::stable_sort(largest.begin(), largest.end(),
                   [](const auto* a, const auto* b) { return a->size() > b->size(); });
  if (largest.size() > kMaxGroups) {
    largest.resize(kMaxGroups);
  }
  const WordCounts words(tree);
  std::vector<RecordSet> sets;
  for (const auto* members : largest) {
    if (auto set = GroupMiner(tree, words, stamps, *members).Mine()) {
      sets.push_back(std::move(*set));
    }
  }
  return sets;
}

}  // namespace schoolwatch::crawler
