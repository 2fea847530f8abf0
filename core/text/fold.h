#pragma once

#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

namespace schoolwatch::core {

// Text made comparable, with the way back to what was written.
struct FoldedText {
  std::string text;  // UTF-8.
  // For byte i of `text`, the byte of the original at which the character it came from starts; one
  // more entry at the end, the original's size. So original range of [a, b) is
  // [map[a], map[b]) widened to whole characters.
  std::vector<std::uint32_t> map;

  struct Range {
    std::size_t start = 0;
    std::size_t end = 0;
  };
  // The bytes of the original that [start, end) of `text` came from.
  Range Original(std::size_t start, std::size_t end) const;
};

// View 1: NFKC case folding (Unicode 15, UAX 31) by a table generated from ICU, zero-width and
// other default-ignorable characters removed, typographic apostrophes and dashes made ASCII,
// confusables mapped only inside words that mix scripts or use mathematical or full-width letters.
// Malformed UTF-8 becomes U+FFFD; of marks piled on one letter 31 are kept. Folding twice changes
// nothing more. Cost is linear; nothing fails.
FoldedText Fold(std::string_view text);
// The same text without a map, in place of what `folded` held; keeps its room.
void FoldText(std::string_view text, std::string& folded);

// `text` with only such signs folded as become ASCII by themselves: apostrophes, quotation marks,
// dashes, no-break spaces. Its folding is that of `text`; what looks closely at all that is not
// ASCII has much less to look at. In place of what `plain` held.
void FoldSigns(std::string_view text, std::string& plain);

// View 2, for words written to slip past a filter: leet digits and symbols inside a word mapped to
// letters (k1ll), runs of three or more equal letters cut to two or one as English spelling has it
// (killll, knifeee), single letters spaced or dotted apart joined (k n i f e), struck-out and boxed
// letters made plain, emoji that stand for words spelled out. Made from a folded text; its map
// leads to the same original. Empty `text` when the view would equal view 1, so that rules need not
// run twice.
FoldedText EvasionView(const FoldedText& folded);
// False where EvasionView of this folded text is empty; true may be too much said.
bool MayHideWords(std::string_view folded);

// True for valid UTF-8 (no surrogates, no overlong forms).
bool IsValidUtf8(std::string_view text);

// `text` with every malformed sequence replaced by U+FFFD (Encoding Standard, UTF-8 decoder).
std::string RepairUtf8(std::string_view text);

}  // namespace schoolwatch::core
