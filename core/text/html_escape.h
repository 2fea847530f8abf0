#pragma once

#include <string>
#include <string_view>

namespace schoolwatch::core {

// `text` as it may stand in HTML, also in an attribute's value in quotes. Control characters, which
// are no part of HTML, are left out.
std::string EscapeHtml(std::string_view text);

}  // namespace schoolwatch::core
