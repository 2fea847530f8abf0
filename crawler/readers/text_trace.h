#pragma once

#include <cstdint>
#include <string>
#include <string_view>

#include "core/text_gate.h"
#include "crawler/readers/document.h"

namespace schoolwatch::crawler {

// Hashes the words of a document, to tell new words from new advertisements, tokens and clocks:
// words with digits in them do not count. Passes what a reader asks on to the gate behind it, so
// that a page which is never parsed has a hash too. For one document and one thread.
class TextTrace final : public core::TextGate {
 public:
  // Borrows the gate; null: only Add is called.
  explicit TextTrace(const core::TextGate* gate) : gate_(gate) {}

  bool MayMention(std::string_view text) const override;
  void Add(std::string_view text) const;

  // 16 hexadecimal digits, stable over restarts.
  std::string hash() const;
  // The same; where a tree was built, of what was read from it.
  std::string HashOf(const Document& document) const;

 private:
  const core::TextGate* gate_;
  mutable std::uint64_t hash_ = 0;  // Asked by one reader at a time.
};

}  // namespace schoolwatch::crawler
