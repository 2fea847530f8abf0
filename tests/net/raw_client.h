#pragma once

#include <cstdint>
#include <string>
#include <string_view>

namespace schoolwatch::net {

// A TCP client on loopback that sends what a test tells it to.
class RawClient {
 public:
  explicit RawClient(std::uint16_t port);
  RawClient(const RawClient&) = delete;
  RawClient& operator=(const RawClient&) = delete;
  ~RawClient();

  void Send(std::string_view bytes);
  // Sends a request and reads one answer, as long as its Content-Length says.
  std::string Ask(std::string_view request);
  // Sends a request and reads until the server closes.
  std::string AskOnce(std::string_view request);
  std::string ReadRest();

 private:
  bool ReadMore(std::string& text);
  int socket_;
};

}  // namespace schoolwatch::net
