#pragma once

#include <chrono>
#include <concepts>
#include <cstddef>
#include <cstdint>
#include <filesystem>
#include <functional>
#include <limits>
#include <map>
#include <memory>
#include <optional>
#include <string>
#include <type_traits>
#include <utility>
#include <vector>

#include "config/diagnostics.h"
#include "config/schema_spec.h"
#include "config/secret.h"
#include "config/section.h"
#include "core/result.h"

// How a struct is read from YAML, written once as a table. The same rows give the binder, the
// messages, the JSON Schema for editors and the reference for people:
//
//   const Schema<Source>& SourceSchema() {
//     static const Schema<Source> kSchema = Schema<Source>("Source", "One place to look.")
//         .Field("url", &Source::url, Text(), {.help = "Its address.", .required = true})
//         .Field("interval", &Source::interval, Duration<std::chrono::seconds>(60s),
//                {.help = "How often it is asked."})
//         .Where(&Source::where);
//     return kSchema;
//   }
//   std::vector<Source> sources;
//   MapOf(SourceSchema(), &Source::name, {.noun = "source"}).Read(root, sources, problems);
//
// A member's initial value is its default, in the reference too.
namespace schoolwatch::config {

// How a value of type V is written. Made by the functions below; copies share nothing that changes.
template <class V>
class Value {
 public:
  explicit Value(spec::Value value) : spec_(std::move(value)) {}

  // Adds a check on a value that was read: kBadInput with what is wrong. The message becomes
  // "'key' is 'value': message".
  Value Check(std::function<core::Result<void>(const V&)> check) const {
    Value copy = *this;
    copy.spec_.checks.push_back(
        [check = std::move(check)](const void* value) -> core::Result<void> {
          return check(*static_cast<const V*>(value));
        });
    return copy;
  }
  // Says for people what the value is, where "text" is too vague: "http or https address".
  Value Words(std::string words) const {
    Value copy = *this;
    copy.spec_.words = std::move(words);
    return copy;
  }
  // The "format" keyword of JSON Schema.
  Value Format(std::string format) const {
    Value copy = *this;
    copy.spec_.format = std::move(format);
    return copy;
  }

  // Reads the value itself as the root of `section`. What is wrong goes into `problems`; what is
  // right is set all the same.
  void Read(const Section& section, V& out, Diagnostics& problems,
            Secrets secrets = Secrets::kRead) const {
    spec::Bind(spec_, section, &out, {problems, secrets == Secrets::kRead});
  }
  // JSON Schema 2020-12, indented, with a line end.
  std::string ToJsonSchema(const std::string& title, const std::string& help) const {
    return spec::ToJsonSchema(spec_, title, help);
  }
  // Markdown tables of every key.
  std::string ToReference() const { return spec::ToReference(spec_); }

  const spec::Value& spec() const { return spec_; }

 private:
  spec::Value spec_;
};

// The strings have initialisers so that a call may leave them out without a warning.
struct FieldOptions {
  std::string help = {};  // A sentence or two.
  bool required = false;
  std::string example = {};  // As it is written in YAML.
  std::string default_text =
      {};  // For the reference, where the member's initial value does not tell.
};

template <class T>
class Schema {
 public:
  explicit Schema(std::string title, std::string help = {}) {
    object_.title = std::move(title);
    object_.help = std::move(help);
    object_.make = [] { return std::shared_ptr<const void>(std::make_shared<T>()); };
  }

  template <class Base, class V>
    requires std::derived_from<T, Base>
  Schema&& Field(std::string key, V Base::* member, const Value<std::type_identity_t<V>>& value,
                 FieldOptions options) && {
    Add(std::move(key), std::move(options), value.spec()).member = [member](void* object) -> void* {
      return &(static_cast<T*>(object)->*member);
    };
    return std::move(*this);
  }
  // A nested map whose fields belong to the same struct.
  Schema&& Group(std::string key, const Schema<T>& group, FieldOptions options) && {
    spec::Value value;
    value.kind = spec::Kind::kObject;
    value.object = std::make_shared<const spec::Object>(group.object());
    Add(std::move(key), std::move(options), std::move(value)).member = [](void* object) {
      return object;
    };
    return std::move(*this);
  }
  // A key that somebody may well try and that is refused for a reason, which is shown.
  Schema&& Refused(std::string key, std::string why) && {
    spec::Field& field = Add(std::move(key), {.help = std::move(why)}, spec::Value());
    field.is_refused = true;
    return std::move(*this);
  }
  // Keeps where the struct was written.
  Schema&& Where(Location T::* member) && {
    object_.set_where = [member](void* object, Location where) {
      static_cast<T*>(object)->*member = std::move(where);
    };
    return std::move(*this);
  }
  // Checks fields against each other; runs once they are read, also where some are wrong.
  Schema&& Check(std::function<void(const T&, const Section&, Diagnostics&)> check) && {
    object_.checks.push_back([check = std::move(check)](const void* object, const Section& section,
                                                        Diagnostics& problems) {
      check(*static_cast<const T*>(object), section, problems);
    });
    return std::move(*this);
  }

  // Reads a map. What is wrong goes into `problems` (unknown keys, missing ones, wrong values, all
  // of them); the struct has what was right.
  T Read(const Section& section, Diagnostics& problems, Secrets secrets = Secrets::kRead) const {
    T out{};
    spec::Bind(AsValue(), section, &out, {problems, secrets == Secrets::kRead});
    return out;
  }
  std::string ToJsonSchema() const {
    return spec::ToJsonSchema(AsValue(), object_.title, object_.help);
  }
  std::string ToReference() const { return spec::ToReference(AsValue()); }

  const spec::Object& object() const { return object_; }

 private:
  spec::Field& Add(std::string key, FieldOptions options, spec::Value value) {
    spec::Field& field = object_.fields.emplace_back();
    field.key = std::move(key);
    field.help = std::move(options.help);
    field.required = options.required;
    field.example = std::move(options.example);
    field.default_text = std::move(options.default_text);
    field.value = std::make_shared<const spec::Value>(std::move(value));
    return field;
  }
  spec::Value AsValue() const {
    spec::Value value;
    value.kind = spec::Kind::kObject;
    value.object = std::make_shared<const spec::Object>(object_);
    return value;
  }

  spec::Object object_;
};

struct TextOptions {
  std::size_t min_bytes = 1;
  std::size_t max_bytes = 500;
  bool many_lines = false;
};
Value<std::string> Text(TextOptions options = {});
// true or false; YAML 1.1's yes and on are refused, as editors do that read the JSON Schema.
Value<bool> Flag();
Value<double> Number(double least, double most);
// An amount of money, written as a number and kept in millionths of the currency's unit.
Value<std::uint64_t> Money(double most);
// A path as written; the reader of the setting decides what it is relative to.
Value<std::filesystem::path> Path();
// One of a few words, kept as text.
Value<std::string> OneOf(std::vector<std::string> names);
// A reference to a secret; the member gets the secret itself, or stays empty with Secrets::kLeave.
// Paths are relative to the file's folder.
Value<std::string> Secret();
// The part of the file as it is, for whoever knows what it means.
Value<Section> AnySection();

// `words` may be written in place of the numbers that they stand for.
template <std::integral N>
Value<N> Whole(N min = 0, N max = std::numeric_limits<N>::max(),
               std::vector<std::pair<std::string, std::type_identity_t<N>>> words = {}) {
  spec::Value value;
  value.kind = spec::Kind::kWhole;
  value.min = static_cast<std::int64_t>(min);
  value.max = std::cmp_greater(max, std::numeric_limits<std::int64_t>::max())
                  ? std::numeric_limits<std::int64_t>::max()
                  : static_cast<std::int64_t>(max);
  for (const auto& [word, number] : words) {
    value.names.push_back(word);
  }
  value.set = [words](void* out, spec::Scalar scalar) {
    if (const auto* number = std::get_if<std::int64_t>(&scalar)) {
      *static_cast<N*>(out) = static_cast<N>(*number);
      return;
    }
    for (const auto& [word, number] : words) {
      if (word == std::get<std::string>(scalar)) {
        *static_cast<N*>(out) = number;
      }
    }
  };
  value.get = [words](const void* in) {
    const N current = *static_cast<const N*>(in);
    for (const auto& [word, number] : words) {
      if (number == current) {
        return spec::Scalar(word);
      }
    }
    return spec::Scalar(static_cast<std::int64_t>(current));
  };
  return Value<N>(std::move(value));
}

template <class D>
Value<D> Duration(std::type_identity_t<D> min = D::zero(),
                  std::chrono::milliseconds max = std::chrono::hours(24 * 366 * 10)) {
  using Milliseconds = std::chrono::milliseconds;
  spec::Value value;
  value.kind = spec::Kind::kDuration;
  value.min = std::chrono::duration_cast<Milliseconds>(min).count();
  value.max = max.count();
  value.step = std::chrono::duration_cast<Milliseconds>(D(1)).count();
  value.set = [](void* out, spec::Scalar scalar) {
    *static_cast<D*>(out) =
        std::chrono::duration_cast<D>(Milliseconds(std::get<std::int64_t>(scalar)));
  };
  value.get = [](const void* in) {
    const auto& duration = *static_cast<const D*>(in);
    return spec::Scalar(std::int64_t{std::chrono::duration_cast<Milliseconds>(duration).count()});
  };
  return Value<D>(std::move(value));
}

// One of a few words, kept as an enumerator: EnumOf<TlsMode>({{"starttls", TlsMode::kStartTls}}).
template <class E>
Value<E> EnumOf(std::vector<std::pair<std::string, E>> choices) {
  spec::Value value;
  value.kind = spec::Kind::kChoice;
  for (const auto& [name, choice] : choices) {
    value.names.push_back(name);
  }
  value.set = [choices](void* out, spec::Scalar scalar) {
    for (const auto& [name, choice] : choices) {
      if (name == std::get<std::string>(scalar)) {
        *static_cast<E*>(out) = choice;
      }
    }
  };
  value.get = [choices](const void* in) {
    for (const auto& [name, choice] : choices) {
      if (choice == *static_cast<const E*>(in)) {
        return spec::Scalar(name);
      }
    }
    return spec::Scalar();
  };
  return Value<E>(std::move(value));
}

// `short_key`: text alone may be written for a map with only this key.
template <class T>
Value<T> Nested(const Schema<T>& schema, std::string short_key = {}) {
  spec::Value value;
  value.kind = spec::Kind::kObject;
  value.short_key = std::move(short_key);
  value.object = std::make_shared<const spec::Object>(schema.object());
  return Value<T>(std::move(value));
}

struct ListOptions {
  std::size_t min_items = 0;
  std::size_t max_items = 10'000;
  bool one_or_more = false;   // `key: x` stands for `key: [x]`.
  std::string noun = {};      // What an item is called in messages: "contact".
  std::string name_key = {};  // Messages name an item by its text under this key, if it has one.
};

template <class V>
Value<std::vector<V>> ListOf(const Value<V>& item, ListOptions options = {}) {
  static_assert(!std::same_as<V, bool>, "std::vector<bool> has no addressable items");
  spec::Value value;
  value.kind = spec::Kind::kList;
  value.min_size = options.min_items;
  value.max_size = options.max_items;
  value.one_or_more = options.one_or_more;
  value.noun = std::move(options.noun);
  value.name_key = std::move(options.name_key);
  value.item = std::make_shared<const spec::Value>(item.spec());
  value.append = [](void* list, const std::string&) -> void* {
    return &static_cast<std::vector<V>*>(list)->emplace_back();
  };
  value.clear = [](void* list) { static_cast<std::vector<V>*>(list)->clear(); };
  value.items = [](const void* list) {
    std::vector<const void*> items;
    for (const V& one : *static_cast<const std::vector<V>*>(list)) {
      items.push_back(&one);
    }
    return items;
  };
  return Value<std::vector<V>>(std::move(value));
}
template <class T>
Value<std::vector<T>> ListOf(const Schema<T>& schema, ListOptions options = {}) {
  return ListOf(Nested(schema), std::move(options));
}

struct MapOptions {
  std::size_t min_entries = 0;
  std::size_t max_entries = 1'000'000;
  std::string noun = "entry";
};

// A map of named structs, in file order, each with its key in `key`. Keys are names: letters,
// digits, '_', '-' and '.', at most 64.
template <class T>
Value<std::vector<T>> MapOf(const Schema<T>& schema, std::string T::* key,
                            MapOptions options = {}) {
  spec::Value value;
  value.kind = spec::Kind::kMap;
  value.plain_keys = true;
  value.min_size = options.min_entries;
  value.max_size = options.max_entries;
  value.noun = std::move(options.noun);
  value.item = std::make_shared<const spec::Value>(Nested(schema).spec());
  value.append = [key](void* list, const std::string& name) -> void* {
    T& entry = static_cast<std::vector<T>*>(list)->emplace_back();
    entry.*key = name;
    return &entry;
  };
  value.clear = [](void* list) { static_cast<std::vector<T>*>(list)->clear(); };
  return Value<std::vector<T>>(std::move(value));
}

// A map of values by free keys.
template <class V>
Value<std::map<std::string, V>> MapOf(const Value<V>& item, MapOptions options = {}) {
  spec::Value value;
  value.kind = spec::Kind::kMap;
  value.min_size = options.min_entries;
  value.max_size = options.max_entries;
  value.noun = std::move(options.noun);
  value.item = std::make_shared<const spec::Value>(item.spec());
  value.append = [](void* map, const std::string& name) -> void* {
    return &(*static_cast<std::map<std::string, V>*>(map))[name];
  };
  value.clear = [](void* map) { static_cast<std::map<std::string, V>*>(map)->clear(); };
  return Value<std::map<std::string, V>>(std::move(value));
}

// A value that may be left out where that differs from every value.
template <class V>
Value<std::optional<V>> OptionalOf(const Value<V>& inner) {
  spec::Value value = inner.spec();
  value.checks.clear();
  for (const auto& check : inner.spec().checks) {
    value.checks.push_back([check](const void* optional) {
      return check(&**static_cast<const std::optional<V>*>(optional));
    });
  }
  value.open = [open = inner.spec().open](void* out, const Section& section) -> void* {
    V& place = static_cast<std::optional<V>*>(out)->emplace();
    return open ? open(&place, section) : &place;
  };
  value.peek = [peek = inner.spec().peek](const void* in) -> const void* {
    const auto& optional = *static_cast<const std::optional<V>*>(in);
    if (!optional) {
      return nullptr;
    }
    return peek ? peek(&*optional) : &*optional;
  };
  return Value<std::optional<V>>(std::move(value));
}

// A value that keeps where it was written.
template <class V>
Value<Located<V>> WithPlace(const Value<V>& inner) {
  spec::Value value = inner.spec();
  value.checks.clear();
  for (const auto& check : inner.spec().checks) {
    value.checks.push_back([check](const void* located) {
      return check(&static_cast<const Located<V>*>(located)->value);
    });
  }
  value.open = [open = inner.spec().open](void* out, const Section& section) -> void* {
    auto& located = *static_cast<Located<V>*>(out);
    located.where = section.where();
    return open ? open(&located.value, section) : &located.value;
  };
  value.peek = [peek = inner.spec().peek](const void* in) -> const void* {
    const V& inside = static_cast<const Located<V>*>(in)->value;
    return peek ? peek(&inside) : &inside;
  };
  return Value<Located<V>>(std::move(value));
}

}  // namespace schoolwatch::config
