#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "core/post.h"
#include "crawler/readers/page.h"

namespace schoolwatch::crawler {

// Reads one JSON-LD block into `page`: an article's headline, author, dates and body; forum posts,
// comments, answers and reviews as posts. Malformed blocks are left out; the first article counts.
void ReadJsonLd(std::string_view json, Page& page);

}  // namespace schoolwatch::crawler
