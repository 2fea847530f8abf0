#pragma once

#include <chrono>
#include <cstddef>
#include <deque>
#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <utility>

#include "core/mutex.h"
#include "net/stream_client.h"

// What the parts of the stream client share. Private to it.

namespace boost::asio {
class io_context;
namespace ssl {
class context;
}
}  // namespace boost::asio
struct ssl_st;  // OpenSSL's SSL.

namespace schoolwatch::net {

// What was read of one stream and not yet taken. Filled by the client's thread, emptied by the
// stream's owner.
class StreamQueue {
 public:
  // `filled` is called, from the client's thread, when there is something to take.
  StreamQueue(std::size_t max_bytes, std::function<void()> filled);

  // False: it is full, and nothing more should be read until the owner has made room (TakeRoom).
  bool Put(StreamMessage message);
  void Open(std::string remote_address);
  void End(StreamEnd end);  // The first one counts.

  // True in `room`: reading had stopped and may go on.
  StreamNews Take(std::size_t max_messages, bool& room);

 private:
  const std::size_t max_bytes_;
  const std::function<void()> filled_;
  core::Mutex mutex_;
  std::deque<StreamMessage> messages_ SW_GUARDED_BY(mutex_);
  std::size_t bytes_ SW_GUARDED_BY(mutex_) = 0;
  bool full_ SW_GUARDED_BY(mutex_) = false;
  bool opened_ SW_GUARDED_BY(mutex_) = false;
  std::string remote_address_ SW_GUARDED_BY(mutex_);
  std::optional<StreamEnd> end_ SW_GUARDED_BY(mutex_);
};

// A connected socket, and what to make of it.
struct LinkStart {
  boost::asio::io_context* context = nullptr;
  boost::asio::ssl::context* tls = nullptr;
  int socket = -1;  // The link's to close.
  bool is_v6 = false;
  std::string remote_address;
  std::string user_agent;
  std::shared_ptr<const StreamRequest> request;
  std::shared_ptr<StreamQueue> queue;
  std::chrono::milliseconds left{0};  // Of the time for the handshake.
};

// One protocol over one connection. Everything on the client's thread; it keeps itself alive until
// it has ended.
class StreamLink {
 public:
  virtual ~StreamLink() = default;
  virtual void Run() = 0;
  virtual void GoOn() = 0;  // There is room in the queue again.
  virtual void Close() = 0;
};
// A protocol's link over TLS or without, as the address asks for.
template <class PlainLink, class TlsLink>
std::shared_ptr<StreamLink> MakeLink(LinkStart start) {
  if (start.request->url.is_https()) {
    boost::asio::ssl::context& tls = *start.tls;
    return std::make_shared<TlsLink>(std::move(start), tls);
  }
  return std::make_shared<PlainLink>(std::move(start));
}
std::shared_ptr<StreamLink> MakeWebSocketLink(LinkStart start);
std::shared_ptr<StreamLink> MakeEventStreamLink(LinkStart start);

// Whom to ask for, and whose certificate alone is taken. False: OpenSSL has no memory.
bool PrepareTls(ssl_st* tls, const core::HttpUrl& url);
// Why a handshake failed: "the TLS certificate is not trusted".
std::string_view TlsTrouble(const ssl_st* tls);

// The Host field.
std::string HostField(const core::HttpUrl& url);
// What the request line asks for.
std::string TargetOf(const StreamRequest& request);

// The end that an HTTP answer means which does not open a stream.
StreamEnd RefusedEnd(std::string_view host, int status, std::string_view retry_after);
StreamEnd BrokenEnd(std::string_view host, std::string_view why);

}  // namespace schoolwatch::net
