#include "tests/net/raw_server.h"

#include <fmt/format.h>
#include <netdb.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <openssl/ssl.h>
#include <sys/socket.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <csignal>
#include <cstdio>
#include <cstdlib>
#include <utility>

namespace schoolwatch::net {

void RawConnection::SslDeleter::operator()(SSL* ssl) const { SSL_free(ssl); }

RawConnection::~RawConnection() {
  if (ssl_ != nullptr) {
    SSL_shutdown(ssl_.get());
  }
}

std::ptrdiff_t RawConnection::ReadSome(char* buffer, std::size_t size) {
  return ssl_ != nullptr ? SSL_read(ssl_.get(), buffer, static_cast<int>(size))
                         : recv(socket_, buffer, size, 0);
}

std::string RawConnection::ReadUntil(std::string_view end) {
  std::size_t found = buffered_.find(end);
  while (found == std::string::npos) {
    std::array<char, 4096> chunk;
    const std::ptrdiff_t got = ReadSome(chunk.data(), chunk.size());
    if (got <= 0) {
      return std::exchange(buffered_, {});
    }
    buffered_.append(chunk.data(), static_cast<std::size_t>(got));
    found = buffered_.find(end);
  }
  std::string text = buffered_.substr(0, found + end.size());
  buffered_.erase(0, found + end.size());
  return text;
}

bool RawConnection::Write(std::string_view bytes) {
  while (!bytes.empty()) {
    const std::ptrdiff_t sent =
        ssl_ != nullptr ? SSL_write(ssl_.get(), bytes.data(), static_cast<int>(bytes.size()))
                        : send(socket_, bytes.data(), bytes.size(), MSG_NOSIGNAL);
    if (sent <= 0) {
      return false;
    }
    bytes.remove_prefix(static_cast<std::size_t>(sent));
  }
  return true;
}

bool RawConnection::StartTls(const TlsIdentity& identity) {
  ssl_.reset(SSL_new(identity.context()));
  SSL_set_fd(ssl_.get(), socket_);
  if (SSL_accept(ssl_.get()) != 1) {
    ssl_.reset();
    return false;
  }
  return true;
}

void RawConnection::WaitForHangUp() {
  std::array<char, 4096> chunk;
  while (ReadSome(chunk.data(), chunk.size()) > 0) {
  }
}

void RawConnection::Reset() {
  const linger at_once{1, 0};
  setsockopt(socket_, SOL_SOCKET, SO_LINGER, &at_once, sizeof at_once);
}

RawServer::RawServer(Script script, const std::string& address, std::uint16_t port)
    : script_(std::move(script)) {
  // OpenSSL writes without MSG_NOSIGNAL.
  std::signal(SIGPIPE, SIG_IGN);
  addrinfo hints{};
  hints.ai_socktype = SOCK_STREAM;
  hints.ai_flags = AI_NUMERICHOST | AI_NUMERICSERV | AI_PASSIVE;
  addrinfo* found = nullptr;
  if (getaddrinfo(address.c_str(), std::to_string(port).c_str(), &hints, &found) != 0) {
    std::fputs("RawServer: not an address\n", stderr);
    std::abort();
  }
  listener_ = socket(found->ai_family, SOCK_STREAM | SOCK_CLOEXEC, 0);
  const int on = 1;
  setsockopt(listener_, SOL_SOCKET, SO_REUSEADDR, &on, sizeof on);
  sockaddr_storage bound{};
  socklen_t size = sizeof bound;
  if (bind(listener_, found->ai_addr, found->ai_addrlen) != 0 ||
      listen(listener_, SOMAXCONN) != 0 ||
      getsockname(listener_, reinterpret_cast<sockaddr*>(&bound), &size) != 0) {
    std::perror("RawServer");
    std::abort();
  }
  freeaddrinfo(found);
  // The port stands in the same place in both families.
  port_ = ntohs(reinterpret_cast<const sockaddr_in*>(&bound)->sin_port);
  acceptor_ = std::jthread([this] { Accept(); });
}

RawServer::~RawServer() {
  {
    const core::MutexLock lock(mutex_);
    stopping_ = true;
    for (const int open : open_) {
      shutdown(open, SHUT_RDWR);
    }
  }
  shutdown(listener_, SHUT_RDWR);
  acceptor_.join();
  threads_.clear();
  close(listener_);
}

std::string RawServer::Url(std::string_view rest) const {
  return fmt::format("http://127.0.0.1:{}{}", port_, rest);
}

void RawServer::Accept() {
  while (true) {
    const int peer = accept4(listener_, nullptr, nullptr, SOCK_CLOEXEC);
    if (peer < 0) {
      return;
    }
    ++connections_;
    // The scripts write in small pieces, which would wait for each other.
    const int on = 1;
    setsockopt(peer, IPPROTO_TCP, TCP_NODELAY, &on, sizeof on);
    {
      const core::MutexLock lock(mutex_);
      open_.push_back(peer);
      if (stopping_) {
        shutdown(peer, SHUT_RDWR);
      }
    }
    threads_.emplace_back([this, peer] {
      {
        RawConnection connection(peer);
        script_(connection);
      }
      const core::MutexLock lock(mutex_);
      std::erase(open_, peer);
      close(peer);
    });
  }
}

}  // namespace schoolwatch::net
