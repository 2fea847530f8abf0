#include "net/http_post.h"

#include <curl/curl.h>
#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <cstddef>
#include <utility>

#include "core/url.h"
#include "net/curl_support.h"

namespace schoolwatch::net {
namespace {

using core::ErrorKind;

struct CurlDeleter {
  void operator()(CURL* easy) const { curl_easy_cleanup(easy); }
  void operator()(curl_slist* list) const { curl_slist_free_all(list); }
};

bool HasControl(std::string_view text) {
  return std::ranges::any_of(text, [](char c) {
    const auto byte = static_cast<unsigned char>(c);
    return byte < 0x20 || byte == 0x7f;
  });
}

std::string Lower(std::string_view text) {
  std::string lower(text);
  std::ranges::transform(lower, lower.begin(), [](char c) {
    return c >= 'A' && c <= 'Z' ? static_cast<char>(c - 'A' + 'a') : c;
  });
  return lower;
}

std::string_view Trimmed(std::string_view text) {
  const std::size_t first = text.find_first_not_of(" \t\r\n");
  return first == std::string_view::npos
             ? std::string_view{}
             : text.substr(first, text.find_last_not_of(" \t\r\n") - first + 1);
}

// "127.0.0.1" and the like; the parser has made every way to write one into that.
bool IsLoopbackAddress(std::string_view host) {
  return host.starts_with("127.") &&
         host.find_first_not_of("0123456789.") == std::string_view::npos;
}

class CurlPoster final : public HttpPoster {
 public:
  CurlPoster(PostOptions options, std::string ca_bundle, CURL* easy)
      : options_(std::move(options)), ca_bundle_(std::move(ca_bundle)), easy_(easy) {}

  core::Result<PostAnswer> Post(std::string_view url, const Headers& headers,
                                std::string_view body) override {
    SW_TRY(CheckPostUrl(url));
    std::unique_ptr<curl_slist, CurlDeleter> fields;
    // libcurl would wait a second for a 100 before a body of more than 1 MB.
    bool good = Append(fields, "Expect:");
    for (const auto& [name, value] : headers) {
      if (HasControl(name) || HasControl(value)) {
        return core::Fail(ErrorKind::kBadInput, "a header field holds a control byte");
      }
      good = Append(fields, name + ": " + value) && good;
    }
    answer_ = {};
    too_long_ = false;
    CURL* const easy = easy_.get();
    curl_easy_reset(easy);
    error_text_.front() = '\0';
    const auto set = [&](CURLoption option, auto value) {
      good = curl_easy_setopt(easy, option, value) == CURLE_OK && good;
    };
    const std::string address(url);
    set(CURLOPT_URL, address.c_str());
    set(CURLOPT_ERRORBUFFER, error_text_.data());
    set(CURLOPT_NOSIGNAL, 1L);
    set(CURLOPT_PROTOCOLS_STR, "http,https");
    set(CURLOPT_FOLLOWLOCATION, 0L);
    good = SetTrust(easy, ca_bundle_) && good;
    const long timeout = std::max<std::int64_t>(1, options_.timeout.count());
    set(CURLOPT_TIMEOUT, timeout);
    set(CURLOPT_CONNECTTIMEOUT, timeout);
    set(CURLOPT_USERAGENT, options_.user_agent.c_str());
    set(CURLOPT_POST, 1L);
    set(CURLOPT_POSTFIELDS, body.data());
    set(CURLOPT_POSTFIELDSIZE_LARGE, static_cast<curl_off_t>(body.size()));
    set(CURLOPT_HTTPHEADER, fields.get());
    set(CURLOPT_HEADERFUNCTION, &CurlPoster::OnHeader);
    set(CURLOPT_HEADERDATA, static_cast<void*>(this));
    set(CURLOPT_WRITEFUNCTION, &CurlPoster::OnBody);
    set(CURLOPT_WRITEDATA, static_cast<void*>(this));
    if (!good) {
      return core::Fail(ErrorKind::kUnavailable, "libcurl has no memory left");
    }
    const CURLcode code = curl_easy_perform(easy);
    // libcurl borrowed both, which end here.
    curl_easy_setopt(easy, CURLOPT_HTTPHEADER, static_cast<curl_slist*>(nullptr));
    curl_easy_setopt(easy, CURLOPT_POSTFIELDS, static_cast<const char*>(nullptr));
    if (code != CURLE_OK) {
      return core::Fail(ErrorKind::kUnavailable, Explain(code));
    }
    long status = 0;
    curl_easy_getinfo(easy, CURLINFO_RESPONSE_CODE, &status);
    answer_.status = static_cast<int>(status);
    return std::exchange(answer_, {});
  }

 private:
  static bool Append(std::unique_ptr<curl_slist, CurlDeleter>& list, const std::string& line) {
    curl_slist* const longer = curl_slist_append(list.get(), line.c_str());
    if (longer == nullptr) {
      return false;
    }
    static_cast<void>(list.release());
    list.reset(longer);
    return true;
  }

  // In our words where libcurl's may quote the address.
  std::string Explain(CURLcode code) const {
    if (too_long_) {
      return "the server's answer does not end";
    }
    switch (code) {
      case CURLE_COULDNT_RESOLVE_HOST:
        return "the host name does not resolve (DNS)";
      case CURLE_COULDNT_CONNECT:
        return "no connection";
      case CURLE_OPERATION_TIMEDOUT:
        return fmt::format("no answer within {} s", options_.timeout.count());
      case CURLE_PEER_FAILED_VERIFICATION:
        return "the TLS certificate is not trusted; nothing was sent";
      case CURLE_SSL_CONNECT_ERROR:
        return "the TLS handshake failed; nothing was sent";
      default:
        return fmt::format("the connection broke ({})", curl_easy_strerror(code));
    }
  }

  static std::size_t OnHeader(char* data, std::size_t size, std::size_t count, void* self) {
    PostAnswer& answer = static_cast<CurlPoster*>(self)->answer_;
    const std::string_view line(data, size * count);
    if (line.starts_with("HTTP/")) {
      answer.headers.clear();  // Those before belonged to a 100.
    } else if (const std::size_t colon = line.find(':');
               colon != std::string_view::npos && answer.headers.size() < 100) {
      answer.headers.emplace_back(Lower(Trimmed(line.substr(0, colon))),
                                  std::string(Trimmed(line.substr(colon + 1))));
    }
    return size * count;
  }

  static std::size_t OnBody(char* data, std::size_t size, std::size_t count, void* self) {
    auto& poster = *static_cast<CurlPoster*>(self);
    if (poster.answer_.body.size() + size * count > poster.options_.max_bytes) {
      poster.too_long_ = true;
      return CURL_WRITEFUNC_ERROR;
    }
    poster.answer_.body.append(data, size * count);
    return size * count;
  }

  const PostOptions options_;
  const std::string ca_bundle_;
  std::array<char, CURL_ERROR_SIZE> error_text_{};
  PostAnswer answer_;
  bool too_long_ = false;
  std::unique_ptr<CURL, CurlDeleter> easy_;
};

}  // namespace

core::Result<void> CheckPostUrl(std::string_view url) {
  const core::Result<core::HttpUrl> parsed = core::HttpUrl::Parse(url);
  if (!parsed || HasControl(url)) {
    return core::Fail(ErrorKind::kBadInput, "it is no http(s) address");
  }
  if (parsed->has_credentials()) {
    return core::Fail(ErrorKind::kBadInput, "an address must hold no user name or password");
  }
  const std::string host(parsed->host());
  const bool here = host == "localhost" || host == "[::1]" || IsLoopbackAddress(host);
  if (!parsed->is_https() && !here) {
    return core::Fail(ErrorKind::kBadInput,
                      "it must begin with https://: what is sent there is confidential (http:// is "
                      "for this machine alone)");
  }
  return {};
}

core::Result<std::unique_ptr<HttpPoster>> MakeHttpPoster(PostOptions options) {
  SW_TRY(StartCurl());
  SW_ASSIGN(std::string ca_bundle, FindCaBundle(options.ca_file));
  CURL* const easy = curl_easy_init();
  if (easy == nullptr) {
    return core::Fail(ErrorKind::kUnavailable, "libcurl has no memory left");
  }
  return std::make_unique<CurlPoster>(std::move(options), std::move(ca_bundle), easy);
}

}  // namespace schoolwatch::net
