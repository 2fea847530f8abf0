#include "crawler/readers/comment_marks.h"

#include <algorithm>
#include <map>
#include <string>
#include <string_view>

#include "crawler/readers/hints.h"
#include "crawler/readers/text.h"

namespace schoolwatch::crawler {
namespace {

// Longer words first where one begins with another.
constexpr std::string_view kNouns[] = {"commentaire", "comentario", "kommentar", "kommentti",
                                       "komentarz",   "komentar",   "comentari", "commento",
                                       "kommentaar",  "comment",    "reactie",   "leserbrief"};
// Also names of buttons and of much else.
constexpr std::string_view kWeakNouns[] = {"reply",     "response", "reponse",
                                           "respuesta", "antwort",  "opinion",
                                           "guestbook", "answer",   "gaestebuch"};
constexpr std::string_view kPartWords[] = {"author", "auteur", "autor",    "user",    "username",
                                           "name",   "meta",   "metadata", "content", "text",
                                           "texte",  "body",   "date",     "time",    "datum",
                                           "avatar", "head",   "header",   "message", "info"};
// What makes of a comment's name that of a form, a button, a count, a heading.
constexpr std::string_view kOtherWords[] = {
    "form",         "formular",   "reply",        "respond",  "count",    "counter",
    "number",       "link",       "links",        "button",   "btn",      "submit",
    "input",        "field",      "label",        "notes",    "policy",   "nav",
    "navigation",   "pagination", "pager",        "toggle",   "tools",    "toolbar",
    "vote",         "votes",      "like",         "likes",    "report",   "actions",
    "action",       "icon",       "image",        "edit",     "delete",   "rating",
    "total",        "title",      "headline",     "footer",   "foot",     "subscribe",
    "subscription", "login",      "editor",       "textarea", "box",      "open",
    "closed",       "recent",     "latest",       "neueste",  "letzte",   "disabled",
    "enabled",      "off",        "on",           "status",   "feed",     "rss",
    "icons",        "bubble",     "area",         "section",  "widget",   "sort",
    "filter",       "more",       "load",         "show",     "hide",     "permalink",
    "amount",       "anzahl",     "schreiben",    "add",      "new",      "write",
    "post",         "send",       "preview",      "template", "no",       "num",
    "by",           "notice",     "notification", "hint",     "awaiting", "parent",
    "ajax",         "js",         "is",           "has",      "with",     "go",
    "jump",         "view",       "views",        "module",   "menu",     "tab",
    "trigger",      "anchor",     "scroll",       "score",    "karma",    "flag",
    "points",       "share",      "permalinks",   "options"};
constexpr std::string_view kListWords[] = {"list",  "liste",   "thread",  "threads",
                                           "tree",  "wrapper", "group",   "container",
                                           "items", "entries", "children"};
constexpr std::string_view kItemWords[] = {"item", "entry", "single", "row",    "element",
                                           "node", "unit",  "block",  "eintrag"};

// Reading a set costs about as much as the page's walk does.
constexpr std::size_t kMaxSets = 8;

template <std::size_t N>
bool IsAmong(const std::string_view (&words)[N], std::string_view word) {
  return std::find(std::begin(words), std::end(words), word) != std::end(words);
}

// What one name says, "kommentar-item" or "commentItem_12".
CommentMark MarkOfName(std::string_view name) {
  std::string spelled;
  for (std::size_t i = 0; i < name.size(); ++i) {
    if (i > 0 && name[i] >= 'A' && name[i] <= 'Z' && name[i - 1] >= 'a' && name[i - 1] <= 'z') {
      spelled += '-';
    }
    spelled += ToAsciiLower(name[i]);
  }
  std::string_view noun;
  bool weak = false;
  std::size_t at = std::string::npos;
  for (const std::string_view candidate : kNouns) {
    at = spelled.find(candidate);
    if (at != std::string::npos) {
      noun = candidate;
      break;
    }
  }
  for (const std::string_view candidate : kWeakNouns) {
    if (noun.empty() && (at = spelled.find(candidate)) != std::string::npos) {
      noun = candidate;
      weak = true;
    }
  }
  if (noun.empty()) {
    return CommentMark::kNone;
  }
  // The ending of a plural belongs to the noun.
  std::size_t end = at + noun.size();
  std::size_t ending = end;
  while (ending < spelled.size() && IsAsciiAlpha(spelled[ending])) {
    ++ending;
  }
  const std::string_view suffix = std::string_view(spelled).substr(end, ending - end);
  const bool plural = suffix == "s" || suffix == "e" || suffix == "es" || suffix == "i" ||
                      suffix == "en" || suffix == "y" || suffix == "ies";
  if (plural) {
    end = ending;
  }
  bool part = false;
  bool list = false;
  bool item = false;
  const auto judge = [&](std::string_view word) {
    part = part || IsAmong(kPartWords, word);
    list = list || IsAmong(kListWords, word);
    item = item || IsAmong(kItemWords, word);
    return !IsAmong(kOtherWords, word);
  };
  const std::string rest = spelled.substr(0, at) + ' ' + spelled.substr(end);
  for (std::size_t i = 0; i < rest.size();) {
    std::size_t stop = i;
    while (stop < rest.size() && IsAsciiAlpha(rest[stop])) {
      ++stop;
    }
    if (stop > i && !judge(std::string_view(rest).substr(i, stop - i))) {
      return CommentMark::kNone;
    }
    i = std::max(stop, i + 1);
  }
  if (part) {
    return weak ? CommentMark::kNone : CommentMark::kPart;
  }
  if (!item && (list || plural)) {
    return weak ? CommentMark::kNone : CommentMark::kList;
  }
  return weak ? CommentMark::kWeakItem : CommentMark::kItem;
}

// "comment-wrapper" and the like are round one comment on some sites and round all on others: one
// has its parts directly inside.
bool HoldsParts(const HtmlTree& tree, NodeId list) {
  std::size_t parts = 0;
  for (NodeId child = tree.FirstChild(list); child != kNoNode; child = tree.NextSibling(child)) {
    parts += CommentMarkOf(tree, child) == CommentMark::kPart ? 1u : 0u;
  }
  return parts >= 2;
}

bool IsAuthorMark(const HtmlTree& tree, NodeId id) {
  const HtmlNode& node = tree[id];
  if (node.is_text || node.attributes == 0 || node.end - id > 40) {
    return false;
  }
  return (node.tag == Tag::kA && IsPersonLink(tree.Attribute(id, "href"))) ||
         (HintsOf(tree, id) & kHintAuthor) != 0;
}

// Lists of the newest comments of a whole site stand beside the page's own. Classes like
// "with-sidebar" stand on whole pages: these hold the page's heading.
bool IsBeside(const HtmlTree& tree, NodeId id) {
  const std::string_view classes = tree.Class(id);
  return tree[id].tag == Tag::kAside || classes.find("sidebar") != std::string_view::npos ||
         classes.find("widget_recent") != std::string_view::npos ||
         classes.find("recentcomments") != std::string_view::npos;
}

struct Group {
  std::vector<NodeId> roots;
  bool weak = true;
  bool parts = true;  // None but pieces of comments.
};

// Whether the elements show who wrote them, or when.
bool AreCredible(const HtmlTree& tree, const std::vector<Stamp>& stamps, const Group& group) {
  std::size_t dated = 0;
  std::size_t signed_by = 0;
  for (const NodeId root : group.roots) {
    const auto stamp =
        std::lower_bound(stamps.begin(), stamps.end(), root,
                         [](const Stamp& one, NodeId node) { return one.node < node; });
    dated += stamp != stamps.end() && stamp->node < tree[root].end ? 1u : 0u;
    for (NodeId id = root + 1; id < std::min<NodeId>(tree[root].end, root + 200); ++id) {
      if (IsAuthorMark(tree, id)) {
        ++signed_by;
        break;
      }
    }
  }
  const std::size_t all = group.roots.size();
  return group.weak ? dated * 2 >= all && signed_by * 2 >= all
                    : dated * 2 >= all || signed_by * 2 >= all;
}

}  // namespace

CommentMark CommentMarkOf(const HtmlTree& tree, NodeId id) {
  const HtmlNode& node = tree[id];
  if (node.is_text || node.attributes == 0) {
    return CommentMark::kNone;
  }
  const std::string_view type = tree.Attribute(id, "itemtype");
  if (type.ends_with("/Comment") || type.ends_with("/UserComments") ||
      tree.Attribute(id, "itemprop") == "comment") {
    return CommentMark::kItem;
  }
  CommentMark best = CommentMark::kNone;
  for (const std::string_view attribute : {"class", "id", "data-test-id", "data-testid"}) {
    std::string_view names = tree.Attribute(id, attribute).substr(0, 300);
    while (!names.empty()) {
      const std::size_t end = std::min(names.find_first_of(" \t\r\n\f"), names.size());
      const CommentMark mark =
          end < 5 || end > 60 ? CommentMark::kNone : MarkOfName(names.substr(0, end));
      if (mark != CommentMark::kNone &&
          (best == CommentMark::kNone || best == CommentMark::kWeakItem)) {
        best = mark;
      }
      names.remove_prefix(std::min(end + 1, names.size()));
    }
  }
  return best;
}

std::vector<RecordSet> FindCommentLists(const HtmlTree& tree, const std::vector<Stamp>& stamps) {
  std::map<std::string, Group> groups;
  NodeId list_end = 0;
  NodeId bare_end = 0;  // Up to here no further unmarked item: it would be one's part.
  for (NodeId id = 0; id < tree.size();) {
    const HtmlNode& node = tree[id];
    if (node.is_text || !(Has(node.tag, kBlock) || node.tag == Tag::kUnknown)) {
      ++id;
      continue;
    }
    const bool heads = tree.HoldsMainHeading(id);
    if (!heads && IsBeside(tree, id)) {
      id = node.end;
      continue;
    }
    CommentMark mark = heads ? CommentMark::kNone : CommentMarkOf(tree, id);
    if (mark == CommentMark::kList && HoldsParts(tree, id)) {
      mark = CommentMark::kItem;
    }
    if (mark == CommentMark::kList) {
      list_end = std::max(list_end, node.end);
    }
    const bool item = mark == CommentMark::kItem || mark == CommentMark::kPart;
    const bool bare = mark == CommentMark::kNone && id < list_end && id >= bare_end &&
                      (node.tag == Tag::kLi || node.tag == Tag::kArticle);
    if (item || bare || mark == CommentMark::kWeakItem) {
      bare_end = bare ? node.end : bare_end;
      Group& group = groups[(bare ? "*" : "") + ShapeOf(tree, id)];
      group.roots.push_back(id);
      group.weak = group.weak && !item;
      group.parts = group.parts && mark == CommentMark::kPart;
    }
    ++id;
  }
  std::vector<Group> credible;
  for (auto& [shape, group] : groups) {
    if (AreCredible(tree, stamps, group)) {
      credible.push_back(std::move(group));
    }
  }
  std::stable_sort(credible.begin(), credible.end(),
                   [](const Group& a, const Group& b) { return a.roots.size() > b.roots.size(); });
  credible.resize(std::min(credible.size(), kMaxSets));
  std::vector<RecordSet> sets;
  for (Group& group : credible) {
    sets.push_back(
        MakeRecordSet(tree, stamps, std::move(group.roots), group.parts ? "parts" : "marks"));
  }
  // Of sets with the same words the outer one counts, which knows who answers whom.
  std::stable_sort(sets.begin(), sets.end(), [](const RecordSet& a, const RecordSet& b) {
    return a.records[0].first < b.records[0].first;
  });
  return sets;
}

bool HoldCommentMarks(const HtmlTree& tree, const RecordSet& set) {
  std::size_t marked = 0;
  for (const Record& record : set.records) {
    for (NodeId id = record.first; id < std::min<NodeId>(record.end, record.first + 80); ++id) {
      const CommentMark mark = CommentMarkOf(tree, id);
      if (mark == CommentMark::kItem || mark == CommentMark::kPart) {
        ++marked;
        break;
      }
    }
  }
  return marked * 2 > set.records.size();
}

}  // namespace schoolwatch::crawler
