#pragma once

#include <atomic>
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

// One WebSocket peer of a StreamServer, after the handshake. Reads and writes block; both fail once
// the peer or the server is gone.
class StreamPeer {
 public:
  virtual ~StreamPeer() = default;
  // The request that asked for the upgrade.
  virtual const std::string& target() const = 0;
  virtual std::string Header(std::string_view name) const = 0;
  // False: the peer is gone.
  virtual bool Send(std::string_view text) = 0;
  virtual bool SendBinary(std::string_view bytes) = 0;
  virtual bool Ping() = 0;
  // Bytes that are no frames.
  virtual bool SendRaw(std::string_view bytes) = 0;
  virtual void Close(std::uint16_t code, std::string_view reason) = 0;
  // Ends the connection without a close frame.
  virtual void Drop() = 0;
  // Answers pings until the peer hangs up or the server is stopped.
  virtual void WaitForHangUp() = 0;
};

// A WebSocket server on loopback, on Boost.Beast, that says what a test tells it to. One thread a
// connection; all are ended and joined by the destructor.
class StreamServer {
 public:
  using Script = std::function<void(StreamPeer&)>;
  struct Options {
    const TlsIdentity* tls = nullptr;  // Null: without TLS.
    bool deflate = true;
    std::string subprotocol{};  // Said to be taken, asked for or not.
  };
  explicit StreamServer(Script script);
  StreamServer(Script script, Options options);
  StreamServer(const StreamServer&) = delete;
  StreamServer& operator=(const StreamServer&) = delete;
  ~StreamServer();

  std::uint16_t port() const;
  // "http://127.0.0.1:PORT" (or https) and what follows.
  std::string Url(std::string_view rest = "/") const;
  int connections() const;

 private:
  struct Hidden;
  std::unique_ptr<Hidden> hidden_;
};

}  // namespace schoolwatch::net
