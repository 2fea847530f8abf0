#include "crawler/readers/html_tokenizer.h"

#include <array>
#include <cstdint>

#include "crawler/readers/text.h"

namespace schoolwatch::crawler {
namespace {

// What ends a run of characters, per state.
enum CharClass : std::uint8_t {
  kEndsTagName = 1,   // White space, '/', '>'
  kEndsAttrName = 2,  // the same and '='
  kEndsUnquoted = 4,  // white space, '>'
};
constexpr std::array<std::uint8_t, 256> kClasses = [] {
  std::array<std::uint8_t, 256> classes{};
  for (const char c : {' ', '\t', '\n', '\r', '\f'}) {
    classes[static_cast<unsigned char>(c)] = kEndsTagName | kEndsAttrName | kEndsUnquoted;
  }
  classes['/'] = kEndsTagName | kEndsAttrName;
  classes['>'] = kEndsTagName | kEndsAttrName | kEndsUnquoted;
  classes['='] = kEndsAttrName;
  return classes;
}();

constexpr std::size_t kMaxForeignDepth = 4'000;

bool Is(char c, CharClass wanted) {
  return (kClasses[static_cast<unsigned char>(c)] & wanted) != 0;
}
bool IsHtmlSpace(char c) { return c == ' ' || c == '\t' || c == '\n' || c == '\r' || c == '\f'; }

// "</name" followed by what ends a tag's name.
bool IsEndTagAt(std::string_view html, std::size_t at, std::string_view name) {
  const std::size_t end = at + 2 + name.size();
  return end < html.size() && html[at] == '<' && html[at + 1] == '/' &&
         EqualsIgnoreCase(html.substr(at + 2, name.size()), name) && Is(html[end], kEndsTagName);
}

}  // namespace

const std::string_view* HtmlToken::Find(std::string_view attribute) const {
  for (const RawAttribute& candidate : attributes) {
    if (EqualsIgnoreCase(candidate.name, attribute)) {
      return &candidate.value;
    }
  }
  return nullptr;
}

bool HtmlTokenizer::Next(HtmlToken& token) {
  while (at_ < html_.size()) {
    if (raw_ != Tag::kUnknown) {
      const Tag tag = raw_;
      const std::size_t end = tag == Tag::kPlaintext ? html_.size()
                              : tag == Tag::kScript  ? EndOfScript()
                                                     : EndOfRawText(raw_name_);
      raw_ = Tag::kUnknown;
      if (end > at_) {
        token.kind = HtmlToken::Kind::kText;
        token.text = html_.substr(at_, end - at_);
        token.is_raw = !Has(tag, kRcData);
        token.tag = tag;
        at_ = end;
        return true;
      }
    }
    const std::size_t open = html_[at_] == '<' ? at_ : html_.find('<', at_);
    const std::size_t end = open == std::string_view::npos ? html_.size() : open;
    if (end > at_) {
      token.kind = HtmlToken::Kind::kText;
      token.text = html_.substr(at_, end - at_);
      token.is_raw = false;
      token.tag = Tag::kUnknown;
      at_ = end;
      return true;
    }
    if (TakeTag(token)) {
      return true;
    }
  }
  return false;
}

// At "<". Returns false where nothing is to be shown (comments) and the walk goes on.
bool HtmlTokenizer::TakeTag(HtmlToken& token) {
  const char next = at_ + 1 < html_.size() ? html_[at_ + 1] : '\0';
  if (next == '!' || next == '?') {
    SkipComment();
    return false;
  }
  const bool is_end = next == '/';
  const std::size_t name = at_ + (is_end ? 2 : 1);
  if (name >= html_.size() || !IsAsciiAlpha(html_[name])) {
    if (is_end && name < html_.size()) {
      // "</>" is nothing, "</ x>" a comment.
      const std::size_t close = html_.find('>', name);
      at_ = close == std::string_view::npos ? html_.size() : close + 1;
      return false;
    }
    token.kind = HtmlToken::Kind::kText;
    token.text = html_.substr(at_, is_end ? 2 : 1);
    token.is_raw = false;
    token.tag = Tag::kUnknown;
    at_ += token.text.size();
    return true;
  }
  std::size_t end = name;
  while (end < html_.size() && !Is(html_[end], kEndsTagName)) {
    ++end;
  }
  token.kind = is_end ? HtmlToken::Kind::kEnd : HtmlToken::Kind::kStart;
  token.name = html_.substr(name, end - name);
  token.tag = TagOfName(token.name);
  token.text = {};
  token.is_raw = false;
  at_ = end;
  if (end < html_.size() && html_[end] == '>') {
    token.attributes.clear();
    token.attribute_count = 0;
    token.self_closing = false;
    ++at_;
  } else {
    TakeAttributes(token);
  }
  if (at_ >= html_.size() && (html_.empty() || html_.back() != '>')) {
    return false;  // Cut off inside a tag: the Standard drops it.
  }
  if (is_end) {
    AfterEnd(token);
  } else {
    AfterStart(token);
  }
  return true;
}

// From the end of the tag's name to behind its '>'.
void HtmlTokenizer::TakeAttributes(HtmlToken& token) {
  token.attributes.clear();
  token.attribute_count = 0;
  token.self_closing = false;
  const auto skip_space = [this] {
    while (at_ < html_.size() && IsHtmlSpace(html_[at_])) {
      ++at_;
    }
  };
  while (at_ < html_.size()) {
    skip_space();
    if (at_ >= html_.size()) {
      return;
    }
    if (html_[at_] == '>') {
      ++at_;
      return;
    }
    if (html_[at_] == '/') {
      ++at_;
      if (at_ < html_.size() && html_[at_] == '>') {
        token.self_closing = true;
      }
      continue;
    }
    const std::size_t name = at_++;  // A leading '=' belongs to the name.
    while (at_ < html_.size() && !Is(html_[at_], kEndsAttrName)) {
      ++at_;
    }
    RawAttribute attribute{html_.substr(name, at_ - name), {}};
    skip_space();
    if (at_ < html_.size() && html_[at_] == '=') {
      ++at_;
      skip_space();
      if (at_ < html_.size() && (html_[at_] == '"' || html_[at_] == '\'')) {
        const std::size_t close = html_.find(html_[at_], at_ + 1);
        if (close == std::string_view::npos) {
          at_ = html_.size();
          ambiguous_ = true;  // So that a cut-off page is not taken for an empty one.
          return;
        }
        attribute.value = html_.substr(at_ + 1, close - at_ - 1);
        at_ = close + 1;
      } else {
        const std::size_t value = at_;
        while (at_ < html_.size() && !Is(html_[at_], kEndsUnquoted)) {
          ++at_;
        }
        attribute.value = html_.substr(value, at_ - value);
      }
    }
    ++token.attribute_count;
    if (token.attributes.size() < kMaxAttributes) {
      token.attributes.push_back(attribute);
    }
  }
}

// At "<!" or "<?".
void HtmlTokenizer::SkipComment() {
  const std::string_view rest = html_.substr(at_);
  if (rest.starts_with("<!--")) {
    // "<!-->" and "<!--->" are whole comments; "--!>" ends one too.
    std::size_t from = at_ + 4;
    if (html_.substr(from).starts_with(">")) {
      at_ = from + 1;
      return;
    }
    if (html_.substr(from).starts_with("->")) {
      at_ = from + 2;
      return;
    }
    while ((from = html_.find("--", from)) != std::string_view::npos) {
      const std::string_view tail = html_.substr(from + 2);
      if (tail.starts_with(">")) {
        at_ = from + 3;
        return;
      }
      if (tail.starts_with("!>")) {
        at_ = from + 4;
        return;
      }
      ++from;
    }
    at_ = html_.size();
    return;
  }
  if (!foreign_.empty() && rest.starts_with("<![CDATA[")) {
    ambiguous_ = true;
  }
  const std::size_t close = html_.find('>', at_);
  at_ = close == std::string_view::npos ? html_.size() : close + 1;
}

void HtmlTokenizer::AfterStart(HtmlToken& token) {
  if (token.tag == Tag::kSvg || token.tag == Tag::kMath || !foreign_.empty()) {
    if (foreign_.size() >= kMaxForeignDepth) {
      ambiguous_ = true;
    } else if (!token.self_closing && !Has(token.tag, kVoid)) {
      foreign_.push_back(token.name);
    }
  }
  if (token.tag == Tag::kSelect) {
    in_select_ = true;
  }
  if (token.tag == Tag::kFrameset) {
    ambiguous_ = true;
  }
  if (token.tag == Tag::kPlaintext) {
    raw_ = Tag::kPlaintext;
    ambiguous_ = true;
    return;
  }
  if (!Has(token.tag, kRawText) && !Has(token.tag, kRcData)) {
    return;
  }
  if (token.self_closing && self_closing_ == SelfClosing::kHonoured) {
    return;
  }
  if (foreign_.empty() && !in_select_) {
    raw_ = token.tag;
    raw_name_ = token.name;
    return;
  }
  // Here the tree decides whether the content is raw. That makes a difference only where it holds
  // mark-up, which icons' titles and styles do not.
  if (ambiguous_ || token.self_closing) {
    return;  // Known already; and looking for an end that is not there each time would be
             // quadratic.
  }
  const std::size_t end = token.tag == Tag::kScript ? EndOfScript() : EndOfRawText(token.name);
  if (html_.substr(at_, end - at_).find('<') != std::string_view::npos) {
    ambiguous_ = true;
  }
}

void HtmlTokenizer::AfterEnd(const HtmlToken& token) {
  if (!foreign_.empty()) {
    if (EqualsIgnoreCase(foreign_.back(), token.name)) {
      foreign_.pop_back();
    } else if (token.tag == Tag::kSvg || token.tag == Tag::kMath) {
      // Not well nested: whether the rest is foreign only the tree knows.
      ambiguous_ = true;
      foreign_.clear();
    }
  }
  if (token.tag == Tag::kSelect) {
    in_select_ = false;
  }
}

std::size_t HtmlTokenizer::EndOfRawText(std::string_view name) const {
  for (std::size_t at = at_; (at = html_.find("</", at)) != std::string_view::npos; ++at) {
    if (IsEndTagAt(html_, at, name)) {
      return at;
    }
  }
  return html_.size();
}

// 13.2.5.18 to .31: inside "<!--" a nested "<script>" hides its own end tag.
std::size_t HtmlTokenizer::EndOfScript() const {
  enum class State { kPlain, kEscaped, kDoubleEscaped } state = State::kPlain;
  for (std::size_t at = at_; at < html_.size(); ++at) {
    at = state == State::kPlain ? html_.find('<', at) : html_.find_first_of("<-", at);
    if (at == std::string_view::npos) {
      break;
    }
    const std::string_view rest = html_.substr(at, 10);
    if (rest[0] == '-') {
      if (rest.starts_with("-->")) {
        state = State::kPlain;
      }
    } else if (IsEndTagAt(html_, at, "script")) {
      if (state != State::kDoubleEscaped) {
        return at;
      }
      state = State::kEscaped;
    } else if (state == State::kPlain && rest.starts_with("<!--")) {
      state = State::kEscaped;
      // "<!-->" opens and closes: the dashes count for both.
      at += 1;
    } else if (state == State::kEscaped && StartsWithIgnoreCase(rest, "<script") &&
               at + 7 < html_.size() && Is(html_[at + 7], kEndsTagName)) {
      state = State::kDoubleEscaped;
    }
  }
  return html_.size();
}

}  // namespace schoolwatch::crawler
