#include <fmt/format.h>

#include <array>
#include <boost/asio/io_context.hpp>
#include <boost/asio/ip/tcp.hpp>
#include <boost/asio/ssl/context.hpp>
#include <boost/asio/ssl/stream.hpp>
#include <boost/asio/steady_timer.hpp>
#include <boost/beast/core/bind_handler.hpp>
#include <boost/beast/core/flat_buffer.hpp>
#include <boost/beast/core/tcp_stream.hpp>
#include <boost/beast/http/buffer_body.hpp>
#include <boost/beast/http/empty_body.hpp>
#include <boost/beast/http/parser.hpp>
#include <boost/beast/http/read.hpp>
#include <boost/beast/http/write.hpp>
#include <cctype>
#include <type_traits>
#include <utility>
#include <vector>

#include "net/event_stream.h"
#include "net/stream_link.h"

namespace schoolwatch::net {
namespace {

namespace asio = boost::asio;
namespace beast = boost::beast;
namespace http = boost::beast::http;
using asio::ip::tcp;
using beast::error_code;

constexpr std::uint32_t kMaxHeaderBytes = 32u << 10;
constexpr std::size_t kReadBytes = 64u << 10;

bool IsEventStream(std::string_view content_type) {
  constexpr std::string_view kType = "text/event-stream";
  if (content_type.size() < kType.size() ||
      (content_type.size() > kType.size() && content_type[kType.size()] != ';' &&
       content_type[kType.size()] != ' ')) {
    return false;
  }
  return std::equal(kType.begin(), kType.end(), content_type.begin(), [](char wanted, char c) {
    return wanted == (c >= 'A' && c <= 'Z' ? static_cast<char>(c - 'A' + 'a') : c);
  });
}

using PlainLayer = beast::tcp_stream;
using TlsLayer = asio::ssl::stream<beast::tcp_stream>;

template <class Layer>
class EventStreamLink final : public StreamLink,
                              public std::enable_shared_from_this<EventStreamLink<Layer>> {
 public:
  static constexpr bool kIsTls = std::is_same_v<Layer, TlsLayer>;

  template <class... Arguments>
  explicit EventStreamLink(LinkStart start, Arguments&... arguments)
      : start_(std::move(start)),
        request_(*start_.request),
        socket_(*start_.context, arguments...),
        silence_(*start_.context),
        events_(request_.max_message_bytes, request_.last_event_id) {}

  void Run() override {
    error_code error;
    Lowest().socket().assign(start_.is_v6 ? tcp::v6() : tcp::v4(), start_.socket, error);
    if (error) {
      return End(error.message());
    }
    Lowest().socket().set_option(tcp::no_delay(true), error);
    Lowest().expires_after(start_.left);
    if constexpr (kIsTls) {
      if (!PrepareTls(socket_.native_handle(), request_.url)) {
        return End("not enough memory for TLS");
      }
      socket_.async_handshake(asio::ssl::stream_base::client, Bind(&EventStreamLink::OnTls));
    } else {
      Ask();
    }
  }

  void GoOn() override {
    if (stopped_reading_ && !over_) {
      stopped_reading_ = false;
      AwaitSign();
      Read();
    }
  }

  void Close() override {
    if (!over_) {
      over_ = true;
      Shut();
    }
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
      StreamEnd end = BrokenEnd(request_.url.host(), why);
      end.wait = events_.retry();
      start_.queue->End(std::move(end));
      Shut();
    }
  }
  void Refuse(int status) {
    over_ = true;
    start_.queue->End(
        RefusedEnd(request_.url.host(), status, parser_.get()[http::field::retry_after]));
    Shut();
  }

  void OnTls(error_code error) {
    if constexpr (kIsTls) {
      if (error) {
        return End(error == beast::error::timeout ? "timeout: no TLS handshake in time"
                                                  : TlsTrouble(socket_.native_handle()));
      }
    }
    Ask();
  }

  void Ask() {
    ask_.version(11);
    ask_.method(http::verb::get);
    ask_.target(TargetOf(request_));
    ask_.set(http::field::host, HostField(request_.url));
    ask_.set(http::field::user_agent, start_.user_agent);
    ask_.set(http::field::accept, "text/event-stream");
    ask_.set(http::field::cache_control, "no-store");
    if (!request_.last_event_id.empty()) {
      ask_.set("Last-Event-ID", request_.last_event_id);
    }
    for (const auto& [name, value] : request_.headers) {
      ask_.set(name, value);
    }
    http::async_write(socket_, ask_, Bind(&EventStreamLink::OnAsked));
  }

  void OnAsked(error_code error, std::size_t) {
    if (over_) {
      return;
    }
    if (error) {
      return End("the connection broke: " + error.message());
    }
    parser_.header_limit(kMaxHeaderBytes);
    parser_.body_limit(boost::none);
    http::async_read_header(socket_, buffer_, parser_, Bind(&EventStreamLink::OnHeader));
  }

  void OnHeader(error_code error, std::size_t) {
    if (over_) {
      return;
    }
    if (error) {
      return End(error == beast::error::timeout ? "timeout: no answer in time"
                                                : "no answer: " + error.message());
    }
    const int status = static_cast<int>(parser_.get().result_int());
    if (status != 200) {
      return Refuse(status);
    }
    if (!IsEventStream(parser_.get()[http::field::content_type])) {
      return End("the answer is no stream of events");
    }
    Lowest().expires_never();
    start_.queue->Open(start_.remote_address);
    AwaitSign();
    Read();
  }

  void AwaitSign() {
    silence_.expires_after(request_.silence);
    silence_.async_wait(Bind(&EventStreamLink::OnSilence));
  }
  void OnSilence(error_code error) {
    if (!error && !stopped_reading_) {
      End(fmt::format("no event for {} s",
                      std::chrono::duration_cast<std::chrono::seconds>(request_.silence).count()));
    }
  }

  void Read() {
    parser_.get().body().data = bytes_.data();
    parser_.get().body().size = bytes_.size();
    http::async_read_some(socket_, buffer_, parser_, Bind(&EventStreamLink::OnRead));
  }

  void OnRead(error_code error, std::size_t) {
    if (over_) {
      return;
    }
    if (error == http::error::need_buffer) {
      error = {};
    }
    const std::size_t left = parser_.get().body().size;
    const std::string_view came(bytes_.data(), bytes_.size() - left);
    const std::size_t lines_before = events_.lines();
    std::vector<StreamMessage> messages;
    const core::Result<void> fed = events_.Feed(came, messages);
    bool room = true;
    for (StreamMessage& message : messages) {
      room = start_.queue->Put(std::move(message));
    }
    if (!fed) {
      return End(fed.error().message);
    }
    if (error) {
      return End(error == http::error::end_of_stream || error == asio::error::eof
                     ? "the server ended the stream"
                     : "the stream broke: " + error.message());
    }
    if (parser_.is_done()) {
      return End("the server ended the stream");
    }
    if (!room) {
      stopped_reading_ = true;
      silence_.cancel();
      return;
    }
    if (events_.lines() != lines_before) {
      AwaitSign();
    }
    Read();
  }

  const LinkStart start_;
  const StreamRequest& request_;
  Layer socket_;
  asio::steady_timer silence_;
  http::request<http::empty_body> ask_;
  beast::flat_buffer buffer_{kMaxHeaderBytes + kReadBytes};
  http::response_parser<http::buffer_body> parser_;
  std::array<char, kReadBytes> bytes_{};
  EventStreamParser events_;
  bool over_ = false;
  bool stopped_reading_ = false;
};

}  // namespace

std::shared_ptr<StreamLink> MakeEventStreamLink(LinkStart start) {
  return MakeLink<EventStreamLink<PlainLayer>, EventStreamLink<TlsLayer>>(std::move(start));
}

}  // namespace schoolwatch::net
