#include "tests/hostile/server.h"

#include <linux/sockios.h>
#include <openssl/ssl.h>
#include <sys/ioctl.h>

#include <array>
#include <boost/asio/as_tuple.hpp>
#include <boost/asio/co_spawn.hpp>
#include <boost/asio/detached.hpp>
#include <boost/asio/io_context.hpp>
#include <boost/asio/ip/tcp.hpp>
#include <boost/asio/ssl.hpp>
#include <boost/asio/steady_timer.hpp>
#include <boost/asio/use_awaitable.hpp>
#include <boost/asio/write.hpp>
#include <boost/beast/core/flat_buffer.hpp>
#include <boost/beast/http/empty_body.hpp>
#include <boost/beast/http/parser.hpp>
#include <boost/beast/http/read.hpp>
#include <boost/beast/http/write.hpp>
#include <chrono>
#include <sstream>
#include <thread>
#include <utility>

#include "tests/net/tls_identity.h"

namespace schoolwatch::hostile {
namespace {

namespace asio = boost::asio;
namespace beast = boost::beast;
using asio::ip::tcp;
using std::chrono::milliseconds;

constexpr auto kTuple = asio::as_tuple(asio::use_awaitable);

asio::ssl::context ContextOf(const net::TlsIdentity& identity) {
  SSL_CTX_up_ref(identity.context());  // The context takes one over.
  return asio::ssl::context(identity.context());
}

asio::awaitable<void> Sleep(milliseconds time) {
  asio::steady_timer timer(co_await asio::this_coro::executor, time);
  co_await timer.async_wait(kTuple);
}

// Until the peer hangs up; what it says meanwhile is of no interest.
template <class Stream>
asio::awaitable<void> AwaitHangUp(Stream& stream) {
  std::array<char, 4096> ignored{};
  for (;;) {
    const auto [error, size] = co_await stream.async_read_some(asio::buffer(ignored), kTuple);
    if (error) {
      co_return;
    }
  }
}

// A reset throws away what has not arrived, so that first has to.
asio::awaitable<void> ResetWhenArrived(tcp::socket& socket) {
  for (int i = 0; i < 500; ++i) {
    int left = 0;
    if (ioctl(socket.native_handle(), SIOCOUTQ, &left) != 0 || left == 0) {
      break;
    }
    co_await Sleep(milliseconds(1));
  }
  boost::system::error_code ignored;
  socket.set_option(asio::socket_base::linger(true, 0), ignored);
  socket.close(ignored);
}

}  // namespace

class Server::Impl {
 public:
  explicit Impl(Answerer answer)
      : answer_(std::move(answer)),
        expired_(net::TlsIdentity::Validity::kExpired),
        context_(ContextOf(identity_)),
        expired_context_(ContextOf(expired_)) {
    const tcp::endpoint any_port(asio::ip::address_v4::loopback(), 0);
    for (std::size_t i = 0; i < kOpenings; ++i) {
      const auto opening = static_cast<Opening>(i);
      if (opening == Opening::kNobody) {
        nobody_.open(tcp::v4());
        nobody_.bind(any_port);  // The port stays ours, but nobody listens.
        ports_[i] = nobody_.local_endpoint().port();
        continue;
      }
      tcp::acceptor acceptor(io_, any_port);
      ports_[i] = acceptor.local_endpoint().port();
      asio::co_spawn(io_, Accept(std::move(acceptor), opening), asio::detached);
    }
    tcp::acceptor other(
        io_, tcp::endpoint(asio::ip::make_address(kOtherAddress), port(Opening::kPlain)));
    asio::co_spawn(io_, Accept(std::move(other), Opening::kPlain), asio::detached);
    thread_ = std::jthread([this] { io_.run(); });
  }
  ~Impl() { Stop(); }

  void Stop() {
    io_.stop();
    if (thread_.joinable()) {
      thread_.join();
    }
  }
  std::uint16_t port(Opening opening) const { return ports_[static_cast<std::size_t>(opening)]; }
  const std::vector<Asked>& asked() const { return asked_; }

 private:
  asio::awaitable<void> Accept(tcp::acceptor acceptor, Opening opening) {
    for (;;) {
      auto [error, socket] = co_await acceptor.async_accept(kTuple);
      if (!error) {
        boost::system::error_code ignored;
        socket.set_option(tcp::no_delay(true), ignored);
        asio::co_spawn(io_, Serve(std::move(socket), opening), asio::detached);
      }
    }
  }

  asio::awaitable<void> Serve(tcp::socket socket, Opening opening) {
    switch (opening) {
      case Opening::kPlain:
        co_await Converse(socket, socket);
        break;
      case Opening::kTls:
        co_await ServeTls(std::move(socket), context_);
        break;
      case Opening::kTlsExpired:
        co_await ServeTls(std::move(socket), expired_context_);
        break;
      case Opening::kTlsGarbage: {
        const std::string garbage(500, '\x55');
        co_await asio::async_write(socket, asio::buffer(garbage), kTuple);
        co_await AwaitHangUp(socket);
        break;
      }
      case Opening::kTlsCloses:
      case Opening::kTlsResets: {
        std::array<char, 64> hello{};
        co_await socket.async_read_some(asio::buffer(hello), kTuple);
        if (opening == Opening::kTlsResets) {
          co_await ResetWhenArrived(socket);
        }
        break;
      }
      case Opening::kTlsSilent:
        co_await AwaitHangUp(socket);
        break;
      case Opening::kNobody:
        break;
    }
  }

  asio::awaitable<void> ServeTls(tcp::socket socket, asio::ssl::context& context) {
    asio::ssl::stream<tcp::socket> stream(std::move(socket), context);
    const auto [error] = co_await stream.async_handshake(asio::ssl::stream_base::server, kTuple);
    if (!error) {
      co_await Converse(stream, stream.next_layer());
    }
  }

  template <class Stream>
  asio::awaitable<void> Converse(Stream& stream, tcp::socket& socket) {
    beast::flat_buffer buffer;
    for (;;) {
      beast::http::request_parser<beast::http::empty_body> parser;
      const auto [error, size] =
          co_await beast::http::async_read_header(stream, buffer, parser, kTuple);
      if (error) {
        co_return;
      }
      const auto& request = parser.get();
      Asked asked;
      asked.host = request[beast::http::field::host];
      asked.host = asked.host.substr(0, asked.host.rfind(':'));
      asked.target = request.target();
      std::ostringstream header;
      header << request.base();
      asked.header = header.str();
      asked_.push_back(asked);
      const Script script = answer_(asked);
      bool keep = false;
      for (const Step& step : script) {
        keep = step.kind == Step::Kind::kKeep;
        if (!co_await Play(step, stream, socket)) {
          co_return;
        }
      }
      if (!keep) {
        boost::system::error_code ignored;
        socket.shutdown(tcp::socket::shutdown_send, ignored);
        co_await AwaitHangUp(socket);
        co_return;
      }
    }
  }

  // False: the connection is over.
  template <class Stream>
  asio::awaitable<bool> Play(const Step& step, Stream& stream, tcp::socket& socket) {
    switch (step.kind) {
      case Step::Kind::kSay:
        for (std::size_t i = 0; i < step.times; ++i) {
          const auto [error, size] =
              co_await asio::async_write(stream, asio::buffer(*step.bytes), kTuple);
          if (error) {
            co_return false;
          }
          if (step.pause.count() > 0) {
            co_await Sleep(step.pause);
          }
        }
        break;
      case Step::Kind::kHang:
        co_await AwaitHangUp(stream);
        co_return false;
      case Step::Kind::kReset:
        co_await ResetWhenArrived(socket);
        co_return false;
      case Step::Kind::kKeep:
        break;
    }
    co_return true;
  }

  Answerer answer_;
  net::TlsIdentity identity_;
  net::TlsIdentity expired_;
  asio::ssl::context context_;
  asio::ssl::context expired_context_;
  asio::io_context io_;
  tcp::socket nobody_{io_};
  std::array<std::uint16_t, kOpenings> ports_{};
  std::vector<Asked> asked_;  // Of the thread until it is joined.
  std::jthread thread_;
};

Server::Server(Answerer answer) : impl_(std::make_unique<Impl>(std::move(answer))) {}
Server::~Server() = default;
std::uint16_t Server::port(Opening opening) const { return impl_->port(opening); }
const std::vector<Asked>& Server::asked() const { return impl_->asked(); }
void Server::Stop() { impl_->Stop(); }

}  // namespace schoolwatch::hostile
