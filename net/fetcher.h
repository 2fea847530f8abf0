#pragma once

#include <chrono>
#include <cstddef>
#include <cstdint>
#include <functional>
#include <memory>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "core/result.h"
#include "core/url.h"
#include "net/address_guard.h"
#include "net/resolver.h"

namespace schoolwatch::net {

class ByteBudget;

// Header fields in order of arrival; names in lower case.
using Headers = std::vector<std::pair<std::string, std::string>>;
// The first field of that (lower-case) name, or "".
std::string_view FindHeader(const Headers& headers, std::string_view name);

struct Request {
  core::HttpUrl url;
  Headers headers;                   // Beside User-Agent, Accept-Encoding: If-None-Match, …
  std::size_t max_bytes = 8u << 20;  // After decompression.
  std::chrono::milliseconds timeout{60'000};  // For the whole exchange.
  // What the body's memory is charged to while it arrives (net/body_buffer.h); borrowed, may be
  // null. An answer's charge is its taker's to return; a failed exchange returns its own.
  ByteBudget* budget = nullptr;

  std::string method = "GET";  // Or "POST", with `body`; its type is one of the headers.
  std::string body{};
  // Sent as `headers` are, and in `url`'s place where not empty: path and query with the secrets
  // that are in neither. No message holds a byte of them.
  Headers secret_headers{};
  std::string secret_target{};
  std::string user_agent_front{};  // Put before the fetcher's own.
  // Not sent again where a kept connection broke without an answer: it may have been counted. True
  // of every POST.
  bool once = false;
};

struct Response {
  int status = 0;
  Headers headers;
  std::string body;
  bool truncated = false;        // The body was cut at max_bytes.
  std::size_t charged = 0;       // Bytes of Request::budget that it holds.
  std::string remote_address;    // "192.0.2.7"
  std::string certificate;       // SHA-256 of the server's TLS certificate, hexadecimal.
  std::uint64_t wire_bytes = 0;  // As received, before decompression.
  std::chrono::milliseconds elapsed{0};
};

// Sends `from` (host:port as in a URL) to another address, as curl's --connect-to does. For tests,
// the demonstration and rehearsals.
struct ConnectOverride {
  std::string host;           // "" matches every host.
  std::uint16_t port = 0;     // 0 matches every port.
  std::string to_host;        // An address or name; "" keeps it.
  std::uint16_t to_port = 0;  // 0 keeps it.
};
// "HOST:PORT:HOST:PORT", any of them empty; IPv6 in brackets.
core::Result<ConnectOverride> ParseConnectOverride(std::string_view text);

struct FetcherOptions {
  std::string user_agent;  // Must name a contact.
  // Threads that fetch. Hosts are shared out over them, each with its own connections; in-flight
  // and kept connections are shared out likewise. 1: on the caller's thread, within Poll.
  std::size_t io_threads = 1;
  std::size_t max_in_flight = 64;
  std::size_t max_connections = 64;  // Kept open; libcurl's cost grows with it.
  std::chrono::seconds connect_timeout{15};
  std::size_t low_speed_bytes = 200;  // Below this for low_speed_time: given up.
  std::chrono::seconds low_speed_time{20};
  ResolverOptions resolver;
  AddressGuard guard;
  std::vector<ConnectOverride> connect_overrides;
  std::string ca_file;  // "" for the system's bundle.
};

// Runs many HTTP exchanges at once. Politeness (robots.txt, per-host delay, back-off) is the
// crawler's, so that tests need not wait for it. Not thread-safe but for Wake: everything is called
// and answered on one thread, whichever threads fetch.
class Fetcher {
 public:
  using Done = std::move_only_function<void(core::Result<Response>)>;
  virtual ~Fetcher() = default;
  // Queues an exchange and returns at once; `done` is called from Poll, exactly once, and may call
  // Start or CancelAll but not Poll. Redirects are
  // NOT followed: a 3xx is an answer, and the crawler sends each hop through its own checks. A 404
  // or 503 is an answer, not an error. A body longer than max_bytes is cut and `truncated` set.
  // kForbidden: the address guard refused where it leads. kUnavailable: no whole answer in time, or
  // one that is no HTTP, or no room for it in the budget. kBadInput: a request header with a
  // control byte or one that is ours to set; a method that is neither GET nor POST; a secret target
  // with a byte that targets do not have.
  virtual void Start(Request request, Done done) = 0;
  // Asks where the host of `url` leads: the addresses that the guard allows, the one that will be
  // tried first in front. `resolved` is called from Poll, once, and may do what a `done` may. What
  // was answered is kept for a while and pinned: an exchange with that host connects to these
  // addresses only (one not asked for before Start is asked for by it). Empty: an override sends
  // the host elsewhere, or it is a test's. kForbidden: the address guard refuses all of them.
  // kUnavailable: no such name, or no answer in time.
  using Resolved = std::move_only_function<void(core::Result<Addresses>)>;
  virtual void Resolve(const core::HttpUrl& url, Resolved resolved) = 0;
  // Waits up to `patience` for network events and calls what is done. Returns the number of
  // exchanges in flight.
  virtual std::size_t Poll(std::chrono::milliseconds patience) = 0;
  // Makes a Poll that waits, or the next one, return early. May be called from any thread.
  virtual void Wake() = 0;
  // Ends every exchange and every question where a host leads with kCancelled; all are called
  // before it returns, and no budget is touched any more. What they start is not cancelled.
  virtual void CancelAll() = 0;
};

// The real one, on libcurl's multi interface. Its destructor calls nobody and waits for neither a
// server nor a look-up. kBadInput: no contact in the User-Agent, or a CA file that cannot be read.
core::Result<std::unique_ptr<Fetcher>> MakeCurlFetcher(FetcherOptions options);

}  // namespace schoolwatch::net
