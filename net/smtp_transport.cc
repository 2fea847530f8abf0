#include <curl/curl.h>
#include <fmt/format.h>
#include <netdb.h>
#include <sys/socket.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <cstddef>
#include <cstring>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <system_error>
#include <utility>

#include "net/curl_support.h"
#include "net/mail_transport.h"
#include "net/smtp_dialogue.h"

namespace schoolwatch::net {
namespace {

using core::ErrorKind;
using Step = SmtpDialogue::Step;

struct CurlDeleter {
  void operator()(CURL* easy) const { curl_easy_cleanup(easy); }
  void operator()(curl_slist* list) const { curl_slist_free_all(list); }
};

bool IsLoopback(std::string_view host) {
  return host == "localhost" || host == "::1" || host == "[::1]" || host.starts_with("127.");
}

// What the server did not like, for a person.
std::string Subject(const SmtpDialogue& dialogue) {
  switch (dialogue.step()) {
    case Step::kConnect:
      return "the mail server refused the connection";
    case Step::kHello:
      return "the mail server refused our greeting";
    case Step::kStartTls:
      return "the mail server refused STARTTLS; nothing was sent";
    case Step::kLogin:
      return "the mail server refused the login";
    case Step::kSender:
      return "the mail server refused the sender";
    case Step::kRecipient:
      return fmt::format("the mail server refused the recipient {}", dialogue.recipient());
    case Step::kMessage:
      return "the mail server refused the message";
    case Step::kOther:
      break;
  }
  return "the mail server refused";
}

class SmtpTransport final : public MailTransport {
 public:
  SmtpTransport(SmtpOptions options, std::string ca_bundle, std::unique_ptr<TokenSource> tokens,
                CURL* easy)
      : options_(std::move(options)),
        ca_bundle_(std::move(ca_bundle)),
        tokens_(std::move(tokens)),
        easy_(easy) {}
  SmtpTransport(const SmtpTransport&) = delete;
  SmtpTransport& operator=(const SmtpTransport&) = delete;
  ~SmtpTransport() override = default;

  core::Result<void> Send(const Envelope& envelope, std::string_view message) override {
    SW_TRY(CheckMailAddress(envelope.from));
    if (envelope.to.empty()) {
      return core::Fail(ErrorKind::kBadInput, "the message has no recipient");
    }
    for (const std::string& recipient : envelope.to) {
      SW_TRY(CheckMailAddress(recipient));
    }
    SW_TRY(CheckMailMessage(message));
    std::unique_ptr<curl_slist, CurlDeleter> recipients;
    for (const std::string& recipient : envelope.to) {
      curl_slist* const longer = curl_slist_append(recipients.get(), recipient.c_str());
      if (longer == nullptr) {
        return NoMemory();
      }
      static_cast<void>(recipients.release());
      recipients.reset(longer);
    }
    return WithLogin([&] {
      payload_ = message;
      bool good = true;
      const auto set = [&](CURLoption option, auto value) {
        good = curl_easy_setopt(easy_.get(), option, value) == CURLE_OK && good;
      };
      set(CURLOPT_MAIL_FROM, envelope.from.c_str());
      set(CURLOPT_MAIL_RCPT, recipients.get());
      set(CURLOPT_UPLOAD, 1L);
      // Becomes the SIZE of MAIL FROM, so that a full mailbox is told before the bytes travel.
      set(CURLOPT_INFILESIZE_LARGE, static_cast<curl_off_t>(message.size()));
      set(CURLOPT_READFUNCTION, &SmtpTransport::OnRead);
      set(CURLOPT_READDATA, static_cast<void*>(this));
      return good;
    });
  }

  core::Result<void> Probe() override {
    return WithLogin([this] {
      bool good = curl_easy_setopt(easy_.get(), CURLOPT_NOBODY, 1L) == CURLE_OK;
      good = curl_easy_setopt(easy_.get(), CURLOPT_CUSTOMREQUEST, "NOOP") == CURLE_OK && good;
      // A kept connection would prove nothing about the login.
      return curl_easy_setopt(easy_.get(), CURLOPT_FRESH_CONNECT, 1L) == CURLE_OK && good;
    });
  }

 private:
  static core::Result<void> NoMemory() {
    return core::Fail(ErrorKind::kUnavailable, "libcurl has no memory left");
  }

  // One exchange. `prepare` adds to the settings what it is about; false: no memory.
  template <class Prepare>
  core::Result<void> WithLogin(const Prepare& prepare) {
    for (int attempt = 0;; ++attempt) {
      if (tokens_ != nullptr) {
        core::Result<std::string> token = tokens_->Token();
        if (!token) {
          return core::Fail(token.error().kind, fmt::format("{}:{}: {}", options_.host,
                                                            options_.port, token.error().message));
        }
        token_ = *std::move(token);
      }
      if (!Configure() || !prepare()) {
        return NoMemory();
      }
      core::Result<void> done = Perform();
      if (done || done.error().kind != ErrorKind::kForbidden || tokens_ == nullptr || attempt > 0 ||
          !dialogue_.offers_token_login()) {
        return done;
      }
      // It may have been withdrawn before its time: a new one decides.
      tokens_->Reject();
    }
  }

  // Everything but the message. The connection survives the reset.
  bool Configure() {
    CURL* const easy = easy_.get();
    curl_easy_reset(easy);
    error_text_.front() = '\0';
    dialogue_ = SmtpDialogue();
    failure_.reset();
    bool good = true;
    const auto set = [&](CURLoption option, auto value) {
      good = curl_easy_setopt(easy, option, value) == CURLE_OK && good;
    };
    const bool implicit = options_.tls == TlsMode::kImplicit;
    const std::string url = fmt::format("{}://{}:{}", implicit ? "smtps" : "smtp",
                                        InBrackets(options_.host), options_.port);
    void* const self = this;
    set(CURLOPT_URL, url.c_str());
    set(CURLOPT_ERRORBUFFER, error_text_.data());
    set(CURLOPT_NOSIGNAL, 1L);
    set(CURLOPT_PROTOCOLS_STR, "smtp,smtps");
    good = SetTrust(easy, ca_bundle_) && good;
    // ALL, never TRY: a man in the middle removes STARTTLS from the offer, and TRY would send the
    // password in the clear.
    set(CURLOPT_USE_SSL,
        static_cast<long>(options_.tls == TlsMode::kNone ? CURLUSESSL_NONE : CURLUSESSL_ALL));
    const long timeout = std::max<std::int64_t>(1, options_.timeout.count());
    set(CURLOPT_TIMEOUT, timeout);
    set(CURLOPT_CONNECTTIMEOUT, timeout);
    if (!options_.user.empty()) {
      set(CURLOPT_USERNAME, options_.user.c_str());
      if (tokens_ != nullptr) {
        // A connection with another token is not used again (since 7.83).
        set(CURLOPT_XOAUTH2_BEARER, token_.c_str());
      } else {
        set(CURLOPT_PASSWORD, options_.password.c_str());
      }
      set(CURLOPT_LOGIN_OPTIONS, LoginOptions());
    }
    set(CURLOPT_HEADERFUNCTION, &SmtpTransport::OnReply);
    set(CURLOPT_HEADERDATA, self);
    set(CURLOPT_WRITEFUNCTION, &SmtpTransport::OnBody);
    set(CURLOPT_VERBOSE, 1L);  // For the debug function only; nothing is printed.
    set(CURLOPT_DEBUGFUNCTION, &SmtpTransport::OnDebug);
    set(CURLOPT_DEBUGDATA, self);
    if (options_.tls == TlsMode::kNone) {
      set(CURLOPT_OPENSOCKETFUNCTION, &SmtpTransport::OnOpenSocket);
      set(CURLOPT_OPENSOCKETDATA, self);
    }
    return good;
  }

  core::Result<void> Perform() {
    const CURLcode code = curl_easy_perform(easy_.get());
    payload_ = {};
    // libcurl borrowed the list, which ends with our caller.
    curl_easy_setopt(easy_.get(), CURLOPT_MAIL_RCPT, static_cast<curl_slist*>(nullptr));
    if (code == CURLE_OK) {
      return {};
    }
    const core::Error error = failure_ ? *failure_ : Explain(code);
    return core::Fail(error.kind,
                      fmt::format("{}:{}: {}", options_.host, options_.port, error.message));
  }

  // libcurl takes the strongest offer and has no second try: GSSAPI without a Kerberos realm, or
  // CRAM-MD5 with a server that keeps only hashes, would fail although PLAIN is offered. TLS
  // protects the password.
  const char* LoginOptions() const {
    switch (options_.login) {
      case SmtpLogin::kPlain:
        return "AUTH=PLAIN";
      case SmtpLogin::kLogin:
        return "AUTH=LOGIN";
      case SmtpLogin::kXOAuth2:
        return "AUTH=XOAUTH2";
      case SmtpLogin::kPassword:
        break;
    }
    return "AUTH=PLAIN;AUTH=LOGIN";
  }

  bool IsSecured() const {
    return options_.tls != TlsMode::kStartTls || dialogue_.start_tls_agreed();
  }

  // The server's words, unless it repeats our secrets.
  std::string Reply() const {
    const std::string& text = dialogue_.reply_text();
    const bool leaks = (!options_.password.empty() && text.contains(options_.password)) ||
                       (!token_.empty() && text.contains(token_));
    return leaks || dialogue_.step() == Step::kLogin
               ? std::to_string(dialogue_.reply_code())
               : fmt::format("{} {}", dialogue_.reply_code(), text);
  }

  // Whether a refusal for good is about this message. What the server has against us, or against
  // the sender, it would say of every other message too: a person mends it, and then they go out.
  bool IsAboutTheMessage(int reply) const {
    const Step step = dialogue_.step();
    constexpr int kTooBig = 552;  // To MAIL FROM with its SIZE.
    return step == Step::kRecipient || step == Step::kMessage ||
           (step == Step::kSender && reply == kTooBig);
  }

  core::Error Explain(CURLcode code) const {
    const std::string detail = Printable(error_text_.data());
    const int reply = dialogue_.reply_code();
    switch (code) {
      case CURLE_COULDNT_RESOLVE_HOST:
        return {ErrorKind::kUnavailable, "the host name does not resolve (DNS)"};
      case CURLE_COULDNT_CONNECT: {
        long number = 0;
        curl_easy_getinfo(easy_.get(), CURLINFO_OS_ERRNO, &number);
        return {ErrorKind::kUnavailable,
                fmt::format("no connection: {}", number == 0 ? detail
                                                             : std::generic_category().message(
                                                                   static_cast<int>(number)))};
      }
      case CURLE_OPERATION_TIMEDOUT:
        return {ErrorKind::kUnavailable,
                fmt::format("timeout: the mail server did not finish within {} s",
                            options_.timeout.count())};
      case CURLE_PEER_FAILED_VERIFICATION:
        return {ErrorKind::kUnavailable,
                fmt::format("the TLS certificate is not trusted; nothing was sent ({})", detail)};
      case CURLE_SSL_CONNECT_ERROR:
        return {ErrorKind::kUnavailable,
                fmt::format("the TLS handshake failed; nothing was sent ({})", detail)};
      case CURLE_SSL_CACERT_BADFILE:
        return {ErrorKind::kBadInput, fmt::format("the CA bundle cannot be used ({})", detail)};
      case CURLE_USE_SSL_FAILED:
        if (!dialogue_.offers_start_tls()) {
          return {ErrorKind::kUnavailable,
                  "the mail server does not offer STARTTLS, which is required; nothing was sent"};
        }
        break;
      case CURLE_LOGIN_DENIED:
      case CURLE_AUTH_ERROR:
        if (reply / 100 == 4) {
          return {ErrorKind::kUnavailable,
                  fmt::format("the mail server cannot check the login now ({})", Reply())};
        }
        if (tokens_ != nullptr && !dialogue_.offers_token_login()) {
          return {ErrorKind::kForbidden, "the mail server offers no login by token (XOAUTH2)"};
        }
        if (reply / 100 == 5) {
          return {ErrorKind::kForbidden,
                  fmt::format("the mail server refused the {} ({})",
                              tokens_ != nullptr ? "token" : "user name or password", Reply())};
        }
        if (tokens_ != nullptr) {
          // 334 with what is wrong, at which libcurl hangs up.
          return {ErrorKind::kForbidden, "the mail server refused the token"};
        }
        return {ErrorKind::kForbidden,
                "the mail server offers no login that schoolwatch knows (PLAIN or LOGIN)"};
      default:
        break;
    }
    if (reply / 100 == 5) {
      return {IsAboutTheMessage(reply) ? ErrorKind::kBadInput : ErrorKind::kForbidden,
              fmt::format("{}: {}", Subject(dialogue_), Reply())};
    }
    if (reply / 100 == 4) {
      // 421 and 454: the service is going down, or TLS and login are not to be had at the moment.
      const bool passing = reply == 421 || reply == 454;
      return {passing ? ErrorKind::kUnavailable : ErrorKind::kThrottled,
              fmt::format("{} for now: {}", Subject(dialogue_), Reply())};
    }
    return {ErrorKind::kUnavailable,
            fmt::format("the connection broke before the mail server had accepted the message ({})",
                        detail.empty() ? std::string(curl_easy_strerror(code)) : detail)};
  }

  static std::size_t OnReply(char* data, std::size_t size, std::size_t count, void* self) {
    SmtpTransport& transport = *static_cast<SmtpTransport*>(self);
    SmtpDialogue& dialogue = transport.dialogue_;
    dialogue.OnReplyLine({data, size * count});
    // Without an AUTH in the offer libcurl would go on and send without login.
    if (!transport.options_.user.empty() && dialogue.step() == Step::kHello &&
        dialogue.reply_is_whole() && dialogue.reply_code() == 250 && transport.IsSecured() &&
        !dialogue.offers_login()) {
      transport.failure_ = core::Error{
          ErrorKind::kForbidden,
          "the mail server offers no login, but a user name is configured; nothing was sent"};
      return CURL_WRITEFUNC_ERROR;
    }
    return size * count;
  }

  static std::size_t OnBody(char*, std::size_t size, std::size_t count, void*) {
    return size * count;  // An answer to NOOP; the default would print it.
  }

  static std::size_t OnRead(char* buffer, std::size_t size, std::size_t count, void* self) {
    SmtpTransport& transport = *static_cast<SmtpTransport*>(self);
    const std::size_t bytes = std::min(size * count, transport.payload_.size());
    std::memcpy(buffer, transport.payload_.data(), bytes);
    transport.payload_.remove_prefix(bytes);
    return bytes;
  }

  static int OnDebug(CURL*, curl_infotype type, char* data, std::size_t size, void* self) {
    if (type == CURLINFO_HEADER_OUT) {
      static_cast<SmtpTransport*>(self)->dialogue_.OnCommand({data, size});
    }
    return 0;
  }

  // Without TLS the name "localhost" has to lead to this machine, whatever the resolver says.
  static curl_socket_t OnOpenSocket(void* self, curlsocktype, curl_sockaddr* address) {
    std::array<char, NI_MAXHOST> host{};
    if (getnameinfo(&address->addr, address->addrlen, host.data(), host.size(), nullptr, 0,
                    NI_NUMERICHOST) != 0 ||
        !IsLoopback(host.data())) {
      static_cast<SmtpTransport*>(self)->failure_ = core::Error{
          ErrorKind::kBadInput,
          fmt::format("leads to {}, and without TLS mail is only handed to this machine",
                      host.data())};
      return CURL_SOCKET_BAD;
    }
    return socket(address->family, address->socktype | SOCK_CLOEXEC, address->protocol);
  }

  const SmtpOptions options_;
  const std::string ca_bundle_;
  const std::unique_ptr<TokenSource> tokens_;  // Null: by password.
  std::string token_;
  std::array<char, CURL_ERROR_SIZE> error_text_{};
  SmtpDialogue dialogue_;
  std::optional<core::Error> failure_;       // Ours: it goes before libcurl's.
  std::string_view payload_;                 // Of the caller of Send, while it runs.
  std::unique_ptr<CURL, CurlDeleter> easy_;  // Says QUIT when it goes, so it goes first.
};

bool HasControl(std::string_view text) {
  return std::ranges::any_of(text, [](char c) {
    const auto byte = static_cast<unsigned char>(c);
    return byte < 0x20 || byte == 0x7f;
  });
}

bool IsHost(std::string_view text) {
  return !text.empty() && std::ranges::all_of(text, [](char c) {
    return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') ||
           std::string_view("-._:[]").contains(c);
  });
}

}  // namespace

core::Result<std::unique_ptr<MailTransport>> MakeSmtpTransport(
    SmtpOptions options, std::unique_ptr<TokenSource> tokens) {
  if (!IsHost(options.host)) {
    return core::Fail(
        ErrorKind::kBadInput,
        fmt::format("'{}' is not the name of a mail server such as mail.school.example",
                    Printable(options.host, 80)));
  }
  if (options.port == 0) {
    return core::Fail(ErrorKind::kBadInput, "the mail server's port must not be 0");
  }
  if (options.tls == TlsMode::kNone && !IsLoopback(options.host)) {
    return core::Fail(ErrorKind::kBadInput,
                      fmt::format("mail to {} needs TLS: alerts are confidential; only a server on "
                                  "this machine may go without",
                                  options.host));
  }
  if (HasControl(options.user) || HasControl(options.password)) {
    return core::Fail(
        ErrorKind::kBadInput,
        "the mail server's user name or password has a control byte in it: a line end "
        "from its file, perhaps");
  }
  const bool by_token = options.login == SmtpLogin::kXOAuth2;
  if (by_token != (tokens != nullptr) || (by_token && options.user.empty())) {
    return core::Fail(ErrorKind::kBadInput,
                      "a login by token (XOAUTH2) needs the user's address and where tokens come "
                      "from");
  }
  if (by_token && options.tls == TlsMode::kNone) {
    return core::Fail(ErrorKind::kBadInput, "a login by token (XOAUTH2) needs TLS");
  }
  SW_TRY(StartCurl());
  SW_ASSIGN(std::string ca_bundle, FindCaBundle(options.ca_file));
  CURL* const easy = curl_easy_init();
  if (easy == nullptr) {
    return core::Fail(ErrorKind::kUnavailable, "libcurl has no memory left");
  }
  return std::make_unique<SmtpTransport>(std::move(options), std::move(ca_bundle),
                                         std::move(tokens), easy);
}

}  // namespace schoolwatch::net
