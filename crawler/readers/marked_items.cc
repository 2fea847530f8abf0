#include "crawler/readers/marked_items.h"

#include <algorithm>
#include <cstdint>
#include <string_view>
#include <unordered_map>
#include <utility>

#include "crawler/readers/text.h"

namespace schoolwatch::crawler {
namespace {

enum class ItemType { kNone, kOther, kArticle, kEntry, kComment, kPost, kReview };

// A property, whatever vocabulary it is written in.
enum Property : std::uint32_t {
  kText = 1u << 0,
  kSummary = 1u << 1,
  kAuthor = 1u << 2,
  kName = 1u << 3,
  kPublished = 1u << 4,
  kUrl = 1u << 5,
  kParent = 1u << 6,
  kTitle = 1u << 7,
};

struct Row {
  std::string_view name;
  std::uint32_t property;
};
// schema.org, and the few of SIOC, Dublin Core and FOAF that Drupal writes, without prefixes.
constexpr Row kProperties[] = {{"text", kText},
                               {"articlebody", kText},
                               {"reviewbody", kText},
                               {"commenttext", kText},
                               {"encoded", kText},
                               {"description", kSummary},
                               {"abstract", kSummary},
                               {"author", kAuthor},
                               {"creator", kAuthor},
                               {"has_creator", kAuthor},
                               {"name", kName | kTitle},
                               {"headline", kTitle},
                               {"title", kTitle},
                               {"datepublished", kPublished},
                               {"datecreated", kPublished},
                               {"uploaddate", kPublished},
                               {"commenttime", kPublished},
                               {"created", kPublished},
                               {"url", kUrl},
                               {"mainentityofpage", kUrl},
                               {"parentitem", kParent},
                               {"reply_of", kParent}};
constexpr Row kClasses[] = {{"e-content", kText},
                            {"p-content", kText},
                            {"p-summary", kSummary},
                            {"p-note", kSummary},
                            {"p-author", kAuthor},
                            {"p-name", kName | kTitle},
                            {"dt-published", kPublished},
                            {"u-url", kUrl},
                            {"u-uid", kUrl},
                            {"u-in-reply-to", kParent},
                            {"reviewer", kAuthor},
                            {"dtreviewed", kPublished},
                            {"fn", kName}};

template <class Visit>
void ForEachToken(std::string_view text, Visit visit) {
  while (!text.empty()) {
    const std::size_t start = text.find_first_not_of(" \t\r\n\f");
    if (start == std::string_view::npos) {
      return;
    }
    text.remove_prefix(start);
    const std::size_t end = std::min(text.find_first_of(" \t\r\n\f"), text.size());
    visit(text.substr(0, end));
    text.remove_prefix(end);
  }
}

// "https://schema.org/Comment", "schema:Comment" and "Comment" are one.
std::string_view LocalName(std::string_view token) {
  const std::size_t at = token.find_last_of(":/#");
  return at == std::string_view::npos ? token : token.substr(at + 1);
}

ItemType TypeOfName(std::string_view name) {
  if (name == "Comment" || name == "UserComments") {
    return ItemType::kComment;
  }
  if (name == "Answer" || name == "Question" || name == "DiscussionForumPosting" ||
      name == "SocialMediaPosting" || name == "BoardPost") {
    return ItemType::kPost;
  }
  if (name.ends_with("Review")) {
    return ItemType::kReview;
  }
  if (name.ends_with("Article") || name == "BlogPosting" || name == "Report") {
    return ItemType::kArticle;
  }
  return ItemType::kOther;
}

ItemType TypeOf(const HtmlTree& tree, NodeId id) {
  const HtmlNode& node = tree[id];
  if (node.is_text || node.attributes == 0) {
    return ItemType::kNone;
  }
  ItemType type = tree.HasAttribute(id, "itemscope") ? ItemType::kOther : ItemType::kNone;
  const auto take = [&](ItemType found) {
    type = type == ItemType::kNone || type == ItemType::kOther ? found : type;
  };
  for (const std::string_view attribute : {"itemtype", "typeof"}) {
    ForEachToken(tree.Attribute(id, attribute),
                 [&](std::string_view token) { take(TypeOfName(LocalName(token))); });
  }
  const std::string_view classes = tree.Class(id);
  if (type == ItemType::kNone && (classes.find("h-") != std::string_view::npos ||
                                  classes.find("hreview") != std::string_view::npos)) {
    bool answers = false;
    ForEachToken(classes, [&](std::string_view token) {
      answers = answers || token == "p-comment" || token == "u-comment";
    });
    ForEachToken(classes, [&](std::string_view token) {
      if (token == "h-entry") {
        take(answers ? ItemType::kComment : ItemType::kEntry);
      } else if (token == "h-cite") {
        take(answers ? ItemType::kComment : ItemType::kOther);
      } else if (token == "h-review" || token == "hreview") {
        take(ItemType::kReview);
      } else if (token.starts_with("h-") && token != "h-feed" && token != "h-card" &&
                 token.size() > 3 &&
                 (token == "h-event" || token == "h-product" || token == "h-item" ||
                  token == "h-recipe")) {
        take(ItemType::kOther);
      }
    });
  }
  return type;
}

std::uint32_t PropertiesOf(const HtmlTree& tree, NodeId id) {
  std::uint32_t properties = 0;
  for (const std::string_view attribute : {"itemprop", "property", "rel"}) {
    ForEachToken(tree.Attribute(id, attribute), [&](std::string_view token) {
      // Plain words in `rel` are HTML's.
      if (attribute == "rel" && token.find(':') == std::string_view::npos) {
        return;
      }
      const std::string name = ToAsciiLower(LocalName(token));
      for (const Row& row : kProperties) {
        properties |= row.name == name ? row.property : 0;
      }
    });
  }
  ForEachToken(tree.Class(id), [&](std::string_view token) {
    for (const Row& row : kClasses) {
      properties |= row.name == token ? row.property : 0;
    }
  });
  return properties;
}

struct Item {
  NodeId root = kNoNode;
  ItemType type = ItemType::kNone;
};

// The item's own properties: what stands in items inside it is theirs, but for its author's name
// and the address of what it answers.
RecordParts PartsOf(const HtmlTree& tree, const Item& item) {
  RecordParts parts;
  parts.kind = item.type == ItemType::kReview    ? core::PostKind::kReview
               : item.type == ItemType::kComment ? core::PostKind::kComment
                                                 : core::PostKind::kThreadPost;
  NodeId summary = kNoNode;
  const auto keep = [](NodeId& part, NodeId id) { part = part == kNoNode ? id : part; };
  const NodeId end = tree[item.root].end;
  for (NodeId id = item.root + 1; id < end;) {
    if (tree[id].is_text || tree[id].attributes == 0) {
      ++id;
      continue;
    }
    const std::uint32_t properties = PropertiesOf(tree, id);
    const bool is_item = TypeOf(tree, id) != ItemType::kNone;
    if ((properties & kAuthor) != 0) {
      if (parts.author == kNoNode) {
        parts.author = id;
        for (NodeId inner = id + 1; inner < tree[id].end; ++inner) {
          if (!tree[inner].is_text && (PropertiesOf(tree, inner) & kName) != 0) {
            parts.author = inner;
            break;
          }
        }
      }
      id = tree[id].end;
      continue;
    }
    if ((properties & kParent) != 0) {
      for (NodeId inner = id; inner < tree[id].end && parts.reply_to.empty(); ++inner) {
        if (!tree[inner].is_text) {
          const std::string_view href = tree.Attribute(inner, "href");
          parts.reply_to = !href.empty() ? href : tree.Attribute(inner, "content");
        }
      }
      id = tree[id].end;
      continue;
    }
    if (is_item) {
      id = tree[id].end;
      continue;
    }
    if ((properties & kText) != 0) {
      keep(parts.body, id);
    }
    if ((properties & kSummary) != 0) {
      keep(summary, id);
    }
    if ((properties & kPublished) != 0) {
      keep(parts.date, id);
    }
    if ((properties & kUrl) != 0 && tree.HasAttribute(id, "href")) {
      keep(parts.link, id);
    }
    if ((properties & kTitle) != 0) {
      keep(parts.title, id);
    }
    ++id;
  }
  if (parts.body == kNoNode) {
    parts.body = summary;
  }
  // A note's name is the note.
  if (parts.body == kNoNode && item.type != ItemType::kReview) {
    std::swap(parts.body, parts.title);
  }
  if (parts.title != kNoNode && parts.body != kNoNode &&
      (tree.Contains(parts.title, parts.body) || tree.Contains(parts.body, parts.title))) {
    parts.title = kNoNode;
  }
  return parts;
}

RecordSet MakeSet(const HtmlTree& tree, const std::vector<Stamp>& stamps,
                  const std::vector<Item>& items) {
  std::unordered_map<NodeId, const Item*> by_root;
  std::vector<NodeId> roots;
  for (const Item& item : items) {
    by_root[item.root] = &item;
    roots.push_back(item.root);
  }
  RecordSet set = MakeRecordSet(tree, stamps, std::move(roots), "mark-up");
  for (const Record& record : set.records) {
    set.parts.push_back(PartsOf(tree, *by_root[record.first]));
  }
  return set;
}

}  // namespace

std::vector<RecordSet> FindMarkedItems(const HtmlTree& tree, const std::vector<Stamp>& stamps) {
  std::vector<Item> posts;
  std::vector<Item> reviews;
  std::vector<Item> entries;  // Outermost ones: the page itself where there is but one.
  NodeId entry_end = 0;
  for (NodeId id = 0; id < tree.size(); ++id) {
    ItemType type = TypeOf(tree, id);
    if (type == ItemType::kEntry && id < entry_end) {
      type = ItemType::kComment;
    }
    switch (type) {
      case ItemType::kEntry:
        entries.push_back({id, type});
        entry_end = tree[id].end;
        break;
      case ItemType::kComment:
      case ItemType::kPost:
        posts.push_back({id, type});
        break;
      case ItemType::kReview:
        reviews.push_back({id, type});
        break;
      case ItemType::kNone:
      case ItemType::kOther:
      case ItemType::kArticle:
        break;
    }
  }
  if (entries.size() > 1) {
    posts.insert(posts.end(), entries.begin(), entries.end());
  }
  // A discussion's element holds the whole page: it is a post where it says its own words.
  std::erase_if(posts, [&](const Item& item) {
    return item.type == ItemType::kPost && tree.HoldsMainHeading(item.root) &&
           PartsOf(tree, item).body == kNoNode;
  });
  std::vector<RecordSet> sets;
  for (const std::vector<Item>* items : {&posts, &reviews}) {
    if (!items->empty()) {
      sets.push_back(MakeSet(tree, stamps, *items));
    }
  }
  return sets;
}

MarkedTypes FindMarkedTypes(const HtmlTree& tree, NodeId id) {
  MarkedTypes types;
  for (const std::string_view attribute : {"itemtype", "typeof"}) {
    ForEachToken(tree.Attribute(id, attribute), [&](std::string_view token) {
      const std::string_view name = LocalName(token);
      types.discussion = types.discussion || name == "DiscussionForumPosting" ||
                         name == "Question" || name == "BoardPost" || name == "QAPage";
      types.article = types.article || TypeOfName(name) == ItemType::kArticle;
    });
  }
  return types;
}

}  // namespace schoolwatch::crawler
