#pragma once

#include <cstdint>
#include <string>
#include <string_view>

#include "core/result.h"

namespace schoolwatch::core {

// An http or https address, parsed and serialised as the WHATWG URL Standard says (section 4.4 and
// 4.5; hosts by section 3.5 on ICU's UTS 46). Other schemes are refused: the product
// reads nothing else. Immutable.
class HttpUrl {
 public:
  // kBadInput: not a valid http(s) URL, with what is wrong with it. Input over 8,000 bytes is
  // refused.
  static Result<HttpUrl> Parse(std::string_view input);
  // The same for a reference found in a page at `base`.
  static Result<HttpUrl> Parse(std::string_view input, const HttpUrl& base);

  // The serialisation, "https://host:8080/path?query#fragment".
  const std::string& href() const { return href_; }
  bool is_https() const;
  // Lower-case ASCII; IPv6 in brackets.
  std::string_view host() const;
  // The port as written, or the scheme's default.
  std::uint16_t port() const;
  // "https://host:8080": what robots.txt and connections belong to.
  std::string origin() const;
  std::string_view path() const;
  // Without "?"; empty where there is none.
  std::string_view query() const;
  // Path and query, as a request line and robots.txt matching take them.
  std::string_view target() const;
  std::string_view fragment() const;
  bool has_credentials() const;

  bool operator==(const HttpUrl&) const = default;

 private:
  struct Parts;
  HttpUrl() = default;
  static Result<HttpUrl> ParseAgainst(std::string_view input, const HttpUrl* base);
  static HttpUrl Assemble(const Parts& parts);

  std::string href_;
  // Offsets into href_ of each part's first byte; for query and fragment, of their "?" and "#".
  std::uint32_t host_start_ = 0, host_end_ = 0, path_start_ = 0, query_start_ = 0,
                fragment_start_ = 0;
  std::uint16_t port_ = 0;
};

// The canonical key under which the crawler knows an address: no fragment, no credentials, known
// tracking parameters (utm_*, fbclid, gclid, …) and session ids removed, nothing sorted. The
// original is what is fetched.
std::string CanonicalKey(const HttpUrl& url);

// The registrable domain ("example.co.uk" of "www.a.example.co.uk") by the public suffix list; an
// IP address or a bare suffix is its own. Budgets and rate limits are shared by it.
std::string RegistrableDomain(const HttpUrl& url);

}  // namespace schoolwatch::core
