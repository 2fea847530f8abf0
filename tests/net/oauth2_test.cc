#include "net/oauth2.h"

#include <gtest/gtest.h>
#include <openssl/evp.h>
#include <openssl/pem.h>
#include <openssl/rsa.h>
#include <sys/stat.h>

#include <boost/json.hpp>
#include <filesystem>
#include <fstream>
#include <memory>
#include <sstream>
#include <string>
#include <utility>
#include <vector>

#include "core/hash.h"
#include "tests/fakes/manual_clock.h"

namespace schoolwatch::net {
namespace {

namespace fs = std::filesystem;
using core::ErrorKind;
using std::chrono::hours;
using std::chrono::minutes;

const core::Timestamp kNow = core::ParseRfc3339("2026-11-20T18:00:00Z").value();

struct AnswerCase {
  const char* name;
  int status;
  const char* body;
  ErrorKind kind;
  const char* message;
};

class TokenRefusalTest : public testing::TestWithParam<AnswerCase> {};

TEST_P(TokenRefusalTest, SaysWhoHasToAct) {
  const auto token = ReadTokenAnswer(GetParam().status, GetParam().body, kNow);
  ASSERT_FALSE(token.has_value());
  EXPECT_EQ(token.error().kind, GetParam().kind);
  EXPECT_NE(token.error().message.find(GetParam().message), std::string::npos)
      << token.error().message;
}

INSTANTIATE_TEST_SUITE_P(
    Answers, TokenRefusalTest,
    testing::Values(
        AnswerCase{"WrongSecret", 401,
                   R"({"error":"invalid_client","error_description":"AADSTS7000215: Invalid"})",
                   ErrorKind::kForbidden, "invalid_client: AADSTS7000215"},
        AnswerCase{"TokenWithdrawn", 400, R"({"error":"invalid_grant"})", ErrorKind::kForbidden,
                   "HTTP 400, invalid_grant"},
        AnswerCase{"ServerError", 400, R"({"error":"temporarily_unavailable"})",
                   ErrorKind::kUnavailable, "temporarily_unavailable"},
        AnswerCase{"NoJson", 403, "<html>", ErrorKind::kForbidden, "HTTP 403"},
        AnswerCase{"TooMany", 429, "", ErrorKind::kThrottled, "429"},
        AnswerCase{"Down", 503, "{}", ErrorKind::kUnavailable, "503"},
        AnswerCase{"SomethingElse", 200, "<html>", ErrorKind::kUnavailable, "no JSON"},
        AnswerCase{"NoToken", 200, R"({"token_type":"Bearer"})", ErrorKind::kUnavailable,
                   "no token"},
        AnswerCase{"TokenWithLineEnd", 200, R"({"access_token":"a\r\nMAIL FROM:<x@y>"})",
                   ErrorKind::kUnavailable, "no token"},
        AnswerCase{"ErrorWithLineEnds", 400, R"({"error":"a\r\nb","error_description":7})",
                   ErrorKind::kForbidden, "a  b"}),
    [](const auto& row) { return std::string(row.param.name); });

struct LifeCase {
  const char* name;
  const char* expires_in;
  std::chrono::seconds life;
};

class TokenLifeTest : public testing::TestWithParam<LifeCase> {};

TEST_P(TokenLifeTest, IsReadAsServersWriteIt) {
  const auto token = ReadTokenAnswer(
      200, std::string(R"({"access_token":"t")") + GetParam().expires_in + "}", kNow);
  ASSERT_TRUE(token.has_value()) << token.error().message;
  EXPECT_EQ(token->expires_at, kNow + GetParam().life);
}

INSTANTIATE_TEST_SUITE_P(
    Lives, TokenLifeTest,
    testing::Values(LifeCase{"Number", R"(,"expires_in":3599)", std::chrono::seconds(3599)},
                    LifeCase{"Text", R"(,"expires_in":"3599")", std::chrono::seconds(3599)},
                    LifeCase{"Missing", "", hours(1)},
                    LifeCase{"Negative", R"(,"expires_in":-5)", std::chrono::seconds(0)},
                    LifeCase{"Endless", R"(,"expires_in":1e18)", hours(24)}),
    [](const auto& row) { return std::string(row.param.name); });

// Answers as a token server does, and keeps what it was asked.
class FakeTokenServer final : public HttpPoster {
 public:
  explicit FakeTokenServer(std::vector<std::string>& asked) : asked_(asked) {}
  core::Result<PostAnswer> Post(std::string_view url, const Headers&,
                                std::string_view body) override {
    EXPECT_EQ(url, "https://id.example/token");
    asked_.emplace_back(body);
    const std::string number = std::to_string(asked_.size());
    return PostAnswer{.status = 200,
                      .headers = {},
                      .body = R"({"access_token":"access)" + number +
                              R"(","expires_in":3600,"refresh_token":"renewed)" + number + "\"}"};
  }

 private:
  std::vector<std::string>& asked_;
};

class TokenSourceTest : public testing::Test {
 protected:
  ~TokenSourceTest() override { fs::remove_all(folder_); }
  void SetUp() override { fs::create_directories(folder_); }
  OAuth2Options Options(OAuth2Grant grant = OAuth2Grant::kRefreshToken) const {
    OAuth2Options options;
    options.grant = grant;
    options.token_url = "https://id.example/token";
    options.client_id = "client/1";
    options.client_secret = "s&s=";
    options.refresh_token = "first";
    options.user = "alerts@quillbrook.example";
    options.scope = "https://outlook.office365.com/.default";
    options.keep_in = folder_ / "mail-token";
    return options;
  }
  std::unique_ptr<TokenSource> Source(OAuth2Options options) {
    auto source =
        MakeTokenSource(std::move(options), std::make_unique<FakeTokenServer>(asked_), clock_);
    EXPECT_TRUE(source.has_value()) << source.error().message;
    return std::move(*source);
  }

  fs::path folder_ = fs::path(testing::TempDir()) / ("tokens-" + core::RandomHex(8));
  fakes::ManualClock clock_{kNow};
  std::vector<std::string> asked_;
};

TEST_F(TokenSourceTest, ClientCredentialsAreSentAsAForm) {
  EXPECT_EQ(Source(Options(OAuth2Grant::kClientCredentials))->Token().value(), "access1");
  ASSERT_EQ(asked_.size(), 1u);
  EXPECT_EQ(asked_[0],
            "grant_type=client_credentials&client_id=client%2F1&client_secret=s%26s%3D&"
            "scope=https%3A%2F%2Foutlook.office365.com%2F.default");
}

TEST_F(TokenSourceTest, OneServesUntilShortlyBeforeItsEnd) {
  const auto source = Source(Options());
  EXPECT_EQ(source->Token().value(), "access1");
  clock_.Advance(minutes(54));
  EXPECT_EQ(source->Token().value(), "access1");
  clock_.Advance(minutes(2));
  EXPECT_EQ(source->Token().value(), "access2");
}

TEST_F(TokenSourceTest, ARenewedRefreshTokenIsUsedFromThenOnAndKept) {
  static_cast<void>(Source(Options())->Token());
  EXPECT_NE(asked_[0].find("refresh_token=first&"), std::string::npos);
  clock_.Advance(hours(2));
  static_cast<void>(Source(Options())->Token());
  EXPECT_NE(asked_[1].find("refresh_token=renewed1&"), std::string::npos) << asked_[1];
}

TEST_F(TokenSourceTest, TheNextRunUsesWhatIsGoodStill) {
  static_cast<void>(Source(Options())->Token());
  clock_.Advance(minutes(30));
  EXPECT_EQ(Source(Options())->Token().value(), "access1");
  EXPECT_EQ(asked_.size(), 1u);
}

TEST_F(TokenSourceTest, OnlyItsOwnerMayReadTheFile) {
  static_cast<void>(Source(Options())->Token());
  struct stat status{};
  ASSERT_EQ(::stat((folder_ / "mail-token").c_str(), &status), 0);
  EXPECT_EQ(status.st_mode & 0777U, 0600U);
  fs::permissions(folder_ / "mail-token", fs::perms::others_read, fs::perm_options::add);
  EXPECT_EQ(Source(Options())->Token().value(), "access2") << "somebody may have put it there";
}

TEST_F(TokenSourceTest, ATokenOfAnotherAccountIsNotUsed) {
  static_cast<void>(Source(Options())->Token());
  OAuth2Options other = Options();
  other.refresh_token = "written anew by a person";
  EXPECT_EQ(Source(other)->Token().value(), "access2");
  EXPECT_NE(asked_[1].find("refresh_token=written"), std::string::npos);
}

TEST_F(TokenSourceTest, ARefusedOneIsFetchedAnewHere_AndInTheNextRun) {
  const auto source = Source(Options());
  static_cast<void>(source->Token());
  source->Reject();
  EXPECT_EQ(Source(Options())->Token().value(), "access2");
  EXPECT_NE(asked_[1].find("refresh_token=renewed1"), std::string::npos);
}

TEST_F(TokenSourceTest, AClockThatWasSetBackKeepsNoneForEver) {
  const auto source = Source(Options());
  static_cast<void>(source->Token());
  clock_.SetNow(kNow - std::chrono::days(400));
  EXPECT_EQ(source->Token().value(), "access2");
}

TEST_F(TokenSourceTest, AFolderThatCannotBeWrittenCostsNothingButTheNextFetch) {
  OAuth2Options options = Options();
  options.keep_in = folder_ / "missing" / "mail-token";
  EXPECT_EQ(Source(options)->Token().value(), "access1");
}

struct LackCase {
  const char* name;
  void (*spoil)(OAuth2Options&);
};

class TokenOptionsTest : public testing::TestWithParam<LackCase> {};

TEST_P(TokenOptionsTest, WhatIsMissingIsSaidAtOnce) {
  OAuth2Options options;
  options.token_url = "https://id.example/token";
  options.client_id = "id";
  options.client_secret = "secret";
  GetParam().spoil(options);
  const fakes::ManualClock clock;
  std::vector<std::string> asked;
  const auto source = MakeTokenSource(options, std::make_unique<FakeTokenServer>(asked), clock);
  ASSERT_FALSE(source.has_value());
  EXPECT_EQ(source.error().kind, ErrorKind::kBadInput);
}

INSTANTIATE_TEST_SUITE_P(
    Lacks, TokenOptionsTest,
    testing::Values(
        LackCase{"Unsecured", [](OAuth2Options& o) { o.token_url = "http://id.example/token"; }},
        LackCase{"NoClient", [](OAuth2Options& o) { o.client_id.clear(); }},
        LackCase{"NoSecret", [](OAuth2Options& o) { o.client_secret.clear(); }},
        LackCase{"NoRefreshToken", [](OAuth2Options& o) { o.grant = OAuth2Grant::kRefreshToken; }},
        LackCase{"NoKeyFile",
                 [](OAuth2Options& o) {
                   o.grant = OAuth2Grant::kServiceAccount;
                   o.service_account = "{}";
                 }},
        LackCase{"NoKey",
                 [](OAuth2Options& o) {
                   o.grant = OAuth2Grant::kServiceAccount;
                   o.service_account = R"({"client_email":"a@b.example","private_key":"x"})";
                 }}),
    [](const auto& row) { return std::string(row.param.name); });

struct Freer {
  void operator()(EVP_PKEY* key) const { EVP_PKEY_free(key); }
  void operator()(BIO* bio) const { BIO_free(bio); }
  void operator()(EVP_MD_CTX* context) const { EVP_MD_CTX_free(context); }
};

std::string Decoded(std::string text) {
  for (char& c : text) {
    c = c == '-' ? '+' : c == '_' ? '/' : c;
  }
  const std::size_t padding = (4 - text.size() % 4) % 4;
  text.append(padding, '=');
  std::string bytes(text.size(), '\0');
  const int size = EVP_DecodeBlock(reinterpret_cast<unsigned char*>(bytes.data()),
                                   reinterpret_cast<const unsigned char*>(text.data()),
                                   static_cast<int>(text.size()));
  EXPECT_GE(size, 0);
  bytes.resize(static_cast<std::size_t>(size) - padding);
  return bytes;
}

TEST(ServiceAccountTest, SignsWhoAsksForWhatAndUntilWhen) {
  const std::unique_ptr<EVP_PKEY, Freer> key(EVP_RSA_gen(2048));
  const std::unique_ptr<BIO, Freer> out(BIO_new(BIO_s_mem()));
  ASSERT_EQ(PEM_write_bio_PrivateKey(out.get(), key.get(), nullptr, nullptr, 0, nullptr, nullptr),
            1);
  char* pem = nullptr;
  const long size = BIO_get_mem_data(out.get(), &pem);
  OAuth2Options options;
  options.token_url = "https://oauth2.googleapis.com/token";
  options.service_account = boost::json::serialize(
      boost::json::object{{"client_email", "watch@project.example"},
                          {"private_key", std::string(pem, static_cast<std::size_t>(size))}});
  options.user = "alerts@quillbrook.example";
  options.scope = "https://mail.google.com/";
  const auto assertion = MakeServiceAccountAssertion(options, kNow);
  ASSERT_TRUE(assertion.has_value()) << assertion.error().message;
  const std::size_t first = assertion->find('.');
  const std::size_t second = assertion->find('.', first + 1);
  EXPECT_EQ(Decoded(assertion->substr(0, first)), R"({"alg":"RS256","typ":"JWT"})");
  EXPECT_EQ(Decoded(assertion->substr(first + 1, second - first - 1)),
            R"({"iss":"watch@project.example","sub":"alerts@quillbrook.example",)"
            R"("scope":"https://mail.google.com/","aud":"https://oauth2.googleapis.com/token",)"
            R"("iat":1795197600,"exp":1795201200})");
  const std::string signature = Decoded(assertion->substr(second + 1));
  const std::unique_ptr<EVP_MD_CTX, Freer> context(EVP_MD_CTX_new());
  ASSERT_EQ(EVP_DigestVerifyInit(context.get(), nullptr, EVP_sha256(), nullptr, key.get()), 1);
  EXPECT_EQ(
      EVP_DigestVerify(context.get(), reinterpret_cast<const unsigned char*>(signature.data()),
                       signature.size(), reinterpret_cast<const unsigned char*>(assertion->data()),
                       second),
      1);
}

}  // namespace
}  // namespace schoolwatch::net
