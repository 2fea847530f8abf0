#pragma once

#include <optional>
#include <string>
#include <vector>

#include "core/url.h"
#include "crawler/readers/cheap_pass.h"
#include "crawler/readers/document.h"

namespace schoolwatch::crawler {

// Makes a page's links absolute, drops what is no page (scripts, mail, the page itself, pictures)
// and repeats, and says where each seems to lead, by rel, words and the shape of the address.
std::vector<Link> ClassifyLinks(const std::vector<RawLink>& raw,
                                const std::optional<core::HttpUrl>& base);

}  // namespace schoolwatch::crawler
