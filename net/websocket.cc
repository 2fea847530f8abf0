#include <fmt/format.h>

#include <boost/asio/io_context.hpp>
#include <boost/asio/ip/tcp.hpp>
#include <boost/asio/ssl/context.hpp>
#include <boost/asio/ssl/stream.hpp>
#include <boost/asio/steady_timer.hpp>
#include <boost/beast/core/bind_handler.hpp>
#include <boost/beast/core/flat_buffer.hpp>
#include <boost/beast/core/tcp_stream.hpp>
#include <boost/beast/http/field.hpp>
#include <boost/beast/websocket/ssl.hpp>
#include <boost/beast/websocket/stream.hpp>
#include <type_traits>
#include <utility>

#include "net/stream_link.h"

namespace schoolwatch::net {
namespace {

namespace asio = boost::asio;
namespace beast = boost::beast;
namespace http = boost::beast::http;
namespace websocket = boost::beast::websocket;
using asio::ip::tcp;
using beast::error_code;

// Without a byte for half of it a ping is sent, and without an answer the peer is gone.
constexpr std::chrono::seconds kPeerGone{60};
constexpr std::chrono::seconds kLongestClose{1};

using PlainLayer = beast::tcp_stream;
using TlsLayer = asio::ssl::stream<beast::tcp_stream>;

template <class Layer>
class WebSocketLink final : public StreamLink,
                            public std::enable_shared_from_this<WebSocketLink<Layer>> {
 public:
  static constexpr bool kIsTls = std::is_same_v<Layer, TlsLayer>;

  template <class... Arguments>
  explicit WebSocketLink(LinkStart start, Arguments&... arguments)
      : start_(std::move(start)),
        request_(*start_.request),
        socket_(*start_.context, arguments...),
        silence_(*start_.context) {}

  void Run() override {
    error_code error;
    Lowest().socket().assign(start_.is_v6 ? tcp::v6() : tcp::v4(), start_.socket, error);
    if (error) {
      return End(error.message());
    }
    Lowest().socket().set_option(tcp::no_delay(true), error);
    Lowest().expires_after(start_.left);
    if constexpr (kIsTls) {
      if (!PrepareTls(socket_.next_layer().native_handle(), request_.url)) {
        return End("not enough memory for TLS");
      }
      socket_.next_layer().async_handshake(asio::ssl::stream_base::client,
                                           Bind(&WebSocketLink::OnTls));
    } else {
      Upgrade();
    }
  }

  void GoOn() override {
    if (stopped_reading_ && !over_) {
      stopped_reading_ = false;
      Read();
    }
  }

  void Close() override {
    if (over_) {
      return;
    }
    over_ = true;
    if (!open_) {
      return Shut();
    }
    socket_.async_close(websocket::close_code::going_away, Bind(&WebSocketLink::OnClosed));
    silence_.expires_after(kLongestClose);
    silence_.async_wait(Bind(&WebSocketLink::OnClosed));
  }

 private:
  template <class Method>
  auto Bind(Method method) {
    return beast::bind_front_handler(method, this->shared_from_this());
  }
  beast::tcp_stream& Lowest() { return beast::get_lowest_layer(socket_); }

  void Shut() {
    silence_.cancel();
    Lowest().close();
  }
  void End(std::string_view why) {
    if (!over_) {
      over_ = true;
      start_.queue->End(BrokenEnd(request_.url.host(), why));
      Shut();
    }
  }
  void OnClosed(error_code) { Shut(); }

  void OnTls(error_code error) {
    if constexpr (kIsTls) {
      if (error) {
        return End(error == beast::error::timeout
                       ? "timeout: no TLS handshake in time"
                       : TlsTrouble(socket_.next_layer().native_handle()));
      }
    }
    Upgrade();
  }

  void Upgrade() {
    Lowest().expires_never();
    socket_.set_option(websocket::stream_base::timeout{
        .handshake_timeout = start_.left, .idle_timeout = kPeerGone, .keep_alive_pings = true});
    websocket::permessage_deflate deflate;
    deflate.client_enable = request_.compressed;
    socket_.set_option(deflate);
    socket_.read_message_max(request_.max_message_bytes);
    socket_.set_option(websocket::stream_base::decorator([this](websocket::request_type& upgrade) {
      upgrade.set(http::field::user_agent, start_.user_agent);
      if (!request_.subprotocol.empty()) {
        upgrade.set(http::field::sec_websocket_protocol, request_.subprotocol);
      }
      for (const auto& [name, value] : request_.headers) {
        upgrade.set(name, value);
      }
    }));
    socket_.async_handshake(answer_, HostField(request_.url), TargetOf(request_),
                            Bind(&WebSocketLink::OnUpgrade));
  }

  void OnUpgrade(error_code error) {
    if (over_) {
      return;
    }
    if (error == websocket::error::upgrade_declined) {
      over_ = true;
      start_.queue->End(RefusedEnd(request_.url.host(), static_cast<int>(answer_.result_int()),
                                   answer_[http::field::retry_after]));
      return Shut();
    }
    if (error) {
      return End(error == beast::error::timeout ? "timeout: no WebSocket handshake in time"
                                                : "no WebSocket handshake: " + error.message());
    }
    // A server that takes none says so by saying nothing, and sends what it sends.
    const std::string_view taken = answer_[http::field::sec_websocket_protocol];
    if (!taken.empty() && taken != request_.subprotocol) {
      return End("the server wants to speak a subprotocol that was not asked for");
    }
    open_ = true;
    start_.queue->Open(start_.remote_address);
    Read();
  }

  void Read() {
    silence_.expires_after(request_.silence);
    silence_.async_wait(Bind(&WebSocketLink::OnSilence));
    socket_.async_read(buffer_, Bind(&WebSocketLink::OnRead));
  }

  void OnSilence(error_code error) {
    if (!error && !stopped_reading_) {
      End(fmt::format("no message for {} s",
                      std::chrono::duration_cast<std::chrono::seconds>(request_.silence).count()));
    }
  }

  void OnRead(error_code error, std::size_t) {
    if (over_) {
      return;
    }
    if (error) {
      return End(WhyOver(error));
    }
    const auto bytes = buffer_.cdata();
    const bool room = start_.queue->Put(
        {.data = std::string(static_cast<const char*>(bytes.data()), bytes.size()),
         .event = {},
         .id = {}});
    buffer_.consume(buffer_.size());
    if (!room) {
      stopped_reading_ = true;
      silence_.cancel();
      return;
    }
    Read();
  }

  std::string WhyOver(error_code error) const {
    if (error == websocket::error::closed) {
      // Its reason is a stranger's words, and the code says what there is to know.
      return fmt::format("the server closed the stream (code {})", socket_.reason().code);
    }
    if (error == websocket::error::message_too_big || error == websocket::error::buffer_overflow) {
      return fmt::format("a message is longer than {} bytes", request_.max_message_bytes);
    }
    if (error == beast::error::timeout) {
      return "timeout: the server is gone";
    }
    return "the stream broke: " + error.message();
  }

  const LinkStart start_;
  const StreamRequest& request_;
  websocket::stream<Layer> socket_;
  websocket::response_type answer_;
  beast::flat_buffer buffer_;
  asio::steady_timer silence_;  // Also the limit of a close.
  bool open_ = false;
  bool over_ = false;
  bool stopped_reading_ = false;
};

}  // namespace

std::shared_ptr<StreamLink> MakeWebSocketLink(LinkStart start) {
  return MakeLink<WebSocketLink<PlainLayer>, WebSocketLink<TlsLayer>>(std::move(start));
}

}  // namespace schoolwatch::net
