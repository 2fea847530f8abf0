#include "tests/net/stream_server.h"

#include <fmt/format.h>
#include <sys/socket.h>

#include <boost/asio/buffer.hpp>
#include <boost/asio/io_context.hpp>
#include <boost/asio/ip/tcp.hpp>
#include <boost/asio/ssl/context.hpp>
#include <boost/asio/ssl/stream.hpp>
#include <boost/asio/write.hpp>
#include <boost/beast/core/flat_buffer.hpp>
#include <boost/beast/http/read.hpp>
#include <boost/beast/http/string_body.hpp>
#include <boost/beast/websocket/ssl.hpp>
#include <boost/beast/websocket/stream.hpp>
#include <map>
#include <utility>

namespace schoolwatch::net {
namespace {

namespace asio = boost::asio;
namespace beast = boost::beast;
namespace http = boost::beast::http;
namespace websocket = boost::beast::websocket;
using asio::ip::tcp;
using beast::error_code;

using PlainLayer = tcp::socket;
using TlsLayer = asio::ssl::stream<tcp::socket>;

template <class Layer>
class Peer final : public StreamPeer {
 public:
  template <class... Arguments>
  explicit Peer(Arguments&&... arguments) : socket_(std::forward<Arguments>(arguments)...) {}

  websocket::stream<Layer>& socket() { return socket_; }
  bool Upgrade(const StreamServer::Options& options) {
    error_code error;
    beast::flat_buffer buffer;
    http::read(socket_.next_layer(), buffer, request_, error);
    if (error) {
      return false;
    }
    target_ = std::string(request_.target());
    websocket::permessage_deflate deflate;
    deflate.server_enable = options.deflate;
    deflate.msg_size_threshold = 0;
    socket_.set_option(deflate);
    socket_.set_option(websocket::stream_base::decorator([&](websocket::response_type& answer) {
      if (!options.subprotocol.empty()) {
        answer.set(http::field::sec_websocket_protocol, options.subprotocol);
      }
    }));
    socket_.accept(request_, error);
    return !error;
  }

  const std::string& target() const override { return target_; }
  std::string Header(std::string_view name) const override {
    return std::string(request_[{name.data(), name.size()}]);
  }
  bool Send(std::string_view text) override {
    socket_.text(true);
    return Write(text);
  }
  bool SendBinary(std::string_view bytes) override {
    socket_.binary(true);
    return Write(bytes);
  }
  bool Ping() override {
    error_code error;
    socket_.ping({}, error);
    return !error;
  }
  bool SendRaw(std::string_view bytes) override {
    error_code error;
    asio::write(socket_.next_layer(), asio::buffer(bytes.data(), bytes.size()), error);
    return !error;
  }
  void Close(std::uint16_t code, std::string_view reason) override {
    error_code error;
    socket_.close({static_cast<websocket::close_code>(code), {reason.data(), reason.size()}},
                  error);
  }
  void Drop() override {
    error_code error;
    beast::get_lowest_layer(socket_).close(error);
  }
  void WaitForHangUp() override {
    error_code error;
    beast::flat_buffer buffer;
    while (!error) {
      socket_.read(buffer, error);
      buffer.clear();
    }
  }

 private:
  bool Write(std::string_view bytes) {
    error_code error;
    socket_.write(asio::buffer(bytes.data(), bytes.size()), error);
    return !error;
  }

  websocket::stream<Layer> socket_;
  http::request<http::string_body> request_;
  std::string target_;
};

}  // namespace

struct StreamServer::Hidden {
  Script script;
  Options options;
  asio::io_context context;
  tcp::acceptor acceptor{context};
  asio::ssl::context tls{asio::ssl::context::tls_server};
  std::uint16_t port = 0;
  std::atomic<int> connections = 0;
  core::Mutex mutex;
  bool stopping SW_GUARDED_BY(mutex) = false;
  std::vector<int> open SW_GUARDED_BY(mutex);
  std::vector<std::jthread> threads;  // Of the accepting thread until it is joined.
  std::jthread accepting;

  // So that the destructor can end what blocks. False: the server is stopping.
  bool Enter(int socket) {
    const core::MutexLock lock(mutex);
    if (!stopping) {
      open.push_back(socket);
    }
    return !stopping;
  }
  void Leave(int socket) {
    const core::MutexLock lock(mutex);
    std::erase(open, socket);
  }

  template <class Layer, class... Arguments>
  void Serve(tcp::socket socket, Arguments&... arguments) {
    const int descriptor = socket.native_handle();
    if (!Enter(descriptor)) {
      return;
    }
    {
      Peer<Layer> peer(std::move(socket), arguments...);
      error_code error;
      if constexpr (std::is_same_v<Layer, TlsLayer>) {
        peer.socket().next_layer().handshake(asio::ssl::stream_base::server, error);
      }
      if (!error && peer.Upgrade(options)) {
        script(peer);
      }
      Leave(descriptor);
    }
  }

  void Accept() {
    for (;;) {
      error_code error;
      tcp::socket socket = acceptor.accept(context, error);
      {
        const core::MutexLock lock(mutex);
        if (stopping) {
          return;
        }
      }
      if (error) {
        continue;
      }
      ++connections;
      socket.set_option(tcp::no_delay(true), error);
      threads.emplace_back([this, peer = std::move(socket)]() mutable {
        if (options.tls != nullptr) {
          Serve<TlsLayer>(std::move(peer), tls);
        } else {
          Serve<PlainLayer>(std::move(peer));
        }
      });
    }
  }
};

StreamServer::StreamServer(Script script) : StreamServer(std::move(script), Options{}) {}

StreamServer::StreamServer(Script script, Options options) : hidden_(std::make_unique<Hidden>()) {
  hidden_->script = std::move(script);
  hidden_->options = std::move(options);
  if (hidden_->options.tls != nullptr) {
    hidden_->tls.use_certificate_chain_file(hidden_->options.tls->certificate_file());
    hidden_->tls.use_private_key_file(hidden_->options.tls->key_file(), asio::ssl::context::pem);
  }
  const tcp::endpoint here(asio::ip::address_v4::loopback(), 0);
  hidden_->acceptor.open(here.protocol());
  hidden_->acceptor.bind(here);
  hidden_->acceptor.listen();
  hidden_->port = hidden_->acceptor.local_endpoint().port();
  hidden_->accepting = std::jthread([hidden = hidden_.get()] { hidden->Accept(); });
}

StreamServer::~StreamServer() {
  {
    const core::MutexLock lock(hidden_->mutex);
    hidden_->stopping = true;
    for (const int socket : hidden_->open) {
      shutdown(socket, SHUT_RDWR);
    }
  }
  // The accept that blocks returns for this.
  shutdown(hidden_->acceptor.native_handle(), SHUT_RDWR);
  hidden_->accepting.join();
  hidden_->threads.clear();
}

std::uint16_t StreamServer::port() const { return hidden_->port; }
int StreamServer::connections() const { return hidden_->connections; }
std::string StreamServer::Url(std::string_view rest) const {
  return fmt::format("{}://127.0.0.1:{}{}", hidden_->options.tls == nullptr ? "http" : "https",
                     hidden_->port, rest);
}

}  // namespace schoolwatch::net
