// What comes in at the owner's socket: whatever it is, it is a request that survives being sent on,
// or an error with words. Replies likewise.
#include "app/owner/served_request.h"

#include <cstddef>
#include <cstdint>
#include <cstdlib>
#include <string_view>
#include <vector>

namespace {

void Require(bool good) {
  if (!good) {
    std::abort();
  }
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  using namespace schoolwatch;
  const std::vector<char> copy(data, data + size);
  const std::string_view frame(copy.data(), copy.size());
  if (const auto request = app::ParseRequest(frame)) {
    const auto again = app::ParseRequest(app::ToFrame(*request));
    Require(again.has_value() && *again == *request);
  } else {
    Require(!request.error().message.empty());
  }
  if (const auto reply = app::ParseReply(frame)) {
    const auto again = app::ParseReply(app::ToFrame(*reply));
    Require(again.has_value() && *again == *reply);
  }
  return 0;
}
