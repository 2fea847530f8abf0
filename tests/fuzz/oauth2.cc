#include "net/oauth2.h"

#include <cstddef>
#include <cstdint>
#include <cstdlib>
#include <string>
#include <string_view>
#include <vector>

// A token server's answer, a kept token and a service account's key file. What comes of them must
// be fit for a login and a log.
extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  using namespace schoolwatch;
  const std::vector<char> copy(data, data + size);
  const std::string_view text(copy.data(), copy.size());
  const core::Timestamp now(std::chrono::hours(498'000));
  const auto is_token = [](std::string_view token) {
    return token.find_first_of("\r\n \t\x01") == std::string_view::npos;
  };
  const int status = size == 0 ? 200 : 100 + 2 * static_cast<unsigned char>(text.front());
  for (const int one : {200, status}) {
    const auto token = net::ReadTokenAnswer(one, text, now);
    if (token ? !is_token(token->access_token) || !is_token(token->refresh_token) ||
                    token->access_token.empty() || token->expires_at < now
              : token.error().message.find_first_of("\r\n") != std::string::npos) {
      std::abort();
    }
  }
  net::OAuth2Options options;
  options.service_account = std::string(text);
  static_cast<void>(net::MakeServiceAccountAssertion(options, now));
  options.service_account.clear();
  const auto kept = net::ReadKeptToken(options, text);
  if (kept && (!is_token(kept->access_token) || !is_token(kept->refresh_token))) {
    std::abort();
  }
  return 0;
}
