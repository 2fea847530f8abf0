#include "crawler/readers/guard.h"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <cstdint>
#include <string>
#include <vector>

#include "crawler/readers/html_tokenizer.h"
#include "crawler/readers/text.h"

namespace schoolwatch::crawler {
namespace {

constexpr std::int32_t kNone = -1;
// More open formatting elements than this on one list are refused: Gumbo compares each new one
// with all of them.
constexpr std::size_t kMaxFormatting = 2'000;

std::uint64_t HashBytes(std::string_view bytes, std::uint64_t seed) {
  std::uint64_t hash = seed ^ 0xCBF29CE484222325ULL;
  for (const char c : bytes) {
    hash = (hash ^ static_cast<unsigned char>(c)) * 0x100000001B3ULL;
  }
  return hash;
}

// Where it cannot follow the Standard exactly (tables, templates, foreign content) it counts too
// much rather than too little.
class Simulation {
 public:
  explicit Simulation(const HtmlLimits& limits) : limits_(limits) {
    last_.fill(kNone);
    stack_.reserve(256);
  }

  HtmlCost Run(std::string_view html) {
    HtmlTokenizer tokenizer(html);
    HtmlToken token;
    while (!Exceeded() && tokenizer.Next(token)) {
      switch (token.kind) {
        case HtmlToken::Kind::kText:
          if (!token.is_raw) {
            Rebuild();
          }
          break;
        case HtmlToken::Kind::kStart:
          Start(token);
          break;
        case HtmlToken::Kind::kEnd:
          End(token.tag, token.name);
          break;
      }
    }
    return cost_;
  }

 private:
  struct Open {
    Tag tag = Tag::kUnknown;
    std::uint32_t name = 0;             // Tells unknown elements apart.
    std::int32_t previous = kNone;      // The next lower open element of the same tag.
    std::int32_t barrier = kNone;       // The topmost scope barrier at or below.
    std::int32_t special = kNone;       // The same for special elements.
    std::int32_t list_barrier = kNone;  // …for special ones other than address, div and p.
    std::int32_t formatting = kNone;    // Its entry in the list.
  };
  struct Formatting {
    Tag tag = Tag::kUnknown;
    std::uint64_t key = 0;
    bool on_stack = false;
  };

  bool Exceeded() const {
    return cost_.depth > limits_.max_depth || cost_.attributes > limits_.max_attributes ||
           cost_.elements > limits_.max_elements || cost_.rebuilt > limits_.max_rebuilt ||
           cost_.steps > limits_.max_steps;
  }

  std::int32_t& Last(Tag tag) { return last_[static_cast<std::size_t>(tag)]; }
  const Open* Top() const { return stack_.empty() ? nullptr : &stack_.back(); }

  void Push(Tag tag, std::uint32_t name, std::int32_t formatting) {
    const auto index = static_cast<std::int32_t>(stack_.size());
    Open open;
    open.tag = tag;
    open.name = name;
    open.previous = Last(tag);
    const Open* top = Top();
    open.barrier = Has(tag, kScopeBarrier) ? index : top != nullptr ? top->barrier : kNone;
    open.special = Has(tag, kSpecial) ? index : top != nullptr ? top->special : kNone;
    const bool ends_lists =
        Has(tag, kSpecial) && tag != Tag::kAddress && tag != Tag::kDiv && tag != Tag::kP;
    open.list_barrier = ends_lists ? index : top != nullptr ? top->list_barrier : kNone;
    open.formatting = formatting;
    stack_.push_back(open);
    Last(tag) = index;
    ++cost_.elements;
    cost_.depth = std::max(cost_.depth, stack_.size());
  }

  void PopThrough(std::int32_t index) {
    while (static_cast<std::int32_t>(stack_.size()) > index) {
      const Open& open = stack_.back();
      if (open.formatting != kNone &&
          static_cast<std::size_t>(open.formatting) < formatting_.size()) {
        formatting_[static_cast<std::size_t>(open.formatting)].on_stack = false;
      }
      Last(open.tag) = open.previous;
      stack_.pop_back();
    }
  }

  void PopIfInScope(Tag tag) {
    const std::int32_t index = Last(tag);
    if (index != kNone && index >= Top()->barrier) {
      PopThrough(index);
    }
  }

  // "Reconstruct the active formatting elements".
  void Rebuild() {
    std::size_t first = formatting_.size();
    while (first > 0 && !formatting_[first - 1].on_stack) {
      --first;
    }
    for (std::size_t i = first; i < formatting_.size() && !Exceeded(); ++i) {
      ++cost_.rebuilt;
      formatting_[i].on_stack = true;
      Push(formatting_[i].tag, 0, static_cast<std::int32_t>(i));
    }
  }

  void Start(const HtmlToken& token) {
    cost_.attributes = std::max(cost_.attributes, token.attribute_count);
    cost_.steps += stack_.size() + 1;
    const Tag tag = token.tag;
    if (Has(tag, kClosesP)) {
      PopIfInScope(Tag::kP);
    }
    CloseImplied(tag);
    if (Has(tag, kVoid)) {
      if (tag != Tag::kHr && !Has(tag, kTablePart)) {
        Rebuild();
      }
      ++cost_.elements;
      return;
    }
    if (Has(tag, kFormatting)) {
      StartFormatting(token);
      return;
    }
    if (!Has(tag, kBlock) && !Has(tag, kHidden)) {
      Rebuild();
    }
    // Only foreign elements close themselves; elsewhere the slash means nothing.
    if (token.self_closing && (Last(Tag::kSvg) != kNone || Last(Tag::kMath) != kNone)) {
      ++cost_.elements;
      return;
    }
    Push(tag, NameOf(token), kNone);
  }

  static std::uint32_t NameOf(const HtmlToken& token) {
    return token.tag == Tag::kUnknown
               ? static_cast<std::uint32_t>(HashBytes(ToAsciiLower(token.name), 0))
               : 0;
  }

  void CloseImplied(Tag tag) {
    const Open* top = Top();
    if (top == nullptr) {
      return;
    }
    const auto close = [&](Tag open, std::int32_t barrier) {
      // The element itself is special, so the barrier may be it.
      if (Last(open) != kNone && Last(open) >= barrier) {
        PopThrough(Last(open));
      }
    };
    switch (tag) {
      case Tag::kLi:
        close(Tag::kLi, top->list_barrier);
        break;
      case Tag::kDd:
      case Tag::kDt:
        close(Tag::kDd, top->list_barrier);
        if (!stack_.empty()) {
          close(Tag::kDt, Top()->list_barrier);
        }
        break;
      case Tag::kOption:
      case Tag::kOptgroup:
        if (top->tag == Tag::kOption) {
          PopThrough(Last(Tag::kOption));
        }
        break;
      case Tag::kTd:
      case Tag::kTh:
      case Tag::kTr:
      case Tag::kTbody:
      case Tag::kThead:
      case Tag::kTfoot:
      case Tag::kCaption:
      case Tag::kColgroup:
        CloseTableParts(tag);
        break;
      default:
        break;
    }
  }

  void CloseTableParts(Tag tag) {
    const std::int32_t table = Last(Tag::kTable);
    if (table == kNone) {
      return;
    }
    const bool cell = tag == Tag::kTd || tag == Tag::kTh;
    const std::array<Tag, 7> parts = {Tag::kTd,    Tag::kTh,    Tag::kCaption, Tag::kTr,
                                      Tag::kTbody, Tag::kThead, Tag::kTfoot};
    for (std::size_t i = 0; i < parts.size(); ++i) {
      // A cell ends a cell; a row ends a row besides; a row group, all.
      const bool ends = i < 3 || (i == 3 && !cell) || (i > 3 && !cell && tag != Tag::kTr);
      if (ends && Last(parts[i]) > table) {
        PopThrough(Last(parts[i]));
      }
    }
  }

  void StartFormatting(const HtmlToken& token) {
    std::uint64_t key = HashBytes(TagName(token.tag), token.attributes.size());
    for (const RawAttribute& attribute : token.attributes) {
      // The order of attributes does not matter.
      key += HashBytes(attribute.name, HashBytes(attribute.value, 7));
    }
    if (token.tag == Tag::kA || token.tag == Tag::kNobr) {
      End(token.tag, token.name);
    }
    Rebuild();
    // At most three equal ones are kept ("Noah's Ark clause").
    std::size_t equal = 0;
    for (std::size_t i = formatting_.size(); i-- > 0;) {
      if (formatting_[i].key == key && ++equal == 3) {
        Forget(i);
        break;
      }
    }
    cost_.steps += formatting_.size();
    if (formatting_.size() >= kMaxFormatting) {
      cost_.rebuilt = limits_.max_rebuilt + 1;
      return;
    }
    formatting_.push_back({token.tag, key, true});
    Push(token.tag, 0, static_cast<std::int32_t>(formatting_.size() - 1));
  }

  // Takes an entry out of the list; its element may stay open.
  void Forget(std::size_t index) {
    formatting_.erase(formatting_.begin() + static_cast<std::ptrdiff_t>(index));
    cost_.steps += stack_.size();
    for (Open& open : stack_) {
      if (open.formatting == static_cast<std::int32_t>(index)) {
        open.formatting = kNone;
      } else if (open.formatting > static_cast<std::int32_t>(index)) {
        --open.formatting;
      }
    }
  }

  void End(Tag tag, std::string_view name) {
    if (stack_.empty()) {
      return;
    }
    cost_.steps += 1;
    if (Has(tag, kFormatting)) {
      EndFormatting(tag);
      return;
    }
    if (Has(tag, kHeading)) {
      for (const Tag heading : {Tag::kH1, Tag::kH2, Tag::kH3, Tag::kH4, Tag::kH5, Tag::kH6}) {
        if (!stack_.empty()) {
          PopIfInScope(heading);
        }
      }
      return;
    }
    if (tag == Tag::kHtml || tag == Tag::kBody || tag == Tag::kHead) {
      return;
    }
    if (tag == Tag::kTable || Has(tag, kTablePart)) {
      if (Last(tag) != kNone && Last(tag) >= Last(Tag::kTable)) {
        PopThrough(Last(tag));
      }
      return;
    }
    if (Has(tag, kSpecial)) {
      PopIfInScope(tag);
      return;
    }
    // Any other end tag looks down to the nearest special element.
    std::int32_t index = Last(tag);
    if (tag == Tag::kUnknown) {
      const auto wanted = static_cast<std::uint32_t>(HashBytes(ToAsciiLower(name), 0));
      while (index != kNone && index > Top()->special &&
             stack_[static_cast<std::size_t>(index)].name != wanted) {
        index = stack_[static_cast<std::size_t>(index)].previous;
        ++cost_.steps;
      }
    }
    if (index != kNone && index > Top()->special) {
      PopThrough(index);
    }
  }

  // The adoption agency, as far as its cost goes: the entry leaves the list; if blocks stand above
  // the element, up to eight rounds make new elements inside them, and the depth stays.
  void EndFormatting(Tag tag) {
    for (std::size_t i = formatting_.size(); i-- > 0;) {
      ++cost_.steps;
      if (formatting_[i].tag != tag) {
        continue;
      }
      const std::int32_t index = Last(tag);
      const bool on_stack = formatting_[i].on_stack && index != kNone;
      Forget(i);
      if (on_stack && index > Top()->special) {
        PopThrough(index);
      } else if (on_stack) {
        cost_.elements += 8;
        cost_.steps += 8 * stack_.size();
      }
      return;
    }
    const std::int32_t index = Last(tag);
    if (index != kNone && index > Top()->special) {
      PopThrough(index);
    }
  }

  const HtmlLimits& limits_;
  HtmlCost cost_;
  std::vector<Open> stack_;
  std::vector<Formatting> formatting_;
  std::array<std::int32_t, static_cast<std::size_t>(Tag::kCount)> last_{};
};

}  // namespace

HtmlCost MeasureHtml(std::string_view html, const HtmlLimits& limits) {
  return Simulation(limits).Run(html);
}

core::Result<void> CheckHtml(std::string_view html, const HtmlLimits& limits) {
  if (html.size() > limits.max_bytes) {
    return core::Fail(core::ErrorKind::kBadInput,
                      fmt::format("longer than {} bytes", limits.max_bytes));
  }
  const HtmlCost cost = MeasureHtml(html, limits);
  const auto refuse = [](std::string_view what, std::size_t limit) {
    return core::Fail(core::ErrorKind::kBadInput, fmt::format("{} {}", what, limit));
  };
  if (cost.depth > limits.max_depth) {
    return refuse("elements nested deeper than", limits.max_depth);
  }
  if (cost.attributes > limits.max_attributes) {
    return refuse("attributes on one tag over", limits.max_attributes);
  }
  if (cost.rebuilt > limits.max_rebuilt) {
    return refuse("formatting elements to rebuild over", limits.max_rebuilt);
  }
  if (cost.elements > limits.max_elements) {
    return refuse("elements over", limits.max_elements);
  }
  if (cost.steps > limits.max_steps) {
    return refuse("steps over open elements over", limits.max_steps);
  }
  return {};
}

}  // namespace schoolwatch::crawler
