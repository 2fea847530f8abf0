#pragma once

#include <cstdint>
#include <span>
#include <string>
#include <string_view>

namespace schoolwatch::core {

// One JSON object, always the same bytes for the same values, so that its hash means something:
// fields in the order of the calls, no spaces, and only what JSON must escape is escaped (quotes,
// backslashes, control characters). Bytes that are no UTF-8 become U+FFFD. For what is hashed; what
// commands print goes through Boost.JSON.
class CanonicalJson {
 public:
  // Leaves the field out where the value is empty or 0: a field that is added later does not change
  // what was hashed before.
  CanonicalJson& Text(std::string_view name, std::string_view value);
  CanonicalJson& Number(std::string_view name, std::uint64_t value);
  CanonicalJson& Texts(std::string_view name, std::span<const std::string> values);
  // `pairs` alternates names and values: [["content-type","text/html"],…].
  CanonicalJson& Pairs(std::string_view name, std::span<const std::string> pairs);

  // Ends the object; the last call.
  std::string Take() { return std::move(text_) + "}"; }

 private:
  void Name(std::string_view name);
  std::string text_ = "{";
};

}  // namespace schoolwatch::core
