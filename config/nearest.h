#pragma once

#include <span>
#include <string>
#include <string_view>

namespace schoolwatch::config {

// The candidate that somebody who wrote `word` most likely meant, by letters changed, added, left
// out or swapped, in any case; empty where none is close.
std::string Nearest(std::string_view word, std::span<const std::string> candidates);

// "; did you mean 'interval'?", or nothing where no candidate is close.
std::string DidYouMean(std::string_view word, std::span<const std::string> candidates);

// "a, b, c" for messages.
std::string JoinNames(std::span<const std::string> names);

}  // namespace schoolwatch::config
