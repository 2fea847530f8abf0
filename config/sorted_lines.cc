#include "config/sorted_lines.h"

#include <algorithm>
#include <cstddef>

namespace schoolwatch::config {

SortedLines::SortedLines(std::string_view text) : text_(text) {
  while (text_.starts_with('#')) {
    text_.remove_prefix(std::min(text_.find('\n'), text_.size() - 1) + 1);
  }
}

std::optional<std::string_view> SortedLines::Find(std::string_view key) const {
  // Both ends always stand at the start of a line.
  std::size_t low = 0;
  std::size_t high = text_.size();
  while (low < high) {
    std::size_t start = low + (high - low) / 2;
    while (start > low && text_[start - 1] != '\n') {
      --start;
    }
    const std::size_t end = std::min(text_.find('\n', start), text_.size());
    const std::string_view line = text_.substr(start, end - start);
    const std::size_t tab = std::min(line.find('\t'), line.size());
    const int order = line.substr(0, tab).compare(key);
    if (order == 0) {
      return tab == line.size() ? std::string_view() : line.substr(tab + 1);
    }
    if (order < 0) {
      low = std::min(end + 1, text_.size());
    } else {
      high = start;
    }
  }
  return std::nullopt;
}

}  // namespace schoolwatch::config
