#include "crawler/readers/answer_values.h"

#include <algorithm>
#include <boost/json.hpp>
#include <optional>
#include <utility>

#include "crawler/readers/text.h"

namespace schoolwatch::crawler {
namespace {

namespace json = boost::json;

// A text that its replacements make longer ends growing here.
constexpr std::size_t kMaxGrown = 1u << 20;

bool IsCharacterStart(std::string_view text, std::size_t at) {
  return at >= text.size() || (static_cast<unsigned char>(text[at]) & 0xC0u) != 0x80u;
}

struct Span {
  std::size_t begin = 0;
  std::size_t end = 0;
  std::string with;
};

// Ranges outside the text, inside a character or over another are left alone.
std::string ReplaceSpans(const std::string& text, std::vector<Span> spans) {
  std::ranges::stable_sort(spans, {}, &Span::begin);
  std::string out;
  std::size_t copied = 0;
  for (const Span& span : spans) {
    if (span.begin < copied || span.end <= span.begin || span.end > text.size() ||
        !IsCharacterStart(text, span.begin) || !IsCharacterStart(text, span.end) ||
        out.size() > kMaxGrown) {
      continue;
    }
    out.append(text, copied, span.begin - copied);
    out += span.with;
    copied = span.end;
  }
  return out.append(text, copied);
}

std::string ReplaceAll(std::string text, const std::string& find, const std::string& with) {
  std::size_t at = text.find(find);
  if (at == std::string::npos) {
    return text;
  }
  std::string out;
  std::size_t copied = 0;
  for (; at != std::string::npos && out.size() <= kMaxGrown; at = text.find(find, copied)) {
    out.append(text, copied, at - copied);
    out += with;
    copied = at + find.size();
  }
  return out.append(text, copied);
}

std::optional<std::size_t> NumberOf(const json::value* value) {
  if (value != nullptr && value->is_int64() && value->get_int64() >= 0) {
    return static_cast<std::size_t>(value->get_int64());
  }
  return std::nullopt;
}

}  // namespace

std::string AnswerValues::Text(const AnswerPlace& place, const JsonNode& item) {
  Nodes found;
  Find(place, item, found);
  std::string scratch;
  return found.empty() ? std::string() : std::string(TextOf(found[0], scratch));
}

bool AnswerValues::Holds(const CompiledFilter& filter, const JsonNode& item) {
  Nodes found;
  Find(filter.at, item, found);
  if (found.empty()) {
    found.push_back(nullptr);
  }
  std::string scratch;
  const bool listed = std::ranges::any_of(found, [&](const json::value* value) {
    const std::string_view text =
        value == nullptr || value->is_null() ? "null" : TextOf(value, scratch);
    return std::ranges::find(filter.values, text) != filter.values.end();
  });
  return listed != filter.negate;
}

bool AnswerValues::HoldAll(const std::vector<CompiledFilter>& filters, const JsonNode& item) {
  return std::ranges::all_of(filters,
                             [&](const CompiledFilter& filter) { return Holds(filter, item); });
}

void AnswerValues::ForEachText(const AnswerTemplate& written, const JsonNode& item,
                               const std::function<bool(std::string_view)>& take) {
  std::string scratch;
  Nodes found;
  if (!written.is_template) {
    Find(written.place, item, found);
    for (const json::value* value : found) {
      if (const std::string_view text = TextOf(value, scratch); !text.empty() && !take(text)) {
        return;
      }
    }
    return;
  }
  std::string out;
  for (const AnswerTemplate::Piece& piece : written.pieces) {
    out += piece.text;
    if (!piece.has_place) {
      continue;
    }
    found.clear();
    Find(piece.place, item, found);
    std::string_view text;
    for (auto one = found.begin(); one != found.end() && text.empty(); ++one) {
      text = TextOf(*one, scratch);
    }
    std::string part(text);
    std::string quoted;
    for (const TextTransform transform : piece.transforms) {
      part = ApplyTextTransform(transform, std::move(part), quoted);
    }
    if (part.empty() || !Take(part.size())) {
      return;
    }
    out += part;
  }
  take(out);
}

std::string AnswerValues::FirstText(const std::vector<AnswerTemplate>& all, const JsonNode& item) {
  std::string first;
  for (const AnswerTemplate& written : all) {
    ForEachText(written, item, [&first](std::string_view text) {
      first = text;
      return false;
    });
    if (!first.empty()) {
      break;
    }
  }
  return first;
}

std::string AnswerValues::Replaced(std::string text, const CompiledReplace& replace,
                                   const JsonNode& item) {
  std::vector<Span> spans;
  const auto replace_one = [&](const json::value& element) {
    const JsonNode node{&element, nullptr};
    if (!Take(1)) {
      return;
    }
    std::string with = FirstText(replace.with, node);
    if (with.empty()) {
      return;
    }
    if (replace.bytes.empty()) {
      const std::string find = FirstText(replace.find, node);
      if (!find.empty() && Take(text.size())) {
        text = ReplaceAll(std::move(text), find, with);
      }
      return;
    }
    Nodes begin;
    Nodes end;
    Find(replace.bytes[0], node, begin);
    Find(replace.bytes[1], node, end);
    const auto from = NumberOf(begin.empty() ? nullptr : begin[0]);
    const auto to = NumberOf(end.empty() ? nullptr : end[0]);
    if (from && to) {
      spans.push_back({*from, *to, std::move(with)});
    }
  };
  for (const AnswerPlace& place : replace.each) {
    Nodes found;
    Find(place, item, found);
    for (const json::value* one : found) {
      if (const json::array* array = one->if_array()) {
        for (const json::value& element : *array) {
          replace_one(element);
        }
      } else {
        replace_one(*one);
      }
    }
  }
  return spans.empty() ? text : ReplaceSpans(text, std::move(spans));
}

std::string AnswerValues::Made(std::string_view text, const CompiledField& field,
                               const CompiledSource& source, const JsonNode& item,
                               std::string& quoted) {
  if (!Take(text.size()) ||
      std::ranges::find(field.empty_values, text) != field.empty_values.end()) {
    return {};
  }
  std::string made(text);
  if (!field.map.empty()) {
    auto word = field.map.find(made);
    word = word == field.map.end() ? field.map.find("*") : word;
    if (word != field.map.end()) {
      made = word->second;
    }
  }
  for (const TextTransform transform : source.transforms) {
    if (transform == TextTransform::kHtml && field.parts) {
      NodeWords words = field.parts->Read(made);
      made = std::move(words.text);
      AddLine(quoted, words.quoted);
    } else {
      made = ApplyTextTransform(transform, std::move(made), quoted);
    }
  }
  for (const CompiledReplace& replace : field.replace) {
    made = Replaced(std::move(made), replace, item);
  }
  return made;
}

std::string AnswerValues::Value(const CompiledField& field, const JsonNode& item,
                                std::string& quoted) {
  std::string out;
  for (const CompiledSource& source : field.from) {
    if (!HoldAll(source.when, item)) {
      continue;
    }
    ForEachText(source.at, item, [&](std::string_view text) {
      const std::string part = Made(text, field, source, item, quoted);
      if (!part.empty()) {
        out += out.empty() || !field.join ? "" : *field.join;
        out += part;
      }
      return field.join.has_value() || out.empty();
    });
    if (!field.join && !out.empty()) {
      break;
    }
  }
  return out.empty() ? out : field.prefix + out + field.suffix;
}

std::string AnswerValues::Value(const CompiledField& field, const JsonNode& item) {
  std::string quoted;
  return Value(field, item, quoted);
}

std::vector<std::string> AnswerValues::Values(const CompiledField& field, const JsonNode& item) {
  std::vector<std::string> values;
  std::string quoted;
  for (const CompiledSource& source : field.from) {
    if (HoldAll(source.when, item)) {
      ForEachText(source.at, item, [&](std::string_view text) {
        if (std::string part = Made(text, field, source, item, quoted); !part.empty()) {
          values.push_back(std::move(part));
        }
        return true;
      });
    }
  }
  return values;
}

}  // namespace schoolwatch::crawler
