#pragma once

#include <chrono>
#include <cstddef>
#include <cstdint>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "core/result.h"
#include "net/mail_transport.h"
#include "net/oauth2.h"

namespace schoolwatch::net {

struct ImapOptions {
  std::string host;
  std::uint16_t port = 993;
  TlsMode tls = TlsMode::kImplicit;
  std::string user;
  std::string password;  // Never logged. Empty: a token is used.
  std::string ca_file;   // "" for the system's bundle.
  std::string box = "INBOX";
  std::chrono::seconds timeout{300};  // Of one exchange; a mail may be large.
};

struct ImapMessage {
  std::uint32_t uid = 0;
  std::uint64_t size = 0;  // As the server says.
  bool operator==(const ImapMessage&) const = default;
};

// One box of a mailbox that only we empty. Not thread-safe.
class ImapMailbox {
 public:
  virtual ~ImapMailbox() = default;
  // What is in it, the oldest first, at most `limit`. Begins a session: the numbers are good until
  // the server gives the box a new validity, which Fetch and Delete then fail with. kForbidden: the
  // login is refused, or there is no such box. kUnavailable: try later. Messages hold no secrets.
  virtual core::Result<std::vector<ImapMessage>> List(std::size_t limit) = 0;
  // The whole mail as it came. kBadInput: it is longer than `max_bytes`. kNotFound: it is gone.
  virtual core::Result<std::string> Fetch(std::uint32_t uid, std::size_t max_bytes) = 0;
  // Deletes it for good: no other mail that somebody marked goes with it where the server knows
  // UIDPLUS. Fine where it is gone.
  virtual core::Result<void> Delete(std::uint32_t uid) = 0;
};

// On libcurl, by its URL forms for mails (docs/decisions/0016). kBadInput: no TLS asked for a host
// that is not loopback, or a host, user or box with bytes that none has.
core::Result<std::unique_ptr<ImapMailbox>> MakeImapMailbox(
    ImapOptions options, std::unique_ptr<TokenSource> tokens = nullptr);

// The readers of what a server answers; for any bytes whatever.
// Numbers behind "* SEARCH", at most `limit`.
std::vector<std::uint32_t> ReadSearchAnswer(std::string_view lines, std::size_t limit);
// UID and RFC822.SIZE of "* 1 FETCH (UID 5 RFC822.SIZE 1234)".
std::vector<ImapMessage> ReadSizeAnswer(std::string_view lines);

}  // namespace schoolwatch::net
