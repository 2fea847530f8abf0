#pragma once

#include <cstddef>
#include <span>
#include <string>
#include <string_view>
#include <vector>

namespace schoolwatch::crawler {

// Another way in which a reader of the tree may give out text that the cheap pass has put together
// line by line: by itself what stands inside a line (letters_apart.h has the others).

// Whether it may make other words that a tag stands between `left`, whose end counts, and `right`,
// whose start does: where they join to one word, or one hidden word; where a sign or figure near
// them stands for a letter only at a word's start, or in what is no address.
bool TagMayMatter(std::string_view left, std::string_view right);

// An element may be read by itself, or left out of what is around it: "by<b>QBA</b>". `cuts` are
// the places in `text`, rising, where a tag stands that TagMayMatter; appends what lies between any
// two of the same line, as a line each. False where there are too many to try.
[[nodiscard]] bool AppendCutLines(std::string_view text, std::span<const std::size_t> cuts,
                                  std::string& out);

// A part of a text, in bytes.
struct TextRange {
  std::size_t start = 0;
  std::size_t end = 0;
};

// Elements whose words a reader of the tree does not show ("Quill<svg>icon</svg>brook") bring
// together what stands around them. Appends what lies around each of the parts `left_out`, in any
// order, without it; then what AppendCutLines appends for the `cuts` near them, and answers as it
// does.
[[nodiscard]] bool AppendWithoutParts(std::string_view text, std::vector<TextRange> left_out,
                                      std::span<const std::size_t> cuts, std::string& out);

}  // namespace schoolwatch::crawler
