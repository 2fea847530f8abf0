#pragma once

#include <cstddef>
#include <string_view>

namespace schoolwatch::storage {

// The first place in `text`, from `from` on, where this address stands and not only the beginning
// of a longer one: ".../t/1" is in "see .../t/1." and ".../t/1?page=2", not in ".../t/12". npos:
// none.
std::size_t FindAddress(std::string_view text, std::string_view address, std::size_t from = 0);

inline bool HasAddress(std::string_view text, std::string_view address) {
  return FindAddress(text, address) != std::string_view::npos;
}

}  // namespace schoolwatch::storage
