#include "net/stream_client.h"

#include <fmt/format.h>
#include <openssl/ssl.h>
#include <openssl/x509v3.h>
#include <unistd.h>

#include <algorithm>
#include <boost/asio/connect.hpp>
#include <boost/asio/executor_work_guard.hpp>
#include <boost/asio/io_context.hpp>
#include <boost/asio/ip/tcp.hpp>
#include <boost/asio/posix/stream_descriptor.hpp>
#include <boost/asio/post.hpp>
#include <boost/asio/ssl/context.hpp>
#include <boost/asio/steady_timer.hpp>
#include <thread>
#include <utility>

#include "core/mutex.h"
#include "net/curl_support.h"
#include "net/curl_transfer.h"
#include "net/header_collector.h"
#include "net/stream_link.h"

namespace schoolwatch::net {
namespace {

namespace asio = boost::asio;
using asio::ip::tcp;
using boost::system::error_code;
using core::ErrorKind;
using SteadyTime = std::chrono::steady_clock::time_point;

constexpr std::chrono::seconds kLongestGoodbye{2};

// What the stream's owner waits on.
class Bell {
 public:
  void Ring() {
    {
      const core::MutexLock lock(mutex_);
      rung_ = true;
    }
    changed_.notify_one();
  }
  void Wait(std::chrono::milliseconds patience) {
    const auto limit = std::chrono::steady_clock::now() + patience;
    const core::MutexLock lock(mutex_);
    while (!rung_ && changed_.wait_until(mutex_, limit) == std::cv_status::no_timeout) {
    }
    rung_ = false;
  }

 private:
  core::Mutex mutex_;
  core::Condition changed_;
  bool rung_ SW_GUARDED_BY(mutex_) = false;
};

// One stream on the client's thread, from its look-up on.
struct Opening {
  std::shared_ptr<const StreamRequest> request;
  std::shared_ptr<StreamQueue> queue;
  SteadyTime limit;
  std::shared_ptr<StreamLink> link;  // Once it is connected.
  bool given_up = false;
};

core::Result<void> CheckRequest(const StreamRequest& request) {
  const auto bad = [&](std::string_view what) {
    return core::Fail(ErrorKind::kBadInput, fmt::format("{}: {}", request.url.host(), what));
  };
  for (const auto& [name, value] : request.headers) {
    if (!IsHeaderName(name) || !IsHeaderValue(value)) {
      return bad("a header cannot be sent as it is");
    }
  }
  const std::string& target = request.secret_target;
  if (!target.empty() && (!target.starts_with('/') || std::ranges::any_of(target, [](char c) {
        return static_cast<unsigned char>(c) <= 0x20 || c == 0x7f;
      }))) {
    return bad("the address cannot be asked for as it is");
  }
  if (!IsHeaderValue(request.last_event_id) || !IsHeaderValue(request.subprotocol)) {
    return bad("the id to go on from, or the subprotocol, cannot be sent as it is");
  }
  return {};
}

class StreamLoop final : public StreamClient {
 public:
  StreamLoop(StreamClientOptions options, const std::string& ca_bundle)
      : options_(std::move(options)),
        tls_(asio::ssl::context::tls_client),
        resolver_(options_.resolver, options_.guard),
        answers_(context_),
        look_again_(context_),
        work_(context_.get_executor()) {
    error_code error;
    tls_.set_verify_mode(asio::ssl::verify_peer);
    if (!ca_bundle.empty()) {
      tls_.load_verify_file(ca_bundle, error);
    }
    SSL_CTX_set_min_proto_version(tls_.native_handle(), TLS1_2_VERSION);
    answers_.assign(dup(resolver_.event_fd()), error);
    AwaitAnswers();
    thread_ = std::jthread([this] {
      context_.run();
      finished_.Ring();
    });
  }
  StreamLoop(const StreamLoop&) = delete;
  StreamLoop& operator=(const StreamLoop&) = delete;

  ~StreamLoop() override {
    asio::post(context_, [this] {
      error_code ignored;
      answers_.cancel(ignored);
      look_again_.cancel();
      work_.reset();
    });
    // Streams that were let go may still say goodbye.
    finished_.Wait(kLongestGoodbye);
    context_.stop();
  }

  std::unique_ptr<Stream> Open(StreamRequest request) override;
  void Wait(std::chrono::milliseconds patience) override { bell_.Wait(patience); }
  void Wake() override { bell_.Ring(); }

  // Of a stream; from its owner's thread.
  void GoOn(const std::shared_ptr<Opening>& opening) {
    asio::post(context_, [opening] {
      if (opening->link != nullptr) {
        opening->link->GoOn();
      }
    });
  }
  void GiveUp(const std::shared_ptr<Opening>& opening) {
    asio::post(context_, [opening] {
      opening->given_up = true;
      if (opening->link != nullptr) {
        opening->link->Close();
      }
    });
  }

 private:
  // All on the client's thread from here on.
  void Begin(const std::shared_ptr<Opening>& opening);
  void Connect(const std::shared_ptr<Opening>& opening, const Addresses& addresses,
               std::uint16_t port);
  void OnConnected(const std::shared_ptr<Opening>& opening, tcp::socket& socket);

  void AwaitAnswers() {
    answers_.async_wait(asio::posix::stream_descriptor::wait_read, [this](error_code error) {
      if (!error) {
        Advance();
        AwaitAnswers();
      }
    });
  }
  void Advance() {
    resolver_.Advance();
    if (const auto wait = resolver_.UntilNextLimit()) {
      look_again_.expires_after(*wait);
      look_again_.async_wait([this](error_code error) {
        if (!error) {
          Advance();
        }
      });
    }
  }

  const StreamClientOptions options_;
  Bell bell_;
  Bell finished_;
  asio::io_context context_{1};
  asio::ssl::context tls_;
  Resolver resolver_;
  asio::posix::stream_descriptor answers_;
  asio::steady_timer look_again_;
  asio::executor_work_guard<asio::io_context::executor_type> work_;
  std::jthread thread_;  // Joined before what it uses is gone.
};

class OpenStream final : public Stream {
 public:
  OpenStream(StreamLoop& loop, std::shared_ptr<Opening> opening)
      : loop_(loop), opening_(std::move(opening)) {}
  OpenStream(const OpenStream&) = delete;
  OpenStream& operator=(const OpenStream&) = delete;
  ~OpenStream() override { loop_.GiveUp(opening_); }

  StreamNews Take(std::size_t max_messages) override {
    bool room = false;
    StreamNews news = opening_->queue->Take(max_messages, room);
    if (room) {
      loop_.GoOn(opening_);
    }
    return news;
  }

 private:
  StreamLoop& loop_;
  const std::shared_ptr<Opening> opening_;
};

std::unique_ptr<Stream> StreamLoop::Open(StreamRequest request) {
  auto opening = std::make_shared<Opening>();
  opening->limit = std::chrono::steady_clock::now() + request.handshake;
  opening->queue =
      std::make_shared<StreamQueue>(request.max_queued_bytes, [this] { bell_.Ring(); });
  opening->request = std::make_shared<const StreamRequest>(std::move(request));
  if (core::Result<void> good = CheckRequest(*opening->request); !good) {
    opening->queue->End({.error = std::move(good).error(), .status = 0, .wait = std::nullopt});
  } else {
    asio::post(context_, [this, opening] { Begin(opening); });
  }
  return std::make_unique<OpenStream>(*this, std::move(opening));
}

void StreamLoop::Begin(const std::shared_ptr<Opening>& opening) {
  if (opening->given_up) {
    return;
  }
  const core::HttpUrl& url = opening->request->url;
  const ConnectOverride* const chosen = FindOverride(options_.connect_overrides, url);
  const std::uint16_t port = PortOf(chosen, url);
  if (chosen != nullptr && !chosen->to_host.empty()) {
    // The operator named this target.
    return Connect(opening, {chosen->to_host}, port);
  }
  resolver_.Ask(url.host(), port, opening->request->handshake,
                [this, opening, port](core::Result<Addresses> addresses) {
                  if (!addresses) {
                    core::Error error = std::move(addresses).error();
                    error.message =
                        fmt::format("{}: {}", opening->request->url.host(), error.message);
                    return opening->queue->End(
                        {.error = std::move(error), .status = 0, .wait = std::nullopt});
                  }
                  Connect(opening, *addresses, port);
                });
  Advance();
}

void StreamLoop::Connect(const std::shared_ptr<Opening>& opening, const Addresses& addresses,
                         std::uint16_t port) {
  if (opening->given_up) {
    return;
  }
  auto endpoints = std::make_shared<std::vector<tcp::endpoint>>();
  for (const std::string& address : addresses) {
    error_code error;
    if (const asio::ip::address parsed = asio::ip::make_address(address, error); !error) {
      endpoints->emplace_back(parsed, port);
    }
  }
  if (endpoints->empty()) {
    return opening->queue->End(
        {.error = {ErrorKind::kBadInput,
                   fmt::format("{}: a stream can be sent to an address alone, not to a name",
                               opening->request->url.host())},
         .status = 0,
         .wait = std::nullopt});
  }
  const auto socket = std::make_shared<tcp::socket>(context_);
  const auto timer = std::make_shared<asio::steady_timer>(context_, opening->limit);
  timer->async_wait([socket](error_code error) {
    if (!error) {
      error_code ignored;
      socket->close(ignored);
    }
  });
  asio::async_connect(
      *socket, *endpoints,
      [this, opening, socket, timer, endpoints](error_code error, const tcp::endpoint&) {
        timer->cancel();
        if (opening->given_up) {
          return;
        }
        if (error || !socket->is_open()) {
          const bool late = std::chrono::steady_clock::now() >= opening->limit;
          return opening->queue->End(
              BrokenEnd(opening->request->url.host(), late ? "timeout: no connection in time"
                                                           : "no connection: " + error.message()));
        }
        OnConnected(opening, *socket);
      });
}

void StreamLoop::OnConnected(const std::shared_ptr<Opening>& opening, tcp::socket& socket) {
  error_code error;
  const tcp::endpoint peer = socket.remote_endpoint(error);
  const auto left = std::chrono::duration_cast<std::chrono::milliseconds>(
      opening->limit - std::chrono::steady_clock::now());
  LinkStart start{.context = &context_,
                  .tls = &tls_,
                  .socket = error ? -1 : socket.release(error),
                  .is_v6 = peer.address().is_v6(),
                  .remote_address = peer.address().to_string(),
                  .user_agent = options_.user_agent,
                  .request = opening->request,
                  .queue = opening->queue,
                  .left = std::max(left, std::chrono::milliseconds(1))};
  if (error) {
    return opening->queue->End(BrokenEnd(opening->request->url.host(), error.message()));
  }
  opening->link = opening->request->kind == StreamRequest::Kind::kWebSocket
                      ? MakeWebSocketLink(std::move(start))
                      : MakeEventStreamLink(std::move(start));
  opening->link->Run();
}

}  // namespace

bool PrepareTls(ssl_st* tls, const core::HttpUrl& url) {
  std::string host(url.host());
  if (host.starts_with('[') && host.ends_with(']')) {
    host = host.substr(1, host.size() - 2);
  }
  error_code error;
  asio::ip::make_address(host, error);
  if (!error) {
    return X509_VERIFY_PARAM_set1_ip_asc(SSL_get0_param(tls), host.c_str()) == 1;
  }
  return SSL_ctrl(tls, SSL_CTRL_SET_TLSEXT_HOSTNAME, TLSEXT_NAMETYPE_host_name, host.data()) == 1 &&
         SSL_set1_host(tls, host.c_str()) == 1;
}

std::string_view TlsTrouble(const ssl_st* tls) {
  return SSL_get_verify_result(tls) != X509_V_OK ? "the TLS certificate is not trusted"
                                                 : "the TLS handshake failed";
}

std::string HostField(const core::HttpUrl& url) {
  const std::string origin = url.origin();
  return origin.substr(origin.find("://") + 3);
}

std::string TargetOf(const StreamRequest& request) {
  return request.secret_target.empty() ? std::string(request.url.target()) : request.secret_target;
}

core::Result<std::unique_ptr<StreamClient>> MakeStreamClient(StreamClientOptions options) {
  if (!options.user_agent.contains("(+") || !IsHeaderValue(options.user_agent)) {
    return core::Fail(ErrorKind::kBadInput, "the User-Agent must name a contact");
  }
  SW_ASSIGN(const std::string ca_bundle, FindCaBundle(options.ca_file));
  return std::make_unique<StreamLoop>(std::move(options), ca_bundle);
}

}  // namespace schoolwatch::net
