#include "net/fetcher.h"

namespace schoolwatch::net {

std::string_view FindHeader(const Headers& headers, std::string_view name) {
  for (const auto& [field, value] : headers) {
    if (field == name) {
      return value;
    }
  }
  return {};
}

}  // namespace schoolwatch::net
