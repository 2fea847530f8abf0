// Where values stand: what places find in an answer.
#include <fmt/format.h>

#include <algorithm>
#include <boost/json.hpp>
#include <unordered_map>
#include <utility>

#include "crawler/readers/answer_values.h"

namespace schoolwatch::crawler {
namespace {

namespace json = boost::json;

// Values looked at and bytes of text handled, for each byte of an answer and for any. What
// platforms send takes less than ten.
constexpr std::size_t kWorkPerByte = 100;
constexpr std::size_t kWorkAtLeast = 1'000'000;
// Elements of a lookup under one key.
constexpr std::size_t kMaxSame = 50;

const json::value* Child(const json::value& value, const AnswerPlace::Part& part) {
  if (const json::object* object = value.if_object()) {
    return object->if_contains(part.key);
  }
  if (const json::array* array = value.if_array()) {
    return part.index < array->size() ? &(*array)[part.index] : nullptr;
  }
  return nullptr;
}

template <class Visit>
void ForEachChild(const json::value& value, Visit visit) {
  if (const json::array* array = value.if_array()) {
    for (const json::value& one : *array) {
      visit(one);
    }
  } else if (const json::object* object = value.if_object()) {
    for (const auto& one : *object) {
      visit(one.value());
    }
  }
}

}  // namespace

struct AnswerValues::Index {
  std::unordered_map<std::string, Nodes> elements;
};

AnswerValues::AnswerValues(const json::value& root, std::size_t bytes, const RecipeProgram& program,
                           const std::map<std::string, std::string>* request, int status)
    : root_(&root),
      program_(program),
      lookups_(program.lookups.size()),
      left_(kWorkAtLeast + bytes * kWorkPerByte) {
  if (request != nullptr) {
    json::object values;
    for (const auto& [name, value] : *request) {
      values[name] = value;
    }
    request_ = std::make_unique<json::value>(std::move(values));
  }
  if (status != 0) {
    http_ = std::make_unique<json::value>(json::object{{"status", status}});
  }
}

AnswerValues::~AnswerValues() = default;

std::string_view AnswerValues::TextOf(const json::value* value, std::string& scratch) {
  if (value == nullptr) {
    return {};
  }
  switch (value->kind()) {
    case json::kind::string:
      return {value->get_string().data(), value->get_string().size()};
    case json::kind::bool_:
      return value->get_bool() ? "true" : "false";
    case json::kind::int64:
      return scratch = fmt::format("{}", value->get_int64());
    case json::kind::uint64:
      return scratch = fmt::format("{}", value->get_uint64());
    case json::kind::double_:
      return scratch = fmt::format("{:.3f}", value->get_double());
    default:
      return {};
  }
}

bool AnswerValues::Take(std::size_t work) {
  left_ = work < left_ ? left_ - work : 0;
  return left_ > 0;
}

void AnswerValues::Descend(const std::vector<AnswerPlace::Part>& parts, Nodes& at) {
  for (const AnswerPlace::Part& part : parts) {
    Nodes next;
    for (const json::value* value : at) {
      if (part.kind == AnswerPlace::Part::Kind::kEach) {
        ForEachChild(*value, [&](const json::value& one) {
          if (Take(1)) {
            next.push_back(&one);
          }
        });
      } else if (const json::value* child = Take(1) ? Child(*value, part) : nullptr) {
        next.push_back(child);
      }
    }
    at = std::move(next);
  }
}

void AnswerValues::Find(const AnswerPlace& place, const JsonNode& item, Nodes& out) {
  switch (place.root) {
    case AnswerPlace::Root::kItem: {
      const JsonNode* from = &item;
      for (std::size_t up = 0; up < place.up && from != nullptr; ++up) {
        from = from->outer;
      }
      if (from == nullptr) {
        return;
      }
      out.push_back(from->value);
      break;
    }
    case AnswerPlace::Root::kWhole:
      out.push_back(root_);
      break;
    case AnswerPlace::Root::kRequest:
    case AnswerPlace::Root::kHttp:
      if (const auto& values = place.root == AnswerPlace::Root::kHttp ? http_ : request_) {
        out.push_back(values.get());
      }
      break;
    case AnswerPlace::Root::kLookup:
      ForEachText(program_.lookups[place.lookup_index].is, item, [&](std::string_view key) {
        if (const Nodes* found = Looked(place.lookup_index, std::string(key))) {
          out.insert(out.end(), found->begin(), found->end());
        }
        return Take(1);
      });
      break;
  }
  if (place.is_single && out.size() == 1) {
    const json::value* at = out[0];
    for (const AnswerPlace::Part& part : place.parts) {
      at = at == nullptr ? nullptr : Child(*at, part);
    }
    if (at == nullptr || !Take(place.parts.size() + 1)) {
      out.clear();
    } else {
      out[0] = at;
    }
    return;
  }
  Descend(place.parts, out);
}

const AnswerValues::Nodes* AnswerValues::Looked(std::size_t lookup, const std::string& key) {
  std::unique_ptr<Index>& index = lookups_[lookup];
  if (index == nullptr) {
    index = std::make_unique<Index>();
    const RecipeProgram::Lookup& said = program_.lookups[lookup];
    const auto add = [&](const json::value& element) {
      Nodes keys;
      Find(said.where, {&element, nullptr}, keys);
      std::string scratch;
      for (const json::value* one : keys) {
        if (const std::string_view text = TextOf(one, scratch);
            !text.empty() && Take(text.size())) {
          Nodes& same = index->elements[std::string(text)];
          if (same.size() < kMaxSame && (same.empty() || same.back() != &element)) {
            same.push_back(&element);
          }
        }
      }
    };
    Nodes found;
    Find(said.in, root(), found);
    for (const json::value* one : found) {
      if (const json::array* array = one->if_array()) {
        for (const json::value& element : *array) {
          add(element);
        }
      } else {
        add(*one);
      }
    }
  }
  const auto found = index->elements.find(key);
  return found == index->elements.end() ? nullptr : &found->second;
}

std::vector<JsonNode> AnswerValues::Items(const AnswerPlace& place) {
  std::vector<JsonNode> at;
  if (place.root != AnswerPlace::Root::kItem && place.root != AnswerPlace::Root::kWhole) {
    return at;
  }
  at.push_back(root());
  // What stands below `outer`, which is remembered where somebody asks for it.
  const auto below = [this](const JsonNode& outer) -> const JsonNode* {
    return program_.leads_up ? outer_.emplace_back(std::make_unique<JsonNode>(outer)).get()
                             : nullptr;
  };
  const auto expand = [&](const JsonNode& outer, std::vector<JsonNode>& out) {
    if (outer.value->is_structured()) {
      const JsonNode* kept = below(outer);
      ForEachChild(*outer.value, [&](const json::value& one) {
        if (Take(1)) {
          out.push_back({&one, kept});
        }
      });
    }
  };
  for (const AnswerPlace::Part& part : place.parts) {
    std::vector<JsonNode> next;
    for (const JsonNode& node : at) {
      if (part.kind == AnswerPlace::Part::Kind::kEach) {
        expand(node, next);
        continue;
      }
      if (part.kind == AnswerPlace::Part::Kind::kKey) {
        if (const json::value* child = Child(*node.value, part)) {
          next.push_back({child, below(node)});
        }
        continue;
      }
      // In document order, without recursion.
      std::vector<JsonNode> todo = {node};
      while (!todo.empty()) {
        const JsonNode one = todo.back();
        todo.pop_back();
        if (const json::object* object = one.value->if_object()) {
          if (const json::value* found = object->if_contains(part.key)) {
            next.push_back({found, below(one)});
          }
        }
        const std::size_t before = todo.size();
        expand(one, todo);
        std::reverse(todo.begin() + static_cast<std::ptrdiff_t>(before), todo.end());
      }
    }
    at = std::move(next);
  }
  std::vector<JsonNode> items;
  for (const JsonNode& node : at) {
    if (node.value->is_array()) {
      expand(node, items);
    } else {
      items.push_back(node);
    }
  }
  return items;
}

JsonNode AnswerValues::ObjectAt(const AnswerPlace& place, const JsonNode& item) {
  JsonNode at = item;
  for (std::size_t up = 0; up < place.up && at.value != nullptr; ++up) {
    at = at.outer == nullptr ? JsonNode() : *at.outer;
  }
  for (const AnswerPlace::Part& part : place.parts) {
    const json::value* child = at.value == nullptr ? nullptr : Child(*at.value, part);
    if (child == nullptr) {
      return {};
    }
    const JsonNode* outer =
        program_.leads_up ? outer_.emplace_back(std::make_unique<JsonNode>(at)).get() : nullptr;
    at = {child, outer};
  }
  return at.value != nullptr && at.value->is_object() ? at : JsonNode();
}

}  // namespace schoolwatch::crawler
