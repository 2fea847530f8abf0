#include "matchers/text_scan.h"

#include <algorithm>
#include <limits>

namespace schoolwatch::matchers {

bool IsUpperAt(std::string_view written, std::size_t at) {
  if (at >= written.size()) {
    return false;
  }
  const auto byte = static_cast<unsigned char>(written[at]);
  if (byte >= 'A' && byte <= 'Z') {
    return true;
  }
  // Latin-1 capitals; good enough for names of places.
  return byte == 0xC3 && at + 1 < written.size() &&
         static_cast<unsigned char>(written[at + 1]) <= 0x9E;
}

bool IsInside(const Span& token, std::span<const Span> spans) {
  return std::ranges::any_of(spans, [&](const Span& span) { return span.Contains(token); });
}

std::size_t DistanceTo(std::size_t scan, std::size_t token, std::span<const Span> spans) {
  std::size_t least = std::numeric_limits<std::size_t>::max();
  for (const Span& span : spans) {
    if (span.scan != scan) {
      continue;
    }
    const std::size_t distance = token < span.first   ? span.first - token
                                 : token >= span.last ? token - span.last + 1
                                                      : 0;
    least = std::min(least, distance);
  }
  return least;
}

bool TextScan::IsCapital(std::size_t token) const {
  std::size_t at = folded.map[tokens[token].start];
  if (at < written.size() && (written[at] == '@' || written[at] == '#')) {
    ++at;
  }
  return IsUpperAt(written, at);
}

std::string_view TextScan::Word(std::size_t token) const {
  return std::string_view(folded.text)
      .substr(tokens[token].start, tokens[token].end - tokens[token].start);
}

std::string_view TextScan::Between(std::size_t before, std::size_t after) const {
  return std::string_view(folded.text)
      .substr(tokens[before].end, tokens[after].start - tokens[before].end);
}

}  // namespace schoolwatch::matchers
