#pragma once

#include <optional>
#include <string>
#include <string_view>

namespace schoolwatch::crawler {

// Pages written by XML tools say <iframe/> and <script/>, which to HTML swallow all that follows.
// Where a page has such an element, returns it with every self-closed element closed by an end
// tag, so that parsers see what was meant; nothing where the page has none.
std::optional<std::string> ExpandSelfClosing(std::string_view html);

}  // namespace schoolwatch::crawler
