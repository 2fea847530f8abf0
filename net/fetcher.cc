#include "net/fetcher.h"

#include <fmt/format.h>

#include <array>
#include <charconv>
#include <optional>

namespace schoolwatch::net {
namespace {

// Takes text up to the next colon outside brackets; the colon goes too.
std::optional<std::string_view> TakePart(std::string_view& rest) {
  std::size_t end = rest.find(':');
  if (rest.starts_with('[')) {
    const std::size_t close = rest.find(']');
    if (close == std::string_view::npos) {
      return std::nullopt;
    }
    end = close + 1 == rest.size() ? std::string_view::npos : close + 1;
    if (end != std::string_view::npos && rest[end] != ':') {
      return std::nullopt;
    }
  }
  const std::string_view part = rest.substr(0, end);
  rest = end == std::string_view::npos ? std::string_view{} : rest.substr(end + 1);
  return part;
}

std::optional<std::uint16_t> ReadPort(std::string_view text) {
  std::uint16_t port = 0;
  if (text.empty()) {
    return port;
  }
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), port);
  if (error != std::errc{} || end != text.data() + text.size() || port == 0) {
    return std::nullopt;
  }
  return port;
}

// A host as it may stand in a URL and in CURLOPT_CONNECT_TO; lower case.
std::optional<std::string> ReadHost(std::string_view text) {
  std::string host;
  for (const char c : text) {
    const bool upper = c >= 'A' && c <= 'Z';
    const bool usual = upper || (c >= 'a' && c <= 'z') || (c >= '0' && c <= '9') ||
                       std::string_view("-._[]:").contains(c);
    if (!usual) {
      return std::nullopt;
    }
    host += upper ? static_cast<char>(c - 'A' + 'a') : c;
  }
  return host;
}

}  // namespace

std::string_view FindHeader(const Headers& headers, std::string_view name) {
  for (const auto& [field, value] : headers) {
    if (field == name) {
      return value;
    }
  }
  return {};
}

core::Result<ConnectOverride> ParseConnectOverride(std::string_view text) {
  const auto bad = [text](std::string_view why) {
    return core::Fail(core::ErrorKind::kBadInput,
                      fmt::format("'{}' is not HOST:PORT:HOST:PORT such as "
                                  "forum.example:443:127.0.0.1:8080: {}",
                                  text.substr(0, 200), why));
  };
  std::array<std::string_view, 4> parts;
  std::string_view rest = text;
  std::size_t colons = 0;
  for (std::string_view& part : parts) {
    const std::size_t before = rest.size();
    const auto taken = TakePart(rest);
    if (!taken) {
      return bad("a '[' without its ']'");
    }
    part = *taken;
    colons += before - part.size() - rest.size();
  }
  if (colons != 3 || !rest.empty()) {
    return bad("it needs three colons outside brackets");
  }
  const auto host = ReadHost(parts[0]);
  const auto to_host = ReadHost(parts[2]);
  if (!host || !to_host) {
    return bad("a host has a character that hosts do not have");
  }
  const auto port = ReadPort(parts[1]);
  const auto to_port = ReadPort(parts[3]);
  if (!port || !to_port) {
    return bad("a port is a number from 1 to 65535");
  }
  return ConnectOverride{*host, *port, *to_host, *to_port};
}

}  // namespace schoolwatch::net
