// Hands messages to the program that this machine sends mail with.

#include <fcntl.h>
#include <fmt/format.h>
#include <poll.h>
#include <signal.h>
#include <spawn.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <sysexits.h>
#include <unistd.h>

#include <array>
#include <cerrno>
#include <chrono>
#include <cstddef>
#include <string>
#include <string_view>
#include <system_error>
#include <utility>
#include <vector>

#include "core/file_descriptor.h"
#include "net/curl_support.h"
#include "net/mail_transport.h"

namespace schoolwatch::net {
namespace {

using core::ErrorKind;
using core::FileDescriptor;
using Steady = std::chrono::steady_clock;

constexpr std::size_t kMaxWords = 2000;  // Of what the program says, kept.

// Line ends as programs of this machine expect them; CheckMailMessage found no others.
std::string WithLocalLineEnds(std::string_view message) {
  std::string local;
  local.reserve(message.size());
  for (const char c : message) {
    if (c != '\r') {
      local += c;
    }
  }
  return local;
}

// A program that reads no further must not end ours: while this lives, writing to it fails instead.
class NoPipeSignal {
 public:
  NoPipeSignal() {
    ::sigemptyset(&pipe_);
    ::sigaddset(&pipe_, SIGPIPE);
    ::pthread_sigmask(SIG_BLOCK, &pipe_, &before_);
  }
  NoPipeSignal(const NoPipeSignal&) = delete;
  NoPipeSignal& operator=(const NoPipeSignal&) = delete;
  ~NoPipeSignal() {
    if (::sigismember(&before_, SIGPIPE) == 0) {
      const timespec at_once{};
      while (::sigtimedwait(&pipe_, nullptr, &at_once) < 0 && errno == EINTR) {
      }
      ::pthread_sigmask(SIG_SETMASK, &before_, nullptr);
    }
  }

 private:
  sigset_t pipe_{};
  sigset_t before_{};
};

struct Pipe {
  FileDescriptor reader{-1};
  FileDescriptor writer{-1};
};

core::Result<Pipe> MakePipe() {
  std::array<int, 2> ends{};
  if (::pipe2(ends.data(), O_CLOEXEC) != 0) {
    return core::Fail(ErrorKind::kUnavailable,
                      "no pipe: " + std::generic_category().message(errno));
  }
  return Pipe{FileDescriptor(ends[0]), FileDescriptor(ends[1])};
}

// What the exit status of a sendmail means (sysexits.h), for us.
core::Result<void> Judge(int status, const std::string& words) {
  const std::string said = words.empty() ? "" : fmt::format(": {}", Printable(words));
  if (!WIFEXITED(status)) {
    return core::Fail(ErrorKind::kUnavailable, "the mail program was killed" + said);
  }
  const int code = WEXITSTATUS(status);
  const auto fail = [&](ErrorKind kind, std::string_view what) {
    return core::Fail(kind, fmt::format("{} (status {}){}", what, code, said));
  };
  switch (code) {
    case EX_OK:
      return {};
    case EX_USAGE:
    case EX_CONFIG:
    case EX_NOPERM:
    case 126:
    case 127:  // A person must look at the program; the message is none the worse.
      return fail(ErrorKind::kForbidden, "the mail program does not work here");
    case EX_DATAERR:
    case EX_NOUSER:
    case EX_NOHOST:
      return fail(ErrorKind::kBadInput, "the mail program refused the message");
    default:  // EX_TEMPFAIL, EX_IOERR, EX_OSERR, EX_UNAVAILABLE, …
      return fail(ErrorKind::kUnavailable, "the mail program could not take the message now");
  }
}

class SendmailTransport final : public MailTransport {
 public:
  explicit SendmailTransport(SendmailOptions options) : options_(std::move(options)) {}

  core::Result<void> Send(const Envelope& envelope, std::string_view message) override {
    SW_TRY(CheckMailAddress(envelope.from));
    if (envelope.to.empty()) {
      return core::Fail(ErrorKind::kBadInput, "the message has no recipient");
    }
    for (const std::string& recipient : envelope.to) {
      SW_TRY(CheckMailAddress(recipient));
    }
    SW_TRY(CheckMailMessage(message));
    // -i: a line with a dot alone does not end the message. The recipients stand behind "--", and
    // not in headers (-t), so that nothing in the message adds one.
    std::vector<std::string> words{options_.program, "-i", "-f", envelope.from, "--"};
    words.insert(words.end(), envelope.to.begin(), envelope.to.end());
    return Run(words, WithLocalLineEnds(message));
  }

  core::Result<void> Probe() override { return CheckProgram(); }

 private:
  core::Result<void> CheckProgram() const {
    struct stat status{};
    if (::stat(options_.program.c_str(), &status) != 0 || !S_ISREG(status.st_mode) ||
        ::access(options_.program.c_str(), X_OK) != 0) {
      return core::Fail(ErrorKind::kForbidden,
                        fmt::format("'{}' is no program that can be run", options_.program));
    }
    return {};
  }

  core::Result<void> Run(std::vector<std::string>& words, std::string_view input) const {
    SW_TRY(CheckProgram());
    SW_ASSIGN(Pipe in, MakePipe());
    SW_ASSIGN(Pipe out, MakePipe());
    posix_spawn_file_actions_t actions;
    ::posix_spawn_file_actions_init(&actions);
    ::posix_spawn_file_actions_adddup2(&actions, in.reader.number(), STDIN_FILENO);
    ::posix_spawn_file_actions_adddup2(&actions, out.writer.number(), STDOUT_FILENO);
    ::posix_spawn_file_actions_adddup2(&actions, out.writer.number(), STDERR_FILENO);
    // Our signals may be blocked (a service takes them elsewhere); the program's must not be.
    posix_spawnattr_t attributes;
    ::posix_spawnattr_init(&attributes);
    sigset_t none;
    sigset_t all;
    ::sigemptyset(&none);
    ::sigfillset(&all);
    ::posix_spawnattr_setsigmask(&attributes, &none);
    ::posix_spawnattr_setsigdefault(&attributes, &all);
    ::posix_spawnattr_setflags(&attributes, POSIX_SPAWN_SETSIGMASK | POSIX_SPAWN_SETSIGDEF);
    std::vector<char*> arguments;
    for (std::string& word : words) {
      arguments.push_back(word.data());
    }
    arguments.push_back(nullptr);
    // Neither the secrets of our environment nor its PATH are the program's business.
    std::string path = "PATH=/usr/sbin:/usr/bin:/sbin:/bin";
    std::array<char*, 2> environment{path.data(), nullptr};
    pid_t child = -1;
    const int failed = ::posix_spawn(&child, options_.program.c_str(), &actions, &attributes,
                                     arguments.data(), environment.data());
    ::posix_spawn_file_actions_destroy(&actions);
    ::posix_spawnattr_destroy(&attributes);
    if (failed != 0) {
      return core::Fail(ErrorKind::kForbidden,
                        fmt::format("'{}' cannot be run: {}", options_.program,
                                    std::generic_category().message(failed)));
    }
    in.reader = FileDescriptor(-1);
    out.writer = FileDescriptor(-1);
    std::string said;
    const bool in_time = Talk(in.writer, out.reader, input, said);
    in.writer = FileDescriptor(-1);
    if (!in_time) {
      ::kill(child, SIGKILL);
    }
    int status = 0;
    while (::waitpid(child, &status, 0) < 0 && errno == EINTR) {
    }
    if (!in_time) {
      return core::Fail(
          ErrorKind::kUnavailable,
          fmt::format("the mail program did not finish within {} s", options_.timeout.count()));
    }
    return Judge(status, said);
  }

  // Writes the message and reads what the program says, until it closes both. False: out of time.
  bool Talk(FileDescriptor& to, const FileDescriptor& from, std::string_view input,
            std::string& said) const {
    const NoPipeSignal no_signal;
    ::fcntl(to.number(), F_SETFL, O_NONBLOCK);
    const Steady::time_point end = Steady::now() + options_.timeout;
    while (true) {
      if (input.empty()) {
        to = FileDescriptor(-1);  // The end of the message.
      }
      std::array<pollfd, 2> events{{{from.number(), POLLIN, 0}, {to.number(), POLLOUT, 0}}};
      const auto left = std::chrono::ceil<std::chrono::milliseconds>(end - Steady::now()).count();
      if (left <= 0) {
        return false;
      }
      if (::poll(events.data(), events.size(), static_cast<int>(left)) < 0 && errno != EINTR) {
        return false;
      }
      if ((events[1].revents & (POLLERR | POLLNVAL)) != 0) {
        input = {};  // It wants no more; its status says why.
      } else if ((events[1].revents & POLLOUT) != 0) {
        const ssize_t written = ::write(to.number(), input.data(), input.size());
        if (written > 0) {
          input.remove_prefix(static_cast<std::size_t>(written));
        } else if (written < 0 && errno != EAGAIN && errno != EINTR) {
          input = {};
        }
      }
      if ((events[0].revents & (POLLIN | POLLHUP)) != 0) {
        std::array<char, 512> words{};
        const ssize_t got = ::read(from.number(), words.data(), words.size());
        if (got == 0) {
          return true;
        }
        if (got > 0 && said.size() < kMaxWords) {
          said.append(words.data(), static_cast<std::size_t>(got));
        }
      }
    }
  }

  const SendmailOptions options_;
};

}  // namespace

core::Result<std::unique_ptr<MailTransport>> MakeSendmailTransport(SendmailOptions options) {
  if (!options.program.starts_with('/') || options.program.contains('\0')) {
    return core::Fail(ErrorKind::kBadInput,
                      "the mail program needs its whole path, such as /usr/sbin/sendmail");
  }
  return std::make_unique<SendmailTransport>(std::move(options));
}

}  // namespace schoolwatch::net
