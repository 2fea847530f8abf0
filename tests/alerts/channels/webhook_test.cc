#include "alerts/channels/webhook.h"

#include <gtest/gtest.h>

#include <boost/json.hpp>
#include <memory>
#include <string>

#include "tests/alerts/samples.h"
#include "tests/fakes/manual_clock.h"

namespace schoolwatch::alerts {
namespace {

namespace json = boost::json;
using core::ErrorKind;
using testing::MakeBatch;
using testing::MakeFinding;

std::unique_ptr<Composer> ComposerThatShows(const std::string& display) {
  return std::move(*Composer::Make({.from = "alerts@quillbrook.example",
                                    .display = display,
                                    .templates_folder = testing::TemplatesFolder()}));
}

// https://www.standardwebhooks.com, test vector of its reference libraries.
TEST(WebhookSignatureTest, IsTheStandards) {
  const auto at = core::Timestamp(std::chrono::seconds(1614265330));
  EXPECT_EQ(WebhookSignature("whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw",
                             "msg_p5jXN8AQM9LWM0D4loKWxJek", at, R"({"test": 2432232314})")
                .value(),
            "v1,g0hM9SsE+OTPJTGt/tmIKtSyZlE3uFJELVlNIOLJ1OE=");
}

TEST(WebhookSignatureTest, AKeyThatIsNotWhatItSaysIsRefused) {
  for (const char* key : {"whsec_", "whsec_not base64!"}) {
    EXPECT_EQ(WebhookSignature(key, "id", {}, "").error().kind, ErrorKind::kBadInput) << key;
  }
  EXPECT_TRUE(WebhookSignature("any text", "id", {}, "").has_value());
}

json::object BodyOf(const AlertBatch& batch, const std::string& display = "snippet") {
  const auto message = ComposerThatShows(display)->Compose(batch);
  EXPECT_TRUE(message.has_value()) << message.error().message;
  return json::parse(WebhookBody(batch, *message)).as_object();
}

TEST(WebhookBodyTest, SaysWhatTheMailSaysAndWhatMachinesNeed) {
  AlertBatch batch = MakeBatch({MakeFinding()});
  batch.batch.items.push_back({.id = "i",
                               .recipient = "dsl@quillbrook.example",
                               .batch_key = {},
                               .school = "quillbrook",
                               .case_id = "Q7F3-2K",
                               .finding_id = "f1",
                               .reason = "new case",
                               .role = "dsl"});
  const json::object body = BodyOf(batch);
  EXPECT_EQ(body.at("type").as_string(), "alert");
  EXPECT_EQ(body.at("message_id").as_string(), "alert-0123456789abcdef@alerts.example");
  EXPECT_EQ(body.at("to").at("role").as_string(), "dsl");
  EXPECT_EQ(body.at("school").at("name").as_string(), "Quillbrook Academy");
  EXPECT_NE(std::string(body.at("text").as_string()).find("bring a knife"), std::string::npos);
  const json::value& finding = body.at("findings").at(0);
  EXPECT_EQ(finding.at("case").as_string(), "Q7F3-2K");
  EXPECT_EQ(finding.at("severity").as_string(), "urgent");
  EXPECT_EQ(finding.at("categories").at(0).as_string(), "safeguarding");
  EXPECT_EQ(finding.at("link").as_string(), "https://forum.example/t/81#p3");
}

TEST(WebhookBodyTest, IsMaskedAsTheMailIs) {
  core::Finding finding = MakeFinding({.title = "Zanzibar title", .text = "Zanzibar knife"});
  finding.post.author = "ZanzibarAuthor";
  finding.post.thread_title = "Zanzibar thread";
  const std::string body = json::serialize(BodyOf(MakeBatch({finding}), "masked"));
  EXPECT_EQ(body.find("Zanzibar"), std::string::npos) << body;
}

TEST(WebhookBodyTest, WhoMayOnlyKnowThatThereIsACaseLearnsNoMore) {
  const std::string body = json::serialize(
      BodyOf(MakeBatch({MakeFinding()}, core::Delivery::kNow, kReasonNobody), "full"));
  EXPECT_EQ(body.find("knife"), std::string::npos);
  EXPECT_EQ(body.find("forum.example"), std::string::npos);
  EXPECT_EQ(body.find("urgent"), std::string::npos);
  EXPECT_NE(body.find("Q7F3-2K"), std::string::npos);
}

TEST(WebhookBodyTest, ALinkThatIsNoneIsLeftOut) {
  core::Finding finding = MakeFinding();
  finding.post.url = "javascript:alert(1)";
  EXPECT_FALSE(BodyOf(MakeBatch({finding})).at("findings").at(0).as_object().contains("link"));
}

// Answers all with one status.
class StatusPoster final : public net::HttpPoster {
 public:
  explicit StatusPoster(int status) : status_(status) {}
  core::Result<net::PostAnswer> Post(std::string_view, const net::Headers&,
                                     std::string_view) override {
    return net::PostAnswer{.status = status_, .headers = {}, .body = "secret words"};
  }

 private:
  int status_;
};

struct StatusCase {
  int status;
  ErrorKind kind;
};

class WebhookStatusTest : public ::testing::TestWithParam<StatusCase> {};

TEST_P(WebhookStatusTest, DecidesWhetherItIsTriedAgain) {
  const auto composer = ComposerThatShows("snippet");
  const fakes::ManualClock clock;
  WebhookSink sink({.url = "https://hooks.example/", .secret = "s", .ca_file = {}},
                   std::make_unique<StatusPoster>(GetParam().status), *composer, clock);
  const core::Result<void> delivered = sink.Deliver(MakeBatch({MakeFinding()}));
  ASSERT_FALSE(delivered.has_value());
  EXPECT_EQ(delivered.error().kind, GetParam().kind);
  EXPECT_EQ(delivered.error().message.find("secret words"), std::string::npos);
}

INSTANTIATE_TEST_SUITE_P(Answers, WebhookStatusTest,
                         ::testing::Values(StatusCase{302, ErrorKind::kForbidden},
                                           StatusCase{400, ErrorKind::kBadInput},
                                           StatusCase{401, ErrorKind::kForbidden},
                                           StatusCase{404, ErrorKind::kForbidden},
                                           StatusCase{408, ErrorKind::kUnavailable},
                                           StatusCase{413, ErrorKind::kBadInput},
                                           StatusCase{429, ErrorKind::kThrottled},
                                           StatusCase{500, ErrorKind::kUnavailable},
                                           StatusCase{503, ErrorKind::kUnavailable}),
                         [](const auto& row) { return std::to_string(row.param.status); });

struct RefusedCase {
  const char* name;
  const char* url;
  const char* secret;
};

class WebhookSettingsTest : public ::testing::TestWithParam<RefusedCase> {};

TEST_P(WebhookSettingsTest, WhatWouldLeakIsRefusedWithoutBeingQuoted) {
  config::Settings settings;
  settings.alerts.channel = "webhook";
  settings.alerts.webhook = {.url = GetParam().url, .secret = GetParam().secret, .ca_file = {}};
  const auto composer = ComposerThatShows("snippet");
  const auto sink = MakeSink(settings, *composer);
  ASSERT_FALSE(sink.has_value());
  EXPECT_EQ(sink.error().kind, ErrorKind::kBadInput);
  EXPECT_EQ(sink.error().message.find("hidden"), std::string::npos) << sink.error().message;
}

INSTANTIATE_TEST_SUITE_P(
    Settings, WebhookSettingsTest,
    ::testing::Values(RefusedCase{"Unsecured", "http://hooks.example/hidden", "s"},
                      RefusedCase{"Credentials", "https://u:hidden@hooks.example/", "s"},
                      RefusedCase{"NoAddress", "", "s"},
                      RefusedCase{"NoSecret", "https://h.example/", ""},
                      RefusedCase{"BadSecret", "https://h.example/", "whsec_hidden!"},
                      RefusedCase{"OtherScheme", "ftp://hooks.example/hidden", "s"}),
    [](const auto& row) { return std::string(row.param.name); });

}  // namespace
}  // namespace schoolwatch::alerts
