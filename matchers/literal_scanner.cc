#include "matchers/literal_scanner.h"

#include <cassert>

namespace schoolwatch::matchers {

LiteralScanner::LiteralScanner(std::span<const std::string> literals) : count_(literals.size()) {
  for (const std::string& literal : literals) {
    for (const char byte : literal) {
      std::uint8_t& known = classes_[static_cast<unsigned char>(byte)];
      if (known == 0) {
        // At most 256 values can be asked for, and a text that uses all of them shares the last.
        known = static_cast<std::uint8_t>(width_ < 255 ? width_++ : 255);
      }
    }
  }
  if (width_ == 255) {
    width_ = 256;
  }

  // A trie with row numbers first; failure links are then written into the same table.
  std::vector<std::vector<std::uint32_t>> ends(1);
  next_.assign(width_, 0);
  for (std::size_t index = 0; index < literals.size(); ++index) {
    std::size_t state = 0;
    for (const char byte : literals[index]) {
      const std::size_t cell = state * width_ + classes_[static_cast<unsigned char>(byte)];
      if (next_[cell] == 0) {
        next_[cell] = static_cast<std::uint32_t>(ends.size());
        ends.emplace_back();
        next_.resize(next_.size() + width_, 0);
      }
      state = next_[cell];
    }
    ends[state].push_back(static_cast<std::uint32_t>(index));
  }

  const std::size_t states = ends.size();
  std::vector<std::uint32_t> fail(states, 0);
  std::vector<std::uint32_t> order;  // Breadth first, so that a shorter suffix is complete already.
  order.reserve(states);
  for (std::size_t column = 0; column < width_; ++column) {
    if (next_[column] != 0) {
      order.push_back(next_[column]);
    }
  }
  for (std::size_t at = 0; at < order.size(); ++at) {
    const std::size_t state = order[at];
    const std::vector<std::uint32_t>& inherited = ends[fail[state]];
    ends[state].insert(ends[state].end(), inherited.begin(), inherited.end());
    for (std::size_t column = 0; column < width_; ++column) {
      std::uint32_t& child = next_[state * width_ + column];
      const std::uint32_t fallback = next_[fail[state] * width_ + column];
      if (child == 0) {
        child = fallback;
      } else {
        fail[child] = fallback;
        order.push_back(child);
      }
    }
  }

  outputs_begin_.reserve(states + 1);
  for (const std::vector<std::uint32_t>& one : ends) {
    outputs_begin_.push_back(static_cast<std::uint32_t>(outputs_.size()));
    outputs_.insert(outputs_.end(), one.begin(), one.end());
  }
  outputs_begin_.push_back(static_cast<std::uint32_t>(outputs_.size()));
}

void LiteralScanner::Find(std::string_view text, std::vector<int>& found) const {
  if (count_ == 0) {
    return;
  }
  std::vector<std::uint64_t> seen((count_ + 63) / 64, 0);
  std::size_t state = 0;
  for (const char byte : text) {
    state = next_[state * width_ + classes_[static_cast<unsigned char>(byte)]];
    for (std::uint32_t at = outputs_begin_[state]; at < outputs_begin_[state + 1]; ++at) {
      const std::uint32_t literal = outputs_[at];
      std::uint64_t& word = seen[literal / 64];
      const std::uint64_t bit = std::uint64_t{1} << (literal % 64);
      if ((word & bit) == 0) {
        word |= bit;
        found.push_back(static_cast<int>(literal));
      }
    }
  }
}

}  // namespace schoolwatch::matchers
