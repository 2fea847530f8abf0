#pragma once

#include <map>
#include <string>
#include <string_view>
#include <vector>

#include "core/mutex.h"
#include "tests/net/raw_server.h"
#include "tests/net/tls_identity.h"

namespace schoolwatch::net {

// What a ScriptedSmtp says. A reply starts with its code and has no line end; kCut hangs up
// instead.
struct SmtpScript {
  static constexpr const char* kCut = "cut";

  enum class Tls { kNone, kOffered, kFromTheStart } tls = Tls::kOffered;
  std::string login_offer = "AUTH PLAIN LOGIN";  // After TLS, or without it; "" for none.
  // By the command's first word, "CONNECT" and "BODY" (after the message) besides; else the usual.
  std::map<std::string, std::string, std::less<>> replies{};
  // By recipient, before replies["RCPT"].
  std::map<std::string, std::string, std::less<>> recipient_replies{};
  // By what is sent after AUTH, with its line end, before replies["CREDENTIALS"].
  std::map<std::string, std::string, std::less<>> credential_replies{};
};

// A mail server on loopback that follows a script and remembers what it was told.
class ScriptedSmtp {
 public:
  explicit ScriptedSmtp(SmtpScript script = {});

  std::uint16_t port() const { return server_.port(); }
  int connections() const { return server_.connections(); }
  const std::string& certificate_file() const { return identity_.certificate_file(); }

  // Commands in order, on all connections; "[TLS]" where a handshake succeeded.
  std::vector<std::string> commands() const;
  // True if a command starts like this.
  bool Saw(std::string_view start) const;
  // What was sent after AUTH, each with its line end.
  std::vector<std::string> credentials() const;
  // Messages as they came over the wire, dots still stuffed, without the last ".".
  std::vector<std::string> messages() const;

 private:
  void Serve(RawConnection& peer);
  void Remember(std::string command);
  std::string ReplyTo(std::string_view verb, std::string_view argument,
                      std::string_view usual) const;

  const SmtpScript script_;
  const TlsIdentity identity_;
  mutable core::Mutex mutex_;
  std::vector<std::string> commands_ SW_GUARDED_BY(mutex_);
  std::vector<std::string> credentials_ SW_GUARDED_BY(mutex_);
  std::vector<std::string> messages_ SW_GUARDED_BY(mutex_);
  RawServer server_;  // Last: its threads use all the above.
};

}  // namespace schoolwatch::net
