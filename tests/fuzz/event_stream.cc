#include "net/event_stream.h"

#include <cstddef>
#include <cstdint>
#include <cstdlib>
#include <string_view>
#include <vector>

// Any bytes as server-sent events: cut anywhere they say the same, and no event is longer than is
// allowed.
extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  using namespace schoolwatch;
  constexpr std::size_t kMost = 200;
  const std::vector<char> copy(data, data + size);
  const std::string_view bytes(copy.data(), copy.size());
  net::EventStreamParser whole(kMost, "0");
  std::vector<net::StreamMessage> messages;
  const bool read = whole.Feed(bytes, messages).has_value();
  for (const net::StreamMessage& one : messages) {
    if (one.data.size() > kMost || one.event.empty() || one.id.contains('\n')) {
      std::abort();
    }
  }
  net::EventStreamParser cut(kMost, "0");
  std::vector<net::StreamMessage> again;
  bool read_again = true;
  for (std::size_t at = 0; at < bytes.size() && read_again;) {
    const std::size_t piece = 1 + static_cast<unsigned char>(bytes[at]) % 5;
    read_again = cut.Feed(bytes.substr(at, piece), again).has_value();
    at += piece;
  }
  if (read && read_again &&
      (messages.size() != again.size() || whole.last_id() != cut.last_id() ||
       whole.retry() != cut.retry() || whole.lines() != cut.lines())) {
    std::abort();
  }
  for (std::size_t i = 0; read && read_again && i < messages.size(); ++i) {
    if (messages[i].data != again[i].data || messages[i].event != again[i].event ||
        messages[i].id != again[i].id) {
      std::abort();
    }
  }
  return 0;
}
