#pragma once

#include <cstddef>
#include <string_view>
#include <vector>

#include "crawler/readers/tags.h"

namespace schoolwatch::crawler {

struct RawAttribute {
  std::string_view name;   // As written.
  std::string_view value;  // References not yet decoded.
};

struct HtmlToken {
  enum class Kind { kText, kStart, kEnd } kind = Kind::kText;
  // The text as written; references are to be decoded unless `is_raw`.
  std::string_view text;
  bool is_raw = false;
  // For raw text and tags: the element (of whose content the text is).
  Tag tag = Tag::kUnknown;
  std::string_view name;
  std::vector<RawAttribute> attributes;  // Of a start tag; at most kMaxAttributes are listed.
  std::size_t attribute_count = 0;       // How many there were.
  bool self_closing = false;

  // The raw value of an attribute by its lower-case name; nullptr for none.
  const std::string_view* Find(std::string_view attribute) const;
};

// Walks over HTML as the Standard's tokenizer does (13.2.5): comments, quoting, raw text and
// script's escapes exactly; without a tree builder, so what depends on one is flagged by
// `ambiguous` instead. Views point into the input, which must be UTF-8 and outlive it.
class HtmlTokenizer {
 public:
  static constexpr std::size_t kMaxAttributes = 2'000;

  // What "<iframe/>" means: to HTML an open element whose content follows, to XML an empty one.
  enum class SelfClosing { kIgnored, kHonoured };

  explicit HtmlTokenizer(std::string_view html, SelfClosing self_closing = SelfClosing::kIgnored)
      : html_(html), self_closing_(self_closing) {}
  // Behind what Next returned last.
  std::size_t position() const { return at_; }
  // False at the end. `token` is reused, so that its vector keeps its room.
  bool Next(HtmlToken& token);
  // How the rest is read depends on the tree (mark-up in raw text in foreign content or <select>,
  // CDATA in foreign content, <plaintext>, framesets): a tree builder may see other text than this.
  bool ambiguous() const { return ambiguous_; }

 private:
  bool TakeTag(HtmlToken& token);
  void TakeAttributes(HtmlToken& token);
  void SkipComment();
  void AfterStart(HtmlToken& token);
  void AfterEnd(const HtmlToken& token);
  std::size_t EndOfRawText(std::string_view name) const;
  std::size_t EndOfScript() const;

  std::string_view html_;
  SelfClosing self_closing_;
  std::size_t at_ = 0;
  // Raw text that comes next, and the element it belongs to.
  Tag raw_ = Tag::kUnknown;
  std::string_view raw_name_;
  // Open elements of foreign content, to notice where it is not well nested.
  std::vector<std::string_view> foreign_;
  bool in_select_ = false;
  bool ambiguous_ = false;
};

}  // namespace schoolwatch::crawler
