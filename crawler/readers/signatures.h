#pragma once

#include "core/post.h"

namespace schoolwatch::crawler {

// Takes "Dana K (talk) 09:15, 12 November 2026 (UTC)" off the end of a post's text, where its
// author and date are already known. A text without them stays as it is.
void CutSignature(core::Post& post);

// Takes "Dana wrote on 12 November 2026:" off the beginning, where it is a line of its own.
void CutHeadLine(core::Post& post);

}  // namespace schoolwatch::crawler
