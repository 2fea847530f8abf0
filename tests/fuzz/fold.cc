#include "core/text/fold.h"

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <cstdlib>
#include <string_view>
#include <vector>

namespace {

using schoolwatch::core::FoldedText;

// A map that points outside the text, or backwards, would highlight somebody else's words.
void Check(const FoldedText& folded, std::size_t original_size) {
  if (folded.map.size() != folded.text.size() + 1 || !std::ranges::is_sorted(folded.map) ||
      folded.map.back() != original_size || !schoolwatch::core::IsValidUtf8(folded.text)) {
    std::abort();
  }
  if (!folded.text.empty()) {
    const FoldedText::Range all = folded.Original(0, folded.text.size());
    if (all.start >= all.end || all.end > original_size) {
      std::abort();
    }
  }
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  const std::vector<char> copy(data, data + size);
  const std::string_view text(copy.data(), copy.size());
  const FoldedText folded = schoolwatch::core::Fold(text);
  Check(folded, size);
  if (schoolwatch::core::Fold(folded.text).text != folded.text ||
      !schoolwatch::core::IsValidUtf8(schoolwatch::core::RepairUtf8(text))) {
    std::abort();
  }
  if (const FoldedText view = schoolwatch::core::EvasionView(folded); !view.text.empty()) {
    Check(view, size);
  }
  return 0;
}
