#include "crawler/platforms/session_plan.h"

#include "tests/crawler/platforms/plan_fixture.h"

namespace schoolwatch::crawler {
namespace {

constexpr std::string_view kRoute = R"(
  own:
    title: Own notes
    answer: note
    request: {url: "https://{host}/own", with_session: true}
)";

std::shared_ptr<const Platform> WithSession(std::string_view session) {
  return MakePlatform(kRoute, "session: {" + std::string(session) + "}");
}

constexpr std::string_view kPassword =
    "kind: password, create: {url: 'https://{host}/create', json: {identifier: '{plain}', "
    "password: "
    "'{key}'}}, refresh: {url: 'https://{host}/refresh', bearer: true}, access: /accessJwt, "
    "refresh_token: /refreshJwt, lifetime: 90 min";

const TemplateValues kValues{{"host", "quillnet.example"}, {"plain", "dana"}, {"key", "123"}};

TEST(SessionPlanTest, AsksByNameAndPassword) {
  const auto platform = WithSession(kPassword);
  const auto request = CreateSession(*platform, kValues);
  ASSERT_TRUE(request) << request.error().message;
  EXPECT_EQ(request->url, "https://quillnet.example/create");
  EXPECT_EQ(request->body, R"({"identifier":"dana","password":"123"})");
  EXPECT_EQ(request->body_type, "application/json");
}

TEST(SessionPlanTest, RefreshesByBearer) {
  const auto platform = WithSession(kPassword);
  core::PlatformSession old;
  EXPECT_EQ(RefreshSession(*platform, kValues, old).error().kind, core::ErrorKind::kNotFound);
  old.refresh_token = "R";
  const auto request = RefreshSession(*platform, kValues, old);
  ASSERT_TRUE(request) << request.error().message;
  EXPECT_EQ(request->url, "https://quillnet.example/refresh");
  EXPECT_EQ(request->headers[0].second, "Bearer R");
  EXPECT_EQ(request->body, "");
}

TEST(SessionPlanTest, AsksByClientCredentials) {
  const auto platform = WithSession(
      "kind: client_credentials, create: {url: 'https://{host}/token', form: {grant_type: "
      "client_credentials}, basic_user: '{plain}', basic_password: '{key}'}");
  const auto request = CreateSession(*platform, kValues);
  ASSERT_TRUE(request) << request.error().message;
  EXPECT_EQ(request->body, "grant_type=client_credentials");
  EXPECT_EQ(request->headers[0].second, "Basic ZGFuYToxMjM=");
  core::PlatformSession old;
  old.refresh_token = "R";
  EXPECT_EQ(RefreshSession(*platform, kValues, old).error().kind, core::ErrorKind::kNotFound);
}

TEST(SessionPlanTest, AsksByAPersonsRefreshToken) {
  const auto platform = WithSession(
      "kind: refresh_token, refresh: {url: 'https://{host}/token', form: {grant_type: "
      "refresh_token, refresh_token: '{key}'}}");
  const auto request = CreateSession(*platform, kValues);
  ASSERT_TRUE(request) << request.error().message;
  EXPECT_EQ(request->url, "https://quillnet.example/token");
  EXPECT_EQ(request->body, "grant_type=refresh_token&refresh_token=123");
}

TEST(SessionPlanTest, AMissingCredentialIsNamedWithoutItsValue) {
  const auto platform = WithSession(kPassword);
  const auto request = CreateSession(*platform, {{"host", "quillnet.example"}, {"plain", "dana"}});
  ASSERT_FALSE(request);
  EXPECT_EQ(request.error().message, "there is no value for 'key'");
}

TEST(SessionPlanTest, ReadsTheAnswer) {
  const auto platform = WithSession(kPassword);
  const core::Timestamp now = At("2026-11-20T18:00:00Z");
  core::PlatformSession old;
  old.key = "quillnet/x";
  old.refresh_token = "R1";
  auto session = ReadSession(*platform, R"({"accessJwt":"A","refreshJwt":"R2"})", old, now);
  ASSERT_TRUE(session) << session.error().message;
  EXPECT_EQ(session->key, "quillnet/x");
  EXPECT_EQ(session->access_token, "A");
  EXPECT_EQ(session->refresh_token, "R2");
  EXPECT_EQ(session->access_until, now + std::chrono::minutes(90));
  // What is not said again stays; what is said goes before the file's word.
  session = ReadSession(*platform, R"({"accessJwt":"B","expires_in":"60"})", old, now);
  EXPECT_EQ(session->refresh_token, "R1");
  EXPECT_EQ(session->access_until, now + std::chrono::seconds(60));
  for (const std::string_view broken : {"{}", "<html>", R"({"accessJwt":""})", ""}) {
    EXPECT_FALSE(ReadSession(*platform, broken, old, now)) << broken;
  }
}

TEST(SessionPlanTest, AKeyBelongsToOneAccount) {
  const auto platform = WithSession(kPassword);
  const std::string key = SessionKey(*platform, kValues);
  EXPECT_TRUE(key.starts_with("quillnet/"));
  EXPECT_EQ(key.find("123"), std::string::npos);
  EXPECT_EQ(SessionKey(*platform, kValues), key);
  TemplateValues other = kValues;
  other["plain"] = "owen";
  EXPECT_NE(SessionKey(*platform, other), key);
}

}  // namespace
}  // namespace schoolwatch::crawler
