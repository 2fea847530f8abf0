#pragma once

#include <string_view>

namespace schoolwatch::core {

// The source (Post::source) of what people report. No place in sources.yaml has this name.
inline constexpr std::string_view kReportedSource = "reported";

}  // namespace schoolwatch::core
