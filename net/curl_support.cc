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
