#include "core/canonical_json.h"

#include <algorithm>

#include "core/hash.h"
#include "core/text/utf8.h"

namespace schoolwatch::core {
namespace {

bool StandsAsItIs(char c) { return c >= 0x20 && c < 0x7F && c != '"' && c != '\\'; }

void AppendString(std::string_view value, std::string& out) {
  out += '"';
  for (std::size_t at = 0; at < value.size();) {
    const std::string_view rest = value.substr(at);
    const auto plain = std::ranges::find_if_not(rest, StandsAsItIs) - rest.begin();
    out += rest.substr(0, static_cast<std::size_t>(plain));
    at += static_cast<std::size_t>(plain);
    if (at == value.size()) {
      break;
    }
    const Utf8Step step = DecodeUtf8(value, at);
    at += step.size;
    if (step.code_point == '"' || step.code_point == '\\') {
      out += '\\';
      out += static_cast<char>(step.code_point);
    } else if (step.code_point < 0x20 || step.code_point == 0x7F) {
      const char byte = static_cast<char>(step.code_point);
      out += "\\u00" + ToHex(std::string_view(&byte, 1));
    } else {
      AppendUtf8(step.code_point, out);
    }
  }
  out += '"';
}

}  // namespace

void CanonicalJson::Name(std::string_view name) {
  if (text_.size() > 1) {
    text_ += ',';
  }
  AppendString(name, text_);
  text_ += ':';
}

CanonicalJson& CanonicalJson::Text(std::string_view name, std::string_view value) {
  if (!value.empty()) {
    Name(name);
    AppendString(value, text_);
  }
  return *this;
}

CanonicalJson& CanonicalJson::Number(std::string_view name, std::uint64_t value) {
  if (value != 0) {
    Name(name);
    text_ += std::to_string(value);
  }
  return *this;
}

CanonicalJson& CanonicalJson::Texts(std::string_view name, std::span<const std::string> values) {
  if (values.empty()) {
    return *this;
  }
  Name(name);
  char before = '[';
  for (const std::string& value : values) {
    text_ += before;
    AppendString(value, text_);
    before = ',';
  }
  text_ += ']';
  return *this;
}

CanonicalJson& CanonicalJson::Pairs(std::string_view name, std::span<const std::string> pairs) {
  if (pairs.size() < 2) {
    return *this;
  }
  Name(name);
  char before = '[';
  for (std::size_t i = 0; i + 1 < pairs.size(); i += 2) {
    text_ += before;
    text_ += '[';
    AppendString(pairs[i], text_);
    text_ += ',';
    AppendString(pairs[i + 1], text_);
    text_ += ']';
    before = ',';
  }
  text_ += ']';
  return *this;
}

}  // namespace schoolwatch::core
