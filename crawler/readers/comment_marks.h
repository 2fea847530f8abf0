#pragma once

#include <vector>

#include "crawler/readers/html_tree.h"
#include "crawler/readers/records.h"
#include "crawler/readers/stamps.h"

namespace schoolwatch::crawler {

// What an element's class, id and the like say of readers' comments, in the languages of Europe's
// blogs and papers.
enum class CommentMark {
  kNone,
  kItem,      // One comment: "comment", "kommentar-item", "comment_12", schema.org's Comment.
  kPart,      // A piece of one: "comment-author", "comment-text".
  kList,      // All of them: "comments", "comment-list", "kommentare".
  kWeakItem,  // Perhaps one: "reply", "answer", "opinion". Believed where it has date and author.
};
CommentMark CommentMarkOf(const HtmlTree& tree, NodeId id);

// Sets of records by those marks, one set for each shape of element; a lone comment is a set of
// one. Only elements that show a date or an author.
std::vector<RecordSet> FindCommentLists(const HtmlTree& tree, const std::vector<Stamp>& stamps);

// Whether most records of a set hold what is marked as a comment or a part of one.
bool HoldCommentMarks(const HtmlTree& tree, const RecordSet& set);

}  // namespace schoolwatch::crawler
