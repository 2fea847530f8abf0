// Reads values of a file into structs, as the tables say.
#include <fmt/format.h>

#include <algorithm>
#include <charconv>
#include <chrono>
#include <cmath>
#include <filesystem>
#include <optional>
#include <string_view>
#include <system_error>
#include <utility>

#include "config/duration.h"
#include "config/nearest.h"
#include "config/schema_spec.h"
#include "config/secret.h"

namespace schoolwatch::config::spec {
namespace {

std::string_view KindWord(const Section& section) {
  switch (section.kind()) {
    case Section::Kind::kNull:
      return "empty";
    case Section::Kind::kScalar:
      return "text";
    case Section::Kind::kList:
      return "a list";
    case Section::Kind::kMap:
      return "a map";
  }
  return "unknown";
}

bool IsComposite(const Value& value) {
  return value.kind == Kind::kList || value.kind == Kind::kMap || value.kind == Kind::kObject ||
         value.kind == Kind::kSection;
}

bool IsPlainKey(std::string_view key) {
  constexpr std::size_t kMaxBytes = 64;
  const auto is_alnum = [](char c) {
    return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9');
  };
  return !key.empty() && key.size() <= kMaxBytes && is_alnum(key.front()) &&
         std::ranges::all_of(
             key, [&](char c) { return is_alnum(c) || c == '_' || c == '-' || c == '.'; });
}

enum class Lines { kOne, kMany };

// True for text that holds a line end (also Unicode's) or another control character; with kMany,
// "\n" and tabs are fine. The parser has refused raw ones, but "\x07" in quotes gets past it.
bool HasControl(std::string_view text, Lines lines) {
  for (std::size_t at = 0; at < text.size(); ++at) {
    const auto byte = static_cast<unsigned char>(text[at]);
    if (byte < 0x20U || byte == 0x7FU) {
      if (lines == Lines::kMany && (byte == '\n' || byte == '\t')) {
        continue;
      }
      return true;
    }
    const auto next = at + 1 < text.size() ? static_cast<unsigned char>(text[at + 1]) : 0U;
    const bool is_c1 = byte == 0xC2U && next < 0xA0U;
    const bool is_separator = text.substr(at, 3) == "\u2028" || text.substr(at, 3) == "\u2029";
    if (is_c1 || (is_separator && lines == Lines::kOne)) {
      return true;
    }
  }
  return false;
}

// Reads one value into one place. `name` is how messages call it, quotes included; `path` is the
// dotted path from the nearest named entry.
class Binder {
 public:
  explicit Binder(const BindContext& context) : context_(context) {}

  void Read(const Value& value, const Section& section, void* out, const std::string& path) {
    const void* whole = out;  // What checks are about: an optional, not what is in it.
    if (value.open) {
      out = value.open(out, section);
    }
    const std::size_t before = context_.problems.all().size();
    switch (value.kind) {
      case Kind::kSection:
        value.set_section(out, section);
        break;
      case Kind::kObject:
        ReadObject(value, section, out, path);
        break;
      case Kind::kList:
        ReadList(value, section, out, path);
        break;
      case Kind::kMap:
        ReadMap(value, section, out, path);
        break;
      default:
        if (!section.is_scalar()) {
          Say(section.where(),
              section.is_null()
                  ? fmt::format("{} has no value: write one, or take the line out", Quote(path))
                  : fmt::format("{} is {}, must be {}", Quote(path), KindWord(section),
                                Words(value)));
          return;
        }
        ReadScalar(value, section, out, path);
    }
    if (context_.problems.all().size() == before) {
      RunChecks(value, section, whole, path);
    }
  }

 private:
  void Say(Location where, std::string message) {
    context_.problems.Add(std::move(where), entry_ + std::move(message));
  }

  static std::string Quote(const std::string& path) {
    if (path.empty()) {
      return "this";
    }
    return path.ends_with('\'') || path.contains("' item ") ? path : "'" + path + "'";
  }

  static std::string Join(const std::string& path, std::string_view key) {
    return path.empty() ? std::string(key) : fmt::format("{}.{}", path, key);
  }

  void RunChecks(const Value& value, const Section& section, const void* out,
                 const std::string& path) {
    for (const auto& check : value.checks) {
      const core::Result<void> result = check(out);
      if (!result) {
        const bool shows_text = section.is_scalar() && value.kind != Kind::kSecret;
        Say(section.where(), shows_text
                                 ? fmt::format("{} is '{}': {}", Quote(path),
                                               ForMessage(section.text()), result.error().message)
                                 : fmt::format("{}: {}", Quote(path), result.error().message));
        return;
      }
    }
  }

  void ReadObject(const Value& value, const Section& section, void* out, const std::string& path) {
    const Object& object = *value.object;
    if (section.is_scalar() && !value.short_key.empty()) {
      const auto field = std::ranges::find(object.fields, value.short_key, &Field::key);
      if (object.set_where) {
        object.set_where(out, section.where());
      }
      Read(*field->value, section, field->member(out), path);
      return;
    }
    if (!section.is_map() && !section.is_null()) {
      Say(section.where(),
          fmt::format("{} is {}, must be a map of settings", Quote(path), KindWord(section)));
      return;
    }
    if (object.set_where) {
      object.set_where(out, section.key_where());
    }
    for (const Section::Entry& entry : section.entries()) {
      const auto field = std::ranges::find(object.fields, entry.key, &Field::key);
      if (field == object.fields.end()) {
        SayUnknown(object, entry, path);
      } else if (field->is_refused) {
        Say(entry.key_where,
            fmt::format("'{}' is not taken: {}", Join(path, entry.key), field->help));
      } else if (!entry.value.is_null() || field->required || !IsComposite(*field->value)) {
        Read(*field->value, entry.value, field->member(out), Join(path, entry.key));
      }
    }
    for (const Field& field : object.fields) {
      if (field.required && !section.Find(field.key)) {
        Say(section.key_where(),
            fmt::format("'{}' is missing: {}", Join(path, field.key), field.help));
      }
    }
    for (const auto& check : object.checks) {
      Diagnostics found;
      if (context_.problems.advice_warns()) {
        found.TakeAdviceAsWarnings();
      }
      check(out, section, found);
      for (const Diagnostic& one : found.all()) {
        Say(one.where, one.message);
      }
      for (const Diagnostic& one : found.warnings()) {
        context_.problems.Warn(one.where, entry_ + one.message);
      }
    }
  }

  void SayUnknown(const Object& object, const Section::Entry& entry, const std::string& path) {
    std::vector<std::string> known;
    for (const Field& field : object.fields) {
      if (!field.is_refused) {
        known.push_back(field.key);
      }
    }
    std::string hint = DidYouMean(entry.key, known);
    if (hint.empty()) {
      hint = fmt::format("; known {} {}", path.empty() ? "are" : fmt::format("in '{}' are", path),
                         JoinNames(known));
    }
    Say(entry.key_where, fmt::format("unknown key '{}'{}", ForMessage(entry.key), hint));
  }

  void ReadList(const Value& value, const Section& section, void* out, const std::string& path) {
    std::vector<Section> items;
    if (section.is_list()) {
      items = section.items();
    } else if (value.one_or_more && !section.is_null()) {
      items.push_back(section);
    } else if (!section.is_null()) {
      Say(section.where(),
          fmt::format("{} is {}, must be {}", Quote(path), KindWord(section), Words(value)));
      return;
    }
    if (!CheckSize(value, items.size(), section, path, "items")) {
      return;
    }
    if (!section.is_null()) {
      value.clear(out);
    }
    std::size_t number = 0;
    for (const Section& item : items) {
      ++number;
      void* place = value.append(out, {});
      if (value.item->kind == Kind::kObject) {
        const std::string outer = entry_;
        entry_ += ItemName(value, item, path, number);
        Read(*value.item, item, place, {});
        entry_ = outer;
      } else {
        Read(*value.item, item, place, fmt::format("{} item {}", Quote(path), number));
      }
    }
  }

  // "rule 'complaint.canteen': ", "contact 2: ".
  static std::string ItemName(const Value& list, const Section& item, const std::string& path,
                              std::size_t number) {
    if (list.noun.empty()) {
      return fmt::format("{} item {}: ", Quote(path), number);
    }
    const std::optional<Section> name =
        list.name_key.empty() ? std::nullopt : item.Find(list.name_key);
    return name && !name->text().empty()
               ? fmt::format("{} '{}': ", list.noun, ForMessage(name->text()))
               : fmt::format("{} {}: ", list.noun, number);
  }

  void ReadMap(const Value& value, const Section& section, void* out, const std::string& path) {
    if (!section.is_map() && !section.is_null()) {
      Say(section.where(),
          fmt::format("{} is {}, must be {}", Quote(path), KindWord(section), Words(value)));
      return;
    }
    if (!CheckSize(value, section.size(), section, path, "entries")) {
      return;
    }
    if (!section.is_null()) {
      value.clear(out);
    }
    constexpr std::size_t kMaxFreeKey = 300;
    for (const Section::Entry& entry : section.entries()) {
      if (value.plain_keys && !IsPlainKey(entry.key)) {
        Say(entry.key_where,
            fmt::format("{} name '{}' is not 1 to 64 letters (a-z), digits, '_', '-' and '.', with "
                        "a letter or digit first",
                        value.noun, ForMessage(entry.key)));
        continue;
      }
      if (entry.key.empty() || entry.key.size() > kMaxFreeKey ||
          HasControl(entry.key, Lines::kOne)) {
        Say(entry.key_where,
            fmt::format("'{}' cannot be the name of a {}", ForMessage(entry.key), value.noun));
        continue;
      }
      void* place = value.append(out, std::string(entry.key));
      const std::string outer = entry_;
      entry_ += fmt::format("{} '{}': ", value.noun, entry.key);
      Read(*value.item, entry.value, place, {});
      entry_ = outer;
    }
  }

  bool CheckSize(const Value& value, std::size_t size, const Section& section,
                 const std::string& path, std::string_view what) {
    if (size < value.min_size) {
      Say(section.key_where(), fmt::format("{} has {} {}, must have at least {}", Quote(path), size,
                                           what, value.min_size));
      return false;
    }
    if (size > value.max_size) {
      Say(section.key_where(), fmt::format("{} has {} {}, must have at most {}", Quote(path), size,
                                           what, value.max_size));
      return false;
    }
    return true;
  }

  void ReadScalar(const Value& value, const Section& section, void* out, const std::string& path) {
    const std::string_view text = section.text();
    switch (value.kind) {
      case Kind::kText:
      case Kind::kPath:
        ReadText(value, section, out, path);
        return;
      case Kind::kSecret:
        ReadSecretValue(value, section, out, path);
        return;
      case Kind::kFlag:
        if (text == "true" || text == "false") {
          value.set(out, text == "true");
          return;
        }
        break;
      case Kind::kChoice:
        if (std::ranges::find(value.names, text) != value.names.end()) {
          value.set(out, std::string(text));
          return;
        }
        Say(section.where(), fmt::format("{} is '{}', must be {}{}", Quote(path), ForMessage(text),
                                         Words(value), DidYouMean(text, value.names)));
        return;
      case Kind::kWhole: {
        std::int64_t number = 0;
        const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), number);
        if (error == std::errc() && end == text.data() + text.size() && number >= value.min &&
            number <= value.max) {
          value.set(out, number);
          return;
        }
        if (std::ranges::find(value.names, text) != value.names.end()) {
          value.set(out, std::string(text));
          return;
        }
        break;
      }
      case Kind::kNumber: {
        double number = 0;
        const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), number);
        if (error == std::errc() && end == text.data() + text.size() && std::isfinite(number) &&
            number >= value.least && number <= value.most) {
          value.set(out, number);
          return;
        }
        break;
      }
      case Kind::kDuration:
        ReadDuration(value, section, out, path);
        return;
      default:
        return;  // Composite kinds do not come here.
    }
    Say(section.where(),
        fmt::format("{} is '{}', must be {}", Quote(path), ForMessage(text), Words(value)));
  }

  void ReadText(const Value& value, const Section& section, void* out, const std::string& path) {
    const std::string_view text = section.text();
    if (text.size() < value.min_size) {
      Say(section.where(), text.empty()
                               ? fmt::format("{} is empty", Quote(path))
                               : fmt::format("{} is '{}', must have at least {} bytes", Quote(path),
                                             ForMessage(text), value.min_size));
    } else if (text.size() > value.max_size) {
      Say(section.where(), fmt::format("{} has {} bytes, must have at most {}", Quote(path),
                                       text.size(), value.max_size));
    } else if (HasControl(text, value.many_lines ? Lines::kMany : Lines::kOne)) {
      Say(section.where(), fmt::format("{} is '{}', must be {}", Quote(path), ForMessage(text),
                                       value.many_lines ? "without control characters"
                                                        : "one line without control characters"));
    } else {
      value.set(out, std::string(text));
    }
  }

  void ReadSecretValue(const Value& value, const Section& section, void* out,
                       const std::string& path) {
    core::Result<void> form = CheckSecretReference(section.text());
    if (!form) {
      Say(section.where(), fmt::format("{}: {}", Quote(path), form.error().message));
      return;
    }
    if (!context_.read_secrets) {
      return;
    }
    core::Result<std::string> secret =
        ReadSecret(section.text(), std::filesystem::path(section.file()).parent_path());
    if (!secret) {
      Say(section.where(), fmt::format("{}: {}", Quote(path), secret.error().message));
      return;
    }
    value.set(out, *std::move(secret));
  }

  void ReadDuration(const Value& value, const Section& section, void* out,
                    const std::string& path) {
    const core::Result<std::chrono::milliseconds> duration = ParseDuration(section.text());
    const std::string shown = ForMessage(section.text());
    if (!duration) {
      Say(section.where(),
          fmt::format("{} is '{}': {}", Quote(path), shown, duration.error().message));
    } else if (duration->count() < value.min) {
      Say(section.where(), fmt::format("{} is {}, must be at least {}", Quote(path), shown,
                                       FormatDuration(std::chrono::milliseconds(value.min))));
    } else if (duration->count() > value.max) {
      Say(section.where(), fmt::format("{} is {}, must be at most {}", Quote(path), shown,
                                       FormatDuration(std::chrono::milliseconds(value.max))));
    } else if (duration->count() % value.step != 0) {
      Say(section.where(), fmt::format("{} is {}, must be a multiple of 1 {}", Quote(path), shown,
                                       value.step == 1000        ? "s"
                                       : value.step == 60'000    ? "min"
                                       : value.step == 3'600'000 ? "h"
                                                                 : "day"));
    } else {
      value.set(out, std::int64_t{duration->count()});
    }
  }

  const BindContext& context_;
  std::string entry_;  // "source 'city-news': ", before every message about it.
};

}  // namespace

void Bind(const Value& value, const Section& section, void* out, const BindContext& context) {
  Binder(context).Read(value, section, out, {});
}

}  // namespace schoolwatch::config::spec
