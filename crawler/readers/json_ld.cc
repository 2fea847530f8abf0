#include "crawler/readers/json_ld.h"

#include <algorithm>
#include <array>
#include <boost/json.hpp>

#include "crawler/readers/dates.h"
#include "crawler/readers/feed_xml.h"
#include "crawler/readers/node_text.h"
#include "crawler/readers/text.h"

namespace schoolwatch::crawler {
namespace {

namespace json = boost::json;

constexpr std::size_t kMaxBytes = 2u << 20;
constexpr std::size_t kMaxPosts = 2'000;

std::string_view AsString(const json::value* value) {
  if (value != nullptr && value->is_string()) {
    return {value->get_string().data(), value->get_string().size()};
  }
  return {};
}

std::string_view StringAt(const json::object& object, std::string_view key) {
  const json::value* value = object.if_contains(key);
  if (value != nullptr && value->is_array() && !value->get_array().empty()) {
    value = &value->get_array()[0];
  }
  if (value != nullptr && value->is_object()) {
    value = value->get_object().if_contains("@value");
  }
  return AsString(value);
}

bool HasType(const json::object& object, std::string_view suffix) {
  const json::value* type = object.if_contains("@type");
  if (type == nullptr) {
    return false;
  }
  if (type->is_array()) {
    return std::any_of(type->get_array().begin(), type->get_array().end(),
                       [&](const json::value& one) { return AsString(&one).ends_with(suffix); });
  }
  return AsString(type).ends_with(suffix);
}

bool HasAnyType(const json::object& object, std::initializer_list<std::string_view> suffixes) {
  return std::any_of(suffixes.begin(), suffixes.end(),
                     [&](std::string_view suffix) { return HasType(object, suffix); });
}

// A name, or an object with one, or a list of such.
std::pair<std::string, std::string> PersonAt(const json::object& object, std::string_view key) {
  const json::value* value = object.if_contains(key);
  if (value != nullptr && value->is_array()) {
    value = value->get_array().empty() ? nullptr : &value->get_array()[0];
  }
  if (value == nullptr) {
    return {};
  }
  if (value->is_string()) {
    return {CollapseSpace(TextOfHtml(AsString(value), false).text), ""};
  }
  if (value->is_object()) {
    return {CollapseSpace(TextOfHtml(StringAt(value->get_object(), "name"), false).text),
            std::string(StringAt(value->get_object(), "url"))};
  }
  return {};
}

std::string WordsAt(const json::object& object, std::initializer_list<std::string_view> keys) {
  for (const std::string_view key : keys) {
    if (const std::string_view text = StringAt(object, key); !text.empty()) {
      const NodeWords words = TextOfHtml(text, false);
      return words.text.empty() ? words.quoted : words.text;
    }
  }
  return {};
}

core::PostKind KindOf(const json::object& object) {
  if (HasType(object, "Review")) {
    return core::PostKind::kReview;
  }
  return HasAnyType(object, {"Comment", "UserComments"}) ? core::PostKind::kComment
                                                         : core::PostKind::kThreadPost;
}

class Walker {
 public:
  explicit Walker(Page& page) : page_(page) {}

  void Run(const json::value& root) {
    // Depth-first without recursion; children are pushed backwards to keep their order.
    todo_.push_back({&root, ""});
    while (!todo_.empty()) {
      const Item item = std::move(todo_.back());
      todo_.pop_back();
      if (item.value->is_array()) {
        const json::array& array = item.value->get_array();
        for (std::size_t i = array.size(); i-- > 0;) {
          todo_.push_back({&array[i], item.parent});
        }
      } else if (item.value->is_object()) {
        Visit(item.value->get_object(), item.parent);
      }
    }
  }

 private:
  // "" for what is no web address.
  std::string WebLink(std::string_view reference) const {
    std::string link = ResolveLink(reference, page_.base);
    return core::HttpUrl::Parse(link) ? link : std::string();
  }

  struct Item {
    const json::value* value;
    std::string parent;  // What a comment in here answers.
  };

  void Visit(const json::object& object, std::string parent) {
    if (HasAnyType(object, {"Article", "BlogPosting", "Report"})) {
      page_.says_article = true;
      ReadArticle(object);
    }
    if (HasAnyType(object, {"DiscussionForumPosting", "SocialMediaPosting", "Comment",
                            "UserComments", "Answer", "Question", "Review"})) {
      if (HasAnyType(object, {"DiscussionForumPosting", "Question"})) {
        page_.says_discussion = true;
      }
      AddPost(object, parent);
    }
    for (auto at = object.end(); at != object.begin();) {
      --at;
      if (at->value().is_structured() && at->key() != "author" && at->key() != "publisher" &&
          at->key() != "itemReviewed") {
        todo_.push_back({&at->value(), parent});
      }
    }
  }

  void ReadArticle(const json::object& object) {
    if (!page_.article_body.empty()) {
      return;
    }
    if (page_.title.empty()) {
      page_.title = CollapseSpace(WordsAt(object, {"headline", "name"}));
    }
    if (page_.author.empty()) {
      std::tie(page_.author, page_.author_url) = PersonAt(object, "author");
    }
    if (!page_.published) {
      page_.published_text = StringAt(object, "datePublished");
      page_.published = ParseMachineDate(page_.published_text);
    }
    if (!page_.updated) {
      page_.updated = ParseMachineDate(StringAt(object, "dateModified"));
    }
    page_.article_body = WordsAt(object, {"articleBody"});
  }

  // `parent` becomes this post for what is below it.
  void AddPost(const json::object& object, std::string& parent) {
    core::Post post;
    post.kind = KindOf(object);
    post.title = CollapseSpace(WordsAt(object, {"headline", "name"}));
    post.text =
        WordsAt(object, {"text", "articleBody", "reviewBody", "commentText", "description"});
    if (post.text.empty() || page_.structured_posts.size() >= kMaxPosts) {
      return;
    }
    std::tie(post.author, post.author_url) = PersonAt(object, "author");
    if (post.author.empty()) {
      post.author = PersonAt(object, "creator").first;
    }
    post.author_url = WebLink(post.author_url);
    post.url = WebLink(StringAt(object, "url"));
    post.id = StringAt(object, "@id");
    if (post.id.empty()) {
      post.id = StringAt(object, "identifier");
    }
    for (const std::string_view key :
         {"datePublished", "dateCreated", "commentTime", "uploadDate"}) {
      if (post.published_text.empty()) {
        post.published_text = StringAt(object, key);
      }
    }
    post.published = ParseMachineDate(post.published_text);
    post.updated = ParseMachineDate(StringAt(object, "dateModified"));
    post.parent = parent;
    parent = !post.id.empty() ? post.id : post.url;
    page_.structured_posts.push_back(std::move(post));
  }

  Page& page_;
  std::vector<Item> todo_;
};

}  // namespace

void ReadJsonLd(std::string_view text, Page& page) {
  if (text.size() > kMaxBytes) {
    return;
  }
  // Line ends inside strings are an error to JSON and a habit of publishers.
  std::string clean(text);
  std::replace_if(
      clean.begin(), clean.end(), [](char c) { return static_cast<unsigned char>(c) < 0x20; }, ' ');
  json::parse_options options;
  options.max_depth = 64;
  options.allow_comments = true;
  options.allow_trailing_commas = true;
  boost::system::error_code error;
  const json::value root = json::parse(clean, error, {}, options);
  if (!error) {
    Walker(page).Run(root);
  }
}

}  // namespace schoolwatch::crawler
