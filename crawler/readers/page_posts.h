#pragma once

#include "crawler/readers/document.h"
#include "crawler/readers/engines.h"
#include "crawler/readers/page.h"

namespace schoolwatch::crawler {

// Decides what a page is (thread, article with or without comments, listing) and fills in its
// posts and main text. `engines` may be null.
void FillDocument(Page& page, const EngineSet* engines, Document& document);

}  // namespace schoolwatch::crawler
