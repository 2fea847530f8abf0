#pragma once

#include <cstddef>
#include <cstdint>
#include <functional>
#include <limits>
#include <memory>
#include <string>
#include <variant>
#include <vector>

#include "config/diagnostics.h"
#include "config/section.h"
#include "core/result.h"

// The rows behind Schema<T>, with the types taken out, so that one binder, one JSON Schema writer
// and one reference writer serve all of them. Only schema.h and its .cc files use this.
namespace schoolwatch::config::spec {

enum class Kind {
  kText,
  kFlag,
  kWhole,
  kNumber,
  kDuration,
  kPath,
  kChoice,
  kSecret,
  kSection,
  kList,
  kMap,
  kObject,
};

using Scalar = std::variant<std::monostate, bool, std::int64_t, double, std::string>;

struct Object;

struct Value {
  Kind kind = Kind::kText;
  // Whole numbers; milliseconds of durations.
  std::int64_t min = std::numeric_limits<std::int64_t>::min();
  std::int64_t max = std::numeric_limits<std::int64_t>::max();
  std::int64_t step = 1;  // Milliseconds of the duration type's unit.
  double least = -std::numeric_limits<double>::infinity();
  double most = std::numeric_limits<double>::infinity();
  // Bytes of a text, items of a list, entries of a map.
  std::size_t min_size = 0;
  std::size_t max_size = std::numeric_limits<std::size_t>::max();
  bool many_lines = false;         // A text may have line breaks.
  bool one_or_more = false;        // A list may be written as its single item.
  bool plain_keys = false;         // Keys of a map are names, not free text.
  std::vector<std::string> names;  // Of a choice; words that stand for whole numbers.
  std::string format;              // JSON Schema's word: "uri", "email", …
  std::string words;               // For people, where the kind's own words are too vague.
  std::string noun;                // What an entry is called in messages: "source".
  std::string name_key;            // Under which an item of a list has its name.
  std::string short_key;           // An object written as a mere scalar: it is this key's value.

  std::function<void(void*, Scalar)> set;
  std::function<Scalar(const void*)> get;
  std::function<void(void*, const Section&)> set_section;
  std::function<void*(void*, const std::string& key)> append;  // To a list or map.
  std::function<void(void*)> clear;  // A list or map: what is written replaces its default.
  std::function<std::vector<const void*>(const void*)> items;  // Of a list.
  // Into and out of std::optional and Located; null for other types.
  std::function<void*(void*, const Section&)> open;
  std::function<const void*(const void*)> peek;
  std::vector<std::function<core::Result<void>(const void*)>> checks;
  std::shared_ptr<const Value> item;
  std::shared_ptr<const Object> object;
};

struct Field {
  std::string key;
  std::string help;
  std::string example;
  std::string default_text;
  bool required = false;
  bool is_refused = false;  // `help` says why.
  std::function<void*(void*)> member;
  std::shared_ptr<const Value> value;
};

struct Object {
  std::string title;
  std::string help;
  std::vector<Field> fields;
  std::function<void(void*, Location)> set_where;
  std::vector<std::function<void(const void*, const Section&, Diagnostics&)>> checks;
  std::function<std::shared_ptr<const void>()> make;
};

struct BindContext {
  Diagnostics& problems;
  bool read_secrets = true;
};

// schema.cc
void Bind(const Value& value, const Section& section, void* out, const BindContext& context);
// schema_text.cc
std::string ToJsonSchema(const Value& root, const std::string& title, const std::string& help);
std::string ToReference(const Value& root);

// "text", "duration, at least 60 s": what may be written, for messages and the reference.
std::string Words(const Value& value);

}  // namespace schoolwatch::config::spec
