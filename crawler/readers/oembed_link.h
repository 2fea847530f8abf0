#pragma once

#include <optional>
#include <string_view>

#include "core/url.h"

namespace schoolwatch::crawler {

// Where a page says that its oEmbed answer lies, as JSON (oembed.com, section 4): what it shows
// when others show it. Only the beginning of the page is looked at. nullopt: it does not say.
std::optional<core::HttpUrl> FindOEmbedLink(std::string_view html, const core::HttpUrl& page);

}  // namespace schoolwatch::crawler
