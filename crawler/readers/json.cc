#include "crawler/readers/json.h"

#include <fmt/format.h>

#include <algorithm>
#include <boost/json.hpp>
#include <memory>

#include "crawler/readers/dates.h"
#include "crawler/readers/encoding.h"
#include "crawler/readers/entities.h"
#include "crawler/readers/feed_xml.h"
#include "crawler/readers/node_text.h"
#include "crawler/readers/recipe.h"
#include "crawler/readers/text.h"

namespace schoolwatch::crawler {
namespace {

namespace json = boost::json;

constexpr std::size_t kMaxBytes = 16u << 20;
constexpr std::size_t kMaxItems = 10'000;
constexpr std::size_t kMaxDepth = 128;

// The next part of a pointer, "~1" and "~0" undone.
std::string TakePart(std::string_view& pointer) {
  pointer.remove_prefix(1);
  const std::size_t end = std::min(pointer.find('/'), pointer.size());
  std::string part;
  for (std::size_t i = 0; i < end; ++i) {
    if (pointer[i] == '~' && i + 1 < end && (pointer[i + 1] == '0' || pointer[i + 1] == '1')) {
      part += pointer[++i] == '0' ? '~' : '/';
    } else {
      part += pointer[i];
    }
  }
  pointer.remove_prefix(end);
  return part;
}

const json::value* Child(const json::value& value, const std::string& part) {
  if (const json::object* object = value.if_object()) {
    return object->if_contains(part);
  }
  if (const json::array* array = value.if_array()) {
    if (part.empty() || part.size() > 6 || !std::all_of(part.begin(), part.end(), IsAsciiDigit)) {
      return nullptr;
    }
    const std::size_t index = std::stoul(part);
    return index < array->size() ? &(*array)[index] : nullptr;
  }
  return nullptr;
}

const json::value* At(const json::value& root, std::string_view pointer) {
  const json::value* at = &root;
  while (at != nullptr && pointer.starts_with('/')) {
    at = Child(*at, TakePart(pointer));
  }
  return at;
}

void AddChildren(const json::value& value, std::vector<const json::value*>& out) {
  if (const json::array* array = value.if_array()) {
    for (const json::value& one : *array) {
      out.push_back(&one);
    }
  } else if (const json::object* object = value.if_object()) {
    for (const auto& one : *object) {
      out.push_back(&one.value());
    }
  }
}

// Everything under `value` that has `key`, in document order, without recursion.
void AddAtAnyDepth(const json::value& value, const std::string& key,
                   std::vector<const json::value*>& out) {
  std::vector<const json::value*> todo = {&value};
  while (!todo.empty()) {
    const json::value* at = todo.back();
    todo.pop_back();
    if (const json::object* object = at->if_object()) {
      if (const json::value* found = object->if_contains(key)) {
        out.push_back(found);
      }
    }
    std::vector<const json::value*> children;
    AddChildren(*at, children);
    todo.insert(todo.end(), children.rbegin(), children.rend());
  }
}

// All values at a pointer with "*" and "**".
std::vector<const json::value*> All(const json::value& root, std::string_view pointer) {
  std::vector<const json::value*> at = {&root};
  while (pointer.starts_with('/')) {
    const std::string part = TakePart(pointer);
    std::vector<const json::value*> next;
    if (part == "**") {
      const std::string key = pointer.starts_with('/') ? TakePart(pointer) : std::string();
      for (const json::value* value : at) {
        AddAtAnyDepth(*value, key, next);
      }
    } else if (part == "*") {
      for (const json::value* value : at) {
        AddChildren(*value, next);
      }
    } else {
      for (const json::value* value : at) {
        if (const json::value* child = Child(*value, part)) {
          next.push_back(child);
        }
      }
    }
    at = std::move(next);
  }
  return at;
}

// A value as text: null and what is not there as nothing.
std::string Text(const json::value* value) {
  if (value == nullptr || value->is_null()) {
    return {};
  }
  if (const json::string* text = value->if_string()) {
    return std::string(text->data(), text->size());
  }
  if (value->is_double()) {
    return fmt::format("{:.3f}", value->get_double());
  }
  return value->is_structured() ? std::string() : json::serialize(*value);
}

std::string Transform(std::string value, const std::string& name) {
  if (name == "html") {
    const NodeWords words = TextOfHtml(value, true);
    return words.text;
  }
  if (name == "unescape") {
    return DecodeEntities(value);
  }
  if (name == "basename") {
    while (value.ends_with('/')) {
      value.pop_back();
    }
    const std::size_t slash = value.rfind('/');
    return slash == std::string::npos ? value : value.substr(slash + 1);
  }
  if (name == "path_parent") {
    const std::size_t last = value.rfind('.');
    if (last == std::string::npos || last == 0) {
      return {};
    }
    const std::size_t before = value.rfind('.', last - 1);
    return before == std::string::npos ? std::string()
                                       : value.substr(before + 1, last - before - 1);
  }
  return value;
}

std::string Value(const json::value& item, const RecipeField& field) {
  std::string out;
  for (const std::string& pointer : field.from) {
    std::string part = Text(At(item, pointer));
    if (std::find(field.empty_values.begin(), field.empty_values.end(), part) !=
        field.empty_values.end()) {
      part.clear();
    }
    for (const std::string& transform : field.transforms) {
      part = Transform(std::move(part), transform);
    }
    if (part.empty()) {
      continue;
    }
    if (!field.join) {
      out = std::move(part);
      break;
    }
    out += out.empty() ? "" : *field.join;
    out += part;
  }
  return out.empty() ? out : field.prefix + out + field.suffix;
}

// What HTML fields quote of others.
std::string Quoted(const json::value& item, const RecipeField& field) {
  if (std::find(field.transforms.begin(), field.transforms.end(), "html") ==
      field.transforms.end()) {
    return {};
  }
  for (const std::string& pointer : field.from) {
    NodeWords words = TextOfHtml(Text(At(item, pointer)), false);
    if (!words.quoted.empty()) {
      return words.quoted;
    }
  }
  return {};
}

bool Passes(const json::value& item, const std::vector<RecipeFilter>& filters) {
  return std::all_of(filters.begin(), filters.end(), [&](const RecipeFilter& filter) {
    const json::value* value = At(item, filter.pointer);
    const std::string text = value == nullptr || value->is_null() ? "null" : Text(value);
    const bool listed =
        std::find(filter.values.begin(), filter.values.end(), text) != filter.values.end();
    return listed != filter.negate;
  });
}

core::Post MakePost(const json::value& item, const Recipe& recipe,
                    const std::optional<core::HttpUrl>& base) {
  core::Post post;
  post.kind = recipe.kind;
  if (!recipe.kind_at.empty()) {
    if (const auto kind = recipe.kinds.find(Text(At(item, recipe.kind_at)));
        kind != recipe.kinds.end()) {
      post.kind = kind->second;
    }
  }
  post.platform = recipe.name;
  post.id = Value(item, recipe.id);
  post.url = ResolveLink(Value(item, recipe.url), base);
  post.title = CollapseSpace(Value(item, recipe.title_of_post));
  TextBuilder(post.text).AddPreformatted(Value(item, recipe.text));
  post.quoted = Quoted(item, recipe.text);
  post.summary = CollapseSpace(Value(item, recipe.summary));
  post.author = CollapseSpace(Value(item, recipe.author));
  post.author_url = ResolveLink(Value(item, recipe.author_url), base);
  post.published_text = Value(item, recipe.published);
  post.published = ParseMachineDate(post.published_text);
  post.updated = ParseMachineDate(Value(item, recipe.updated));
  post.parent = Value(item, recipe.parent);
  post.language = Value(item, recipe.language);
  return post;
}

class JsonReader final : public Reader {
 public:
  core::Result<Document> Read(const RawDocument& raw, const ReadOptions& options) const override {
    if (raw.body.empty()) {
      return core::Fail(core::ErrorKind::kBadInput, "the answer is empty");
    }
    if (raw.body.size() > kMaxBytes) {
      return core::Fail(core::ErrorKind::kBadInput, "the answer is larger than 16 MiB");
    }
    DecodedText decoded = DecodeJson(raw.body, raw.content_type);
    json::parse_options parse;
    parse.max_depth = kMaxDepth;
    boost::system::error_code error;
    const json::value root = json::parse(decoded.text, error, {}, parse);
    if (error) {
      return core::Fail(core::ErrorKind::kBadInput,
                        fmt::format("not JSON: {} ('{}…')", error.message(),
                                    CollapseSpace(decoded.text.substr(0, 60))));
    }
    if (options.recipe == nullptr) {
      return core::Fail(core::ErrorKind::kBadInput,
                        "a JSON answer is read by a platform's recipe, and none was given");
    }
    const Recipe& recipe = *options.recipe;
    if (!recipe.error.empty()) {
      if (const std::string message = Text(At(root, recipe.error)); !message.empty()) {
        return core::Fail(core::ErrorKind::kBadInput,
                          fmt::format("{} answers with an error: {}", recipe.name, message));
      }
    }
    Document document;
    document.kind = DocumentKind::kJson;
    document.encoding = std::move(decoded.encoding);
    document.title = CollapseSpace(Value(root, recipe.thread_title));
    for (const std::string& pointer : recipe.items) {
      for (const json::value* found : All(root, pointer)) {
        if (found->is_array()) {
          for (const json::value& item : found->get_array()) {
            AddItem(item, recipe, raw.url, document);
          }
        } else {
          AddItem(*found, recipe, raw.url, document);
        }
      }
    }
    if (const std::string next = ResolveLink(Value(root, recipe.next_page), raw.url);
        !next.empty()) {
      document.links.push_back({next, "", LinkKind::kNextPage});
    }
    return document;
  }

 private:
  static void AddItem(const json::value& whole, const Recipe& recipe,
                      const std::optional<core::HttpUrl>& base, Document& document) {
    const json::value* item = &whole;
    if (!recipe.unwrap.empty()) {
      const json::value* inner = At(whole, recipe.unwrap);
      if (inner != nullptr && inner->is_object()) {
        item = inner;
      }
    }
    if (!item->is_object() || document.posts.size() >= kMaxItems ||
        !Passes(*item, recipe.filters)) {
      return;
    }
    core::Post post = MakePost(*item, recipe, base);
    if (!post.text.empty() || !post.title.empty() || !post.quoted.empty()) {
      post.thread_title = document.title;
      document.posts.push_back(std::move(post));
    }
  }
};

}  // namespace

const ReaderInfo kJsonReader = {
    "json", "JSON answers of public interfaces, by a platform's recipe",
    []() -> std::unique_ptr<Reader> { return std::make_unique<JsonReader>(); }};

}  // namespace schoolwatch::crawler
