#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "core/fingerprint.h"

namespace schoolwatch::matchers {

// A word of the canonical form: small letters, no accents, plural -s dropped, numbers as figures,
// text-speak spelled out.
struct CanonicalWord {
  core::FingerprintWord::Kind kind = core::FingerprintWord::Kind::kPlain;
  std::string text;
};

struct CanonicalText {
  std::vector<CanonicalWord> words;
  bool is_cut = false;  // Ends in "…" or "see more".
};

// What stays of a post when everything is dropped that people change in passing it on: retweet
// marks, @handles, links, #tags, emoji, punctuation, case, spelling by sound ("2nite", "n", "w/"),
// articles and auxiliary verbs, calls to share at either end. Linear time.
CanonicalText MakeCanonical(std::string_view text);

}  // namespace schoolwatch::matchers
