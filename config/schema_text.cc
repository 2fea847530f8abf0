// What a schema looks like to editors (JSON Schema) and to people (Markdown).

#include <fmt/format.h>

#include <algorithm>
#include <boost/json/array.hpp>
#include <boost/json/object.hpp>
#include <boost/json/serialize.hpp>
#include <boost/json/value.hpp>
#include <charconv>
#include <cmath>
#include <map>
#include <optional>
#include <string_view>
#include <system_error>

#include "config/duration.h"
#include "config/nearest.h"
#include "config/schema_spec.h"

namespace schoolwatch::config::spec {
namespace {

namespace json = boost::json;

constexpr std::string_view kDurationPattern =
    "^[0-9]+ *(ms|s|sec|seconds?|min|minutes?|h|hours?|d|days?|weeks?)$";
constexpr std::string_view kSecretPattern = "^\\$\\{(env|file|credential):.+\\}$";
constexpr std::string_view kNamePattern = "^[A-Za-z0-9][A-Za-z0-9_.-]{0,63}$";

constexpr auto kNoMin = std::numeric_limits<std::int64_t>::min();
constexpr auto kNoMax = std::numeric_limits<std::int64_t>::max();

std::string FormatNumber(double number) { return fmt::format("{}", number); }

// Of a list, also of one that may be left out; none of any other value.
std::vector<const void*> ItemsOf(const Value& value, const void* member) {
  const void* const list = value.peek ? value.peek(member) : member;
  return list != nullptr && value.items ? value.items(list) : std::vector<const void*>();
}

// The member's value as YAML would have it; nothing for empty texts and lists, unset options, maps,
// and lists of maps.
std::optional<std::string> DefaultText(const Value& value, const void* member) {
  if (value.kind == Kind::kList) {
    std::string list;
    for (const void* const item : ItemsOf(value, member)) {
      const std::optional<std::string> text = DefaultText(*value.item, item);
      if (!text) {
        return std::nullopt;
      }
      list += (list.empty() ? "[" : ", ") + *text;
    }
    return list.empty() ? std::nullopt : std::optional(list + "]");
  }
  if (value.peek) {
    member = value.peek(member);
  }
  if (member == nullptr || !value.get) {
    return std::nullopt;
  }
  const Scalar scalar = value.get(member);
  if (const auto* flag = std::get_if<bool>(&scalar)) {
    return *flag ? "true" : "false";
  }
  if (const auto* whole = std::get_if<std::int64_t>(&scalar)) {
    return value.kind == Kind::kDuration ? FormatDuration(std::chrono::milliseconds(*whole))
                                         : std::to_string(*whole);
  }
  if (const auto* number = std::get_if<double>(&scalar)) {
    return FormatNumber(*number);
  }
  if (const auto* text = std::get_if<std::string>(&scalar); text != nullptr && !text->empty()) {
    return *text;
  }
  return std::nullopt;
}

// A scalar's text as the JSON value that an editor would compare with.
json::value AsJson(const Value& value, const std::string& text) {
  switch (value.kind) {
    case Kind::kFlag:
      return text == "true";
    case Kind::kWhole: {
      if (std::ranges::find(value.names, text) != value.names.end()) {
        return json::value(text);
      }
      std::int64_t number = 0;
      std::from_chars(text.data(), text.data() + text.size(), number);
      return number;
    }
    case Kind::kNumber: {
      double number = 0;
      std::from_chars(text.data(), text.data() + text.size(), number);
      return number;
    }
    default:
      return json::value(text);
  }
}

std::optional<json::value> DefaultAsJson(const Value& value, const void* member) {
  if (value.kind == Kind::kList) {
    json::array items;
    for (const void* const item : ItemsOf(value, member)) {
      std::optional<json::value> one = DefaultAsJson(*value.item, item);
      if (!one) {
        return std::nullopt;
      }
      items.push_back(*std::move(one));
    }
    return items.empty() ? std::nullopt : std::optional<json::value>(std::move(items));
  }
  const std::optional<std::string> text = DefaultText(value, member);
  return text ? std::optional(AsJson(value, *text)) : std::nullopt;
}

std::optional<json::value> ExampleAsJson(const Value& value, const Section& section) {
  if (section.is_scalar() && value.kind != Kind::kSection) {
    return AsJson(value, std::string(section.text()));
  }
  if (section.is_list() && value.kind == Kind::kList) {
    json::array items;
    for (const Section& item : section.items()) {
      std::optional<json::value> one = ExampleAsJson(*value.item, item);
      if (!one) {
        return std::nullopt;
      }
      items.push_back(*std::move(one));
    }
    return items;
  }
  return std::nullopt;
}

// Objects that stand in many places are described once and referred to: by their titles.
struct Definitions {
  std::map<std::string, std::size_t> uses;
  json::object made;
};
constexpr std::size_t kManyUses = 8;

void CountUses(const Value& value, std::map<std::string, std::size_t>& uses) {
  if (value.item) {
    CountUses(*value.item, uses);
  }
  if (value.object) {
    ++uses[value.object->title];
    for (const Field& field : value.object->fields) {
      CountUses(*field.value, uses);
    }
  }
}

json::object Describe(const Value& value, Definitions& definitions);

void DescribeFields(const Object& object, Definitions& definitions, json::object& out) {
  const std::shared_ptr<const void> defaults = object.make();
  json::object properties;
  json::array required;
  for (const Field& field : object.fields) {
    if (field.is_refused) {
      continue;
    }
    json::object one;
    one["description"] = field.help;
    for (const auto& [key, part] : Describe(*field.value, definitions)) {
      if (key != "description") {
        one[key] = part;
      }
    }
    const bool is_composite = field.value->kind == Kind::kList || field.value->kind == Kind::kMap ||
                              field.value->kind == Kind::kObject;
    if (field.required) {
      required.emplace_back(field.key);
    } else if (is_composite && one.contains("type")) {
      one["type"] = json::array{one["type"], "null"};
    }
    // Defaults are only read; the accessor is one for reading and writing.
    const void* member = field.member(const_cast<void*>(defaults.get()));
    if (auto usual = DefaultAsJson(*field.value, member); usual && !field.required) {
      one["default"] = *std::move(usual);
    }
    if (!field.example.empty()) {
      if (const auto parsed = ParseYaml("example", field.example)) {
        if (auto example = ExampleAsJson(*field.value, *parsed)) {
          one["examples"] = json::array{*std::move(example)};
        }
      }
    }
    properties[field.key] = std::move(one);
  }
  out["type"] = "object";
  out["properties"] = std::move(properties);
  if (!required.empty()) {
    out["required"] = std::move(required);
  }
  out["additionalProperties"] = false;
}

void PutSize(const Value& value, json::object& out, std::string_view min, std::string_view max) {
  if (value.min_size > 0) {
    out[min] = value.min_size;
  }
  if (value.max_size < std::numeric_limits<std::size_t>::max()) {
    out[max] = value.max_size;
  }
}

json::array Names(const Value& value) {
  json::array names;
  for (const std::string& name : value.names) {
    names.emplace_back(name);
  }
  return names;
}

json::object DescribeObject(const Object& object, Definitions& definitions) {
  json::object out;
  if (!object.help.empty()) {
    out["description"] = object.help;
  }
  DescribeFields(object, definitions, out);
  return out;
}

json::object Describe(const Value& value, Definitions& definitions) {
  json::object out;
  switch (value.kind) {
    case Kind::kText:
    case Kind::kPath:
      out["type"] = "string";
      PutSize(value, out, "minLength", "maxLength");
      break;
    case Kind::kFlag:
      out["type"] = "boolean";
      break;
    case Kind::kWhole:
      out["type"] = "integer";
      if (value.min != kNoMin) {
        out["minimum"] = value.min;
      }
      if (value.max != kNoMax) {
        out["maximum"] = value.max;
      }
      if (!value.names.empty()) {
        out = {{"anyOf", json::array{std::move(out), json::object{{"enum", Names(value)}}}}};
      }
      break;
    case Kind::kNumber:
      out["type"] = "number";
      if (std::isfinite(value.least)) {
        out["minimum"] = value.least;
      }
      if (std::isfinite(value.most)) {
        out["maximum"] = value.most;
      }
      break;
    case Kind::kDuration:
      out["type"] = "string";
      out["pattern"] = kDurationPattern;
      break;
    case Kind::kSecret:
      out["type"] = "string";
      out["pattern"] = kSecretPattern;
      break;
    case Kind::kChoice:
      out["enum"] = Names(value);
      break;
    case Kind::kSection:
      break;  // Anything.
    case Kind::kList: {
      json::object list;
      list["type"] = "array";
      list["items"] = Describe(*value.item, definitions);
      PutSize(value, list, "minItems", "maxItems");
      if (value.one_or_more) {
        out["anyOf"] = json::array{Describe(*value.item, definitions), std::move(list)};
      } else {
        out = std::move(list);
      }
      break;
    }
    case Kind::kMap:
      out["type"] = "object";
      if (value.plain_keys) {
        out["propertyNames"] = json::object{{"pattern", kNamePattern}};
      }
      out["additionalProperties"] = Describe(*value.item, definitions);
      PutSize(value, out, "minProperties", "maxProperties");
      break;
    case Kind::kObject:
      if (const auto uses = definitions.uses.find(value.object->title);
          uses != definitions.uses.end() && uses->second >= kManyUses) {
        if (!definitions.made.contains(uses->first)) {
          definitions.made[uses->first] = nullptr;
          definitions.made[uses->first] = DescribeObject(*value.object, definitions);
        }
        out["$ref"] = "#/$defs/" + uses->first;
      } else {
        out = DescribeObject(*value.object, definitions);
      }
      if (!value.short_key.empty()) {
        const auto field = std::ranges::find(value.object->fields, value.short_key, &Field::key);
        out = {{"anyOf", json::array{Describe(*field->value, definitions), std::move(out)}}};
      }
      break;
  }
  if (!value.format.empty()) {
    out["format"] = value.format;
  }
  return out;
}

// Boost.JSON writes no white space, and a generated file in a repository must give readable
// differences. Depth is that of our own tables.
void Print(const json::value& value, std::size_t indent, std::string& out) {
  const std::string inner(indent + 2, ' ');
  const std::string outer(indent, ' ');
  if (const json::object* object = value.if_object(); object != nullptr && !object->empty()) {
    out += "{\n";
    std::string_view separator;
    for (const auto& [key, part] : *object) {
      out += separator;
      out += inner + json::serialize(json::value(key)) + ": ";
      Print(part, indent + 2, out);
      separator = ",\n";
    }
    out += "\n" + outer + "}";
  } else if (const json::array* array = value.if_array();
             array != nullptr && !array->empty() && array->front().is_object()) {
    out += "[\n";
    std::string_view separator;
    for (const json::value& part : *array) {
      out += separator;
      out += inner;
      Print(part, indent + 2, out);
      separator = ",\n";
    }
    out += "\n" + outer + "]";
  } else if (array != nullptr) {
    out += "[";
    std::string_view separator;
    for (const json::value& part : *array) {
      out += separator;
      Print(part, indent, out);
      separator = ", ";
    }
    out += "]";
  } else if (value.is_double()) {
    out += FormatNumber(value.get_double());  // Boost.JSON writes 0.5 as 5E-1.
  } else {
    out += json::serialize(value);
  }
}

std::string Cell(std::string_view text) {
  std::string cell;
  for (const char c : text) {
    if (c == '|') {
      cell += "\\|";
    } else {
      cell += c == '\n' ? ' ' : c;
    }
  }
  return cell;
}

std::string Code(std::string_view text) {
  return text.empty() ? std::string() : "`" + Cell(text) + "`";
}

bool HoldsObjects(const Value& value) {
  return value.kind == Kind::kObject || (value.item && HoldsObjects(*value.item));
}

// Whether these are the objects that they stand in once more, one level down.
bool HoldsTheSame(const Value& value, const Object& as) {
  return value.object ? value.object->title == as.title
                      : value.item != nullptr && HoldsTheSame(*value.item, as);
}

// Rows of the table for `value`, which is known as `path`.
void AddRows(const Value& value, const std::string& path, std::string& out) {
  if (value.kind == Kind::kList || value.kind == Kind::kMap) {
    const std::string step = value.kind == Kind::kList
                                 ? "[]"
                                 : (path.empty() ? "" : ".") + fmt::format("<{}>", value.noun);
    AddRows(*value.item, path + step, out);
    return;
  }
  if (value.kind != Kind::kObject) {
    return;
  }
  const std::shared_ptr<const void> defaults = value.object->make();
  for (const Field& field : value.object->fields) {
    const std::string key = path.empty() ? field.key : path + "." + field.key;
    if (field.is_refused) {
      out += fmt::format("| {} | Not taken: {} | – | – | |\n", Code(key), Cell(field.help));
      continue;
    }
    std::string shown = field.default_text;
    if (shown.empty()) {
      const void* member = field.member(const_cast<void*>(defaults.get()));
      if (field.required) {
        shown = "required";
      } else if (const auto text = DefaultText(*field.value, member)) {
        shown = Code(*text);
      } else {
        shown = "–";
      }
    }
    const bool the_same = HoldsTheSame(*field.value, *value.object);
    out += fmt::format("| {} | {} | {}{} | {} | {} |\n", Code(key), Cell(field.help),
                       Cell(Words(*field.value)), the_same ? " of the same" : "", shown,
                       Code(field.example));
    if (HoldsObjects(*field.value) && !the_same) {
      AddRows(*field.value, key, out);
    }
  }
}

constexpr std::string_view kTableHead =
    "| key | meaning | value | default | example |\n| --- | --- | --- | --- | --- |\n";

}  // namespace

std::string Words(const Value& value) {
  if (!value.words.empty()) {
    return value.words;
  }
  switch (value.kind) {
    case Kind::kText:
      return value.many_lines ? "text" : "a line of text";
    case Kind::kPath:
      return "a path";
    case Kind::kFlag:
      return "true or false";
    case Kind::kWhole: {
      const std::string words = value.names.empty() ? "" : ", or " + JoinNames(value.names);
      if (value.max == kNoMax) {
        return (value.min == kNoMin ? "a whole number"
                                    : fmt::format("a whole number, at least {}", value.min)) +
               words;
      }
      return fmt::format("a whole number from {} to {}", value.min, value.max) + words;
    }
    case Kind::kNumber:
      return std::isfinite(value.least) && std::isfinite(value.most)
                 ? fmt::format("a number from {} to {}", value.least, value.most)
                 : "a number";
    case Kind::kDuration: {
      const std::string most = FormatDuration(std::chrono::milliseconds(value.max));
      return value.min == 0
                 ? fmt::format("a duration such as '30 min', at most {}", most)
                 : fmt::format("a duration such as '30 min', from {} to {}",
                               FormatDuration(std::chrono::milliseconds(value.min)), most);
    }
    case Kind::kChoice:
      return "one of " + JoinNames(value.names);
    case Kind::kSecret:
      return "a reference: ${env:NAME}, ${file:PATH} or ${credential:NAME}";
    case Kind::kSection:
      return "settings";
    case Kind::kList:
      if (value.item->kind == Kind::kObject && value.item->short_key.empty()) {
        return "a list";
      }
      return (value.one_or_more ? "one or a list, each " : "a list, each ") + Words(*value.item);
    case Kind::kMap:
      return fmt::format("a map with an entry for each {}", value.noun);
    case Kind::kObject: {
      if (value.short_key.empty()) {
        return "a map";
      }
      const auto field = std::ranges::find(value.object->fields, value.short_key, &Field::key);
      return Words(*field->value) + ", or a map";
    }
  }
  return "";
}

std::string ToJsonSchema(const Value& root, const std::string& title, const std::string& help) {
  json::object out;
  out["$schema"] = "https://json-schema.org/draft/2020-12/schema";
  out["title"] = title;
  if (!help.empty()) {
    out["description"] = help;
  }
  Definitions definitions;
  CountUses(root, definitions.uses);
  for (const auto& [key, part] : Describe(root, definitions)) {
    if (key != "description" || help.empty()) {
      out[key] = part;
    }
  }
  if (!definitions.made.empty()) {
    out["$defs"] = std::move(definitions.made);
  }
  std::string text;
  Print(out, 0, text);
  return text + "\n";
}

std::string ToReference(const Value& root) {
  std::string rows;
  AddRows(root, "", rows);
  return std::string(kTableHead) + rows;
}

}  // namespace schoolwatch::config::spec
