#include "crawler/readers/text_transforms.h"

#include <algorithm>
#include <array>
#include <utility>

#include "crawler/readers/entities.h"
#include "crawler/readers/markdown.h"
#include "crawler/readers/node_text.h"
#include "crawler/readers/text.h"

namespace schoolwatch::crawler {
namespace {

constexpr std::array<std::pair<std::string_view, TextTransform>, 6> kNames = {{
    {"html", TextTransform::kHtml},
    {"unescape", TextTransform::kUnescape},
    {"basename", TextTransform::kBasename},
    {"path_parent", TextTransform::kPathParent},
    {"markdown", TextTransform::kMarkdown},
    {"little_text", TextTransform::kLittleText},
}};

std::string Basename(std::string text) {
  while (text.ends_with('/')) {
    text.pop_back();
  }
  const std::size_t slash = text.rfind('/');
  return slash == std::string::npos ? text : text.substr(slash + 1);
}

std::string PathParent(const std::string& text) {
  const std::size_t last = text.rfind('.');
  if (last == std::string::npos || last == 0) {
    return {};
  }
  const std::size_t before = text.rfind('.', last - 1);
  return before == std::string::npos ? std::string() : text.substr(before + 1, last - before - 1);
}

// Where the next of a kind of unescaped character stands, remembered from question to question: a
// text of openings without an end would else be looked through again for each.
class NextPlain {
 public:
  NextPlain(std::string_view text, char wanted) : text_(text), wanted_(wanted) {}
  // At or behind `from`, which never goes back and is not inside an escape; text.size() for none.
  std::size_t From(std::size_t from) {
    at_ = std::max(at_, from);
    while (at_ < text_.size() && text_[at_] != wanted_) {
      at_ += text_[at_] == '\\' ? 2u : 1u;
    }
    return at_ = std::min(at_, text_.size());
  }

 private:
  std::string_view text_;
  char wanted_;
  std::size_t at_ = 0;
};

constexpr std::string_view kEscaped = "\\(){}[]<>@|~_*#";

void AppendUnescaped(std::string_view text, std::string& out) {
  for (std::size_t at = 0; at < text.size(); ++at) {
    if (text[at] == '\\' && at + 1 < text.size() &&
        kEscaped.find(text[at + 1]) != std::string_view::npos) {
      ++at;
    }
    out += text[at];
  }
}

// "@[Name](urn:li:person:1)" is Name, "{hashtag|\#|school}" is #school (Microsoft's "little text").
std::string LittleText(std::string_view text) {
  constexpr std::string_view kHashtag = "{hashtag|";
  NextPlain bracket(text, ']');
  NextPlain parenthesis(text, ')');
  NextPlain brace(text, '}');
  std::string out;
  for (std::size_t at = 0; at < text.size();) {
    const std::string_view rest = text.substr(at);
    if (text[at] == '\\' && rest.size() > 1) {
      AppendUnescaped(rest.substr(0, 2), out);
      at += 2;
      continue;
    }
    if (rest.starts_with("@[")) {
      const std::size_t end = bracket.From(at + 2);
      if (text.substr(end).starts_with("](")) {
        const std::size_t close = parenthesis.From(end + 2);
        if (close < text.size()) {
          AppendUnescaped(text.substr(at + 2, end - at - 2), out);
          at = close + 1;
          continue;
        }
      }
    } else if (rest.starts_with(kHashtag)) {
      std::size_t word = at + kHashtag.size();
      word += text.substr(word).starts_with('\\') ? 1u : 0u;
      if (text.substr(word).starts_with("#|")) {
        const std::size_t end = brace.From(word + 2);
        if (end < text.size()) {
          out += '#';
          AppendUnescaped(text.substr(word + 2, end - word - 2), out);
          at = end + 1;
          continue;
        }
      }
    }
    out += text[at++];
  }
  return out;
}

}  // namespace

std::optional<TextTransform> FindTextTransform(std::string_view name) {
  for (const auto& [known, transform] : kNames) {
    if (known == name) {
      return transform;
    }
  }
  return std::nullopt;
}

std::vector<std::string> TextTransformNames() {
  std::vector<std::string> names;
  for (const auto& [name, transform] : kNames) {
    names.emplace_back(name);
  }
  return names;
}

void AddLine(std::string& to, std::string_view more) {
  if (!more.empty()) {
    to += to.empty() ? "" : "\n";
    to += more;
  }
}

std::string ApplyTextTransform(TextTransform transform, std::string text, std::string& quoted) {
  switch (transform) {
    case TextTransform::kHtml: {
      NodeWords words = TextOfHtml(text, true);
      AddLine(quoted, words.quoted);
      return std::move(words.text);
    }
    case TextTransform::kUnescape:
      return text.find('&') == std::string::npos ? text : DecodeEntities(text);
    case TextTransform::kBasename:
      return Basename(std::move(text));
    case TextTransform::kPathParent:
      return PathParent(text);
    case TextTransform::kMarkdown: {
      NodeWords words = TextOfMarkdown(text);
      AddLine(quoted, words.quoted);
      return std::move(words.text);
    }
    case TextTransform::kLittleText:
      return LittleText(text);
  }
  return text;
}

}  // namespace schoolwatch::crawler
