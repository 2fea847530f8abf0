#include "net/header_collector.h"

#include <fmt/format.h>

#include <algorithm>
#include <string>
#include <utility>

namespace schoolwatch::net {
namespace {

bool IsTokenByte(char c) {
  return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') ||
         std::string_view("!#$%&'*+-.^_`|~").contains(c);
}

bool IsControl(char c) {
  const auto byte = static_cast<unsigned char>(c);
  return byte < 0x20 || byte == 0x7f;
}

std::string_view TrimBlanks(std::string_view text) {
  const std::size_t first = text.find_first_not_of(" \t\r\n");
  if (first == std::string_view::npos) {
    return {};
  }
  return text.substr(first, text.find_last_not_of(" \t\r\n") - first + 1);
}

// The value without blanks around it; control bytes become spaces, as RFC 9110, 5.5 allows.
std::string CleanValue(std::string_view value) {
  std::string clean(TrimBlanks(value));
  std::ranges::replace_if(clean, IsControl, ' ');
  return clean;
}

}  // namespace

bool IsHeaderName(std::string_view name) {
  return !name.empty() && std::ranges::all_of(name, IsTokenByte);
}

bool IsHeaderValue(std::string_view value) {
  return std::ranges::none_of(value, [](char c) { return IsControl(c) && c != '\t'; });
}

core::Result<void> HeaderCollector::Add(std::string_view line) {
  byte_count_ += line.size();
  if (byte_count_ > limits_.max_bytes) {
    return core::Fail(core::ErrorKind::kUnavailable,
                      fmt::format("the header is larger than {} KB", limits_.max_bytes >> 10));
  }
  if (line.starts_with("HTTP/")) {
    fields_.clear();
    complete_ = false;
    folding_ = false;
    return {};
  }
  if (TrimBlanks(line).empty()) {
    complete_ = true;
    return {};
  }
  if (++field_count_ > limits_.max_fields) {
    return core::Fail(core::ErrorKind::kUnavailable,
                      fmt::format("the header has more than {} fields", limits_.max_fields));
  }
  if (complete_) {
    return {};
  }
  if (line.front() == ' ' || line.front() == '\t') {
    if (folding_) {
      fields_.back().second += ' ';
      fields_.back().second += CleanValue(line);
    }
    return {};
  }
  const std::size_t colon = line.find(':');
  folding_ = colon != std::string_view::npos && IsHeaderName(line.substr(0, colon));
  if (folding_) {
    std::string name(line.substr(0, colon));
    std::ranges::transform(name, name.begin(), [](char c) {
      return c >= 'A' && c <= 'Z' ? static_cast<char>(c - 'A' + 'a') : c;
    });
    fields_.emplace_back(std::move(name), CleanValue(line.substr(colon + 1)));
  }
  return {};
}

}  // namespace schoolwatch::net
