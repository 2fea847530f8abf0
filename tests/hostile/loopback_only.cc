// Preloaded into schoolwatch: answers all name lookups itself and writes down every address outside
// loopback that the program would have contacted, instead of contacting it.
#include <arpa/inet.h>
#include <dlfcn.h>
#include <fcntl.h>
#include <netdb.h>
#include <sys/socket.h>
#include <unistd.h>

#include <atomic>
#include <cerrno>
#include <cstdlib>
#include <cstring>
#include <string>

namespace {

// A fault or the test's own mistake is as bad as a contact: the run must not look clean.
void Note(const std::string& line) {
  const char* const path = std::getenv("SW_HOSTILE_CONTACTS");
  const int file =
      path == nullptr ? -1 : open(path, O_WRONLY | O_CREAT | O_APPEND | O_CLOEXEC, 0600);
  const std::string whole = line + "\n";
  if (file < 0 || write(file, whole.data(), whole.size()) < 0) {
    std::abort();
  }
  close(file);
}

template <class Function>
Function Next(const char* name) {
  return reinterpret_cast<Function>(dlsym(RTLD_NEXT, name));
}

bool IsLoopback(const std::string& address) {
  return address.starts_with("127.") || address == "::1" || address.starts_with("::ffff:127.");
}

// True, and noted, for an address of another machine.
bool IsElsewhere(const sockaddr* address, const char* how) {
  char text[INET6_ADDRSTRLEN] = "";
  if (address == nullptr) {
    return false;
  }
  if (address->sa_family == AF_INET) {
    inet_ntop(AF_INET, &reinterpret_cast<const sockaddr_in*>(address)->sin_addr, text, sizeof text);
  } else if (address->sa_family == AF_INET6) {
    inet_ntop(AF_INET6, &reinterpret_cast<const sockaddr_in6*>(address)->sin6_addr, text,
              sizeof text);
  } else {
    return false;
  }
  if (IsLoopback(text)) {
    return false;
  }
  Note(std::string(how) + " " + text);
  return true;
}

}  // namespace

extern "C" int connect(int socket, const sockaddr* address, socklen_t length) {
  if (IsElsewhere(address, "connect")) {
    errno = ENETUNREACH;
    return -1;
  }
  static const auto kNext = Next<int (*)(int, const sockaddr*, socklen_t)>("connect");
  return kNext(socket, address, length);
}

extern "C" ssize_t sendto(int socket, const void* bytes, size_t size, int flags,
                          const sockaddr* address, socklen_t length) {
  if (IsElsewhere(address, "sendto")) {
    errno = ENETUNREACH;
    return -1;
  }
  static const auto kNext =
      Next<ssize_t (*)(int, const void*, size_t, int, const sockaddr*, socklen_t)>("sendto");
  return kNext(socket, bytes, size, flags, address, length);
}

// Numbers and localhost are left to the C library. `rebind.example` leads to an allowed address the
// first time and to a private one from then on; other names do not exist.
extern "C" int getaddrinfo(const char* node, const char* service, const addrinfo* hints,
                           addrinfo** answer) {
  static const auto kNext =
      Next<int (*)(const char*, const char*, const addrinfo*, addrinfo**)>("getaddrinfo");
  in6_addr number{};
  if (node == nullptr || inet_pton(AF_INET, node, &number) == 1 ||
      inet_pton(AF_INET6, node, &number) == 1 || std::strcmp(node, "localhost") == 0) {
    return kNext(node, service, hints, answer);
  }
  static std::atomic<int> rebinds = 0;
  const char* address = nullptr;
  if (std::strcmp(node, "rebind.example") == 0) {
    address = rebinds.fetch_add(1) == 0 ? "127.0.0.99" : "10.0.0.1";
  } else if (std::strcmp(node, "private-name.example") == 0) {
    address = "10.0.0.2";
  }
  if (address == nullptr) {
    return EAI_NONAME;
  }
  addrinfo numeric = hints == nullptr ? addrinfo{} : *hints;
  numeric.ai_flags |= AI_NUMERICHOST;
  if (numeric.ai_family == AF_INET6) {
    return EAI_NONAME;
  }
  return kNext(address, service, &numeric, answer);
}
