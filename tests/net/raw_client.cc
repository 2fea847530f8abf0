#include "tests/net/raw_client.h"

#include <netinet/in.h>
#include <sys/socket.h>
#include <unistd.h>

#include <array>
#include <cstddef>
#include <cstdio>
#include <cstdlib>

namespace schoolwatch::net {

RawClient::RawClient(std::uint16_t port) : socket_(socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0)) {
  sockaddr_in address{};
  address.sin_family = AF_INET;
  address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
  address.sin_port = htons(port);
  if (connect(socket_, reinterpret_cast<const sockaddr*>(&address), sizeof address) != 0) {
    std::perror("RawClient");
    std::abort();
  }
}

RawClient::~RawClient() { close(socket_); }

void RawClient::Send(std::string_view bytes) {
  while (!bytes.empty()) {
    const ssize_t sent = send(socket_, bytes.data(), bytes.size(), MSG_NOSIGNAL);
    if (sent <= 0) {
      return;
    }
    bytes.remove_prefix(static_cast<std::size_t>(sent));
  }
}

bool RawClient::ReadMore(std::string& text) {
  std::array<char, 4096> chunk;
  const ssize_t got = recv(socket_, chunk.data(), chunk.size(), 0);
  if (got <= 0) {
    return false;
  }
  text.append(chunk.data(), static_cast<std::size_t>(got));
  return true;
}

std::string RawClient::Ask(std::string_view request) {
  Send(request);
  std::string text;
  std::size_t end = std::string::npos;
  while ((end = text.find("\r\n\r\n")) == std::string::npos) {
    if (!ReadMore(text)) {
      return text;
    }
  }
  constexpr std::string_view kLength = "Content-Length: ";
  const std::size_t length = text.find(kLength);
  const std::size_t wanted =
      end + 4 + (length < end ? std::stoul(text.substr(length + kLength.size())) : 0);
  while (text.size() < wanted && ReadMore(text)) {
  }
  return text;
}

std::string RawClient::AskOnce(std::string_view request) {
  Send(request);
  return ReadRest();
}

std::string RawClient::ReadRest() {
  std::string text;
  while (ReadMore(text)) {
  }
  return text;
}

}  // namespace schoolwatch::net
