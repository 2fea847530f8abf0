#include "crawler/platforms/route_values.h"

#include <fmt/format.h>

#include <algorithm>
#include <boost/json.hpp>
#include <cmath>
#include <utility>

namespace schoolwatch::crawler {
namespace {

namespace json = boost::json;

constexpr std::size_t kMaxDepth = 128;
constexpr std::size_t kMaxFound = 10'000;
constexpr std::size_t kMaxWords = 64u << 10;

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
    if (part.empty() || part.size() > 6 ||
        !std::ranges::all_of(part, [](char c) { return c >= '0' && c <= '9'; })) {
      return nullptr;
    }
    const std::size_t index = std::stoul(part);
    return index < array->size() ? &(*array)[index] : nullptr;
  }
  return nullptr;
}

void AddChildren(const json::value& value, std::vector<const json::value*>& out) {
  if (const json::array* array = value.if_array()) {
    for (const json::value& one : *array) {
      out.push_back(&one);
    }
  } else if (const json::object* object = value.if_object()) {
    for (const auto& member : *object) {
      out.push_back(&member.value());
    }
  }
}

std::vector<const json::value*> All(const json::value& root, std::string_view pointer) {
  std::vector<const json::value*> at = {&root};
  while (pointer.starts_with('/') && !at.empty()) {
    const std::string part = TakePart(pointer);
    std::vector<const json::value*> next;
    for (const json::value* value : at) {
      if (next.size() > kMaxFound) {
        break;
      }
      if (part == "*") {
        AddChildren(*value, next);
      } else if (const json::value* child = Child(*value, part)) {
        next.push_back(child);
      }
    }
    at = std::move(next);
  }
  return at;
}

std::string TextOf(const json::value& value) {
  if (value.is_null() || value.is_structured()) {
    return {};
  }
  if (const json::string* text = value.if_string()) {
    return std::string(text->data(), text->size());
  }
  if (const double* number = value.if_double()) {
    // Reddit writes its times as 1795197731.0.
    constexpr double kExact = 9e15;
    return std::abs(*number) < kExact && std::trunc(*number) == *number
               ? fmt::format("{:.0f}", *number)
               : fmt::format("{}", *number);
  }
  return json::serialize(value);
}

std::string FirstText(const json::value& root, std::string_view pointer) {
  for (const json::value* value : All(root, pointer)) {
    if (std::string text = TextOf(*value); !text.empty()) {
      return text;
    }
  }
  return {};
}

const json::value& ValueOf(const void* value) { return *static_cast<const json::value*>(value); }

// What is no text where it stands without quotes.
json::value AsWritten(const std::string& text) {
  boost::system::error_code error;
  json::value value = json::parse(text, error);
  return !error && (value.is_number() || value.is_bool()) ? value : json::value(text);
}

}  // namespace

struct RouteValues::Parsed {
  json::value root;
};

core::Result<RouteValues> RouteValues::Parse(std::string_view body) {
  json::parse_options options;
  options.max_depth = kMaxDepth;
  boost::system::error_code error;
  json::value root = json::parse(json::string_view(body.data(), body.size()), error, {}, options);
  if (error) {
    return core::Fail(core::ErrorKind::kBadInput,
                      fmt::format("the answer is not JSON: {}", error.message()));
  }
  return RouteValues(std::make_shared<const Parsed>(Parsed{std::move(root)}));
}

std::string RouteValues::Text(std::string_view pointer) const {
  return FirstText(parsed_->root, pointer);
}

std::vector<std::string> RouteValues::Texts(std::string_view pointer) const {
  std::vector<std::string> texts;
  for (const json::value* value : All(parsed_->root, pointer)) {
    if (std::string text = TextOf(*value); !text.empty()) {
      texts.push_back(std::move(text));
    }
  }
  return texts;
}

bool RouteValues::HasArray(std::string_view pointer) const {
  return std::ranges::any_of(All(parsed_->root, pointer),
                             [](const json::value* value) { return value->is_array(); });
}

std::size_t RouteValues::Count(std::string_view pointer) const {
  std::size_t count = 0;
  for (const json::value* value : All(parsed_->root, pointer)) {
    if (const json::array* array = value->if_array()) {
      count += array->size();
    } else if (!value->is_null()) {
      ++count;
    }
  }
  return count;
}

std::map<std::string, std::string> RouteValues::Members(std::string_view pointer) const {
  constexpr std::size_t kMost = 50;
  std::map<std::string, std::string> members;
  for (const json::value* value : All(parsed_->root, pointer)) {
    const json::object* object = value->if_object();
    if (object == nullptr) {
      continue;
    }
    for (const auto& member : *object) {
      if (!member.value().is_structured() && !member.value().is_null() && members.size() < kMost) {
        members.insert_or_assign(std::string(member.key()), TextOf(member.value()));
      }
    }
  }
  return members;
}

std::vector<RouteValues::Element> RouteValues::Elements(std::string_view pointer,
                                                        std::size_t most) const {
  std::vector<Element> elements;
  for (const json::value* value : All(parsed_->root, pointer)) {
    if (const json::array* array = value->if_array()) {
      for (const json::value& one : *array) {
        if (elements.size() < most) {
          elements.push_back(Element(&one));
        }
      }
    } else if (elements.size() < most) {
      elements.push_back(Element(value));
    }
  }
  return elements;
}

std::string RouteValues::Element::Text(std::string_view pointer) const {
  return FirstText(ValueOf(value_), pointer);
}

bool RouteValues::Element::Passes(const std::vector<RecipeFilter>& filters) const {
  return std::ranges::all_of(filters, [&](const RecipeFilter& filter) {
    const std::vector<const json::value*> found = All(ValueOf(value_), filter.pointer);
    const std::string text =
        found.empty() || found.front()->is_null() ? "null" : TextOf(*found.front());
    return (std::ranges::find(filter.values, text) != filter.values.end()) != filter.negate;
  });
}

std::string RouteValues::Element::Words() const {
  std::string words;
  std::vector<const json::value*> todo = {&ValueOf(value_)};
  while (!todo.empty() && words.size() < kMaxWords) {
    const json::value* at = todo.back();
    todo.pop_back();
    if (const json::string* text = at->if_string()) {
      words.append(text->data(), text->size());
      words += '\n';
      continue;
    }
    std::vector<const json::value*> children;
    AddChildren(*at, children);
    todo.insert(todo.end(), children.rbegin(), children.rend());
  }
  return words;
}

std::string WithMember(std::string_view body, std::string_view name, const std::string& value,
                       JsonForm form) {
  boost::system::error_code error;
  json::value root = json::parse(json::string_view(body.data(), body.size()), error);
  if (error || !root.is_object()) {
    return {};
  }
  root.get_object()[json::string_view(name.data(), name.size())] =
      form == JsonForm::kAsWritten ? AsWritten(value) : json::value(value);
  return json::serialize(root);
}

}  // namespace schoolwatch::crawler
