#pragma once

#include <span>
#include <string>

#include "core/post.h"

namespace schoolwatch::matchers {

// A post's title and text as the second reader gets them: folded words and marks between spaces,
// figures as 0. Who somebody is, is taken out: names (words with a capital inside a sentence),
// handles and addresses of pages, and words for sex, family, faith, origin and the like become one
// word each, so that nothing can be learnt from them. Words that hold one of `names` (folded) are
// names however they are written. Never longer than 20,000 bytes.
std::string ReadingForm(const core::Post& post, std::span<const std::string> names = {});

}  // namespace schoolwatch::matchers
