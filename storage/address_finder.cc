#include "storage/address_finder.h"

namespace schoolwatch::storage {
namespace {

bool IsWordByte(char c) {
  return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == '-' ||
         c == '_' || c == '~' || c == '%' || static_cast<unsigned char>(c) >= 0x80U;
}

// Whether what stands behind an address belongs to it. A query or fragment may be a tracking
// parameter: it leads to the same place.
bool GoesOn(std::string_view rest) {
  if (rest.empty()) {
    return false;
  }
  const bool word_follows = rest.size() > 1 && IsWordByte(rest[1]);
  return IsWordByte(rest[0]) || ((rest[0] == '/' || rest[0] == '.') && word_follows);
}

}  // namespace

std::size_t FindAddress(std::string_view text, std::string_view address, std::size_t from) {
  if (address.empty()) {
    return std::string_view::npos;
  }
  for (std::size_t at = text.find(address, from); at != std::string_view::npos;
       at = text.find(address, at + 1)) {
    if (!GoesOn(text.substr(at + address.size()))) {
      return at;
    }
  }
  return std::string_view::npos;
}

}  // namespace schoolwatch::storage
