#include "matchers/fingerprint.h"

#include <cstddef>
#include <utility>
#include <vector>

#include "core/fingerprint_words.h"
#include "matchers/copy_form.h"

namespace schoolwatch::matchers {
namespace {

using Kind = core::FingerprintWord::Kind;

// Aligning two texts costs the product of their lengths; longer ones are compared as sets.
constexpr std::size_t kMaxAligned = 256;

}  // namespace

core::Fingerprint MakeFingerprint(std::string_view text) {
  const CopyForm form = MakeCopyForm(text);
  std::vector<std::uint64_t> packed;
  packed.reserve(form.words.size() + 1);
  for (const CopyWord& word : form.words) {
    packed.push_back(Pack(core::MakeFingerprintWord(word.kind, word.text)));
  }
  if (form.is_cut) {
    packed.push_back(Pack(core::MakeFingerprintWord(Kind::kCut, "")));
  }
  core::Fingerprint print = core::FingerprintOfWords(std::move(packed));
  if (form.words.size() > kMaxAligned) {
    print.sequence.clear();
  }
  return print;
}

}  // namespace schoolwatch::matchers
