#include "net/curl_transfer.h"

#include <curl/curl.h>
#include <fmt/format.h>
#include <fmt/ranges.h>
#include <netdb.h>
#include <openssl/ssl.h>
#include <openssl/x509.h>
#include <sys/socket.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <charconv>
#include <chrono>
#include <cstddef>
#include <iterator>
#include <system_error>
#include <utility>

#include "core/hash.h"
#include "net/curl_support.h"

namespace schoolwatch::net {
namespace {

using core::ErrorKind;

// Reads one number of libcurl's; 0 where it has none.
template <class T>
T Info(CURL* easy, CURLINFO what) {
  T value{};
  return curl_easy_getinfo(easy, what, &value) == CURLE_OK ? value : T{};
}

// SHA-256 of the certificate that the server showed, as browsers print it but in lower case; empty
// without TLS. Asked for while the connection is the transfer's: libcurl's own list of certificates
// is empty on kept connections, and makes text of the whole chain on every new one.
std::string FingerprintOf(CURL* easy) {
  const auto* const session = Info<const curl_tlssessioninfo*>(easy, CURLINFO_TLS_SSL_PTR);
  if (session == nullptr || session->backend != CURLSSLBACKEND_OPENSSL ||
      session->internals == nullptr) {
    return {};
  }
  const X509* const certificate =
      SSL_get0_peer_certificate(static_cast<const SSL*>(session->internals));
  std::array<unsigned char, EVP_MAX_MD_SIZE> digest{};
  unsigned size = 0;
  if (certificate == nullptr || X509_digest(certificate, EVP_sha256(), digest.data(), &size) != 1) {
    return {};
  }
  return core::ToHex({reinterpret_cast<const char*>(digest.data()), size});
}

}  // namespace

const ConnectOverride* FindOverride(const std::vector<ConnectOverride>& overrides,
                                    const core::HttpUrl& url) {
  const auto found = std::ranges::find_if(overrides, [&](const ConnectOverride& candidate) {
    return (candidate.host.empty() || candidate.host == url.host()) &&
           (candidate.port == 0 || candidate.port == url.port());
  });
  return found == overrides.end() ? nullptr : &*found;
}

std::uint16_t PortOf(const ConnectOverride* chosen, const core::HttpUrl& url) {
  return chosen == nullptr || chosen->to_port == 0 ? url.port() : chosen->to_port;
}

void Transfer::CurlDeleter::operator()(void* easy) const { curl_easy_cleanup(easy); }
void Transfer::CurlDeleter::operator()(curl_slist* list) const { curl_slist_free_all(list); }

// What libcurl calls, with the Transfer as its last argument or its first.
struct Transfer::Callbacks {
  static std::size_t OnHeader(char* data, std::size_t size, std::size_t count, void* self) {
    Transfer& transfer = *static_cast<Transfer*>(self);
    const std::size_t bytes = size * count;
    if (core::Result<void> added = transfer.headers_.Add({data, bytes}); !added) {
      transfer.failure_ = added.error();
      return CURL_WRITEFUNC_ERROR;
    }
    return bytes;
  }

  static std::size_t OnBody(char* data, std::size_t size, std::size_t count, void* self) {
    Transfer& transfer = *static_cast<Transfer*>(self);
    const std::size_t bytes = size * count;
    // These are decoded bytes. CURLOPT_MAXFILESIZE would count those on the wire, and let a 194 KB
    // gzip bomb become 200 MB.
    switch (transfer.body_.Add({data, bytes})) {
      case BodyBuffer::Append::kKept:
        return bytes;
      case BodyBuffer::Append::kCut:
        transfer.truncated_ = true;
        break;
      case BodyBuffer::Append::kNoRoom:
        transfer.failure_ =
            core::Error{ErrorKind::kUnavailable,
                        fmt::format("too many large bodies at once: given up after {} bytes",
                                    transfer.body_.size())};
        break;
    }
    return CURL_WRITEFUNC_ERROR;
  }

  static curl_socket_t OnOpenSocket(void* self, curlsocktype, curl_sockaddr* address) {
    Transfer& transfer = *static_cast<Transfer*>(self);
    std::array<char, NI_MAXHOST> host{};
    std::array<char, NI_MAXSERV> service{};
    std::uint16_t port = 0;
    if (getnameinfo(&address->addr, address->addrlen, host.data(), host.size(), service.data(),
                    service.size(), NI_NUMERICHOST | NI_NUMERICSERV) != 0) {
      return CURL_SOCKET_BAD;
    }
    const std::string_view digits(service.data());
    std::from_chars(digits.data(), digits.data() + digits.size(), port);
    if (core::Result<void> allowed = transfer.CheckAddress(host.data(), port); !allowed) {
      transfer.refusal_ = allowed.error();
      return CURL_SOCKET_BAD;
    }
    transfer.opened_socket_ = true;
    return socket(address->family, address->socktype | SOCK_CLOEXEC, address->protocol);
  }

  static int OnPrerequest(void* self, char* remote, char*, int remote_port, int) {
    Transfer& transfer = *static_cast<Transfer*>(self);
    // Called on kept connections too, which OnOpenSocket did not see for this exchange.
    if (!transfer.opened_socket_ && !transfer.IsPinned(remote)) {
      transfer.met_left_address_ = true;
      return CURL_PREREQFUNC_ABORT;
    }
    if (core::Result<void> allowed =
            transfer.CheckAddress(remote, static_cast<std::uint16_t>(remote_port));
        !allowed) {
      transfer.failure_ = allowed.error();
      return CURL_PREREQFUNC_ABORT;
    }
    transfer.certificate_ = FingerprintOf(transfer.easy());
    return CURL_PREREQFUNC_OK;
  }
};

std::unique_ptr<Transfer> Transfer::Make(const FetcherOptions& options,
                                         const std::string& ca_bundle) {
  std::unique_ptr<Transfer> transfer(new Transfer(options));
  transfer->easy_.reset(curl_easy_init());
  if (transfer->easy_ == nullptr || !transfer->Configure(ca_bundle)) {
    return nullptr;
  }
  return transfer;
}

bool Transfer::Configure(const std::string& ca_bundle) {
  static_assert(kErrorTextBytes == CURL_ERROR_SIZE);
  CURL* const easy = easy_.get();
  bool good = true;
  const auto set = [&](CURLoption option, auto value) {
    good = curl_easy_setopt(easy, option, value) == CURLE_OK && good;
  };
  void* const self = this;
  set(CURLOPT_ERRORBUFFER, error_text_.data());
  set(CURLOPT_NOSIGNAL, 1L);
  // A stuck name lookup must not hold up the removal of its handle: CancelAll would wait for it.
  set(CURLOPT_QUICK_EXIT, 1L);

  set(CURLOPT_PROTOCOLS_STR, "http,https");
  set(CURLOPT_REDIR_PROTOCOLS_STR, "http,https");
  set(CURLOPT_FOLLOWLOCATION, 0L);
  set(CURLOPT_HTTP_VERSION, static_cast<long>(CURL_HTTP_VERSION_2TLS));
  set(CURLOPT_HTTP09_ALLOWED, 0L);
  // core::HttpUrl has resolved the dots as the URL Standard says.
  set(CURLOPT_PATH_AS_IS, 1L);
  set(CURLOPT_ACCEPT_ENCODING, "");
  good = SetTrust(easy, ca_bundle) && good;

  set(CURLOPT_CONNECTTIMEOUT_MS, long{std::chrono::milliseconds(options_.connect_timeout).count()});
  set(CURLOPT_LOW_SPEED_LIMIT, static_cast<long>(options_.low_speed_bytes));
  set(CURLOPT_LOW_SPEED_TIME, long{options_.low_speed_time.count()});

  set(CURLOPT_HEADERFUNCTION, &Callbacks::OnHeader);
  set(CURLOPT_HEADERDATA, self);
  set(CURLOPT_WRITEFUNCTION, &Callbacks::OnBody);
  set(CURLOPT_WRITEDATA, self);
  set(CURLOPT_OPENSOCKETFUNCTION, &Callbacks::OnOpenSocket);
  set(CURLOPT_OPENSOCKETDATA, self);
  set(CURLOPT_PREREQFUNCTION, &Callbacks::OnPrerequest);
  set(CURLOPT_PREREQDATA, self);
  return good;
}

core::Result<void> Transfer::Begin(Exchange exchange) {
  request_ = std::make_unique<const Request>(std::move(exchange.request));
  done_ = std::move(exchange.done);
  pinned_ = std::move(exchange.pinned);
  spent_ = exchange.spent;
  const core::HttpUrl& url = request_->url;
  override_ = FindOverride(options_.connect_overrides, url);
  headers_ = HeaderCollector();
  body_.Begin(request_->max_bytes, request_->budget);
  truncated_ = false;
  certificate_.clear();
  opened_socket_ = false;
  met_left_address_ = false;
  failure_.reset();
  refusal_.reset();
  error_text_.front() = '\0';

  bool good = true;
  const auto append = [&good](auto& list, const std::string& line) {
    if (curl_slist* longer = curl_slist_append(list.get(), line.c_str()); longer != nullptr) {
      // The append keeps the head, so ownership moves only for the first line.
      static_cast<void>(list.release());
      list.reset(longer);
    } else {
      good = false;
    }
  };
  const auto set = [&](CURLoption option, auto value) {
    good = good && curl_easy_setopt(easy_.get(), option, value) == CURLE_OK;
  };
  fields_.reset();
  for (const Headers* const headers : {&request_->headers, &request_->secret_headers}) {
    for (const auto& [name, value] : *headers) {
      // "Name:" alone would remove a field; the semicolon is libcurl's way to send an empty one.
      append(fields_, fmt::format("{}{}{}", name, value.empty() ? ";" : ": ", value));
    }
  }
  const bool posts = request_->method == "POST";
  if (posts) {
    // libcurl would wait a second for a 100 before a body of more than 1 MB.
    append(fields_, "Expect:");
  }
  connect_to_.reset();
  if (override_ != nullptr) {
    // Matched here and handed over as "every host", so that the guard and libcurl cannot differ
    // about which override applies.
    const std::string port = override_->to_port == 0 ? "" : std::to_string(override_->to_port);
    append(connect_to_, fmt::format("::{}:{}", InBrackets(override_->to_host), port));
  }
  resolve_.reset();
  // An address in the URL itself needs no look-up.
  const bool is_name = !pinned_.empty() && !url.host().starts_with('[') && pinned_[0] != url.host();
  const std::string pin = is_name ? fmt::format("{}:{}", url.host(), PortOf(override_, url)) : "";
  // What is pinned stays in the multi's DNS cache for a minute, and all of that cache is gone
  // through after every transfer. So each handle takes its last pin out again.
  if (!pin_.empty() && pin_ != pin) {
    append(resolve_, "-" + pin_);
  }
  if (!pin.empty()) {
    Addresses bracketed;
    std::ranges::transform(pinned_, std::back_inserter(bracketed), InBrackets);
    append(resolve_, fmt::format("+{}:{}", pin, fmt::join(bracketed, ",")));
  }
  pin_ = pin;
  // Without the fragment, and without a user and password: what stands in a page's link is no
  // credential of ours.
  const std::string address =
      url.origin() +
      (request_->secret_target.empty() ? std::string(url.target()) : request_->secret_target);
  set(CURLOPT_URL, address.c_str());
  const std::string& front = request_->user_agent_front;
  const std::string agent = front.empty() ? options_.user_agent : front + " " + options_.user_agent;
  set(CURLOPT_USERAGENT, agent.c_str());
  set(CURLOPT_POSTFIELDSIZE_LARGE, static_cast<curl_off_t>(posts ? request_->body.size() : 0));
  // Borrowed from the request, which lives as long.
  set(CURLOPT_POSTFIELDS, posts ? request_->body.c_str() : static_cast<const char*>(nullptr));
  // After them, as libcurl takes even the null for a POST.
  set(posts ? CURLOPT_POST : CURLOPT_HTTPGET, 1L);
  set(CURLOPT_HTTPHEADER, fields_.get());
  set(CURLOPT_CONNECT_TO, connect_to_.get());
  set(CURLOPT_RESOLVE, resolve_.get());
  // On a new connection there is nothing that could have broken meanwhile.
  set(CURLOPT_FRESH_CONNECT, posts || request_->once ? 1L : 0L);
  // 0 would mean for ever.
  set(CURLOPT_TIMEOUT_MS, long{std::max<std::int64_t>(1, (request_->timeout - spent_).count())});
  if (!good) {
    return core::Fail(ErrorKind::kUnavailable,
                      fmt::format("{}: not enough memory for the request", url.host()));
  }
  return {};
}

bool Transfer::WantsNewConnection() {
  if (!met_left_address_) {
    return false;
  }
  met_left_address_ = false;
  return curl_easy_setopt(easy_.get(), CURLOPT_FRESH_CONNECT, 1L) == CURLE_OK;
}

bool Transfer::IsPinned(std::string_view address) const {
  return pinned_.empty() || std::ranges::find(pinned_, address) != pinned_.end();
}

core::Result<void> Transfer::CheckAddress(const std::string& address, std::uint16_t port) const {
  // The operator named this target; a port alone leaves the choice of the address to the DNS.
  if (override_ != nullptr && !override_->to_host.empty() &&
      port == PortOf(override_, request_->url)) {
    return {};
  }
  // Only if libcurl had asked the DNS by itself: what it then found, nobody has counted or checked.
  if (!IsPinned(address)) {
    return core::Fail(ErrorKind::kForbidden,
                      fmt::format("{} is not where the name led when it was looked up", address));
  }
  return options_.guard.Check(address, port);
}

core::Result<Response> Transfer::Finish(int code) {
  CURL* const easy = easy_.get();
  core::Result<Response> result{Response{}};
  // A body cut by us ends as some error of libcurl's, and is the answer that was wanted.
  const bool whole = code == CURLE_OK || truncated_;
  if (whole && !failure_ && !headers_.is_complete()) {
    // libcurl takes a connection closed within the header for a good answer without a body.
    failure_ = core::Error{ErrorKind::kUnavailable, "the header ended early"};
  }
  if (whole && !failure_) {
    result->status = static_cast<int>(Info<long>(easy, CURLINFO_RESPONSE_CODE));
    result->headers = headers_.TakeFields();
    result->body = body_.Take(result->charged);
    result->truncated = truncated_;
    result->certificate = std::move(certificate_);
    if (const char* address = Info<char*>(easy, CURLINFO_PRIMARY_IP); address != nullptr) {
      result->remote_address = address;
    }
    result->wire_bytes =
        static_cast<std::uint64_t>(Info<curl_off_t>(easy, CURLINFO_SIZE_DOWNLOAD_T)) +
        static_cast<std::uint64_t>(Info<long>(easy, CURLINFO_HEADER_SIZE));
    result->elapsed =
        std::chrono::milliseconds(Info<curl_off_t>(easy, CURLINFO_TOTAL_TIME_T) / 1000);
  } else {
    const core::Error error = Explain(code);
    result = core::Fail(error.kind, fmt::format("{}: {}", url().host(), error.message));
  }
  // libcurl copies the URL but borrows the lists.
  curl_easy_setopt(easy, CURLOPT_HTTPHEADER, static_cast<curl_slist*>(nullptr));
  curl_easy_setopt(easy, CURLOPT_CONNECT_TO, static_cast<curl_slist*>(nullptr));
  curl_easy_setopt(easy, CURLOPT_RESOLVE, static_cast<curl_slist*>(nullptr));
  curl_easy_setopt(easy, CURLOPT_POSTFIELDS, static_cast<const char*>(nullptr));
  fields_.reset();
  connect_to_.reset();
  resolve_.reset();
  body_.Clear();
  headers_ = HeaderCollector();
  request_.reset();
  return result;
}

core::Error Transfer::ExplainTimeout() const {
  const std::chrono::microseconds taken(Info<curl_off_t>(easy_.get(), CURLINFO_TOTAL_TIME_T));
  std::string why;
  // libcurl's timers are exact to a few milliseconds.
  if (taken + spent_ + std::chrono::milliseconds(20) >= request_->timeout) {
    why = fmt::format("timeout: no whole answer within {} s",
                      std::chrono::duration<double>(request_->timeout).count());
  } else if (Info<curl_off_t>(easy_.get(), CURLINFO_PRETRANSFER_TIME_T) == 0) {
    why = fmt::format("timeout: no connection within {} s", options_.connect_timeout.count());
  } else {
    why = fmt::format("too slow: under {} bytes a second for {} s", options_.low_speed_bytes,
                      options_.low_speed_time.count());
  }
  return {ErrorKind::kUnavailable, std::move(why)};
}

core::Error Transfer::Explain(int code) const {
  if (failure_) {
    return *failure_;
  }
  // libcurl's words may quote what was sent.
  const bool secret = !request_->secret_target.empty() || !request_->secret_headers.empty();
  const std::string detail = secret ? "" : Printable(error_text_.data());
  const auto unavailable = [&](std::string_view what) {
    std::string message(what);
    if (!detail.empty()) {
      message += fmt::format(" ({})", detail);
    }
    return core::Error{ErrorKind::kUnavailable, std::move(message)};
  };
  switch (code) {
    case CURLE_URL_MALFORMAT:
      return {ErrorKind::kBadInput,
              fmt::format("not an address that can be fetched{}",
                          detail.empty() ? "" : fmt::format(" ({})", detail))};
    case CURLE_COULDNT_RESOLVE_HOST:
      return {ErrorKind::kUnavailable, "the host name does not resolve (DNS)"};
    case CURLE_COULDNT_CONNECT: {
      // Refused only if every address was: a private one beside a public one is somebody's mistake.
      if (refusal_ && !opened_socket_) {
        return *refusal_;
      }
      const auto number = static_cast<int>(Info<long>(easy_.get(), CURLINFO_OS_ERRNO));
      return {ErrorKind::kUnavailable,
              fmt::format("no connection: {}",
                          number == 0 ? detail : std::generic_category().message(number))};
    }
    case CURLE_OPERATION_TIMEDOUT:
      return ExplainTimeout();
    case CURLE_PEER_FAILED_VERIFICATION:
      return unavailable("the TLS certificate is not trusted");
    case CURLE_SSL_CACERT_BADFILE:
      return {ErrorKind::kBadInput, fmt::format("the CA bundle cannot be used ({})", detail)};
    case CURLE_SSL_CONNECT_ERROR:
    case CURLE_SSL_CIPHER:
      return unavailable("the TLS handshake failed");
    case CURLE_BAD_CONTENT_ENCODING:
    case CURLE_WRITE_ERROR:  // Ours have a reason of their own; its brotli decoder says this.
      return unavailable("the compressed body is damaged");
    case CURLE_PARTIAL_FILE:
      return unavailable("the body ended early");
    case CURLE_GOT_NOTHING:
      return unavailable("the server closed the connection without an answer");
    case CURLE_RECV_ERROR:
    case CURLE_SEND_ERROR:
      return unavailable("the connection broke");
    case CURLE_UNSUPPORTED_PROTOCOL:  // HTTP/0.9, that is: no status line.
    case CURLE_WEIRD_SERVER_REPLY:
    case CURLE_HTTP2:
    case CURLE_HTTP2_STREAM:
      return unavailable("the answer is not HTTP");
    default:
      return unavailable(curl_easy_strerror(static_cast<CURLcode>(code)));
  }
}

}  // namespace schoolwatch::net
