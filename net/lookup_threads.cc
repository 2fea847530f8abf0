#include "net/lookup_threads.h"

#include <arpa/inet.h>
#include <fmt/format.h>
#include <netdb.h>
#include <netinet/in.h>
#include <sys/eventfd.h>
#include <unistd.h>

#include <array>
#include <cassert>
#include <deque>
#include <exception>
#include <system_error>
#include <utility>

#include "core/mutex.h"

namespace schoolwatch::net {
namespace {

using core::ErrorKind;

struct AddrinfoDeleter {
  void operator()(addrinfo* list) const { freeaddrinfo(list); }
};

std::string AddressText(const addrinfo& entry) {
  std::array<char, INET6_ADDRSTRLEN> text{};
  const void* bytes = nullptr;
  if (entry.ai_family == AF_INET) {
    bytes = &reinterpret_cast<const sockaddr_in*>(entry.ai_addr)->sin_addr;
  } else if (entry.ai_family == AF_INET6) {
    bytes = &reinterpret_cast<const sockaddr_in6*>(entry.ai_addr)->sin6_addr;
  }
  if (bytes == nullptr || inet_ntop(entry.ai_family, bytes, text.data(), text.size()) == nullptr) {
    return {};
  }
  return text.data();
}

// An error instead of an exception, which would end the program.
core::Result<Addresses> Ask(const Lookup& lookup, const std::string& host) {
  try {
    return lookup(host);
  } catch (const std::exception& error) {
    return core::Fail(ErrorKind::kUnavailable,
                      fmt::format("the host name cannot be looked up: {}", error.what()));
  }
}

}  // namespace

core::Result<Addresses> LookUpWithSystem(const std::string& host) {
  addrinfo hints{};
  hints.ai_family = AF_UNSPEC;
  hints.ai_socktype = SOCK_STREAM;
  hints.ai_flags = AI_ADDRCONFIG;
  addrinfo* first = nullptr;
  const int code = getaddrinfo(host.c_str(), nullptr, &hints, &first);
  const std::unique_ptr<addrinfo, AddrinfoDeleter> list(first);
  if (code == EAI_AGAIN || code == EAI_SYSTEM) {
    return core::Fail(ErrorKind::kUnavailable, "the host name cannot be looked up just now (DNS)");
  }
  if (code != 0) {
    return core::Fail(ErrorKind::kUnavailable, "the host name does not resolve (DNS)");
  }
  Addresses addresses;
  for (const addrinfo* entry = list.get(); entry != nullptr; entry = entry->ai_next) {
    if (std::string text = AddressText(*entry); !text.empty()) {
      addresses.push_back(std::move(text));
    }
  }
  return addresses;
}

struct LookupThreads::Shared {
  explicit Shared(Lookup chosen)
      : lookup(std::move(chosen)), event_fd(eventfd(0, EFD_CLOEXEC | EFD_NONBLOCK)) {}
  Shared(const Shared&) = delete;
  Shared& operator=(const Shared&) = delete;
  ~Shared() {
    if (event_fd >= 0) {
      close(event_fd);
    }
  }

  const Lookup lookup;
  const int event_fd;
  core::Mutex mutex;
  core::Condition wanted;
  std::deque<std::string> hosts SW_GUARDED_BY(mutex);
  std::vector<Answer> answers SW_GUARDED_BY(mutex);
  std::vector<bool> inside SW_GUARDED_BY(mutex);  // A look-up; by the thread's number.
  bool stopping SW_GUARDED_BY(mutex) = false;
};

LookupThreads::LookupThreads(Lookup lookup, std::size_t max_threads)
    : max_threads_(max_threads), shared_(std::make_shared<Shared>(std::move(lookup))) {}

LookupThreads::~LookupThreads() {
  std::vector<bool> inside;
  {
    const core::MutexLock lock(shared_->mutex);
    shared_->stopping = true;
    inside = shared_->inside;
  }
  shared_->wanted.notify_all();
  for (std::size_t i = 0; i < threads_.size(); ++i) {
    if (inside[i]) {
      // The exception to the rule against detach: getaddrinfo cannot be interrupted, and a dead
      // name server would keep us here for half a minute. The thread holds what it needs.
      threads_[i].detach();
    }
  }
}

core::Result<void> LookupThreads::Begin(std::string host) {
  assert(HasRoom());
  // Only those under way are busy, so a thread is missing exactly when all are.
  if (under_way_ == threads_.size()) {
    {
      const core::MutexLock lock(shared_->mutex);
      shared_->inside.push_back(false);
    }
    try {
      threads_.emplace_back([shared = shared_, index = threads_.size()] { Run(shared, index); });
    } catch (const std::system_error& error) {
      const core::MutexLock lock(shared_->mutex);
      shared_->inside.pop_back();
      return core::Fail(ErrorKind::kUnavailable,
                        fmt::format("no thread for the DNS look-up: {}", error.what()));
    }
  }
  ++under_way_;
  {
    const core::MutexLock lock(shared_->mutex);
    shared_->hosts.push_back(std::move(host));
  }
  shared_->wanted.notify_one();
  return {};
}

std::vector<LookupThreads::Answer> LookupThreads::TakeAnswers() {
  std::vector<Answer> answers;
  {
    const core::MutexLock lock(shared_->mutex);
    answers.swap(shared_->answers);
    if (!answers.empty()) {
      // Under the lock, so that no later answer's event is read with this one's.
      eventfd_t ignored = 0;
      eventfd_read(shared_->event_fd, &ignored);
    }
  }
  under_way_ -= answers.size();
  return answers;
}

int LookupThreads::event_fd() const { return shared_->event_fd; }

void LookupThreads::Run(const std::shared_ptr<Shared>& shared, std::size_t index) {
  while (true) {
    std::string host;
    {
      const core::MutexLock lock(shared->mutex);
      while (!shared->stopping && shared->hosts.empty()) {
        shared->wanted.wait(shared->mutex);
      }
      if (shared->stopping) {
        return;
      }
      host = std::move(shared->hosts.front());
      shared->hosts.pop_front();
      shared->inside[index] = true;
    }
    core::Result<Addresses> addresses = Ask(shared->lookup, host);
    const core::MutexLock lock(shared->mutex);
    shared->inside[index] = false;
    shared->answers.push_back({std::move(host), std::move(addresses)});
    eventfd_write(shared->event_fd, 1);
  }
}

}  // namespace schoolwatch::net
