#pragma once

#include <cstddef>
#include <span>
#include <string_view>

namespace schoolwatch::core {

// How many bytes at the front are ASCII.
std::size_t SizeOfAsciiPrefix(std::string_view text);

// Makes capital letters of ASCII small; other bytes stay as they are.
void LowerAscii(std::span<char> text);

}  // namespace schoolwatch::core
