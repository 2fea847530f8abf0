#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <span>
#include <string>
#include <string_view>
#include <vector>

namespace schoolwatch::matchers {

// Finds which of many literals occur in a text in one pass (Aho-Corasick over a dense table of byte
// classes, 160-260 MB/s). Immutable, thread-safe.
class LiteralScanner {
 public:
  explicit LiteralScanner(std::span<const std::string> literals);

  // Appends the index of every literal that occurs in `text` to `found`, each once, in no
  // particular order.
  void Find(std::string_view text, std::vector<int>& found) const;

 private:
  std::size_t count_ = 0;
  std::array<std::uint8_t, 256> classes_{};  // 0: a byte in no literal.
  std::size_t width_ = 1;
  std::vector<std::uint32_t> next_;           // [state * width_ + class]: state * width_.
  std::vector<std::uint32_t> outputs_begin_;  // By state; one more at the end.
  std::vector<std::uint32_t> outputs_;        // Literals that end in a state.
};

}  // namespace schoolwatch::matchers
