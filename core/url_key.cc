#include <libpsl.h>

#include <algorithm>
#include <array>
#include <cstddef>
#include <string>
#include <string_view>

#include "core/url.h"
#include "core/url_host.h"

namespace schoolwatch::core {
namespace {

// Parameters that say who sent the reader or who is reading, never what is read. Lower case,
// sorted.
constexpr auto kDroppedParameters = std::to_array<std::string_view>({
    "_ga",       "_gl",     "_hsenc",  "_hsmi",       "at_campaign", "at_medium",  "cfid",
    "cftoken",   "cmpid",   "dclid",   "dm_i",        "fb_ref",      "fb_source",  "fbclid",
    "gbraid",    "gclid",   "gclsrc",  "igsh",        "igshid",      "jsessionid", "mc_cid",
    "mc_eid",    "mkt_tok", "msclkid", "ns_campaign", "ns_mchannel", "ns_source",  "oscsid",
    "phpsessid", "ref_src", "ref_url", "s_kwcid",     "session_id",  "sessionid",  "srsltid",
    "ttclid",    "twclid",  "wbraid",  "yclid",       "zenid",
});
static_assert(std::ranges::is_sorted(kDroppedParameters));

bool IsHexDigit(char c) {
  return (c >= '0' && c <= '9') || (c >= 'a' && c <= 'f') || (c >= 'A' && c <= 'F');
}

bool IsDropped(std::string_view parameter) {
  const std::size_t equals = std::min(parameter.find('='), parameter.size());
  std::string name(parameter.substr(0, equals));
  std::ranges::transform(name, name.begin(), [](char c) {
    return c >= 'A' && c <= 'Z' ? static_cast<char>(c - 'A' + 'a') : c;
  });
  const std::string_view value = parameter.substr(std::min(equals + 1, parameter.size()));
  if (name == "sid") {
    // phpBB's session; but a short number is a story's id in PHP-Nuke and its kin.
    return value.size() >= 8 ||
           !std::ranges::all_of(value, [](char c) { return c >= '0' && c <= '9'; });
  }
  if (name == "s") {
    // vBulletin's session is an MD5 in hexadecimal; any other "s" is somebody's search.
    return value.size() == 32 && std::ranges::all_of(value, IsHexDigit);
  }
  return name.starts_with("utm_") || name.starts_with("aspsessionid") ||
         std::ranges::binary_search(kDroppedParameters, std::string_view(name));
}

// Java servers put the session into the path: "/thread;jsessionid=1A2B".
std::string WithoutPathSession(std::string_view path) {
  constexpr std::string_view kMark = ";jsessionid=";
  const auto found = std::ranges::search(path, kMark, [](char a, char b) {
    return (a >= 'A' && a <= 'Z' ? static_cast<char>(a - 'A' + 'a') : a) == b;
  });
  std::string kept(path.begin(), found.begin());
  if (!found.empty()) {
    kept.append(std::find_if(found.end(), path.end(), [](char c) { return c == '/' || c == ';'; }),
                path.end());
  }
  return kept;
}

}  // namespace

std::string CanonicalKey(const HttpUrl& url) {
  std::string key = url.origin() + WithoutPathSession(url.path());
  const std::string_view query = url.query();
  char separator = '?';
  for (std::size_t start = 0; start < query.size();) {
    const std::size_t end = std::min(query.find('&', start), query.size());
    const std::string_view parameter = query.substr(start, end - start);
    if (!parameter.empty() && !IsDropped(parameter)) {
      key += separator;
      key += parameter;
      separator = '&';
    }
    start = end + 1;
  }
  return key;
}

std::string RegistrableDomain(const HttpUrl& url) {
  std::string host(url.host());
  if (IsIpHost(host)) {
    return host;
  }
  if (host.size() > 1 && host.ends_with('.')) {
    host.pop_back();
  }
  // The list compiled into libpsl: static data, so nothing to load, to free or to lock.
  static const psl_ctx_t* const list = psl_builtin();
  const char* const domain = list == nullptr ? nullptr : psl_registrable_domain(list, host.c_str());
  return domain == nullptr ? host : std::string(domain);
}

}  // namespace schoolwatch::core
