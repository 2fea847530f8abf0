#pragma once

#include <cstddef>
#include <string>
#include <string_view>
#include <vector>

#include "core/finding.h"
#include "core/result.h"

namespace schoolwatch::alerts {

// How much of a post a mail shows.
enum class Display { kMasked, kSnippet, kFull };
// kBadInput for any other word than masked, snippet and full.
core::Result<Display> ParseDisplay(std::string_view name);

// A run of clean text. The parts of an excerpt follow one another without anything between.
struct ExcerptPart {
  std::string text;
  bool marked = false;     // Words that a rule fired on.
  bool new_line = false;   // Starts a new line.
  bool may_break = false;  // A very long word may be broken after it.
};

struct Excerpt {
  std::vector<ExcerptPart> title;
  std::vector<ExcerptPart> text;
  bool is_cut = false;  // There is more in the post.
};

// What a mail shows of a post, with the words that mattered marked. kSnippet: the words with what
// stands around them, a few hundred letters; kFull: up to 4,000; kMasked: nothing. Offsets of hits
// that do not fit the post are ignored.
Excerpt MakeExcerpt(const core::Finding& finding, Display display);

// The parts as plain text, »marked« words between guillemets.
std::string PlainExcerpt(const std::vector<ExcerptPart>& parts);

// Splits clean text so that no run of `max_run` letters is without a place to break.
std::vector<ExcerptPart> BreakLongWords(std::string_view clean, std::size_t max_run);

}  // namespace schoolwatch::alerts
