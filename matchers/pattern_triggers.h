#pragma once

#include <compare>
#include <cstddef>
#include <cstdint>
#include <optional>
#include <span>
#include <string_view>
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
  struct Found {
    LiteralScanner::Found literals;
    std::vector<Touch> touches;  // In no order.
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
  // A literal's occurrence touches `pattern` where one of the guards stands near. With all that
  // most need to be told, so that nothing else is touched.
  struct Trigger {
    std::uint32_t pattern = 0;
    std::uint32_t guards = 0;  // A list; 0: none.
    // Of a literal that may be a guard, the bit of its number's last six.
    std::uint64_t may_guard = 0;
    std::uint32_t reach = 0;       // Words after it …
    std::uint32_t reach_back = 0;  // … and before it.
  };
  struct Plan {
    Way way = Way::kAround;
    bool begins_with_trigger = false;
    std::uint32_t gap = 0;       // Of kGap: words at most between …
    std::uint32_t triggers = 0;  // … the two, whose literals are those of two lists.
    std::uint32_t guards = 0;
    std::size_t reach = 0;
  };

  std::uint32_t NumberOf(std::vector<std::uint32_t> literals);
  std::span<const std::uint32_t> ListOf(std::uint32_t number) const;
  bool IsGuarded(const Trigger& trigger, const LiteralScanner::Found& found,
                 std::size_t index) const;

  std::vector<Plan> plans_;                    // By pattern.
  std::vector<std::uint32_t> sizes_;           // By literal: bytes.
  std::vector<Trigger> triggers_;              // By literal: from triggers_begin_[literal] …
  std::vector<std::uint32_t> triggers_begin_;  // … to that of the next.
  std::vector<std::uint32_t> lists_;           // Sorted literals; the first list is empty.
  std::vector<std::uint32_t> lists_begin_;
  std::optional<LiteralScanner> scanner_;
};

}  // namespace schoolwatch::matchers
