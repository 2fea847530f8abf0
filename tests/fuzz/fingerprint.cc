#include "core/fingerprint.h"

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <cstdlib>
#include <string_view>
#include <vector>

// Any bytes make a print whose lists are sorted and whose packed words unpack to themselves.
extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  namespace core = schoolwatch::core;
  const std::vector<char> copy(data, data + size);
  const std::string_view text(copy.data(), copy.size());
  const core::Fingerprint print = core::MakeFingerprint(text);
  if (!std::ranges::is_sorted(print.shingles) || !std::ranges::is_sorted(print.facts) ||
      print.facts.size() > print.words || print.negations > print.words ||
      (print.words == 0) != print.shingles.empty()) {
    std::abort();
  }
  for (const std::uint64_t packed : print.sequence) {
    if (Pack(core::UnpackFingerprintWord(packed)) != packed) {
      std::abort();
    }
  }
  return 0;
}
