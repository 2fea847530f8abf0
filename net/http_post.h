#pragma once

#include <chrono>
#include <memory>
#include <string>
#include <string_view>

#include "core/result.h"
#include "net/fetcher.h"

namespace schoolwatch::net {

struct PostOptions {
  std::string user_agent = "schoolwatch";
  std::string ca_file;                // "" for the system's bundle.
  std::chrono::seconds timeout{30};   // For one exchange.
  std::size_t max_bytes = 64 * 1024;  // Of an answer; a longer one is none.
};

struct PostAnswer {
  int status = 0;
  Headers headers;  // Names in lower case.
  std::string body;
};

// An address that something confidential may be posted to: https, or http to this machine; no user
// name or password in it. kBadInput says what is wrong, without the address, which may hold a
// secret.
core::Result<void> CheckPostUrl(std::string_view url);

// Posts to an address that the configuration names (a webhook, a token endpoint), one at a time.
// Not for addresses out of pages: it asks no address guard. Not thread-safe.
class HttpPoster {
 public:
  virtual ~HttpPoster() = default;
  // Any answer is an answer, a 500 and a redirect too; redirects are not followed, since the body
  // is for the named server alone. kUnavailable: none came, or the certificate is not trusted.
  // kBadInput: CheckPostUrl, or a header with a control byte. Messages hold no address, header or
  // body.
  virtual core::Result<PostAnswer> Post(std::string_view url, const Headers& headers,
                                        std::string_view body) = 0;
};

// On libcurl; keeps its connection for the next one. kBadInput: the CA file cannot be read.
core::Result<std::unique_ptr<HttpPoster>> MakeHttpPoster(PostOptions options);

}  // namespace schoolwatch::net
