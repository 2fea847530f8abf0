#pragma once

#include <cstddef>
#include <span>
#include <string>
#include <string_view>
#include <vector>

namespace schoolwatch::crawler {

// Other ways in which a reader of the tree may give out text that the cheap pass has put together
// line by line: as one line what stands on several, and by itself what stands inside a line.

// Headings and names are read as one line, whatever breaks they hold: "Q<br>B<br>A" is a title
// "Q B A". That makes another word only of letters which stand alone on both sides of a break;
// appends the lines around such places once more, as one line each, and what lies between any two
// such places, where letters of the next heading would make a third word. False where there are
// too many to try.
[[nodiscard]] bool AppendJoinedLines(std::string_view text, std::string& out);

// Whether it may make other words that a tag stands between `left`, whose end counts, and `right`,
// whose start does: where they join to one word, or one hidden word; where each is a letter that
// stands alone, of which a reader makes words; where a sign or figure near them stands for a letter
// only at a word's start, or in what is no address.
bool TagMayMatter(std::string_view left, std::string_view right);

// An element may be read by itself, or left out of what is around it: "by<b>QBA</b>". `cuts` are
// the places in `text`, rising, where a tag stands that TagMayMatter; appends what lies between any
// two of the same line, as a line each. False where there are too many to try.
[[nodiscard]] bool AppendCutLines(std::string_view text, std::span<const std::size_t> cuts,
                                  std::string& out);

// Both: an element that is read by itself may hold a break, and end inside a word of the line
// behind it: "<a>Q<br>B</a>2". Joins as AppendJoinedLines does, with a break at each of `cuts`,
// where a letter stands alone at one of them.
[[nodiscard]] bool AppendJoinedPieces(std::string_view text, std::span<const std::size_t> cuts,
                                      std::string& out);

// A part of a text, in bytes.
struct TextRange {
  std::size_t start = 0;
  std::size_t end = 0;
};

// Elements whose words a reader of the tree does not show ("Quill<svg>icon</svg>brook") bring
// together what stands around them. Gives `text` without the parts `left_out`, in any order, and
// makes of `cuts` the places where tags stand in what is left.
std::string WithoutParts(std::string_view text, std::vector<TextRange> left_out,
                         std::vector<std::size_t>& cuts);

}  // namespace schoolwatch::crawler
