#pragma once

#include <functional>
#include <string>
#include <vector>

#include "crawler/readers/html_tree.h"

namespace schoolwatch::crawler {

// What to do with an element while its surroundings are turned into text.
enum class TextStep { kTake, kSkip, kQuote };

struct TextOptions {
  // Pictures' alternative texts on lines of their own; emoji always stand in the line.
  bool picture_texts = false;
  // Asked for every element; null takes all. What is skipped leaves a line end, so that words on
  // both sides do not join. What is kQuote goes to `quoted`.
  std::function<TextStep(NodeId)> step;
};

struct NodeWords {
  std::string text;
  std::string quoted;
};

// The words inside `id` as a reader sees them: blocks on lines of their own, white space collapsed
// (kept in <pre>), scripts, styles, form fields and what is hidden left out.
NodeWords TextOf(const HtmlTree& tree, NodeId id, const TextOptions& options);
// The same of [first, end), several siblings.
NodeWords TextOfRange(const HtmlTree& tree, NodeId first, NodeId end, const TextOptions& options);
std::string PlainText(const HtmlTree& tree, NodeId id);

// Form fields, media and the like, and what is never shown: its content is not the page's words.
bool IsWordless(Tag tag);

// Whether an element is never shown: script, style, template, the hidden attribute,
// display:none.
bool IsHidden(const HtmlTree& tree, NodeId id);

// Whether a picture's alternative text says something: words, and no file's name.
bool IsPictureText(std::string_view alt);

// Whether a picture with this class, address and alternative text is an emoji or smiley.
bool IsEmojiPicture(std::string_view classes, std::string_view source, std::string_view alt);
// The emoji or smiley that an <img> stands for; empty for other pictures.
std::string_view EmojiOf(const HtmlTree& tree, NodeId id);

// HTML in a string (feeds, JSON, JSON-LD) as plain text, without a tree; `quoted` takes what stands
// in <blockquote>.
NodeWords TextOfHtml(std::string_view html, bool picture_texts);

}  // namespace schoolwatch::crawler
