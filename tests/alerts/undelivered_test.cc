#include "alerts/undelivered.h"

#include <gtest/gtest.h>

#include <optional>
#include <string>
#include <vector>

#include "alerts/alert.h"
#include "alerts/composer.h"
#include "alerts/delivery.h"
#include "tests/alerts/samples.h"

namespace schoolwatch::alerts {
namespace {

using testing::At;
using testing::Contact;

const core::Timestamp kNow = At("2026-11-20T18:06:00Z");

config::Settings SettingsOf(std::vector<config::Contact> contacts) {
  config::Settings settings;
  settings.alerts.channel = "smtp";
  settings.alerts.smtp.host = "mail.quillbrook.example";
  settings.contacts = std::move(contacts);
  core::School school;
  school.key = "quillbrook";
  school.name = "Quillbrook Academy";
  settings.schools = {school};
  return settings;
}

config::Settings EverybodysSettings() {
  return SettingsOf({Contact("headteacher", "Mrs Ada Wren", "head@quillbrook.example"),
                     Contact("dsl", "Miss Noor Hadley", "dsl@quillbrook.example"),
                     Contact("it", "Mr Silas Thrale", "it@quillbrook.example")});
}

core::OutboxBatch Failed(std::string key, bool given_up,
                         std::chrono::hours since = std::chrono::hours(5)) {
  core::OutboxBatch batch;
  batch.key = std::move(key);
  batch.recipient = "dsl@quillbrook.example";
  batch.school = "quillbrook";
  batch.created_at = kNow - since;
  batch.attempts = 3;
  batch.last_error = "the mail server refused the recipient: 550 5.1.1 no such user";
  batch.given_up = given_up;
  core::OutboxItem item;
  item.id = "i" + batch.key;
  item.case_id = "Q7F3-2K";
  item.finding_id = "finding";
  item.role = "dsl";
  item.batch_key = "case:Q7F3-2K";
  item.reason = kReasonNew;
  batch.items = {item};
  return batch;
}

std::optional<UndeliveredReport> Report(const std::vector<core::OutboxBatch>& batches,
                                        const config::Settings& settings) {
  return ReportUndelivered(batches, settings, kNow, "quillbrook.example");
}

TEST(ReportUndeliveredTest, AGivenUpMessageIsToldToIt) {
  const auto report = Report({Failed("a", true), Failed("b", true)}, EverybodysSettings());
  ASSERT_TRUE(report.has_value());
  ASSERT_EQ(report->messages.size(), 1U);
  const core::OutboxBatch& message = report->messages[0];
  EXPECT_EQ(message.recipient, "it@quillbrook.example");
  ASSERT_EQ(message.items.size(), 1U);
  const core::Notice& notice = message.items[0].notice;
  EXPECT_EQ(notice.subject, "2 messages could not be delivered");
  EXPECT_NE(notice.text.find("dsl (dsl@quillbrook.example), by smtp"), std::string::npos)
      << notice.text;
  EXPECT_NE(notice.text.find("550 5.1.1 no such user"), std::string::npos);
  EXPECT_EQ(report->told.size(), 2U);
  EXPECT_TRUE(report->told[0].told_given_up);
}

TEST(ReportUndeliveredTest, NothingOfCasesPostsOrNamesIsInIt) {
  const auto report = Report({Failed("a", true)}, EverybodysSettings());
  const core::Notice& notice = report->messages[0].items[0].notice;
  for (const char* word : {"Q7F3", "finding", "Hadley", "Wren", "Thrale"}) {
    EXPECT_EQ((notice.subject + notice.text + notice.html).find(word), std::string::npos) << word;
  }
  EXPECT_TRUE(report->messages[0].items[0].case_id.empty());
}

TEST(ReportUndeliveredTest, EachIsToldOnce) {
  auto report = Report({Failed("a", true)}, EverybodysSettings());
  EXPECT_FALSE(Report(report->told, EverybodysSettings()).has_value());
}

TEST(ReportUndeliveredTest, WhatTellsOfThemIsNotToldOf) {
  auto report = Report({Failed("a", true)}, EverybodysSettings());
  core::OutboxBatch message = report->messages[0];
  message.given_up = true;
  EXPECT_FALSE(Report({message}, EverybodysSettings()).has_value());
}

TEST(ReportUndeliveredTest, GoesByAnotherChannelWhereThereIsOne) {
  config::Settings settings = EverybodysSettings();
  settings.contacts[2].channels = {"webhook"};
  EXPECT_EQ(Report({Failed("a", true)}, settings)->messages[0].channel, "webhook");
  core::OutboxBatch by_webhook = Failed("a", true);
  by_webhook.channel = "webhook";
  EXPECT_EQ(Report({by_webhook}, settings)->messages[0].channel, "smtp");
}

TEST(ReportUndeliveredTest, GoesWhereItIsToldTo) {
  config::Settings settings = EverybodysSettings();
  settings.alerts.undelivered = {.channel = "folder", .to = "ops@trust.example"};
  const auto report = Report({Failed("a", true)}, settings);
  EXPECT_EQ(report->messages[0].channel, "folder");
  EXPECT_EQ(report->messages[0].recipient, "ops@trust.example");
}

TEST(ReportUndeliveredTest, WhoGetsNothingByAChannelIsNotToldByIt) {
  config::Settings settings = SettingsOf({Contact("dsl", "", "dsl@quillbrook.example"),
                                          Contact("chair", "", "chair@quillbrook.example")});
  EXPECT_EQ(Report({Failed("a", true)}, settings)->messages[0].recipient,
            "chair@quillbrook.example");
  settings.contacts.pop_back();
  EXPECT_FALSE(Report({Failed("a", true)}, settings).has_value())
      << "nobody else is there; `doctor` and the exit status say it";
}

TEST(ReportUndeliveredTest, ALateOneIsToldOnlyByAnotherChannel) {
  config::Settings settings = EverybodysSettings();
  EXPECT_FALSE(Report({Failed("a", false)}, settings).has_value()) << "it would wait behind it";
  settings.alerts.undelivered.channel = "webhook";
  const auto report = Report({Failed("a", false)}, settings);
  ASSERT_TRUE(report.has_value());
  EXPECT_EQ(report->messages[0].items[0].notice.subject, "1 message waits to be sent");
  EXPECT_TRUE(report->told[0].told_late);
  EXPECT_FALSE(report->told[0].told_given_up);
  EXPECT_FALSE(Report({Failed("a", false, std::chrono::hours(3))}, settings).has_value());
  // And again once it is given up.
  core::OutboxBatch told = report->told[0];
  EXPECT_FALSE(Report({told}, settings).has_value());
  told.given_up = true;
  EXPECT_TRUE(Report({told}, settings).has_value());
}

TEST(ReportUndeliveredTest, HundredsAreOneMessage) {
  std::vector<core::OutboxBatch> batches;
  for (int i = 0; i < 300; ++i) {
    batches.push_back(Failed("k" + std::to_string(i), true));
  }
  const auto report = Report(batches, EverybodysSettings());
  ASSERT_EQ(report->messages.size(), 1U);
  EXPECT_NE(report->messages[0].items[0].notice.text.find("and 280 more"), std::string::npos);
  EXPECT_EQ(report->told.size(), 300U);
}

TEST(ReportUndeliveredTest, BecomesAMail) {
  const config::Settings settings = EverybodysSettings();
  auto report = Report({Failed("a", true)}, settings);
  const auto composer = Composer::Make({.from = "alerts@quillbrook.example",
                                        .templates_folder = testing::TemplatesFolder()})
                            .value();
  const auto mail = composer->Compose(MakeAlertBatch(report->messages[0], {}, settings.schools));
  ASSERT_TRUE(mail.has_value()) << mail.error().message;
  EXPECT_EQ(mail->subject, "Quillbrook Academy: 1 message could not be delivered");
}

}  // namespace
}  // namespace schoolwatch::alerts
