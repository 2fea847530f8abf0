#pragma once

#include <string>

#include "core/text/fold.h"

namespace schoolwatch::core {

// A folded text with the marks over Latin letters left out, and the letters that have a stroke
// through them or are written as one made plain: people write "Zoe Sorensen" for "Zoë Sørensen".
// Other scripts stay as they are. The map leads to the same original.
FoldedText WithoutLatinMarks(const FoldedText& folded);

}  // namespace schoolwatch::core
