#pragma once

#include <string>

namespace schoolwatch::crawler {

// Characters that no HTML page may hold (HTML Standard 13.2.3.5: controls and noncharacters), made
// what a reader would see, so that the cheap pass and a tree see the same: NUL goes, controls of
// ASCII become spaces, all others U+FFFD, as Gumbo has them. `text` is UTF-8.
void ReplaceForbidden(std::string& text);

}  // namespace schoolwatch::crawler
