#pragma once

#include <atomic>
#include <cstddef>
#include <cstdint>
#include <functional>
#include <memory>
#include <string>
#include <string_view>
#include <thread>
#include <vector>

#include "core/mutex.h"
#include "tests/net/tls_identity.h"

namespace schoolwatch::net {

// One peer of a RawServer. Reads and writes block; both fail once the peer or the server is gone.
class RawConnection {
 public:
  explicit RawConnection(int socket) : socket_(socket) {}
  RawConnection(const RawConnection&) = delete;
  RawConnection& operator=(const RawConnection&) = delete;
  ~RawConnection();

  // What came up to and with `end`, or less if the peer hung up.
  std::string ReadUntil(std::string_view end);
  // A request's header; "" when the peer has hung up.
  std::string ReadRequest() { return ReadUntil("\r\n\r\n"); }
  // False: the peer is gone.
  bool Write(std::string_view bytes);
  // The server's side of a handshake; what follows is encrypted. False: the peer refused.
  bool StartTls(const TlsIdentity& identity);
  void WaitForHangUp();
  // Ends the connection with a reset instead of a proper close.
  void Reset();

 private:
  std::ptrdiff_t ReadSome(char* buffer, std::size_t size);

  struct SslDeleter {
    void operator()(SSL* ssl) const;
  };
  int socket_;
  std::unique_ptr<SSL, SslDeleter> ssl_;
  std::string buffered_;
};

// A TCP server on loopback that says what a test tells it to, for the answers that no decent server
// gives. One thread a connection; all are ended and joined by the destructor.
class RawServer {
 public:
  using Script = std::function<void(RawConnection&)>;
  // On "127.0.0.1" or another of this machine's addresses, such as "127.0.0.2" or "::1"; port 0
  // takes a free one.
  explicit RawServer(Script script, const std::string& address = "127.0.0.1",
                     std::uint16_t port = 0);
  RawServer(const RawServer&) = delete;
  RawServer& operator=(const RawServer&) = delete;
  ~RawServer();

  std::uint16_t port() const { return port_; }
  // "http://127.0.0.1:PORT" and what follows.
  std::string Url(std::string_view rest = "/") const;
  int connections() const { return connections_; }

 private:
  void Accept();

  const Script script_;
  int listener_ = -1;
  std::uint16_t port_ = 0;
  std::atomic<int> connections_ = 0;
  core::Mutex mutex_;
  bool stopping_ SW_GUARDED_BY(mutex_) = false;
  std::vector<int> open_ SW_GUARDED_BY(mutex_);
  std::vector<std::jthread> threads_;  // Of the accepting thread until it is joined.
  std::jthread acceptor_;
};

}  // namespace schoolwatch::net
