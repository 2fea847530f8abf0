#pragma once

#include <cstddef>
#include <string_view>

#include "core/result.h"

namespace schoolwatch::crawler {

// What parsing a page with Gumbo would cost. Real pages stay far below each limit; each limit stops
// an input that Gumbo 0.10.1 takes minutes or gigabytes for.
struct HtmlCost {
  std::size_t depth = 0;       // Deepest nesting of open elements.
  std::size_t attributes = 0;  // Most on one tag: duplicates are looked for by comparing all.
  std::size_t elements = 0;    // Including those that are rebuilt.
  // Formatting elements made anew because a block ended above them ("</p><p>" with open <b>s).
  std::size_t rebuilt = 0;
  // Steps of looking through open elements, which Gumbo does for most tags.
  std::size_t steps = 0;
};

struct HtmlLimits {
  std::size_t max_bytes = 8u << 20;
  std::size_t max_depth = 4'000;
  std::size_t max_attributes = 2'000;
  std::size_t max_elements = 400'000;
  std::size_t max_rebuilt = 200'000;
  std::size_t max_steps = 100'000'000;
};

// Simulates the tree builder's stack of open elements and its list of active formatting elements
// over one pass, and stops as soon as a limit is passed.
HtmlCost MeasureHtml(std::string_view html, const HtmlLimits& limits = {});

// kBadInput where Gumbo must not be given this page, saying why ("nested deeper than 4,000").
core::Result<void> CheckHtml(std::string_view html, const HtmlLimits& limits = {});

}  // namespace schoolwatch::crawler
