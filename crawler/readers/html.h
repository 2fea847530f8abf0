#pragma once

#include "crawler/readers/reader.h"

namespace schoolwatch::crawler {

// Web pages: threads, articles with their readers' comments, reviews, listings.
extern const ReaderInfo kHtmlReader;

}  // namespace schoolwatch::crawler
