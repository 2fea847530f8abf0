#include "net/oauth2.h"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <boost/json.hpp>
#include <cstddef>
#include <cstdint>
#include <utility>

#include "core/hash.h"
#include "net/curl_support.h"
#include "net/token_file.h"

namespace schoolwatch::net {
namespace {

namespace json = boost::json;
using core::ErrorKind;
using std::chrono::seconds;

// A token that ends sooner is not used any more: a slow server must not find it expired.
constexpr seconds kSpare{300};
constexpr seconds kUsualLife{3600};
constexpr seconds kLongestLife{24 * 3600};
constexpr std::size_t kMaxTokenBytes = 16 * 1024;

std::string FormEncoded(std::string_view text) {
  std::string encoded;
  for (const char c : text) {
    const bool plain = (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') ||
                       c == '-' || c == '.' || c == '_' || c == '~';
    encoded += plain ? std::string(1, c) : fmt::format("%{:02X}", static_cast<unsigned char>(c));
  }
  return encoded;
}

void AddField(std::string& form, std::string_view name, std::string_view value) {
  if (!value.empty()) {
    form += (form.empty() ? "" : "&") + std::string(name) + "=" + FormEncoded(value);
  }
}

// The member's text, "" where there is none.
std::string TextOf(const json::object& object, std::string_view name) {
  const json::value* const found = object.if_contains(name);
  const json::string* const text = found == nullptr ? nullptr : found->if_string();
  return text == nullptr ? std::string() : std::string(text->begin(), text->end());
}

std::optional<json::object> ParseObject(std::string_view text) {
  boost::system::error_code error;
  json::value value = json::parse(text, error, {}, {.max_depth = 16});
  if (error || !value.is_object()) {
    return std::nullopt;
  }
  return std::move(value.as_object());
}

// Characters of RFC 6750, 2.1, and no more than a mail server would take.
bool IsToken(std::string_view text) {
  return !text.empty() && text.size() <= kMaxTokenBytes &&
         std::ranges::all_of(text, [](char c) { return c > 0x20 && c < 0x7f; });
}

// Seconds, which some servers write as text.
seconds LifeOf(const json::object& answer) {
  std::int64_t life = kUsualLife.count();
  if (const json::value* const found = answer.if_contains("expires_in")) {
    boost::system::error_code error;
    const auto number = found->to_number<std::int64_t>(error);
    if (!error) {
      life = number;
    } else if (const json::string* const text = found->if_string()) {
      life = 0;
      for (const char c : std::string_view(*text).substr(0, 6)) {
        life = c >= '0' && c <= '9' ? life * 10 + (c - '0') : 0;
      }
    }
  }
  return std::clamp(seconds(life), seconds(0), kLongestLife);
}

// Whose token it is: another account, right or refresh token has nothing to do with it.
std::string Owner(const OAuth2Options& options) {
  return core::ShortHash(fmt::format("{}\n{}\n{}\n{}\n{}\n{}", options.token_url, options.client_id,
                                     options.user, options.scope, options.refresh_token,
                                     options.service_account));
}

class FetchingTokenSource final : public TokenSource {
 public:
  FetchingTokenSource(OAuth2Options options, std::unique_ptr<HttpPoster> poster,
                      const core::Clock& clock)
      : options_(std::move(options)), poster_(std::move(poster)), clock_(clock) {
    if (!options_.keep_in.empty()) {
      token_ = ReadKeptToken(options_, ReadTokenFile(options_.keep_in));
    }
  }

  core::Result<std::string> Token() override {
    const core::Timestamp now = clock_.Now();
    // A clock that was set back must not keep one for ever.
    if (token_ && !token_->access_token.empty() && token_->expires_at > now + kSpare &&
        token_->expires_at <= now + kLongestLife) {
      return token_->access_token;
    }
    SW_ASSIGN(const std::string form, MakeForm(now));
    core::Result<PostAnswer> answer = poster_->Post(
        options_.token_url,
        {{"content-type", "application/x-www-form-urlencoded"}, {"accept", "application/json"}},
        form);
    if (!answer) {
      return core::FailWith("the login's token was not fetched", answer.error());
    }
    core::Result<OAuth2Token> token = ReadTokenAnswer(answer->status, answer->body, now);
    if (!token) {
      return core::FailWith("the login's token was not given", token.error());
    }
    if (token->refresh_token.empty() && token_) {
      token->refresh_token = token_->refresh_token;
    }
    token_ = *std::move(token);
    Keep();
    return token_->access_token;
  }

  void Reject() override {
    if (token_) {
      token_->access_token.clear();
      token_->expires_at = {};
      Keep();
    }
  }

 private:
  core::Result<std::string> MakeForm(core::Timestamp now) const {
    std::string form;
    switch (options_.grant) {
      case OAuth2Grant::kClientCredentials:
        AddField(form, "grant_type", "client_credentials");
        break;
      case OAuth2Grant::kRefreshToken:
        AddField(form, "grant_type", "refresh_token");
        AddField(form, "refresh_token",
                 token_ && !token_->refresh_token.empty() ? token_->refresh_token
                                                          : options_.refresh_token);
        break;
      case OAuth2Grant::kServiceAccount: {
        SW_ASSIGN(const std::string assertion, MakeServiceAccountAssertion(options_, now));
        AddField(form, "grant_type", "urn:ietf:params:oauth:grant-type:jwt-bearer");
        AddField(form, "assertion", assertion);
        return form;  // All else stands in the assertion.
      }
    }
    AddField(form, "client_id", options_.client_id);
    AddField(form, "client_secret", options_.client_secret);
    AddField(form, "scope", options_.scope);
    return form;
  }

  // A token that cannot be kept still serves this run.
  void Keep() const {
    if (!options_.keep_in.empty()) {
      static_cast<void>(WriteTokenFile(options_.keep_in, WriteKeptToken(options_, *token_)));
    }
  }

  const OAuth2Options options_;
  std::unique_ptr<HttpPoster> poster_;
  const core::Clock& clock_;
  std::optional<OAuth2Token> token_;
};

}  // namespace

core::Result<OAuth2Token> ReadTokenAnswer(int status, std::string_view body, core::Timestamp now) {
  const std::optional<json::object> answer = ParseObject(body);
  if (status == 429) {
    return core::Fail(ErrorKind::kThrottled, "the token server asks for patience (HTTP 429)");
  }
  if (status / 100 == 5 || status / 100 == 1) {
    return core::Fail(ErrorKind::kUnavailable,
                      fmt::format("the token server cannot answer now (HTTP {})", status));
  }
  if (status / 100 != 2) {
    // Codes are ASCII (RFC 6749, 5.2); the description is for people and may be long.
    const std::string code = answer ? Printable(TextOf(*answer, "error"), 60) : "";
    const std::string words = answer ? Printable(TextOf(*answer, "error_description"), 200) : "";
    const bool passing = code == "temporarily_unavailable" || code == "server_error";
    return core::Fail(
        passing ? ErrorKind::kUnavailable : ErrorKind::kForbidden,
        fmt::format("the token server refused (HTTP {}{}{}{}{})", status, code.empty() ? "" : ", ",
                    code, words.empty() ? "" : ": ", words));
  }
  if (!answer) {
    return core::Fail(ErrorKind::kUnavailable, "the token server's answer is no JSON");
  }
  OAuth2Token token{.access_token = TextOf(*answer, "access_token"),
                    .refresh_token = TextOf(*answer, "refresh_token"),
                    .expires_at = now + LifeOf(*answer)};
  if (!IsToken(token.access_token)) {
    return core::Fail(ErrorKind::kUnavailable, "the token server's answer holds no token");
  }
  if (!token.refresh_token.empty() && !IsToken(token.refresh_token)) {
    token.refresh_token.clear();
  }
  return token;
}

std::string WriteKeptToken(const OAuth2Options& options, const OAuth2Token& token) {
  return json::serialize(
             json::object{{"owner", Owner(options)},
                          {"access_token", token.access_token},
                          {"refresh_token", token.refresh_token},
                          {"expires_at", token.expires_at.time_since_epoch().count()}}) +
         "\n";
}

std::optional<OAuth2Token> ReadKeptToken(const OAuth2Options& options, std::string_view text) {
  const std::optional<json::object> kept = ParseObject(text);
  if (!kept || TextOf(*kept, "owner") != Owner(options)) {
    return std::nullopt;
  }
  OAuth2Token token{.access_token = TextOf(*kept, "access_token"),
                    .refresh_token = TextOf(*kept, "refresh_token")};
  const json::value* const end = kept->if_contains("expires_at");
  if (end != nullptr && end->is_int64()) {
    token.expires_at = core::Timestamp(std::chrono::milliseconds(end->get_int64()));
  }
  if (!IsToken(token.access_token)) {
    token.access_token.clear();
  }
  if (!IsToken(token.refresh_token)) {
    token.refresh_token.clear();
  }
  return token;
}

core::Result<std::unique_ptr<TokenSource>> MakeTokenSource(OAuth2Options options,
                                                           std::unique_ptr<HttpPoster> poster,
                                                           const core::Clock& clock) {
  if (core::Result<void> good = CheckPostUrl(options.token_url); !good) {
    return core::FailWith("the token server's address", good.error());
  }
  const bool service = options.grant == OAuth2Grant::kServiceAccount;
  if (!service && options.client_id.empty()) {
    return core::Fail(ErrorKind::kBadInput, "the login by OAuth 2 needs a client id");
  }
  if (options.grant == OAuth2Grant::kClientCredentials && options.client_secret.empty()) {
    return core::Fail(ErrorKind::kBadInput,
                      "the login by client credentials needs the client's secret");
  }
  if (options.grant == OAuth2Grant::kRefreshToken && options.refresh_token.empty()) {
    return core::Fail(ErrorKind::kBadInput, "the login by refresh token needs one");
  }
  if (service) {
    SW_TRY(MakeServiceAccountAssertion(options, clock.Now()));
  }
  return std::make_unique<FetchingTokenSource>(std::move(options), std::move(poster), clock);
}

}  // namespace schoolwatch::net
