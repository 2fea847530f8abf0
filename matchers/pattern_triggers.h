#pragma once

#include <compare>
#include <cstddef>
#include <cstdint>
#include <optional>
#include <span>
#include <string_view>
#include <utility>
#include <vector>

#include "matchers/literal_scanner.h"
#include "matchers/pattern_shape.h"

namespace schoolwatch::matchers {

// Which patterns a text may match, and around which of its words, by the literals that they cannot
// do without; and the matches of those that literals alone decide. Texts are folded, so valid
// UTF-8. Immutable, thread-safe.
class PatternTriggers {
 public:
  explicit PatternTriggers(std::span<const PatternShape> shapes);

  // How the matches of a pattern are found once literals touch it.
  enum class Way : std::uint8_t {
    kAround,     // By RE2, somewhere around them.
    kFromStart,  // By RE2; each begins with one of them.
    kJust,       // They are the matches.
    kGap,        // One, some words, and another.
  };
  Way WayOf(std::size_t pattern) const { return plans_[pattern].way; }
  // Words that a match can touch.
  std::size_t ReachOf(std::size_t pattern) const { return plans_[pattern].reach; }

  // A pattern that may match around a word of the text.
  struct Touch {
    std::uint32_t pattern = 0;
    std::uint32_t word = 0;   // One of Found::literals.stretches.
    std::uint32_t start = 0;  // Of the literal …
    std::uint32_t size = 0;   // … and its bytes.
    auto operator<=>(const Touch&) const = default;
  };
  class Found {
   public:
    LiteralScanner::Found literals;
    std::vector<Touch> touches;  // In no order.

   private:
    friend PatternTriggers;
    std::vector<std::uint64_t> present;  // A bit for each literal, once one was asked for.
    bool is_present_known = false;
  };
  // In place of what `found` held, whose room is kept.
  void Find(std::string_view text, Found& found) const;

  // Of a kGap pattern: the end of the match that begins with this literal, if there is one.
  std::optional<std::size_t> MatchGap(const Touch& first, const Found& found,
                                      std::string_view text) const;
  // Of a kGap pattern: puts the literals that may begin a match in place of those that touched it.
  // Sorted by where they start.
  void FindFirsts(std::span<const Touch> touches, const Found& found,
                  std::vector<Touch>& firsts) const;

 private:
  // Says of nearly all literals that they are not in a list, by two hashes of their numbers.
  class LiteralMask {
   public:
    void Add(std::uint32_t literal) {
      first_ |= First(literal);
      second_ |= Second(literal);
    }
    bool MayHold(std::uint32_t literal) const {
      return (first_ & First(literal)) != 0 && (second_ & Second(literal)) != 0;
    }

   private:
    static std::uint64_t First(std::uint32_t literal) { return std::uint64_t{1} << (literal & 63); }
    static std::uint64_t Second(std::uint32_t literal) {
      return std::uint64_t{1} << (literal * 0x9E3779B1U >> 26);
    }
    std::uint64_t first_ = 0;
    std::uint64_t second_ = 0;
  };

  // A literal's occurrence touches `pattern` where one of the guards stands near. With all that
  // most need to be told, so that nothing else is touched.
  struct Trigger {
    std::uint32_t pattern = 0;
    std::uint32_t guards = 0;  // A list; 0: none.
    LiteralMask may_guard = {};
    std::uint32_t reach = 0;       // Words after it …
    std::uint32_t reach_back = 0;  // … and before it.
  };
  struct OfLiteral {
    std::uint32_t size = 0;      // Bytes.
    std::uint32_t triggers = 0;  // Where its own begin; they end where the next one's do.
  };
  struct Plan {
    Way way = Way::kAround;
    bool begins_with_trigger = false;
    std::uint32_t gap = 0;       // Of kGap: words at most between …
    std::uint32_t triggers = 0;  // … the two, whose literals are those of two lists.
    std::uint32_t guards = 0;
    std::size_t reach = 0;
  };

  void SortTriggers(std::span<const std::pair<std::uint32_t, Trigger>> given);
  std::span<const std::uint32_t> ListOf(std::uint32_t number) const;
  bool IsGuarded(const Trigger& trigger, Found& found, std::size_t index) const;
  void MarkPresent(Found& found) const;

  std::vector<Plan> plans_;           // By pattern.
  std::vector<OfLiteral> literals_;   // One more at the end.
  std::vector<Trigger> triggers_;     // By literal.
  std::vector<std::uint32_t> lists_;  // Sorted literals; the first list is empty.
  std::vector<std::uint32_t> lists_begin_;
  std::optional<LiteralScanner> scanner_;
};

}  // namespace schoolwatch::matchers
