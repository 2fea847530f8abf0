#pragma once

#include <cstddef>
#include <functional>
#include <map>
#include <set>
#include <string>
#include <string_view>

namespace schoolwatch::storage {

// The first place in `text`, from `from` on, where this address stands and not only the beginning
// of a longer one: ".../t/1" is in "see .../t/1." and ".../t/1?page=2", not in ".../t/12". npos:
// none.
std::size_t FindAddress(std::string_view text, std::string_view address, std::size_t from = 0);

// core::PlaceKey of an address, also as people write it, without a scheme. What is no address is
// given back as it is.
std::string PlaceKey(std::string_view url);

// Whether a person who wrote this means an address: with a scheme, or a host with a path.
bool IsAddress(std::string_view text);

// Finds where a text gives one of many places, however it is written: with another scheme, without
// any, with "www." or with a query behind it.
class PlaceFinder {
 public:
  // `places` as PlaceKey has them; whole sites are not looked for.
  void Set(const std::set<std::string, std::less<>>& places);
  // Puts a '*' in place of each byte of those addresses; offsets into the text stay right. False:
  // none stands there.
  bool Mask(std::string& text) const;

 private:
  std::map<std::string, std::set<std::string, std::less<>>, std::less<>> by_host_;
};

inline bool HasAddress(std::string_view text, std::string_view address) {
  return FindAddress(text, address) != std::string_view::npos;
}

}  // namespace schoolwatch::storage
