#pragma once

#include <cstdint>
#include <span>
#include <string_view>

namespace schoolwatch::crawler {

// A text between two tags, from its place in what the page shows to that of the next one.
struct ShownText {
  std::uint32_t start = 0;
  bool is_hidden = false;  // A reader may not show the element that it stands in.
  bool may_stand_apart = false;
};

// Says of each of the `texts` of `shown`, which rise, whether it may hold letters that stand one
// behind the other, or one at its end: few do, and a look at all of them together costs less than
// one at each.
void FindLettersApart(std::string_view shown, std::span<ShownText> texts);

}  // namespace schoolwatch::crawler
