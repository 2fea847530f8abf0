#pragma once

#include <cstdint>
#include <functional>
#include <memory>
#include <string>

#include "core/result.h"
#include "net/fetcher.h"

namespace schoolwatch::net {

struct ServerRequest {
  std::string method;
  std::string host;    // The Host field, without port, lower case.
  std::string target;  // Path and query.
  Headers headers;
  std::string body;
};

struct ServerResponse {
  int status = 200;
  Headers headers;  // Content-Length and Date are added.
  std::string body;
};

// A small HTTP/1.1 server on loopback, on Boost.Beast: the demonstration's make-believe town and
// the tests' sites. Serves all host names. Runs its own threads until destroyed. It is for peers we
// trust.
class LocalServer {
 public:
  // `handle` is called on the server's threads, several at once; it must not throw.
  using Handler = std::function<ServerResponse(const ServerRequest&)>;
  // Listens on 127.0.0.1, port 0 for any free one. kUnavailable: the port is taken.
  static core::Result<std::unique_ptr<LocalServer>> Start(Handler handle, std::uint16_t port = 0);
  virtual ~LocalServer() = default;
  virtual std::uint16_t port() const = 0;
};

}  // namespace schoolwatch::net
