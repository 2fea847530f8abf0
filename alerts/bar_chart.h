#pragma once

#include <array>
#include <cstdint>
#include <span>
#include <string>

namespace schoolwatch::alerts {

// One bar of up to three parts, from the bottom up.
using BarParts = std::array<std::uint64_t, 3>;

// The colours of the parts as HTML has them: to be told apart on white and on black, and by people
// who do not see red and green apart.
inline constexpr std::array<const char*, 3> kBarColours = {"#c0392b", "#b87300", "#3b7dd8"};

// A PNG of bars, 1,120 by 320 pixels, to be shown at half that size; without any letters and with
// nothing behind, so that it suits light and dark. Mail programs show no drawings but images. Same
// bars, same bytes. More than 120 bars: the last 120.
std::string BarChartPng(std::span<const BarParts> bars);

// `bytes` as the address of an image within HTML, as inline_images.h takes it out again.
std::string DataUrlOfPng(const std::string& bytes);

}  // namespace schoolwatch::alerts
