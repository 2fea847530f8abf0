#include "net/imap_mailbox.h"

#include <curl/curl.h>
#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <charconv>
#include <utility>

#include "net/curl_support.h"

namespace schoolwatch::net {
namespace {

using core::ErrorKind;

constexpr std::size_t kMaxAnswerBytes = 1u << 20;  // Of all but a mail.
constexpr std::size_t kMostListed = 500;

struct CurlDeleter {
  void operator()(CURL* easy) const { curl_easy_cleanup(easy); }
};

bool IsLoopback(std::string_view host) {
  return host == "localhost" || host == "::1" || host == "[::1]" || host.starts_with("127.");
}

bool IsPlain(std::string_view text) {
  return std::ranges::none_of(
      text, [](char c) { return static_cast<unsigned char>(c) < 0x20 || c == 0x7F; });
}

// A number at the beginning of `text`, taken away; 0 where none is.
std::uint64_t TakeNumber(std::string_view& text) {
  std::uint64_t number = 0;
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), number);
  text.remove_prefix(static_cast<std::size_t>(end - text.data()));
  return error == std::errc() ? number : 0;
}

std::string_view TakeLine(std::string_view& text) {
  const std::size_t end = text.find('\n');
  std::string_view line = text.substr(0, end);
  text.remove_prefix(end == std::string_view::npos ? text.size() : end + 1);
  return line;
}

std::uint64_t NumberBehind(std::string_view line, std::string_view word) {
  const std::size_t at = line.find(word);
  if (at == std::string_view::npos) {
    return 0;
  }
  line.remove_prefix(at + word.size());
  return TakeNumber(line);
}

class CurlImap final : public ImapMailbox {
 public:
  CurlImap(ImapOptions options, std::string ca_bundle, std::unique_ptr<TokenSource> tokens,
           CURL* easy)
      : options_(std::move(options)),
        ca_bundle_(std::move(ca_bundle)),
        tokens_(std::move(tokens)),
        easy_(easy) {}
  CurlImap(const CurlImap&) = delete;
  CurlImap& operator=(const CurlImap&) = delete;
  ~CurlImap() override = default;

  core::Result<std::vector<ImapMessage>> List(std::size_t limit) override {
    exists_ = 0;
    validity_ = 0;
    fresh_ = true;  // Only a new SELECT tells how many there are.
    core::Result<std::string> hello = Command("NOOP");
    if (!hello && hello.error().kind == ErrorKind::kForbidden && tokens_ != nullptr) {
      tokens_->Reject();  // It may have been withdrawn before its time: a new one decides.
      fresh_ = true;
      hello = Command("NOOP");
    }
    if (!hello) {
      return core::Fail(std::move(hello).error());
    }
    if (exists_ == 0) {
      return std::vector<ImapMessage>{};
    }
    // By places in the box, so that the answer is as short as it is to be.
    const std::uint64_t last = std::min<std::uint64_t>(exists_, std::min(limit, kMostListed));
    SW_ASSIGN(const std::string answer, Command(fmt::format("UID SEARCH 1:{}", last)));
    std::vector<ImapMessage> messages;
    for (const std::uint32_t uid : ReadSearchAnswer(answer, kMostListed)) {
      messages.push_back({.uid = uid, .size = 0});
    }
    if (messages.empty()) {
      return messages;
    }
    SW_ASSIGN(const std::string sizes, Command(fmt::format("FETCH 1:{} (UID RFC822.SIZE)", last)));
    for (const ImapMessage& sized : ReadSizeAnswer(sizes)) {
      const auto known = std::ranges::find(messages, sized.uid, &ImapMessage::uid);
      if (known != messages.end()) {
        known->size = sized.size;
      }
    }
    return messages;
  }

  core::Result<std::string> Fetch(std::uint32_t uid, std::size_t max_bytes) override {
    // In the URL, and not as a command of ours: of these libcurl cuts what comes as a literal.
    const std::string validity = validity_ == 0 ? "" : fmt::format(";UIDVALIDITY={}", validity_);
    return Perform(fmt::format("{}/;UID={}", BoxUrl() + validity, uid), "", max_bytes);
  }

  core::Result<void> Delete(std::uint32_t uid) override {
    SW_TRY(Command(fmt::format("UID STORE {} +FLAGS.SILENT (\\Deleted)", uid)));
    const core::Result<std::string> expunged = Command(fmt::format("UID EXPUNGE {}", uid));
    if (!expunged && expunged.error().kind == ErrorKind::kBadInput) {
      SW_TRY(Command("EXPUNGE"));  // No UIDPLUS.
      return {};
    }
    return expunged ? core::Result<void>{} : core::Fail(expunged.error());
  }

 private:
  std::string BoxUrl() const {
    char* const escaped =
        curl_easy_escape(easy_.get(), options_.box.c_str(), static_cast<int>(options_.box.size()));
    const std::string box = escaped == nullptr ? "INBOX" : escaped;
    curl_free(escaped);
    return fmt::format("{}://{}:{}/{}", options_.tls == TlsMode::kImplicit ? "imaps" : "imap",
                       InBrackets(options_.host), options_.port, box);
  }

  core::Result<std::string> Command(const std::string& command) {
    return Perform(BoxUrl(), command, kMaxAnswerBytes);
  }

  core::Result<std::string> Perform(const std::string& url, const std::string& command,
                                    std::size_t max_bytes) {
    std::string token;
    if (tokens_ != nullptr) {
      core::Result<std::string> made = tokens_->Token();
      if (!made) {
        return core::FailWith(Where(), made.error());
      }
      token = *std::move(made);
    }
    CURL* const easy = easy_.get();
    curl_easy_reset(easy);  // The connection survives it.
    error_text_.front() = '\0';
    body_.clear();
    max_bytes_ = max_bytes;
    too_long_ = false;
    no_box_ = false;
    bool good = true;
    const auto set = [&](CURLoption option, auto value) {
      good = curl_easy_setopt(easy, option, value) == CURLE_OK && good;
    };
    set(CURLOPT_URL, url.c_str());
    if (!command.empty()) {
      set(CURLOPT_CUSTOMREQUEST, command.c_str());
    }
    set(CURLOPT_ERRORBUFFER, error_text_.data());
    set(CURLOPT_NOSIGNAL, 1L);
    set(CURLOPT_PROTOCOLS_STR, "imap,imaps");
    good = SetTrust(easy, ca_bundle_) && good;
    set(CURLOPT_USE_SSL,
        static_cast<long>(options_.tls == TlsMode::kNone ? CURLUSESSL_NONE : CURLUSESSL_ALL));
    const long timeout = std::max<std::int64_t>(1, options_.timeout.count());
    set(CURLOPT_TIMEOUT, timeout);
    set(CURLOPT_CONNECTTIMEOUT, 30L);
    set(CURLOPT_LOW_SPEED_LIMIT, 100L);
    set(CURLOPT_LOW_SPEED_TIME, 30L);
    set(CURLOPT_FRESH_CONNECT, std::exchange(fresh_, false) ? 1L : 0L);
    set(CURLOPT_USERNAME, options_.user.c_str());
    if (tokens_ != nullptr) {
      set(CURLOPT_XOAUTH2_BEARER, token.c_str());
      set(CURLOPT_LOGIN_OPTIONS, "AUTH=XOAUTH2");
    } else {
      set(CURLOPT_PASSWORD, options_.password.c_str());
    }
    void* const self = this;
    set(CURLOPT_HEADERFUNCTION, &CurlImap::OnLine);
    set(CURLOPT_HEADERDATA, self);
    set(CURLOPT_WRITEFUNCTION, &CurlImap::OnBody);
    set(CURLOPT_WRITEDATA, self);
    if (!good) {
      return core::Fail(ErrorKind::kUnavailable, "libcurl has no memory left");
    }
    const CURLcode code = curl_easy_perform(easy);
    if (code != CURLE_OK) {
      const core::Error error = Explain(code, token);
      return core::Fail(error.kind, Where() + ": " + error.message);
    }
    return std::move(body_);
  }

  std::string Where() const { return fmt::format("{}:{}", options_.host, options_.port); }

  core::Error Explain(CURLcode code, const std::string& token) const {
    std::string detail = Printable(error_text_.data());
    for (const std::string& secret : {options_.password, token}) {
      if (!secret.empty() && detail.contains(secret)) {
        detail.clear();
      }
    }
    if (too_long_) {
      return {ErrorKind::kBadInput, "it is longer than may be read"};
    }
    switch (code) {
      case CURLE_LOGIN_DENIED:
      case CURLE_AUTH_ERROR:
        // libcurl gives the same code where a SELECT is refused. What the server says tells (RFC
        // 5530), and where it says nothing, as Dovecot does, libcurl's own words.
        if (no_box_ || detail.contains("Select failed")) {
          return {ErrorKind::kForbidden,
                  fmt::format("there is no box '{}'", Printable(options_.box))};
        }
        return {ErrorKind::kForbidden,
                tokens_ != nullptr ? "the mailbox refused the token, or takes none (XOAUTH2)"
                                   : "the mailbox refused the user name or password"};
      case CURLE_COULDNT_RESOLVE_HOST:
        return {ErrorKind::kUnavailable, "the host name does not resolve (DNS)"};
      case CURLE_COULDNT_CONNECT:
        return {ErrorKind::kUnavailable, "no connection"};
      case CURLE_OPERATION_TIMEDOUT:
        return {ErrorKind::kUnavailable, "timeout: the mailbox did not answer in time"};
      case CURLE_PEER_FAILED_VERIFICATION:
        return {ErrorKind::kUnavailable,
                fmt::format("the TLS certificate is not trusted ({})", detail)};
      case CURLE_USE_SSL_FAILED:
        return {ErrorKind::kUnavailable, "the mailbox offers no STARTTLS, which is required"};
      case CURLE_REMOTE_FILE_NOT_FOUND:
        return {ErrorKind::kNotFound, "the mail is gone, or the box was made anew"};
      case CURLE_QUOTE_ERROR:
        return {ErrorKind::kBadInput, "the mailbox refused a command"};
      default:
        return {ErrorKind::kUnavailable,
                fmt::format("the connection broke ({})",
                            detail.empty() ? std::string(curl_easy_strerror(code)) : detail)};
    }
  }

  static std::size_t OnLine(char* data, std::size_t size, std::size_t count, void* self) {
    CurlImap& box = *static_cast<CurlImap*>(self);
    const std::string_view line(data, size * count);
    if (line.starts_with("* ")) {
      std::string_view rest = line.substr(2);
      const std::uint64_t number = TakeNumber(rest);
      if (number > 0 && rest.starts_with(" EXISTS")) {
        box.exists_ = number;
      }
      if (const std::uint64_t validity = NumberBehind(line, "[UIDVALIDITY "); validity != 0) {
        box.validity_ = validity;
      }
    }
    box.no_box_ = box.no_box_ || line.find(" NO [NONEXISTENT]") != std::string_view::npos ||
                  line.find(" NO [TRYCREATE]") != std::string_view::npos;
    return size * count;
  }

  static std::size_t OnBody(char* data, std::size_t size, std::size_t count, void* self) {
    CurlImap& box = *static_cast<CurlImap*>(self);
    if (box.body_.size() + size * count > box.max_bytes_) {
      box.too_long_ = true;
      return 0;  // Ends the exchange, and with it the connection.
    }
    box.body_.append(data, size * count);
    return size * count;
  }

  const ImapOptions options_;
  const std::string ca_bundle_;
  const std::unique_ptr<TokenSource> tokens_;
  const std::unique_ptr<CURL, CurlDeleter> easy_;
  std::array<char, CURL_ERROR_SIZE> error_text_{};
  std::string body_;
  std::size_t max_bytes_ = 0;
  bool too_long_ = false;
  bool no_box_ = false;
  bool fresh_ = true;
  std::uint64_t exists_ = 0;
  std::uint64_t validity_ = 0;
};

}  // namespace

std::vector<std::uint32_t> ReadSearchAnswer(std::string_view lines, std::size_t limit) {
  std::vector<std::uint32_t> uids;
  while (!lines.empty()) {
    std::string_view line = TakeLine(lines);
    if (!line.starts_with("* SEARCH")) {
      continue;
    }
    line.remove_prefix(std::string_view("* SEARCH").size());
    while (line.starts_with(' ')) {
      line.remove_prefix(1);
      const std::uint64_t number = TakeNumber(line);
      if (number == 0 || number > 0xFFFF'FFFFu) {
        break;
      }
      if (uids.size() < limit) {
        uids.push_back(static_cast<std::uint32_t>(number));
      }
    }
  }
  std::ranges::sort(uids);
  const auto repeated = std::ranges::unique(uids);
  uids.erase(repeated.begin(), repeated.end());
  return uids;
}

std::vector<ImapMessage> ReadSizeAnswer(std::string_view lines) {
  std::vector<ImapMessage> messages;
  while (!lines.empty() && messages.size() < kMostListed) {
    const std::string_view line = TakeLine(lines);
    const std::uint64_t uid = NumberBehind(line, "UID ");
    if (line.starts_with("* ") && uid > 0 && uid <= 0xFFFF'FFFFu) {
      messages.push_back(
          {.uid = static_cast<std::uint32_t>(uid), .size = NumberBehind(line, "RFC822.SIZE ")});
    }
  }
  return messages;
}

core::Result<std::unique_ptr<ImapMailbox>> MakeImapMailbox(ImapOptions options,
                                                           std::unique_ptr<TokenSource> tokens) {
  SW_TRY(StartCurl());
  if (options.tls == TlsMode::kNone && !IsLoopback(options.host)) {
    return core::Fail(ErrorKind::kBadInput,
                      "a mailbox that is not on this machine is only read over TLS");
  }
  const bool bad_host =
      options.host.empty() || options.host.find_first_of("/@?#%\\ ") != std::string::npos;
  if (bad_host || !IsPlain(options.host) || !IsPlain(options.user) || options.user.empty() ||
      !IsPlain(options.box) || options.box.empty()) {
    return core::Fail(ErrorKind::kBadInput, "the mailbox's host, user or box is not one");
  }
  SW_ASSIGN(std::string ca_bundle, FindCaBundle(options.ca_file));
  CURL* const easy = curl_easy_init();
  if (easy == nullptr) {
    return core::Fail(ErrorKind::kUnavailable, "libcurl cannot start");
  }
  return std::make_unique<CurlImap>(std::move(options), std::move(ca_bundle), std::move(tokens),
                                    easy);
}

}  // namespace schoolwatch::net
