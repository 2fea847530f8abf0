#include "crawler/readers/record_authors.h"

#include <algorithm>
#include <array>
#include <map>
#include <set>
#include <utility>

#include "crawler/readers/hints.h"
#include "crawler/readers/node_text.h"
#include "crawler/readers/text.h"

namespace schoolwatch::crawler {
namespace {

// So few nodes stand between an unmarked name and its date, and in the box that holds both.
constexpr NodeId kNearStamp = 8;
constexpr NodeId kNameBox = 16;
constexpr std::size_t kNameBoxWords = 16;

struct Vote {
  std::size_t records = 0;
  long score = 0;
  std::size_t last = static_cast<std::size_t>(-1);
  std::set<std::string> names;
};

}  // namespace

RecordAuthors::RecordAuthors(const RecordView& view, const std::vector<Stamp>& stamps,
                             const RecordPlaces& places, std::size_t body, const DateContext& dates)
    : view_(view),
      tree_(view.tree()),
      set_(view.set()),
      stamps_(stamps),
      places_(places),
      dates_(dates) {
  Rank(body, Where::kOutsideBody);
  if (ranked_.empty()) {
    Rank(body, Where::kAnywhere);
  }
}

// A name: short, with a letter, no date, no number alone.
std::string RecordAuthors::NameAt(NodeId id) const {
  std::string name = CollapseSpace(PlainText(tree_, id));
  if (name.empty() && tree_[id].tag == Tag::kMeta) {
    name = CollapseSpace(tree_.Attribute(id, "content"));
  }
  for (const std::string_view lead :
       {"by ", "By ", "von ", "par ", "Posted by ", "posted by ", "@", "Written by ", "Author: "}) {
    if (name.size() > lead.size() && name.starts_with(lead)) {
      name.erase(0, lead.size());
    }
  }
  const bool letter = std::any_of(name.begin(), name.end(), [](char c) {
    return IsAsciiAlpha(c) || static_cast<unsigned char>(c) >= 0x80;
  });
  if (!letter || CountCharacters(name) > 50 || CountWords(name) > 6) {
    return {};
  }
  return FindDate(name, dates_) ? std::string() : name;
}

int RecordAuthors::Score(NodeId id) const {
  const std::string_view property = tree_.Attribute(id, "itemprop");
  const std::string_view rel = tree_.Attribute(id, "rel");
  const HtmlNode& node = tree_[id];
  int score = 0;
  if (property == "name" || property == "author" || property == "creator") {
    score += property == "name" ? 3 : 4;
  }
  if (rel.find("author") != std::string_view::npos) {
    score += 4;
  }
  static constexpr PartList kMarks(std::to_array<std::string_view>(
      {"author", "username", "user-name", "nick", "poster", "user", "member", "fn", "name",
       "byline", "handle", "profile", "autor", "auteur", "benutzer", "verfasser", "usuario",
       "pseudo", "commenter"}));
  if (kMarks.IsIn(ToAsciiLower(tree_.Class(id)))) {
    score += 3;
  }
  if (node.tag == Tag::kA && IsPersonLink(tree_.Attribute(id, "href"))) {
    score += 4;
  }
  if (score > 0 && (node.tag == Tag::kA || Has(node.tag, kFormatting))) {
    score += 1;
  }
  // A name in bold or in a list of terms may stand unmarked.
  if (score == 0 && (node.tag == Tag::kStrong || node.tag == Tag::kB || node.tag == Tag::kDt)) {
    score = 1;
  }
  return score;
}

// A name without any mark stands beside the date.
bool RecordAuthors::MayBeUnmarkedName(NodeId id, NodeId stamp) const {
  const HtmlNode& node = tree_[id];
  if (stamp == kNoNode || node.end != id + 2 || !tree_[id + 1].is_text ||
      tree_.Contains(id, stamp) || tree_.Contains(stamp, id)) {
    return false;
  }
  const NodeId near = std::max(id, stamp) - std::min(id, stamp);
  NodeId box = tree_[id].parent;
  for (int level = 0; level < 2 && box != kNoNode && !tree_.Contains(box, stamp); ++level) {
    box = tree_[box].parent;
  }
  // "said Dana on 12 November" inside a text is no byline: nothing else stands in the box.
  return near <= kNearStamp && box != kNoNode && tree_.Contains(box, stamp) &&
         tree_[box].end - box <= kNameBox && CountWords(PlainText(tree_, box)) <= kNameBoxWords &&
         tree_[id + 1].text.find('/') == std::string_view::npos;
}

int RecordAuthors::ScoreIn(std::size_t record, NodeId id) const {
  if (const int score = Score(id); score != 0) {
    return score;
  }
  const std::size_t stamp = set_.records[record].stamp;
  const NodeId date = stamp == Record::kNoStamp ? kNoNode : stamps_[stamp].node;
  return MayBeUnmarkedName(id, date) ? 1 : 0;
}

// Whose places hold names: short, marked as such or in bold, not the same for everybody.
void RecordAuthors::Rank(std::size_t body, Where where) {
  std::map<std::size_t, Vote> votes;
  for (std::size_t i = 0; i < set_.records.size(); ++i) {
    view_.Walk(i, [&](NodeId id) {
      if (tree_[id].is_text) {
        return true;
      }
      if (tree_[id].tag != Tag::kMeta && IsHidden(tree_, id)) {
        return false;
      }
      const std::size_t place = places_.PlaceAt(id);
      if (where == Where::kOutsideBody && body != 0 && places_.IsInside(place, body)) {
        return false;
      }
      if (tree_[id].end - id > 40) {
        return true;
      }
      const int score = ScoreIn(i, id);
      if (score == 0) {
        return true;
      }
      Vote& vote = votes[place];
      if (vote.last == i) {
        return true;
      }
      if (std::string name = NameAt(id); !name.empty()) {
        vote.last = i;
        ++vote.records;
        vote.score += score;
        vote.names.insert(std::move(name));
      }
      return true;
    });
  }
  std::vector<std::pair<double, std::size_t>> votes_by_worth;
  for (const auto& [place, vote] : votes) {
    const double share =
        static_cast<double>(vote.records) / static_cast<double>(set_.records.size());
    const double mean = static_cast<double>(vote.score) / static_cast<double>(vote.records);
    // "Member" under every name is a rank.
    const bool same = vote.names.size() == 1 && vote.records >= 3;
    if (mean < 2 && (share < 0.5 || same)) {
      continue;
    }
    votes_by_worth.emplace_back(-share * (1 + mean) * (same ? 0.3 : 1.0), place);
  }
  std::sort(votes_by_worth.begin(), votes_by_worth.end());
  for (const auto& [score, place] : votes_by_worth) {
    ranked_.push_back(place);
  }
}

NodeId RecordAuthors::Find(std::size_t index) const {
  NodeId best = kNoNode;
  std::size_t best_rank = ranked_.size();
  view_.Walk(index, [&](NodeId id) {
    if (!tree_[id].is_text && best_rank > 0) {
      const auto rank = static_cast<std::size_t>(
          std::find(ranked_.begin(), ranked_.end(), places_.PlaceAt(id)) - ranked_.begin());
      if (places_.PlaceAt(id) != 0 && rank < best_rank && ScoreIn(index, id) > 0 &&
          !NameAt(id).empty()) {
        best = id;
        best_rank = rank;
      }
    }
    return true;
  });
  return best;
}

}  // namespace schoolwatch::crawler
