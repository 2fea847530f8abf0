#include "config/checks.h"

#include <arpa/inet.h>

#include <algorithm>
#include <array>
#include <charconv>
#include <cstddef>
#include <cstdint>
#include <optional>
#include <span>
#include <system_error>
#include <vector>

#include "core/mail_address.h"
#include "core/url.h"

namespace schoolwatch::config {
namespace {

std::unexpected<core::Error> Bad(std::string message) {
  return core::Fail(core::ErrorKind::kBadInput, std::move(message));
}

bool IsDigit(char c) { return c >= '0' && c <= '9'; }
bool IsLetter(char c) { return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z'); }

std::string Lower(std::string_view text) {
  std::string lower(text);
  for (char& c : lower) {
    c = c >= 'A' && c <= 'Z' ? static_cast<char>(c - 'A' + 'a') : c;
  }
  return lower;
}

struct Network {
  bool is_v6 = false;
  std::array<unsigned char, 16> bytes{};
  int bits = 0;
};

std::optional<Network> ParseNetwork(std::string_view text) {
  Network network;
  const std::size_t slash = text.find('/');
  const std::string address(text.substr(0, slash));
  network.is_v6 = address.contains(':');
  if (::inet_pton(network.is_v6 ? AF_INET6 : AF_INET, address.c_str(), network.bytes.data()) != 1) {
    return std::nullopt;
  }
  const int most = network.is_v6 ? 128 : 32;
  network.bits = most;
  if (slash != std::string_view::npos) {
    const std::string_view bits = text.substr(slash + 1);
    const auto [end, error] = std::from_chars(bits.data(), bits.data() + bits.size(), network.bits);
    if (error != std::errc() || end != bits.data() + bits.size() || network.bits < 0 ||
        network.bits > most) {
      return std::nullopt;
    }
  }
  return network;
}

bool IsAmong(std::span<const std::string_view> list, std::string_view word) {
  return std::ranges::find(list, word) != list.end();
}

struct ProfileSite {
  std::string_view domain;
  std::string_view path;  // Of persons; empty: every path of the site is somebody's.
};
constexpr ProfileSite kProfileSites[] = {
    {"facebook.com", ""},
    {"fb.com", ""},
    {"instagram.com", ""},
    {"threads.net", ""},
    {"threads.com", ""},
    {"twitter.com", ""},
    {"x.com", ""},
    {"snapchat.com", ""},
    {"tiktok.com", "/@"},
    {"linkedin.com", "/in/"},
    {"reddit.com", "/user/"},
    {"reddit.com", "/u/"},
    {"bsky.app", "/profile/"},
    {"flickr.com", "/people/"},
    {"youtube.com", "/user/"},
    {"pinterest.com", ""},
    {"pinterest.co.uk", ""},
    {"vk.com", ""},
    {"ask.fm", ""},
};
// Hosts of these domains that serve programs with the school's own credential.
constexpr std::string_view kInterfaceHosts[] = {
    "graph.facebook.com", "graph.instagram.com", "graph.threads.net", "api.twitter.com",
    "api.x.com",          "publish.twitter.com", "oauth.reddit.com",  "api.linkedin.com",
};

bool IsWithin(std::string_view host, std::string_view domain) {
  return host == domain || (host.ends_with(domain) && host.size() > domain.size() &&
                            host[host.size() - domain.size() - 1] == '.');
}

}  // namespace

core::Result<void> CheckMailAddress(const std::string& address) {
  return core::CheckMailAddress(address);
}

core::Result<void> CheckHttpUrl(const std::string& url) {
  const core::Result<core::HttpUrl> parsed = core::HttpUrl::Parse(url);
  if (!parsed) {
    return Bad(parsed.error().message);
  }
  if (parsed->has_credentials()) {
    return Bad("must not hold a user name or password: they would reach logs and mails");
  }
  return {};
}

core::Result<void> CheckHost(const std::string& host) {
  const core::Result<core::HttpUrl> parsed = core::HttpUrl::Parse("https://" + host);
  if (!parsed || host.find_first_of("/\\?#@: \t") != std::string::npos) {
    return Bad("must be a host name alone, such as school.example");
  }
  return {};
}

core::Result<void> CheckNetwork(const std::string& network) {
  if (!ParseNetwork(network)) {
    return Bad("must be an address or a network, such as 127.0.0.1, 10.0.0.0/8 or ::1");
  }
  return {};
}

bool IsLoopbackNetwork(std::string_view text) {
  const std::optional<Network> network = ParseNetwork(text);
  if (!network) {
    return false;
  }
  if (!network->is_v6) {
    constexpr int kLoopbackBits = 8;
    return network->bytes[0] == 127 && network->bits >= kLoopbackBits;
  }
  std::array<unsigned char, 16> loopback{};
  loopback[15] = 1;
  return network->bytes == loopback && network->bits == 128;
}

bool IsLoopbackHost(std::string_view host) {
  return host == "localhost" || (!host.contains('/') && IsLoopbackNetwork(host));
}

core::Result<void> CheckPostcode(const std::string& postcode) {
  // Outward part: A9, A99, AA9, AA99, A9A or AA9A; inward part: 9AA.
  std::string shape;
  for (const char c : postcode) {
    if (c != ' ') {
      shape += IsLetter(c) ? 'A' : IsDigit(c) ? '9' : '?';
    }
  }
  constexpr std::string_view kOutward[] = {"A9", "A99", "AA9", "AA99", "A9A", "AA9A"};
  const bool fits = shape.size() >= 5 && shape.ends_with("9AA") &&
                    IsAmong(kOutward, std::string_view(shape).substr(0, shape.size() - 3)) &&
                    std::ranges::count(postcode, ' ') <= 1;
  if (!fits) {
    return Bad("must be a postcode, such as QB1 2CD");
  }
  return {};
}

core::Result<void> CheckHandle(const std::string& handle) {
  if (handle.size() < 2 || (handle[0] != '@' && handle[0] != '#') || handle.contains(' ')) {
    return Bad(
        "must be a handle or tag without spaces, such as \"@QuillbrookAcad\" or "
        "\"#QuillbrookAcademy\"");
  }
  return {};
}

core::Result<void> CheckNotAProfile(const std::string& url) {
  const core::Result<core::HttpUrl> parsed = core::HttpUrl::Parse(url);
  if (!parsed || IsAmong(kInterfaceHosts, parsed->host())) {
    return {};
  }
  const std::string path = Lower(parsed->path());
  const auto refused = [] {
    return Bad(
        "people's own profiles are not watched: if this is the school's own page, say so with "
        "'page_of'");
  };
  // So are an account's posts named wherever people have one: the fediverse, Medium, YouTube, …
  if (path.starts_with("/@") || path.starts_with("/feed/@") || path.starts_with("/%40")) {
    return refused();
  }
  for (const ProfileSite& site : kProfileSites) {
    const bool has_path = path.size() > 1 && path.starts_with(site.path);
    if (IsWithin(parsed->host(), site.domain) && has_path) {
      return refused();
    }
  }
  return {};
}

}  // namespace schoolwatch::config
