#pragma once

#include <chrono>
#include <cstddef>
#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "core/result.h"
#include "core/url.h"
#include "net/address_guard.h"
#include "net/fetcher.h"
#include "net/resolver.h"

namespace schoolwatch::net {

// A connection that stays open and brings messages.
struct StreamRequest {
  enum class Kind { kWebSocket, kServerSentEvents };
  Kind kind = Kind::kWebSocket;
  core::HttpUrl url;  // ws: and wss: are written as http: and https:.
  Headers headers;    // Beside User-Agent and those of the handshake. May be secrets.
  // Path and query that are sent instead of the address's own: for secrets. Empty: its own.
  std::string secret_target;
  std::string subprotocol;                   // Of a WebSocket; empty: none is asked for.
  bool compressed = true;                    // permessage-deflate is offered.
  std::string last_event_id;                 // Of server-sent events: where to go on.
  std::size_t max_message_bytes = 1u << 20;  // After decompression; a longer one ends the stream.
  std::size_t max_queued_bytes = 8u << 20;   // Not taken yet: then nothing more is read.
  std::chrono::milliseconds handshake{30'000};  // Look-up, connection, TLS and the first answer.
  // Without a message (for server-sent events: a message or a comment) for so long: given up. A
  // WebSocket's pings say that a server is there, but not that it sends anything.
  std::chrono::milliseconds silence{120'000};
};

struct StreamMessage {
  std::string data;
  std::string event;  // Of server-sent events: its type, "message" where none is said…
  std::string id;     // …and the last id that the server gave, empty where it gave none.
};

// Why a stream ended.
struct StreamEnd {
  core::Error error;
  int status = 0;  // Of an HTTP answer that refused it; 0: there was none.
  // What the server asks to wait: Retry-After, or `retry:` of server-sent events.
  std::optional<std::chrono::milliseconds> wait;
};

// What came since the last Take.
struct StreamNews {
  std::vector<StreamMessage> messages;
  bool opened = false;           // The handshake has succeeded: said once.
  std::string remote_address;    // With `opened`.
  std::optional<StreamEnd> end;  // After these messages; the last that there is.
};

// One stream, from its handshake to its end; never opened again. Belongs to one thread. Letting it
// go ends it, with a proper close where that takes no time.
class Stream {
 public:
  virtual ~Stream() = default;
  // What has come, at most `max_messages` of it. Never waits. While what is queued is as much as
  // the request allows, nothing is read from the server, which may then end the stream: nothing is
  // lost that way where it can be gone on with.
  virtual StreamNews Take(std::size_t max_messages) = 0;
};

struct StreamClientOptions {
  std::string user_agent;  // Must name a contact.
  ResolverOptions resolver;
  AddressGuard guard;
  std::vector<ConnectOverride> connect_overrides;  // To addresses; names are not looked up.
  std::string ca_file;                             // "" for the system's bundle.
};

// Keeps streams open on one thread of its own, whatever their number. Every address is looked up by
// us and asked of the guard; there is no proxy and no redirect.
class StreamClient {
 public:
  virtual ~StreamClient() = default;
  // Begins to open a stream and returns at once. What goes wrong is the stream's end:
  // kForbidden: the guard, or an answer 401 or 403. kThrottled: 429 or 503. kNotFound: 404, 410, or
  // 204, which asks not to come back. kBadInput: another answer 4xx, or a header that cannot be
  // sent. kUnavailable: all else. No message holds a header, a query or what a server's page says.
  // The client must outlive it.
  virtual std::unique_ptr<Stream> Open(StreamRequest request) = 0;
  // Waits until a stream has something to take, or Wake was called; at most `patience`.
  virtual void Wait(std::chrono::milliseconds patience) = 0;
  // Ends a Wait, or the next one. May be called from any thread, as nothing else here.
  virtual void Wake() = 0;
};

// kBadInput: no contact in the User-Agent, or a CA file that cannot be read.
core::Result<std::unique_ptr<StreamClient>> MakeStreamClient(StreamClientOptions options);

}  // namespace schoolwatch::net
