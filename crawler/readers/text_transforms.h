#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace schoolwatch::crawler {

// What can be done with a value of a platform's answer, by the names that recipes give.
enum class TextTransform {
  kHtml,        // html: mark-up to plain text, what it quotes apart.
  kUnescape,    // unescape: character references.
  kBasename,    // basename: the last part of a path.
  kPathParent,  // path_parent: the last but one part of a dotted path.
  kMarkdown,    // markdown: marks to plain text, what it quotes apart (markdown.h).
  kLittleText,  // little_text: LinkedIn's escapes, mentions and hashtags.
};

std::optional<TextTransform> FindTextTransform(std::string_view name);
// All names, for the schema.
std::vector<std::string> TextTransformNames();

// What a text quotes of others is added to `quoted`, on a line of its own. Linear in the text.
std::string ApplyTextTransform(TextTransform transform, std::string text, std::string& quoted);

// Adds `more` on a line of its own, unless it is empty.
void AddLine(std::string& to, std::string_view more);

}  // namespace schoolwatch::crawler
