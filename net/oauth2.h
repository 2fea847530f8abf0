#pragma once

#include <chrono>
#include <filesystem>
#include <memory>
#include <optional>
#include <string>
#include <string_view>

#include "core/clock.h"
#include "core/result.h"
#include "core/time.h"
#include "net/http_post.h"

namespace schoolwatch::net {

// How the right to a token is shown (RFC 6749, 4.4 and 6; RFC 7523, 2.1).
enum class OAuth2Grant { kClientCredentials, kRefreshToken, kServiceAccount };

struct OAuth2Options {
  OAuth2Grant grant = OAuth2Grant::kClientCredentials;
  std::string token_url;
  std::string client_id;
  std::string client_secret;    // Empty for a public client with a refresh token.
  std::string refresh_token;    // For kRefreshToken.
  std::string service_account;  // For kServiceAccount: its JSON key file's text.
  std::string user;             // For kServiceAccount: whose mailbox it acts for.
  std::string scope;
  // Where the token is kept between runs (0600), with a refresh token that the server renewed.
  // Empty: nowhere.
  std::filesystem::path keep_in;
};

struct OAuth2Token {
  std::string access_token;
  std::string refresh_token;  // Empty: the one that was used stays good.
  core::Timestamp expires_at{};
  bool operator==(const OAuth2Token&) const = default;
};

// Reads a token endpoint's answer (RFC 6749, 5.1 and 5.2). kForbidden: it refused, and a person has
// to mend the registration, the secret or the refresh token. kThrottled, kUnavailable: try later.
// Messages hold the server's error, cut and printable, and nothing of a token.
core::Result<OAuth2Token> ReadTokenAnswer(int status, std::string_view body, core::Timestamp now);

// A service account's signed statement that it may act for a user (RS256). kBadInput: the key file
// is not one.
core::Result<std::string> MakeServiceAccountAssertion(const OAuth2Options& options,
                                                      core::Timestamp now);

// What a token is kept as. nullopt: not written for these options, or not whole.
std::string WriteKeptToken(const OAuth2Options& options, const OAuth2Token& token);
std::optional<OAuth2Token> ReadKeptToken(const OAuth2Options& options, std::string_view text);

// Hands out a token that is good for some minutes yet. Not thread-safe.
class TokenSource {
 public:
  virtual ~TokenSource() = default;
  // The one there is, or a new one. Errors are ReadTokenAnswer's and the poster's.
  virtual core::Result<std::string> Token() = 0;
  // The mail server refused it, so the next one is fetched anew.
  virtual void Reject() = 0;
};

// Fetches from a token endpoint and renews shortly before the end. kBadInput: what the grant needs
// is missing. Borrows the clock.
core::Result<std::unique_ptr<TokenSource>> MakeTokenSource(OAuth2Options options,
                                                           std::unique_ptr<HttpPoster> poster,
                                                           const core::Clock& clock);

}  // namespace schoolwatch::net
