#include "crawler/readers/node_text.h"

#include <algorithm>

#include "crawler/readers/entities.h"
#include "crawler/readers/html_tokenizer.h"
#include "crawler/readers/text.h"

namespace schoolwatch::crawler {
namespace {

constexpr NodeId kSmallNoscript = 40;
constexpr std::string_view kPictureEndings[] = {".jpg", ".jpeg", ".png", ".gif", ".webp", ".heic"};

// "Screenshot_20261112-091500_Home.jpg" is what a camera or a telephone called it.
bool IsFileName(std::string_view alt) {
  if (std::count_if(alt.begin(), alt.end(), IsAsciiDigit) < 4) {
    return false;
  }
  const std::string lower = ToAsciiLower(alt);
  return std::any_of(std::begin(kPictureEndings), std::end(kPictureEndings),
                     [&](std::string_view ending) { return lower.ends_with(ending); });
}

}  // namespace

bool IsPictureText(std::string_view alt) { return CountWords(alt) >= 3 && !IsFileName(alt); }

bool IsWordless(Tag tag) {
  switch (tag) {
    case Tag::kSelect:
    case Tag::kTextarea:
    case Tag::kDatalist:
    case Tag::kObject:
    case Tag::kVideo:
    case Tag::kAudio:
    case Tag::kCanvas:
    case Tag::kSvg:
    case Tag::kMath:
    case Tag::kApplet:
      return true;
    default:
      return Has(tag, kHidden);
  }
}

bool IsEmojiPicture(std::string_view classes, std::string_view source, std::string_view alt) {
  if (alt.empty() || alt.size() > 32) {
    return false;
  }
  for (const std::string_view mark : {"emoji", "smil", "emoticon", "wp-smiley"}) {
    if (ContainsIgnoreCase(classes, mark) || ContainsIgnoreCase(source, mark)) {
      return true;
    }
  }
  // An alternative text that is a picture character itself.
  return static_cast<unsigned char>(alt[0]) >= 0xF0 || alt.starts_with("\xE2\x98") ||
         alt.starts_with("\xE2\x9D");
}

bool IsHidden(const HtmlTree& tree, NodeId id) {
  const HtmlNode& node = tree[id];
  if (node.is_text) {
    return false;
  }
  if (IsWordless(node.tag)) {
    return true;
  }
  // Mostly a word about scripts or a picture again; some forums put the whole thread there for
  // readers without scripts, which we are.
  if (node.tag == Tag::kNoscript) {
    return node.end - id < kSmallNoscript;
  }
  if (node.attributes == 0) {
    return false;
  }
  if (tree.HasAttribute(id, "hidden")) {
    return true;
  }
  const std::string_view style = tree.Attribute(id, "style");
  if (style.empty()) {
    return false;
  }
  std::string plain = ToAsciiLower(style);
  std::erase_if(plain, IsAsciiSpace);
  return plain.find("display:none") != std::string::npos ||
         plain.find("visibility:hidden") != std::string::npos;
}

std::string_view EmojiOf(const HtmlTree& tree, NodeId id) {
  if (tree[id].tag != Tag::kImg) {
    return {};
  }
  const std::string_view alt = tree.Attribute(id, "alt");
  return IsEmojiPicture(tree.Class(id), tree.Attribute(id, "src"), alt) ? alt : std::string_view();
}

NodeWords TextOfRange(const HtmlTree& tree, NodeId first, NodeId range_end,
                      const TextOptions& options) {
  NodeWords words;
  TextBuilder text(words.text);
  TextBuilder quoted(words.quoted);
  TextBuilder* to = &text;
  NodeId quote_end = 0;
  NodeId pre_end = 0;
  // Blocks that are open, to break the line behind each.
  std::vector<NodeId> blocks;
  for (NodeId id = first; id < range_end;) {
    while (!blocks.empty() && id >= blocks.back()) {
      to->Break();
      blocks.pop_back();
    }
    if (to == &quoted && id >= quote_end) {
      to = &text;
      text.Break();
    }
    const HtmlNode& node = tree[id];
    if (node.is_text) {
      if (id < pre_end) {
        to->AddPreformatted(node.text);
      } else {
        to->Add(node.text);
      }
      ++id;
      continue;
    }
    if (IsHidden(tree, id)) {
      id = node.end;
      continue;
    }
    const TextStep step = options.step ? options.step(id) : TextStep::kTake;
    if (step == TextStep::kSkip) {
      to->Break();
      id = node.end;
      continue;
    }
    if (step == TextStep::kQuote && to == &text) {
      text.Break();
      quoted.Break();
      to = &quoted;
      quote_end = node.end;
    }
    switch (node.tag) {
      case Tag::kBr:
      case Tag::kHr:
        to->Break();
        break;
      case Tag::kImg:
        if (const std::string_view emoji = EmojiOf(tree, id); !emoji.empty()) {
          to->Add(emoji);
        } else if (options.picture_texts && IsPictureText(tree.Attribute(id, "alt"))) {
          to->Break();
          to->Add(tree.Attribute(id, "alt"));
          to->Break();
        }
        break;
      case Tag::kPre:
      case Tag::kListing:
      case Tag::kXmp:
        pre_end = std::max(pre_end, node.end);
        break;
      default:
        break;
    }
    if (Has(node.tag, kBlock)) {
      to->Break();
      blocks.push_back(node.end);
    }
    ++id;
  }
  return words;
}

NodeWords TextOf(const HtmlTree& tree, NodeId id, const TextOptions& options) {
  return TextOfRange(tree, tree[id].is_text ? id : id + 1, tree[id].end, options);
}

std::string PlainText(const HtmlTree& tree, NodeId id) { return TextOf(tree, id, {}).text; }

NodeWords TextOfHtml(std::string_view html, bool picture_texts) {
  NodeWords words;
  TextBuilder text(words.text);
  TextBuilder quoted(words.quoted);
  TextBuilder* to = &text;
  std::size_t quotes = 0;
  std::size_t pre = 0;
  std::string decoded;
  HtmlTokenizer tokenizer(html);
  HtmlToken token;
  while (tokenizer.Next(token)) {
    const bool block = Has(token.tag, kBlock) || token.tag == Tag::kBr;
    switch (token.kind) {
      case HtmlToken::Kind::kText:
        if (Has(token.tag, kHidden) && token.tag != Tag::kTitle) {
          break;
        }
        decoded.clear();
        if (token.is_raw) {
          decoded = token.text;
        } else {
          AppendDecoded(token.text, EntityContext::kText, decoded);
        }
        if (pre > 0) {
          to->AddPreformatted(decoded);
        } else {
          to->Add(decoded);
        }
        break;
      case HtmlToken::Kind::kStart:
        if (block) {
          to->Break();
        }
        if (token.tag == Tag::kBlockquote) {
          ++quotes;
          to = &quoted;
          to->Break();
        } else if (token.tag == Tag::kPre) {
          ++pre;
        } else if (token.tag == Tag::kImg) {
          const auto* alt = token.Find("alt");
          const auto* classes = token.Find("class");
          const auto* source = token.Find("src");
          if (alt == nullptr) {
            break;
          }
          const std::string shown = DecodeEntities(*alt, EntityContext::kAttribute);
          if (IsEmojiPicture(classes == nullptr ? "" : *classes, source == nullptr ? "" : *source,
                             shown)) {
            to->Add(shown);
          } else if (picture_texts && IsPictureText(shown)) {
            to->Break();
            to->Add(shown);
            to->Break();
          }
        }
        break;
      case HtmlToken::Kind::kEnd:
        if (block) {
          to->Break();
        }
        if (token.tag == Tag::kBlockquote && quotes > 0) {
          if (--quotes == 0) {
            to = &text;
            to->Break();
          }
        } else if (token.tag == Tag::kPre && pre > 0) {
          --pre;
        }
        break;
    }
  }
  return words;
}

}  // namespace schoolwatch::crawler
