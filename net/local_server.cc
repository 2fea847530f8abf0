#include "net/local_server.h"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <boost/asio/io_context.hpp>
#include <boost/asio/ip/tcp.hpp>
#include <boost/asio/steady_timer.hpp>
#include <boost/asio/strand.hpp>
#include <boost/beast/core/bind_handler.hpp>
#include <boost/beast/core/flat_buffer.hpp>
#include <boost/beast/core/tcp_stream.hpp>
#include <boost/beast/http/parser.hpp>
#include <boost/beast/http/read.hpp>
#include <boost/beast/http/serializer.hpp>
#include <boost/beast/http/string_body.hpp>
#include <boost/beast/http/write.hpp>
#include <chrono>
#include <cstddef>
#include <exception>
#include <optional>
#include <string_view>
#include <thread>
#include <utility>
#include <vector>

#include "net/header_collector.h"

namespace schoolwatch::net {
namespace {

namespace asio = boost::asio;
namespace beast = boost::beast;
namespace http = boost::beast::http;
using asio::ip::tcp;

constexpr std::uint32_t kMaxHeaderBytes = 32u << 10;
constexpr std::uint64_t kMaxBodyBytes = 4u << 20;
constexpr std::chrono::seconds kIdleTime{60};
constexpr int kThreads = 2;

std::string Lower(std::string_view text) {
  std::string lower(text);
  std::ranges::transform(lower, lower.begin(), [](char c) {
    return c >= 'A' && c <= 'Z' ? static_cast<char>(c - 'A' + 'a') : c;
  });
  return lower;
}

// "Fri, 20 Nov 2026 18:02:11 GMT" (RFC 9110, 5.6.7). Written out: strftime obeys the locale.
std::string HttpDate(std::chrono::sys_seconds time) {
  constexpr std::array<const char*, 7> kDays{"Sun", "Mon", "Tue", "Wed", "Thu", "Fri", "Sat"};
  constexpr std::array<const char*, 12> kMonths{"Jan", "Feb", "Mar", "Apr", "May", "Jun",
                                                "Jul", "Aug", "Sep", "Oct", "Nov", "Dec"};
  const auto day = std::chrono::floor<std::chrono::days>(time);
  const std::chrono::year_month_day date{day};
  const std::chrono::hh_mm_ss clock{time - day};
  return fmt::format(
      "{}, {:02} {} {:04} {:02}:{:02}:{:02} GMT", kDays[std::chrono::weekday{day}.c_encoding()],
      static_cast<unsigned>(date.day()), kMonths[static_cast<unsigned>(date.month()) - 1],
      static_cast<int>(date.year()), clock.hours().count(), clock.minutes().count(),
      clock.seconds().count());
}

bool HasNoBody(int status) { return status < 200 || status == 204 || status == 304; }

// One connection, kept for as many requests as the peer sends, one after the other. Owned by the
// operation that is under way.
class Session : public std::enable_shared_from_this<Session> {
 public:
  Session(tcp::socket socket, const LocalServer::Handler& handle)
      : stream_(std::move(socket)), handle_(handle) {}

  void Read() {
    parser_.emplace();
    parser_->header_limit(kMaxHeaderBytes);
    parser_->body_limit(kMaxBodyBytes);
    stream_.expires_after(kIdleTime);
    http::async_read(stream_, buffer_, *parser_,
                     beast::bind_front_handler(&Session::OnRead, shared_from_this()));
  }

 private:
  void OnRead(beast::error_code error, std::size_t) {
    if (!error) {
      Answer();
      return;
    }
    // A peer that hangs up, or that nobody can answer any more.
    int status = 400;
    if (error == http::error::body_limit) {
      status = 413;
    } else if (error == http::error::header_limit || error == http::error::buffer_overflow) {
      status = 431;
    } else if (error.category() != http::make_error_code(http::error::bad_method).category() ||
               error == http::error::end_of_stream || error == http::error::partial_message) {
      Close();
      return;
    }
    ServerResponse refusal;
    refusal.status = status;
    Write(std::move(refusal), Connection::kClose, Content::kSent);
  }

  void Answer() {
    const auto& message = parser_->get();
    ServerRequest request;
    request.method = std::string(message.method_string());
    request.target = std::string(message.target());
    std::string_view host = message[http::field::host];
    // The port goes, and an IPv6 address keeps its colons.
    if (const std::size_t colon = host.rfind(':');
        colon != std::string_view::npos && !host.substr(colon).contains(']')) {
      host = host.substr(0, colon);
    }
    request.host = Lower(host);
    for (const auto& field : message) {
      request.headers.emplace_back(Lower(field.name_string()), std::string(field.value()));
    }
    request.body = message.body();
    ServerResponse response;
    // A thread of the server is the edge at which a handler's mistake stops.
    try {
      response = handle_(request);
    } catch (const std::exception&) {
      response = {};
      response.status = 500;
    }
    Write(std::move(response), message.keep_alive() ? Connection::kKept : Connection::kClose,
          request.method == "HEAD" ? Content::kLeftOut : Content::kSent);
  }

  enum class Connection { kKept, kClose };
  enum class Content { kSent, kLeftOut };

  void Write(ServerResponse answer, Connection connection, Content content) {
    response_ = {};
    response_.version(11);
    response_.result(static_cast<unsigned>(std::clamp(answer.status, 100, 999)));
    response_.set(
        http::field::date,
        HttpDate(std::chrono::floor<std::chrono::seconds>(std::chrono::system_clock::now())));
    for (const auto& [name, value] : answer.headers) {
      const http::field known = http::string_to_field(name);
      if (known == http::field::content_length || known == http::field::transfer_encoding ||
          !IsHeaderName(name) || !IsHeaderValue(value)) {
        continue;
      }
      // A handler's own Date wins; other names may come several times, as Set-Cookie does.
      if (known == http::field::date) {
        response_.set(known, value);
      } else {
        response_.insert(name, value);
      }
    }
    if (!HasNoBody(answer.status)) {
      response_.content_length(answer.body.size());
      if (content == Content::kSent) {
        response_.body() = std::move(answer.body);
      }
    }
    response_.keep_alive(connection == Connection::kKept);
    stream_.expires_after(kIdleTime);
    http::async_write(stream_, response_,
                      beast::bind_front_handler(&Session::OnWrite, shared_from_this()));
  }

  void OnWrite(beast::error_code error, std::size_t) {
    if (error || !response_.keep_alive()) {
      Close();
      return;
    }
    Read();
  }

  void Close() {
    beast::error_code ignored;
    stream_.socket().shutdown(tcp::socket::shutdown_send, ignored);
  }

  beast::tcp_stream stream_;
  const LocalServer::Handler& handle_;
  beast::flat_buffer buffer_{kMaxHeaderBytes + kMaxBodyBytes};
  std::optional<http::request_parser<http::string_body>> parser_;
  http::response<http::string_body> response_;
};

class BeastServer final : public LocalServer {
 public:
  explicit BeastServer(Handler handle) : handle_(std::move(handle)) {}
  BeastServer(const BeastServer&) = delete;
  BeastServer& operator=(const BeastServer&) = delete;

  // Connections end with the threads; a handler that is running is waited for.
  ~BeastServer() override { context_.stop(); }

  core::Result<void> Listen(std::uint16_t port) {
    beast::error_code error;
    const tcp::endpoint endpoint(asio::ip::address_v4::loopback(), port);
    acceptor_.open(endpoint.protocol(), error);
    if (!error) {
      acceptor_.set_option(asio::socket_base::reuse_address(true), error);
    }
    if (!error) {
      acceptor_.bind(endpoint, error);
    }
    if (!error) {
      acceptor_.listen(asio::socket_base::max_listen_connections, error);
    }
    if (!error) {
      port_ = acceptor_.local_endpoint(error).port();
    }
    if (error) {
      return core::Fail(core::ErrorKind::kUnavailable,
                        fmt::format("127.0.0.1:{}: cannot listen: {}", port, error.message()));
    }
    Accept();
    for (int i = 0; i < kThreads; ++i) {
      threads_.emplace_back([this] { context_.run(); });
    }
    return {};
  }

  std::uint16_t port() const override { return port_; }

 private:
  void Accept() {
    acceptor_.async_accept(asio::make_strand(context_),
                           [this](beast::error_code error, tcp::socket socket) {
                             if (error) {
                               // Out of descriptors, most likely: trying again at once would spin.
                               pause_.expires_after(std::chrono::milliseconds(20));
                               pause_.async_wait([this](beast::error_code) { Accept(); });
                               return;
                             }
                             // Small answers in several writes wait for each other otherwise.
                             socket.set_option(tcp::no_delay(true), error);
                             std::make_shared<Session>(std::move(socket), handle_)->Read();
                             Accept();
                           });
  }

  const Handler handle_;
  asio::io_context context_{kThreads};
  tcp::acceptor acceptor_{context_};
  asio::steady_timer pause_{context_};
  std::uint16_t port_ = 0;
  std::vector<std::jthread> threads_;  // Joined before what they use is gone.
};

}  // namespace

core::Result<std::unique_ptr<LocalServer>> LocalServer::Start(Handler handle, std::uint16_t port) {
  auto server = std::make_unique<BeastServer>(std::move(handle));
  SW_TRY(server->Listen(port));
  return server;
}

}  // namespace schoolwatch::net
