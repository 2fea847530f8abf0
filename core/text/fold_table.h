#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace schoolwatch::core {

// What folding does to one code point; see FoldTable::Find.
class FoldEntry {
 public:
  enum Flag : std::uint32_t {
    kChanged = 1u << 28,     // Replaced by `size()` bytes at `offset()`; none means removed.
    kJoins = 1u << 29,       // May combine with what stands before: ICU must see both.
    kStyled = 1u << 30,      // A mathematical or full-width letter.
    kLookalike = 1u << 31u,  // Folds to a letter of another script that looks like a Latin one.
  };
  FoldEntry() = default;
  FoldEntry(std::size_t offset, std::size_t size)
      : bits_(kChanged | static_cast<std::uint32_t>(offset << 8 | size)) {}
  void Set(Flag flag) { bits_ |= flag; }
  bool Has(Flag flag) const { return (bits_ & flag) != 0; }
  std::size_t offset() const { return (bits_ >> 8) & 0xFFFFF; }
  std::size_t size() const { return bits_ & 0xFF; }

 private:
  std::uint32_t bits_ = 0;
};

// NFKC case folding of every code point, made from ICU once at first use (some 6 ms), with our own
// choices for punctuation on top. Immutable.
class FoldTable {
 public:
  static const FoldTable& Get();

  FoldEntry Find(char32_t code_point) const {
    return pages_[page_of_[code_point >> kPageBits]][code_point & (kPageSize - 1)];
  }
  std::string_view BytesOf(FoldEntry entry) const {
    return std::string_view(pool_).substr(entry.offset(), entry.size());
  }
  // The ASCII letter that a folded letter of another script looks like; 0 where it looks like none.
  char LookalikeOf(char32_t letter) const;

 private:
  static constexpr std::size_t kPageBits = 7;
  static constexpr std::size_t kPageSize = std::size_t{1} << kPageBits;
  using Page = std::array<FoldEntry, kPageSize>;

  FoldTable();
  void AddFoldings();
  void AddJoiners();
  void AddLookalikes();
  FoldEntry& At(char32_t code_point);

  std::vector<std::uint16_t> page_of_;
  std::vector<Page> pages_;  // The first is all unchanged.
  std::string pool_;
  std::vector<std::pair<char32_t, char>> lookalikes_;  // Sorted.
};

// Apostrophes, quotation marks and dashes as ASCII; any other code point as it is. NFKC leaves most
// of them alone, and makes a space and an accent of U+00B4.
char32_t PlainPunctuation(char32_t code_point);

// Folds a base and what joins it, given as code points, by ICU.
std::string FoldSequence(std::u32string_view code_points);

}  // namespace schoolwatch::core
