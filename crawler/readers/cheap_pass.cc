#include "crawler/readers/cheap_pass.h"

#include <algorithm>
#include <array>
#include <cstdint>
#include <iterator>
#include <utility>
#include <vector>

#include "crawler/readers/entities.h"
#include "crawler/readers/html_tokenizer.h"
#include "crawler/readers/letters_apart.h"
#include "crawler/readers/letters_look.h"
#include "crawler/readers/markup_strings.h"
#include "crawler/readers/node_text.h"
#include "crawler/readers/shown_lines.h"
#include "crawler/readers/text.h"

namespace schoolwatch::crawler {
namespace {

constexpr std::size_t kMaxLinks = 20'000;
constexpr std::size_t kMaxLinkText = 300;

class Pass {
 public:
  Pass(std::string_view html, WantLinks links)
      : html_(html), tokenizer_(html), wants_links_(links) {
    ampersand_ = std::min(html.find('&'), html.size());
    shown_.reserve(html.size());  // What is not used of it is never touched.
    attributes_.reserve(html.size() / 4);
  }

  CheapView Run(const core::TextGate& gate) {
    HtmlToken token;
    while (tokenizer_.Next(token)) {
      switch (token.kind) {
        case HtmlToken::Kind::kText:
          OnText(token);
          break;
        case HtmlToken::Kind::kStart:
          OnStart(token);
          break;
        case HtmlToken::Kind::kEnd:
          OnEnd(token.tag);
          break;
      }
    }
    CloseLink();
    while (!hidden_from_.empty()) {
      CloseHidden(hidden_from_.back());
      hidden_from_.pop_back();
    }
    view_.title = CollapseSpace(view_.title);
    view_.may_mention = uncertain_ || tokenizer_.ambiguous();
    if (!view_.may_mention) {
      // Asked at once: a post may have its author from an attribute and its words from the text.
      attributes_ += '\n';
      const bool all = AppendCutLines(shown_, cuts_, attributes_) && AppendLettersApart() &&
                       AppendWithoutWordless();
      shown_ += '\n';
      shown_ += attributes_;
      view_.may_mention = !all || gate.MayMention(shown_);
    }
    return std::move(view_);
  }

 private:
  // The words of letters that stand alone.
  bool AppendLettersApart() {
    FindLettersApart(shown_, texts_);
    const std::string_view shown = shown_;
    LettersApart letters;
    for (std::size_t i = 0; i < texts_.size(); ++i) {
      const ShownText& text = texts_[i];
      if (text.may_stand_apart || letters.is_waiting()) {
        const std::size_t end = i + 1 < texts_.size() ? texts_[i + 1].start : shown.size();
        letters.Add(shown.substr(text.start, end - text.start), shown.substr(0, text.start),
                    text.is_hidden);
      }
    }
    return letters.AppendWords(attributes_);
  }

  // The text around elements whose words are not shown. A tree may ignore the start of one
  // ("<head>" inside the body) and hide another one inside it, so the innermost are left out alone,
  // too.
  bool AppendWithoutWordless() {
    if (wordless_.empty()) {
      return true;
    }
    std::vector<TextRange> innermost;
    for (const TextRange& part : wordless_) {  // By their ends.
      if (innermost.empty() || part.start >= innermost.back().end) {
        innermost.push_back(part);
      }
    }
    const bool nested = innermost.size() < wordless_.size();
    return AppendWithout(std::move(wordless_)) && (!nested || AppendWithout(std::move(innermost)));
  }

  bool AppendWithout(std::vector<TextRange> parts) {
    return AppendWithoutParts(shown_, std::move(parts), cuts_, attributes_);
  }

  void OnText(const HtmlToken& token) {
    if (token.is_raw && Has(token.tag, kHidden)) {
      if (token.tag == Tag::kScript && json_script_) {
        OnJson(token.text);
      }
      return;
    }
    const std::string_view text = Decoded(token);
    if (token.tag == Tag::kTitle && view_.title.empty()) {
      view_.title = text;
    }
    // A tree builder moves text that stands between a table's rows in front of the table, where it
    // may join what stood before.
    if (between_cells_ && !Trim(token.text).empty()) {
      uncertain_ = true;
    }
    AppendShown(text.data() == token.text.data() ? FromHere(text) : text, text.size());
    // In <pre> a reader keeps white space, which may make other words of letters spaced apart. Only
    // the tree knows where it ends.
    if (in_pre_) {
      attributes_ += text;
    }
    if (in_link_ && view_.links.back().text.size() < kMaxLinkText) {
      view_.links.back().text.append(text, 0, kMaxLinkText);
    }
  }

  std::string_view Decoded(const HtmlToken& token) {
    if (token.is_raw || !HasAmpersand(token.text)) {
      return token.text;
    }
    decoded_.clear();
    AppendDecoded(token.text, EntityContext::kText, decoded_);
    return decoded_;
  }

  // Asked about one part of the page after the other: the next one is looked for once, however many
  // parts stand before it.
  bool HasAmpersand(std::string_view part) {
    const auto start = static_cast<std::size_t>(part.data() - html_.data());
    if (start < searched_from_ || start > ampersand_) {
      searched_from_ = start;
      ampersand_ = std::min(html_.find('&', start), html_.size());
    }
    return ampersand_ < start + part.size();
  }

  // A part of the page, and all that stands behind it.
  std::string_view FromHere(std::string_view part) const {
    return html_.substr(static_cast<std::size_t>(part.data() - html_.data()));
  }

  // The first `size` bytes of `text`.
  void AppendShown(std::string_view text, std::size_t size) {
    if (tag_at_ == shown_.size() && tag_at_ > 0 && size > 0 &&
        TagMayMatter(shown_, text.substr(0, size))) {
      cuts_.push_back(tag_at_);
    }
    const std::size_t start = shown_.size();
    AppendCollapsed(text, size, shown_);
    if (shown_.size() > start) {
      texts_.push_back(
          {.start = static_cast<std::uint32_t>(start), .is_hidden = !hidden_from_.empty()});
    }
  }

  void OnJson(std::string_view json) {
    const std::string strings = JsonStrings(json);
    // Strings may hold mark-up of their own.
    if (strings.find('<') != std::string::npos || strings.find('&') != std::string::npos) {
      HtmlTokenizer inner(strings);
      HtmlToken token;
      while (inner.Next(token)) {
        if (token.kind == HtmlToken::Kind::kText) {
          decoded_.clear();
          AppendDecoded(token.text, EntityContext::kText, decoded_);
          AppendLines(decoded_, attributes_);
        } else if (BreaksLine(token.tag)) {
          attributes_ += '\n';
        }
      }
      uncertain_ = uncertain_ || inner.ambiguous();
    }
    attributes_ += '\n';
    AppendLines(strings, attributes_);
  }

  static bool BreaksLine(Tag tag) { return Has(tag, kBlock) || tag == Tag::kBr; }

  std::uint32_t& Open(Tag tag) { return open_[static_cast<std::size_t>(tag)]; }

  // Any heading's end closes the heading that is open, of whatever rank.
  Tag OpenHeading(Tag tag) {
    for (const Tag other : {tag, Tag::kH1, Tag::kH2, Tag::kH3, Tag::kH4, Tag::kH5, Tag::kH6}) {
      if (Open(other) > 0) {
        return other;
      }
    }
    return tag;
  }

  void OnStart(const HtmlToken& token) {
    const Tag tag = token.tag;
    tag_at_ = shown_.size();
    // A table's parts outside a table are ignored by tree builders, so they make no gap.
    if (BreaksLine(tag) && (!Has(tag, kTablePart) || Open(Tag::kTable) > 0)) {
      shown_ += '\n';
    }
    if (!Has(tag, kVoid)) {
      ++Open(tag);
    }
    if (tag == Tag::kPre || tag == Tag::kListing || tag == Tag::kXmp) {
      in_pre_ = true;
    }
    if (in_pre_ && BreaksLine(tag)) {
      attributes_ += '\n';
    }
    if (tag == Tag::kTable || tag == Tag::kTr || tag == Tag::kTbody || tag == Tag::kThead ||
        tag == Tag::kTfoot) {
      between_cells_ = Open(Tag::kTable) > 0;
    } else if (tag == Tag::kTd || tag == Tag::kTh || tag == Tag::kCaption) {
      between_cells_ = false;
    }
    // A head inside the body is none, and around the body there is nothing to join.
    if (!Has(tag, kVoid) && tag != Tag::kHead &&
        (IsWordless(tag) || tag == Tag::kNoscript ||
         (!token.attributes.empty() && IsMarkedHidden(token)))) {
      hidden_from_.push_back({tag, Open(tag), shown_.size()});
    }
    json_script_ = false;
    for (const RawAttribute& attribute : token.attributes) {
      if (attribute.value.empty() || !IsTextAttribute(attribute.name)) {
        if (tag == Tag::kScript && EqualsIgnoreCase(attribute.name, "type")) {
          json_script_ = ContainsIgnoreCase(attribute.value, "json");
        }
        continue;
      }
      OnTextAttribute(attribute);
    }
    switch (tag) {
      case Tag::kA:
      case Tag::kLink:
      case Tag::kArea:
        OnLink(token);
        break;
      case Tag::kImg:
        OnPicture(token);
        break;
      case Tag::kBase:
        if (const auto* href = token.Find("href"); href != nullptr && view_.base.empty()) {
          view_.base = DecodeEntities(*href, EntityContext::kAttribute);
        }
        break;
      case Tag::kHtml:
        if (const auto* language = token.Find("lang")) {
          view_.language = *language;
        }
        break;
      default:
        break;
    }
  }

  void OnTextAttribute(const RawAttribute& attribute) {
    attributes_ += '\n';
    std::string_view value = attribute.value;
    if (HasAmpersand(value)) {
      decoded_.clear();
      AppendDecoded(value, EntityContext::kAttribute, decoded_);
      value = decoded_;
      AppendCollapsed(value, attributes_);
    } else {
      AppendCollapsed(FromHere(value), value.size(), attributes_);
    }
    if (value.find('%') != std::string_view::npos) {
      attributes_ += '\n';
      AppendPercentDecoded(value, attributes_);
    }
  }

  // An emoji's picture reads on with the text around it; other pictures' texts stand apart.
  void OnPicture(const HtmlToken& token) {
    if (token.Find("alt") == nullptr) {
      return;
    }
    const auto value = [&](std::string_view name) {
      const std::string_view* found = token.Find(name);
      return found == nullptr ? std::string_view() : *found;
    };
    const std::string alt = DecodeEntities(value("alt"), EntityContext::kAttribute);
    if (IsEmojiPicture(value("class"), value("src"), alt)) {
      AppendShown(alt, alt.size());
      if (in_pre_) {
        attributes_ += alt;
      }
    }
  }

  void OnLink(const HtmlToken& token) {
    CloseLink();
    if (wants_links_ == WantLinks::kNo) {
      return;
    }
    const std::string_view* href = token.Find("href");
    if (href == nullptr || view_.links.size() >= kMaxLinks) {
      return;
    }
    RawLink link;
    link.href = DecodeEntities(Trim(*href), EntityContext::kAttribute);
    link.is_anchor = token.tag != Tag::kLink;
    if (const auto* rel = token.Find("rel")) {
      link.rel = *rel;
    }
    if (const auto* type = token.Find("type")) {
      link.type = *type;
    }
    if (const auto* title = token.Find("title"); title != nullptr && !link.is_anchor) {
      link.text = DecodeEntities(*title, EntityContext::kAttribute);
    }
    view_.links.push_back(std::move(link));
    in_link_ = token.tag == Tag::kA;
  }

  void CloseLink() {
    if (in_link_) {
      view_.links.back().text = CollapseSpace(view_.links.back().text);
      in_link_ = false;
    }
  }

  static bool IsMarkedHidden(const HtmlToken& token) {
    const std::string_view* style = token.Find("style");
    return token.Find("hidden") != nullptr ||
           (style != nullptr &&
            (ContainsIgnoreCase(*style, "none") || ContainsIgnoreCase(*style, "hidden")));
  }

  // The end of the element `tag` that was opened last, if its words are not shown.
  void CloseHidden(Tag tag) {
    const auto hidden = std::ranges::find_if(hidden_from_.rbegin(), hidden_from_.rend(),
                                             [tag](const Hidden& one) { return one.tag == tag; });
    if (hidden != hidden_from_.rend() && hidden->depth == Open(tag)) {
      CloseHidden(*hidden);
      hidden_from_.erase(std::next(hidden).base());
    }
  }

  void OnEnd(Tag tag) {
    tag_at_ = shown_.size();
    if (tag == Tag::kA) {
      CloseLink();
    }
    // The end of what was never opened is ignored, except </p> and </br>, which make an element.
    const Tag closed = Has(tag, kHeading) ? OpenHeading(tag) : tag;
    const bool was_open = Open(closed) > 0;
    if (was_open) {
      CloseHidden(closed);
      --Open(closed);
    }
    if (BreaksLine(tag) && (was_open || tag == Tag::kP || tag == Tag::kBr)) {
      shown_ += '\n';
      if (in_pre_) {
        attributes_ += '\n';
      }
    }
    switch (tag) {
      case Tag::kTd:
      case Tag::kTh:
      case Tag::kTr:
      case Tag::kCaption:
      case Tag::kTbody:
      case Tag::kThead:
      case Tag::kTfoot:
        between_cells_ = Open(Tag::kTable) > 0;
        break;
      case Tag::kTable:
        between_cells_ = false;
        break;
      default:
        break;
    }
  }

  std::string_view html_;
  HtmlTokenizer tokenizer_;
  WantLinks wants_links_;
  CheapView view_;
  std::string shown_;              // Lines as a reader of the tree gives them.
  std::string attributes_;         // What stands apart from them, in lines.
  std::string decoded_;            // Of the text at hand.
  std::vector<ShownText> texts_;   // Of shown_.
  std::vector<std::size_t> cuts_;  // Where a tag stands inside what may be a word of shown_.
  // Elements that are open and whose words are not shown: which, how many of its kind were open
  // with it, and how long shown_ was.
  struct Hidden {
    Tag tag;
    std::uint32_t depth;
    std::size_t at;
  };
  void CloseHidden(const Hidden& hidden) {
    if (!Trim(std::string_view(shown_).substr(hidden.at)).empty()) {
      wordless_.push_back({hidden.at, shown_.size()});
    }
  }
  std::vector<Hidden> hidden_from_;
  std::vector<TextRange> wordless_;  // What such elements put into shown_.
  std::size_t tag_at_ = 0;           // How long shown_ was at the last tag.
  std::array<std::uint32_t, static_cast<std::size_t>(Tag::kCount)> open_{};
  std::size_t searched_from_ = 0;  // No '&' stands between here and ampersand_.
  std::size_t ampersand_ = 0;
  bool json_script_ = false;
  bool in_link_ = false;
  bool in_pre_ = false;  // Somewhere behind the start of preformatted text.
  bool between_cells_ = false;
  bool uncertain_ = false;
};

}  // namespace

CheapView RunCheapPass(std::string_view html, const core::TextGate& gate, WantLinks links) {
  // A tree is made without NULs, so a name may stand around them.
  if (html.find('\0') != std::string_view::npos) {
    std::string clean(html);
    std::erase(clean, '\0');
    return Pass(clean, links).Run(gate);
  }
  return Pass(html, links).Run(gate);
}

}  // namespace schoolwatch::crawler
