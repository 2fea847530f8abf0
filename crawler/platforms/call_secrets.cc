#include "crawler/platforms/call_secrets.h"

#include <algorithm>
#include <string_view>

#include "crawler/platforms/platform.h"

namespace schoolwatch::crawler {
namespace {

// Shorter ones would be found in any address, and in any text.
constexpr std::size_t kLeastInAddress = 4;
constexpr std::size_t kLeastInText = 12;
constexpr std::size_t kLeastInPath = 24;
constexpr std::string_view kScrubbed = "removed";

void ReplaceAll(std::string& text, std::string_view what, std::string_view with) {
  for (std::size_t at = what.empty() ? std::string::npos : text.find(what); at != std::string::npos;
       at = text.find(what, at + with.size())) {
    text.replace(at, what.size(), with);
  }
}

std::string Unescaped(std::string_view text) {
  const auto digit = [](char c) {
    return c >= '0' && c <= '9'   ? c - '0'
           : c >= 'a' && c <= 'f' ? c - 'a' + 10
           : c >= 'A' && c <= 'F' ? c - 'A' + 10
                                  : -1;
  };
  std::string plain;
  for (std::size_t i = 0; i < text.size(); ++i) {
    if (text[i] == '%' && i + 2 < text.size() && digit(text[i + 1]) >= 0 &&
        digit(text[i + 2]) >= 0) {
      plain += static_cast<char>(digit(text[i + 1]) * 16 + digit(text[i + 2]));
      i += 2;
    } else {
      plain += text[i];
    }
  }
  return plain;
}

// "key=…&user=…" without the fields that `secret` has.
std::string WithoutFields(std::string_view query, std::string_view secret) {
  const auto name_of = [](std::string_view field) { return field.substr(0, field.find('=')); };
  const auto take = [](std::string_view& rest) {
    const std::string_view field = rest.substr(0, rest.find('&'));
    rest.remove_prefix(std::min(rest.size(), field.size() + 1));
    return field;
  };
  std::string kept;
  while (!query.empty()) {
    const std::string_view field = take(query);
    bool is_secret = false;
    for (std::string_view rest = secret; !rest.empty() && !is_secret;) {
      is_secret = Unescaped(name_of(take(rest))) == Unescaped(name_of(field));
    }
    if (!is_secret) {
      kept += (kept.empty() ? "" : "&") + std::string(field);
    }
  }
  return kept;
}

// As people know them, not as they stand in an address.
std::vector<std::string> SecretsOf(const ApiCall& call) {
  std::vector<std::string> secrets;
  // "/bot42:AbC…/getUpdates": which part of it is the secret, its length tells.
  for (std::string_view rest = call.secret_target; !rest.empty();) {
    const std::string_view part = rest.substr(0, rest.find_first_of("/?&="));
    rest.remove_prefix(std::min(rest.size(), part.size() + 1));
    if (part.size() >= kLeastInPath) {
      secrets.push_back(Unescaped(part));
    }
  }
  for (const auto& [name, secret] : call.secret_headers) {
    // "Bearer …": the word in front is none.
    secrets.push_back(secret.substr(secret.rfind(' ') + 1));
  }
  for (std::string_view rest = call.secret_query; !rest.empty();) {
    const std::string_view field = rest.substr(0, rest.find('&'));
    rest.remove_prefix(std::min(rest.size(), field.size() + 1));
    secrets.push_back(Unescaped(field.substr(std::min(field.size(), field.find('=') + 1))));
    secrets.emplace_back(field.substr(std::min(field.size(), field.find('=') + 1)));
  }
  return secrets;
}

}  // namespace

bool HasSecrets(const ApiCall& call) {
  return !call.secret_headers.empty() || !call.secret_query.empty() || !call.secret_target.empty();
}

std::string SecretTarget(const ApiCall& call, const core::HttpUrl& url) {
  std::string target = call.secret_target;
  if (!call.secret_query.empty()) {
    target = target.empty() ? std::string(url.target()) : target;
    target += (target.contains('?') ? "&" : "?") + call.secret_query;
  }
  return target;
}

std::optional<core::HttpUrl> WithoutSecrets(const ApiCall& call, const core::HttpUrl& url) {
  std::string text = url.href();
  if (const std::size_t mark = text.find('?');
      mark != std::string::npos && !call.secret_query.empty()) {
    const std::size_t end = std::min(text.find('#', mark), text.size());
    const std::string query =
        WithoutFields(std::string_view(text).substr(mark + 1, end - mark - 1), call.secret_query);
    text.replace(mark, end - mark, query.empty() ? "" : "?" + query);
  }
  // Whatever else a server may have made of them.
  const std::string plain = Unescaped(text);
  for (const std::string& secret : SecretsOf(call)) {
    if (secret.size() >= kLeastInAddress && plain.contains(secret)) {
      return std::nullopt;
    }
  }
  core::Result<core::HttpUrl> clean = core::HttpUrl::Parse(text);
  return clean ? std::optional(*std::move(clean)) : std::nullopt;
}

void Scrub(const ApiCall& call, std::string& text) {
  for (const std::string& secret : SecretsOf(call)) {
    if (secret.size() >= kLeastInText) {
      ReplaceAll(text, secret, kScrubbed);
    }
  }
}

bool ComesAgain(const ApiCall& call) {
  // What is paid for is read even where it says the same again: what it costs stands in it. So are
  // looks: what one told is remembered with the posts.
  return call.page == 0 && call.reserved == 0 && call.looks.empty() &&
         call.since == core::Timestamp{} && (call.route == nullptr || !call.route->since);
}

}  // namespace schoolwatch::crawler
