#pragma once

#include <string>
#include <string_view>

namespace schoolwatch::config {

// `text` (valid UTF-8) as a YAML scalar that reads back as exactly this text, whatever is in it:
// bare where that is safe beyond doubt, otherwise in double quotes. Always one line.
std::string QuoteYaml(std::string_view text);

}  // namespace schoolwatch::config
