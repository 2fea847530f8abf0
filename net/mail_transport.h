#pragma once

#include <chrono>
#include <cstdint>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "core/result.h"
#include "net/oauth2.h"

namespace schoolwatch::net {

enum class TlsMode {
  kStartTls,  // Required: without it nothing is sent.
  kImplicit,  // TLS from the first byte (smtps).
  kNone,      // Only accepted for loopback servers.
};

// How to log in. Passwords and tokens travel inside TLS alone.
enum class SmtpLogin {
  kPassword,  // PLAIN, or LOGIN where that is all there is.
  kPlain,
  kLogin,
  kXOAuth2,  // A token in place of the password, as Microsoft 365 and Google ask for.
};

struct SmtpOptions {
  std::string host;
  std::uint16_t port = 587;
  TlsMode tls = TlsMode::kStartTls;
  SmtpLogin login = SmtpLogin::kPassword;
  std::string user;      // Empty: no login.
  std::string password;  // Never logged.
  std::string ca_file;   // "" for the system's bundle.
  std::chrono::seconds timeout{60};
};

struct Envelope {
  std::string from;
  std::vector<std::string> to;
};

// core::CheckMailAddress with the address in the message, made fit for a log. libcurl lets CR/LF
// through, so every address passes here before it.
core::Result<void> CheckMailAddress(std::string_view address);

// A message that mail servers take: not empty, every line ended by CRLF and at most 998 bytes long
// (RFC 5322, 2.1.1), no bare CR or LF, no NUL. kBadInput names the line.
core::Result<void> CheckMailMessage(std::string_view message);

// Carries a finished message to one server. Not thread-safe.
class MailTransport {
 public:
  virtual ~MailTransport() = default;
  // Sends `message` (RFC 5322, CRLF line ends) and returns once the server has accepted it for
  // every recipient. kBadInput: this message is refused for good (5xx to a recipient or to the
  // message, a bad address); one refused recipient fails all. kForbidden: the server wants nothing
  // of us as things are (5xx to our greeting, the login or the sender), which says nothing against
  // the message: keep it until somebody mends that. kThrottled, kUnavailable: try later (4xx, no
  // connection, TLS not offered or not trusted). Messages hold no credentials.
  virtual core::Result<void> Send(const Envelope& envelope, std::string_view message) = 0;
  // Connects, secures and logs in without sending, for `check --online`.
  virtual core::Result<void> Probe() = 0;
};

// On libcurl; keeps its connection for the next message. kBadInput: no TLS asked for a host that is
// not loopback, a host or user with bytes that none has, a CA file that cannot be read, or XOAUTH2
// without a user or without `tokens`, which is for that alone. A token that the server refuses is
// fetched anew once.
core::Result<std::unique_ptr<MailTransport>> MakeSmtpTransport(
    SmtpOptions options, std::unique_ptr<TokenSource> tokens = nullptr);

struct SendmailOptions {
  std::string program = "/usr/sbin/sendmail";  // Anything that takes its arguments.
  std::chrono::seconds timeout{60};
};

// Through this machine's own mail program, which takes the message and queues it itself. The
// program gets no secret and nothing of our environment. kForbidden: it cannot be run or says that
// it is not set up. kBadInput: its path is not absolute.
core::Result<std::unique_ptr<MailTransport>> MakeSendmailTransport(SendmailOptions options);

}  // namespace schoolwatch::net
