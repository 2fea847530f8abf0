#include "net/local_socket.h"

#include <fcntl.h>
#include <poll.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/un.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <cerrno>
#include <cstdint>
#include <span>
#include <system_error>

#include "core/file_descriptor.h"

namespace schoolwatch::net {
namespace {

namespace fs = std::filesystem;
using std::chrono::milliseconds;
using Steady = std::chrono::steady_clock;

constexpr int kWaitingClients = 16;
constexpr std::size_t kLengthBytes = 4;

std::unexpected<core::Error> Refuse(const fs::path& file, std::string_view what, int cause) {
  const bool missing = cause == ENOENT || cause == ECONNREFUSED;
  return core::Fail(missing ? core::ErrorKind::kNotFound : core::ErrorKind::kUnavailable,
                    "the socket '" + file.string() + "' cannot be " + std::string(what) + ": " +
                        std::generic_category().message(cause));
}

// A socket's address. The kernel takes at most 107 bytes of path: a longer one is led through its
// folder's descriptor, which stays open as long as the address.
struct Address {
  sockaddr_un bytes{};
  core::FileDescriptor folder{-1};
};

core::Result<Address> AddressOf(const fs::path& file) {
  Address address;
  std::string path = file.string();
  if (path.size() >= sizeof address.bytes.sun_path) {
    address.folder =
        core::FileDescriptor(::open(file.parent_path().c_str(), O_PATH | O_DIRECTORY | O_CLOEXEC));
    if (address.folder.number() < 0) {
      return Refuse(file, "reached", errno);
    }
    path =
        "/proc/self/fd/" + std::to_string(address.folder.number()) + "/" + file.filename().string();
  }
  address.bytes.sun_family = AF_UNIX;
  std::ranges::copy(path, address.bytes.sun_path);
  return address;
}

const sockaddr* Generic(const Address& address) {
  return reinterpret_cast<const sockaddr*>(&address.bytes);
}

// The user at the other end, as the kernel knows it. For a client's socket it is whoever called
// listen().
std::optional<uid_t> PeerOf(int descriptor) {
  ucred peer{};
  socklen_t size = sizeof peer;
  if (::getsockopt(descriptor, SOL_SOCKET, SO_PEERCRED, &peer, &size) != 0) {
    return std::nullopt;
  }
  return peer.uid;
}

core::Result<void> Await(int descriptor, short what, Steady::time_point deadline) {
  for (;;) {
    const auto left = std::chrono::ceil<milliseconds>(deadline - Steady::now());
    pollfd ask{.fd = descriptor, .events = what, .revents = 0};
    const int most = static_cast<int>(std::clamp<milliseconds::rep>(left.count(), 0, 1 << 30));
    const int ready = ::poll(&ask, 1, most);
    if (ready > 0) {
      return {};
    }
    if (ready == 0) {
      return core::Fail(core::ErrorKind::kUnavailable, "the other process does not answer in time");
    }
    if (errno != EINTR) {
      return core::Fail(core::ErrorKind::kUnavailable,
                        "waiting failed: " + std::generic_category().message(errno));
    }
  }
}

std::unexpected<core::Error> Gone() {
  return core::Fail(core::ErrorKind::kUnavailable, "the other process has gone");
}

enum class Ending { kNone, kBetweenFrames };

// Fills `bytes` whole; kBetweenFrames where the far side closed before the first of them.
core::Result<Ending> ReadAll(int descriptor, std::span<char> bytes, Steady::time_point deadline) {
  std::size_t have = 0;
  while (have < bytes.size()) {
    const ssize_t got = ::recv(descriptor, bytes.data() + have, bytes.size() - have, MSG_DONTWAIT);
    if (got > 0) {
      have += static_cast<std::size_t>(got);
      continue;
    }
    if (got == 0) {
      if (have == 0) {
        return Ending::kBetweenFrames;
      }
      return Gone();
    }
    if (errno == EAGAIN) {
      SW_TRY(Await(descriptor, POLLIN, deadline));
    } else if (errno != EINTR) {
      return Gone();
    }
  }
  return Ending::kNone;
}

}  // namespace

core::Result<LocalConnection> LocalConnection::Connect(const fs::path& file) {
  SW_ASSIGN(const Address address, AddressOf(file));
  core::FileDescriptor made(::socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0));
  if (made.number() < 0 || ::connect(made.number(), Generic(address), sizeof address.bytes) != 0) {
    return Refuse(file, "reached", errno);
  }
  const std::optional<uid_t> peer = PeerOf(made.number());
  if (!peer || (*peer != ::geteuid() && ::geteuid() != 0)) {
    return core::Fail(core::ErrorKind::kForbidden,
                      "the socket '" + file.string() + "' is another user's");
  }
  return LocalConnection(made.Release());
}

LocalConnection::~LocalConnection() {
  if (descriptor_ >= 0) {
    ::close(descriptor_);
  }
}

core::Result<void> LocalConnection::Send(std::string_view frame, milliseconds patience) {
  const Steady::time_point deadline = Steady::now() + patience;
  std::string bytes;
  bytes.reserve(kLengthBytes + frame.size());
  for (std::size_t i = kLengthBytes; i > 0; --i) {
    bytes += static_cast<char>(static_cast<unsigned char>(frame.size() >> (8 * (i - 1))));
  }
  bytes += frame;
  std::string_view left = bytes;
  while (!left.empty()) {
    const ssize_t sent = ::send(descriptor_, left.data(), left.size(), MSG_NOSIGNAL | MSG_DONTWAIT);
    if (sent >= 0) {
      left.remove_prefix(static_cast<std::size_t>(sent));
    } else if (errno == EAGAIN) {
      SW_TRY(Await(descriptor_, POLLOUT, deadline));
    } else if (errno != EINTR) {
      return Gone();
    }
  }
  return {};
}

core::Result<std::optional<std::string>> LocalConnection::Receive(std::size_t max_bytes,
                                                                  milliseconds patience) {
  const Steady::time_point deadline = Steady::now() + patience;
  std::array<char, kLengthBytes> head{};
  SW_ASSIGN(const Ending ending, ReadAll(descriptor_, head, deadline));
  if (ending == Ending::kBetweenFrames) {
    return std::nullopt;
  }
  std::size_t size = 0;
  for (const char byte : head) {
    size = size << 8 | static_cast<unsigned char>(byte);
  }
  if (size > max_bytes) {
    return core::Fail(core::ErrorKind::kBadInput, "a frame of " + std::to_string(size) +
                                                      " bytes, at most " +
                                                      std::to_string(max_bytes) + " are taken");
  }
  std::string frame(size, '\0');
  SW_ASSIGN(const Ending cut, ReadAll(descriptor_, frame, deadline));
  if (cut == Ending::kBetweenFrames) {
    return Gone();
  }
  return std::optional<std::string>(std::move(frame));
}

core::Result<LocalListener> LocalListener::Listen(const fs::path& file) {
  SW_ASSIGN(const Address address, AddressOf(file));
  struct stat status{};
  if (::lstat(file.c_str(), &status) == 0) {
    if (!S_ISSOCK(status.st_mode)) {
      return core::Fail(core::ErrorKind::kBadInput,
                        "'" + file.string() + "' is in the way of a socket; take it away");
    }
    ::unlink(file.c_str());
  }
  core::FileDescriptor made(::socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0));
  // The file gets the mode that the socket has before it is bound: there is no moment at which
  // others could connect.
  if (made.number() < 0 || ::fchmod(made.number(), 0600) != 0 ||
      ::bind(made.number(), Generic(address), sizeof address.bytes) != 0 ||
      ::listen(made.number(), kWaitingClients) != 0) {
    return Refuse(file, "made", errno);
  }
  return LocalListener(made.Release(), file);
}

LocalListener::~LocalListener() {
  if (descriptor_ >= 0) {
    ::unlink(file_.c_str());
    ::close(descriptor_);
  }
}

std::optional<LocalConnection> LocalListener::Accept() {
  for (;;) {
    const int client = ::accept4(descriptor_, nullptr, nullptr, SOCK_CLOEXEC | SOCK_NONBLOCK);
    if (client >= 0) {
      LocalConnection connection(client);
      const std::optional<uid_t> peer = PeerOf(client);
      if (peer && (*peer == ::geteuid() || *peer == 0)) {
        return connection;
      }
    } else if (errno == EMFILE || errno == ENFILE || errno == ENOBUFS || errno == ENOMEM) {
      ::poll(nullptr, 0, 100);  // Until somebody closes something.
    } else if (errno != EINTR && errno != ECONNABORTED) {
      return std::nullopt;  // EINVAL: stopped.
    }
  }
}

void LocalListener::Stop() { ::shutdown(descriptor_, SHUT_RDWR); }

}  // namespace schoolwatch::net
