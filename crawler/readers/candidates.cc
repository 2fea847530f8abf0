#include "crawler/readers/candidates.h"

#include <algorithm>
#include <utility>

#include "crawler/readers/comment_marks.h"
#include "crawler/readers/hints.h"
#include "crawler/readers/marked_items.h"

namespace schoolwatch::crawler {
namespace {

double Share(std::size_t part, std::size_t whole) {
  return whole == 0 ? 0 : static_cast<double>(part) / static_cast<double>(whole);
}

bool StandsInComments(const HtmlTree& tree, NodeId id) {
  for (; id != kNoNode; id = tree[id].parent) {
    if (tree[id].tag == Tag::kBody || tree[id].tag == Tag::kHtml) {
      return false;
    }
    if ((HintsOf(tree, id) & kHintComments) != 0 ||
        tree.Attribute(id, "itemtype").ends_with("/Comment")) {
      return true;
    }
  }
  return false;
}

// Microdata's reviews hold the record or stand just inside it.
bool IsReview(const HtmlTree& tree, NodeId id) {
  const NodeId inside = std::min<NodeId>(id + 4, tree[id].end);
  for (NodeId below = id; below < inside; ++below) {
    if (tree.Attribute(below, "itemtype").ends_with("/Review")) {
      return true;
    }
  }
  for (int level = 0; level < 4 && id != kNoNode; ++level, id = tree[id].parent) {
    if (tree.Attribute(id, "itemtype").ends_with("/Review")) {
      return true;
    }
  }
  return false;
}

// Whether nothing but white space and text stands between two siblings.
bool AreOneText(const HtmlTree& tree, const Record& first, const Record& second) {
  const NodeId parent = tree[first.first].parent;
  if (tree[second.first].parent != parent || second.outer != first.outer) {
    return false;
  }
  for (NodeId id = first.end; id < second.first; id = tree[id].end) {
    if (!tree[id].is_text && (Has(tree[id].tag, kHeading) || tree[id].tag == Tag::kHr ||
                              tree[id].tag == Tag::kDiv || tree[id].tag == Tag::kSection)) {
      return false;
    }
  }
  return true;
}

// Paragraphs without a date are the beginning of the next with one; what then has none is nobody's.
void JoinUnsigned(const HtmlTree& tree, RecordSet& set) {
  std::vector<Record>& records = set.records;
  for (std::size_t i = 0; i + 1 < records.size(); ++i) {
    Record& next = records[i + 1];
    if (records[i].stamp == Record::kNoStamp && next.first >= records[i].end &&
        AreOneText(tree, records[i], next)) {
      next.first = records[i].first;
      records[i].end = records[i].first;
    }
  }
  std::vector<std::size_t> kept_as(records.size(), Record::kNoRecord);
  std::vector<Record> kept;
  for (std::size_t i = 0; i < records.size(); ++i) {
    if (records[i].stamp == Record::kNoStamp || records[i].end <= records[i].first) {
      continue;
    }
    kept_as[i] = kept.size();
    kept.push_back(records[i]);
    if (records[i].outer != Record::kNoRecord) {
      kept.back().outer = kept_as[records[i].outer];
    }
  }
  records = std::move(kept);
}

void AddEngineSets(const HtmlTree& tree, const std::vector<Stamp>& stamps, const EngineSet* engines,
                   std::vector<RecordSet>& sets) {
  if (engines == nullptr) {
    return;
  }
  const auto all = static_cast<NodeId>(tree.size());
  // Most pages are of none: a walk for each mark would cost more than all else here.
  const TreeWords words(tree);
  for (const auto& engine : *engines) {
    const bool marked = std::ranges::any_of(engine->marks, [&](const Selector& mark) {
      return mark.MayMatch(words) && mark.First(tree, 0, all) != kNoNode;
    });
    if (!marked || !engine->post) {
      continue;
    }
    std::vector<NodeId> posts = engine->post->All(tree, 0, all);
    if (posts.empty()) {
      continue;
    }
    RecordSet set = MakeRecordSet(tree, stamps, std::move(posts), "engine");
    set.engine = engine.get();
    if (engine->signed_at_end) {
      JoinUnsigned(tree, set);
    }
    if (!set.records.empty()) {
      sets.push_back(std::move(set));
    }
  }
}

bool IsMostly(const RecordSet& set, core::PostKind kind) {
  const auto count = std::count_if(set.parts.begin(), set.parts.end(),
                                   [&](const RecordParts& parts) { return parts.kind == kind; });
  return count > 0 && static_cast<std::size_t>(count) * 2 > set.parts.size();
}

// How far each kind of evidence is trusted above plain repetition.
double Trust(const RecordSet& set) {
  if (set.engine != nullptr) {
    return 1.5;
  }
  // A comment's head alone has author and date, too.
  return set.evidence == "mark-up" ? 1.3
         : set.evidence == "marks" ? 1.05
         : set.evidence == "parts" ? 0.7
                                   : 1.0;
}

}  // namespace

std::vector<Candidate> GatherCandidates(const Page& page, const std::vector<Stamp>& stamps,
                                        const EngineSet* engines) {
  const HtmlTree& tree = page.tree;
  std::vector<RecordSet> sets = MineRecords(tree, stamps);
  for (RecordSet& set : FindMarkedItems(tree, stamps)) {
    sets.push_back(std::move(set));
  }
  for (RecordSet& set : FindCommentLists(tree, stamps)) {
    sets.push_back(std::move(set));
  }
  AddEngineSets(tree, stamps, engines, sets);
  std::vector<Candidate> candidates;
  for (RecordSet& set : sets) {
    Candidate candidate;
    candidate.read = ReadRecords(page, stamps, set);
    const RecordPosts& read = candidate.read;
    const std::size_t count = read.posts.size();
    if (count == 0) {
      continue;
    }
    const bool engine = set.engine != nullptr;
    candidate.is_review = (engine && set.engine->kind == core::PostKind::kReview) ||
                          IsMostly(set, core::PostKind::kReview) ||
                          IsReview(tree, set.records[0].first);
    candidate.in_comments = engine ? set.engine->kind == core::PostKind::kComment
                                   : set.evidence == "marks" || set.evidence == "parts" ||
                                         HoldCommentMarks(tree, set) ||
                                         IsMostly(set, core::PostKind::kComment) ||
                                         StandsInComments(tree, set.records[0].first);
    const double author = Share(read.with_author, count);
    const double dated = Share(read.with_date, count);
    candidate.score = static_cast<double>(read.words) * (0.2 + 0.8 * author) * (0.5 + 0.5 * dated) *
                      (1 - Share(read.linked, count)) * Trust(set) * (0.8 + 0.2 * set.in_order);
    candidate.set = std::move(set);
    candidates.push_back(std::move(candidate));
  }
  return candidates;
}

bool LookLikePosts(const Candidate& candidate) {
  const RecordPosts& read = candidate.read;
  const std::size_t count = read.posts.size();
  if (candidate.set.engine != nullptr) {
    return true;
  }
  if (candidate.in_comments || candidate.set.evidence == "mark-up") {
    return (read.with_author * 2 >= count || read.with_date * 2 >= count) &&
           read.linked * 3 <= count * 2;
  }
  return count >= 2 && read.with_author * 10 >= count * 6 && read.linked * 3 <= count &&
         read.words >= count * 3;
}

}  // namespace schoolwatch::crawler
