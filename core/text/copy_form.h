#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "core/fingerprint.h"

namespace schoolwatch::core {

// A word as copies of a text share it: small letters, no accents, plural -s dropped, numbers as
// figures, text-speak spelled out.
struct CopyWord {
  FingerprintWord::Kind kind = FingerprintWord::Kind::kPlain;
  std::string text;
};

struct CopyForm {
  std::vector<CopyWord> words;
  bool is_cut = false;  // Ends in "…" or "see more".
};

// What stays of a post when everything is dropped that people change in passing it on: retweet
// marks, @handles, links, #tags, emoji, punctuation, case, spelling by sound ("2nite", "n", "w/"),
// articles and auxiliary verbs, calls to share at either end. Linear time.
CopyForm MakeCopyForm(std::string_view text);

}  // namespace schoolwatch::core
