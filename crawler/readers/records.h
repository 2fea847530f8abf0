#pragma once

#include <cstddef>
#include <optional>
#include <string>
#include <vector>

#include "core/post.h"
#include "crawler/readers/html_tree.h"
#include "crawler/readers/page.h"
#include "crawler/readers/stamps.h"

namespace schoolwatch::crawler {

struct Engine;

// One repeated thing of a page: a post, a comment, a teaser.
struct Record {
  NodeId first = kNoNode;  // Its nodes are [first, end) without those of records nested in it.
  NodeId end = 0;
  std::size_t stamp = kNoStamp;   // Index of its date among the page's stamps.
  std::size_t outer = kNoRecord;  // The record it is nested in.
  static constexpr std::size_t kNoStamp = static_cast<std::size_t>(-1);
  static constexpr std::size_t kNoRecord = static_cast<std::size_t>(-1);
};

// What mark-up itself says are a record's parts; kNoNode where it says nothing.
struct RecordParts {
  core::PostKind kind = core::PostKind::kThreadPost;
  NodeId title = kNoNode;
  NodeId body = kNoNode;
  NodeId author = kNoNode;
  NodeId date = kNoNode;
  NodeId link = kNoNode;
  std::string reply_to;  // The address of what it answers, as written.
};

struct RecordSet {
  std::vector<Record> records;     // In document order.
  std::vector<RecordParts> parts;  // One for each record, or none.
  // "mark-up", "marks", "parts", "engine", "repetition": what they were found by.
  std::string evidence;
  // The engine that says where their parts are; may be null.
  const Engine* engine = nullptr;
  // How well the dates run in one direction, 0.5 to 1: those of posts do, those of their writers'
  // first days do not.
  double in_order = 0.5;
};

// Finds sets of records by repetition: dates that stand in the same place of subtrees of the same
// shape. One set per kind of place; the caller judges by what the records hold.
std::vector<RecordSet> MineRecords(const HtmlTree& tree, const std::vector<Stamp>& stamps);

// The set whose records are the given elements, with the stamps and nesting worked out.
RecordSet MakeRecordSet(const HtmlTree& tree, const std::vector<Stamp>& stamps,
                        std::vector<NodeId> roots, std::string evidence);

// A record's parts, found by comparing all records of the set.
struct RecordPosts {
  std::vector<core::Post> posts;  // Same order as the records; those without words are left out.
  std::vector<std::size_t> record_of;  // For each post, its record.
  std::size_t words = 0;               // Of all bodies, links not counted.
  std::size_t with_author = 0;
  std::size_t with_date = 0;
  std::size_t linked = 0;   // Records whose words are mostly links.
  std::size_t teasers = 0;  // Records headed by a link to another page.
};
RecordPosts ReadRecords(const Page& page, const std::vector<Stamp>& stamps, const RecordSet& set);

}  // namespace schoolwatch::crawler
