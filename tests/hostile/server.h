#pragma once

#include <cstddef>
#include <cstdint>
#include <functional>
#include <memory>
#include <string>
#include <vector>

#include "tests/hostile/script.h"

namespace schoolwatch::hostile {

// What stands at the beginning of a connection.
enum class Opening {
  kPlain,
  kTls,         // A certificate that signs itself.
  kTlsExpired,  // One that is out of date as well.
  kTlsGarbage,  // Bytes that are no handshake.
  kTlsCloses,   // Hangs up within the handshake.
  kTlsResets,   // Resets within the handshake.
  kTlsSilent,   // Never answers the first message.
  kNobody,      // The port is closed.
};
constexpr std::size_t kOpenings = 8;

// The plain port is open at this second loopback address too: one that a configuration can allow
// without allowing 127.0.0.1.
constexpr char kOtherAddress[] = "127.0.0.99";

// Does what a script says, on loopback, one port for each opening. Boost.Beast reads the requests;
// what is answered are raw bytes, since no HTTP library would send them. One thread.
class Server {
 public:
  using Answerer = std::function<Script(const Asked&)>;
  // `answer` is called on the server's thread.
  explicit Server(Answerer answer);
  Server(const Server&) = delete;
  Server& operator=(const Server&) = delete;
  // Ends all connections.
  ~Server();

  std::uint16_t port(Opening opening) const;
  // In order of arrival. Stop first.
  const std::vector<Asked>& asked() const;
  void Stop();

 private:
  class Impl;
  std::unique_ptr<Impl> impl_;
};

}  // namespace schoolwatch::hostile
