#include "alerts/excerpt.h"

#include <algorithm>
#include <span>
#include <utility>

#include "alerts/clean_text.h"
#include "core/text/utf8.h"

namespace schoolwatch::alerts {
namespace {

constexpr std::size_t kSnippetAround = 140;  // Bytes on each side of a hit.
constexpr std::size_t kSnippetBytes = 600;
constexpr std::size_t kFullBytes = 4'000;
constexpr std::size_t kTitleBytes = 300;
constexpr std::size_t kMaxRun = 30;

struct Range {
  std::size_t start = 0;
  std::size_t end = 0;
};

bool IsInsideCharacter(std::string_view text, std::size_t at) {
  return at < text.size() && (static_cast<unsigned char>(text[at]) & 0xC0) == 0x80;
}

// Sorted, without overlaps.
std::vector<Range> Merge(std::vector<Range> ranges) {
  std::ranges::sort(ranges, {},
                    [](const Range& range) { return std::pair(range.start, range.end); });
  std::vector<Range> merged;
  for (const Range& range : ranges) {
    if (!merged.empty() && range.start <= merged.back().end) {
      merged.back().end = std::max(merged.back().end, range.end);
    } else {
      merged.push_back(range);
    }
  }
  return merged;
}

// The hits in one field that fit its text and counted for something, strongest first.
std::vector<Range> HitRanges(const core::Finding& finding, core::PostField field,
                             std::string_view text) {
  std::vector<const core::Hit*> hits;
  for (const core::Hit& hit : finding.judgement.hits) {
    if (hit.field == field && hit.start < hit.end && hit.end <= text.size() && hit.weight > 0) {
      hits.push_back(&hit);
    }
  }
  std::ranges::stable_sort(hits, std::greater<>(), &core::Hit::weight);
  std::vector<Range> ranges;
  for (const core::Hit* hit : hits) {
    Range range{hit->start, hit->end};
    while (range.start > 0 && IsInsideCharacter(text, range.start)) {
      --range.start;
    }
    while (IsInsideCharacter(text, range.end)) {
      ++range.end;
    }
    ranges.push_back(range);
  }
  return ranges;
}

// Moves an edge outwards to the next space, unless that is far: then to a whole character.
Range WidenToWords(std::string_view text, Range range) {
  constexpr std::size_t kFar = 24;
  const auto is_space = [&](std::size_t at) { return text[at] == ' ' || text[at] == '\n'; };
  for (std::size_t step = 0; step < kFar && range.start > 0 && !is_space(range.start - 1); ++step) {
    --range.start;
  }
  for (std::size_t step = 0; step < kFar && range.end < text.size() && !is_space(range.end);
       ++step) {
    ++range.end;
  }
  while (range.start > 0 && IsInsideCharacter(text, range.start)) {
    --range.start;
  }
  while (IsInsideCharacter(text, range.end)) {
    ++range.end;
  }
  return range;
}

// The parts of the text worth showing in a snippet.
std::vector<Range> SnippetWindows(std::string_view text, std::span<const Range> hits) {
  if (text.size() <= kSnippetBytes) {
    return {{0, text.size()}};
  }
  if (hits.empty()) {
    return {WidenToWords(text, {0, kSnippetBytes / 2})};
  }
  std::vector<Range> windows;
  std::size_t shown = 0;
  for (const Range& hit : hits) {
    if (shown >= kSnippetBytes) {
      break;
    }
    const std::size_t hit_end = std::min(hit.end, hit.start + kSnippetBytes);
    windows.push_back(
        WidenToWords(text, {hit.start > kSnippetAround ? hit.start - kSnippetAround : 0,
                            std::min(text.size(), hit_end + kSnippetAround)}));
    windows = Merge(std::move(windows));
    shown = 0;
    for (const Range& window : windows) {
      shown += window.end - window.start;
    }
  }
  return windows;
}

enum class Lines { kKeep, kJoin };

// Appends one run of the original text, cleaned, in parts that end at line ends and long words.
void AppendRun(std::string_view raw, bool marked, Lines lines, std::vector<ExcerptPart>& parts) {
  std::string clean = CleanText(raw);
  if (lines == Lines::kJoin) {
    std::ranges::replace(clean, '\n', ' ');
  }
  std::string_view rest = clean;
  bool new_line = false;
  while (true) {
    const std::size_t end = rest.find('\n');
    const std::string_view line = rest.substr(0, end);
    std::vector<ExcerptPart> pieces = BreakLongWords(line, kMaxRun);
    if (new_line) {
      if (pieces.empty()) {
        pieces.emplace_back();
      }
      pieces.front().new_line = true;
    }
    for (ExcerptPart& piece : pieces) {
      piece.marked = marked && !piece.text.empty();
      parts.push_back(std::move(piece));
    }
    if (end == std::string_view::npos) {
      return;
    }
    rest.remove_prefix(end + 1);
    new_line = true;
  }
}

// The text of `window` with `hits` (merged) marked.
void AppendWindow(std::string_view text, Range window, std::span<const Range> hits, Lines lines,
                  std::vector<ExcerptPart>& parts) {
  std::size_t at = window.start;
  for (const Range& hit : hits) {
    const std::size_t start = std::max(hit.start, at);
    const std::size_t end = std::min(hit.end, window.end);
    if (start >= end) {
      continue;
    }
    if (start > at) {
      AppendRun(text.substr(at, start - at), false, lines, parts);
    }
    AppendRun(text.substr(start, end - start), true, lines, parts);
    at = end;
  }
  if (at < window.end) {
    AppendRun(text.substr(at, window.end - at), false, lines, parts);
  }
}

}  // namespace

core::Result<Display> ParseDisplay(std::string_view name) {
  if (name == "masked") {
    return Display::kMasked;
  }
  if (name == "snippet") {
    return Display::kSnippet;
  }
  if (name == "full") {
    return Display::kFull;
  }
  return core::Fail(core::ErrorKind::kBadInput, "alerts: 'display' is '" + std::string(name) +
                                                    "', it must be masked, snippet or full");
}

std::vector<ExcerptPart> BreakLongWords(std::string_view clean, std::size_t max_run) {
  std::vector<ExcerptPart> parts;
  std::size_t start = 0;
  std::size_t run = 0;
  for (std::size_t at = 0; at < clean.size();) {
    const core::Utf8Step step = core::DecodeUtf8(clean, at);
    run = step.code_point == U' ' ? 0 : run + 1;
    at += step.size;
    if (run == max_run && at < clean.size()) {
      parts.push_back({.text = std::string(clean.substr(start, at - start)), .may_break = true});
      start = at;
      run = 0;
    }
  }
  if (start < clean.size()) {
    parts.push_back({.text = std::string(clean.substr(start))});
  }
  return parts;
}

Excerpt MakeExcerpt(const core::Finding& finding, Display display) {
  Excerpt excerpt;
  const std::string_view title = finding.post.title;
  const std::string_view text = finding.post.text;
  if (display == Display::kMasked) {
    excerpt.is_cut = !title.empty() || !text.empty();
    return excerpt;
  }
  const std::string_view shown_title = CutUtf8(title, kTitleBytes);
  AppendWindow(shown_title, {0, shown_title.size()},
               Merge(HitRanges(finding, core::PostField::kTitle, title)), Lines::kJoin,
               excerpt.title);
  const std::vector<Range> by_weight = HitRanges(finding, core::PostField::kText, text);
  const std::vector<Range> hits = Merge(by_weight);
  const Lines lines = display == Display::kFull ? Lines::kKeep : Lines::kJoin;
  std::vector<Range> windows;
  if (display == Display::kFull) {
    windows.push_back({0, CutUtf8(text, kFullBytes).size()});
  } else {
    windows = SnippetWindows(text, by_weight);
  }
  std::size_t at = 0;
  for (const Range& window : windows) {
    if (window.start > at) {
      excerpt.text.push_back({.text = excerpt.text.empty() ? "… " : " … "});
      excerpt.is_cut = true;
    }
    AppendWindow(text, window, hits, lines, excerpt.text);
    at = window.end;
  }
  if (at < text.size()) {
    excerpt.text.push_back({.text = " …"});
  }
  excerpt.is_cut = excerpt.is_cut || at < text.size() || shown_title.size() < title.size();
  return excerpt;
}

std::string PlainExcerpt(const std::vector<ExcerptPart>& parts) {
  std::string plain;
  bool in_mark = false;
  for (const ExcerptPart& part : parts) {
    if (in_mark && !part.marked) {
      plain += "«";
      in_mark = false;
    }
    if (part.new_line) {
      plain += '\n';
    }
    if (!in_mark && part.marked) {
      plain += "»";
      in_mark = true;
    }
    plain += part.text;
  }
  if (in_mark) {
    plain += "«";
  }
  return plain;
}

}  // namespace schoolwatch::alerts
