#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <chrono>
#include <string>

#include "config/settings.h"

namespace schoolwatch::config {
namespace {

using testing::ElementsAre;
using testing::HasSubstr;

constexpr const char* kRest = R"(schools:
  quillbrook: {name: Quillbrook Academy, town: Quillbrook}
contacts:
  - {role: dsl, email: dsl@quillbrook.example}
alerts: {channel: folder, from: schoolwatch@quillbrook.example}
crawl: {contact: it@quillbrook.example}
)";
constexpr const char* kSources = "sources:\n  a: {url: 'https://a.example/'}\n";

core::Result<Configuration> Read(const std::string& intake, Diagnostics& problems) {
  return ReadConfiguration("/etc/schoolwatch", kRest + intake, kSources, problems);
}

TEST(IntakeSettingsTest, ReadsEveryKey) {
  Diagnostics problems;
  const auto read = Read(R"(intake:
  imap:
    host: imap.quillbrook.example
    tls: starttls
    user: reports
    password: ${env:HOME}
    ca_file: ca.pem
    box: Reports
  maildir: mail
  folder: /srv/reports
  school: quillbrook
  reporters: [contacts, "@quillbrook.example", jo@mail.example]
  answers: false
  open_links: false
  every: 10 min
  max_megabytes: 100
)",
                         problems);
  ASSERT_TRUE(read.has_value()) << read.error().message;
  const IntakeSettings& intake = read->settings.intake;
  EXPECT_EQ(intake.imap.host, "imap.quillbrook.example");
  EXPECT_EQ(intake.imap.port, 143) << "where STARTTLS is spoken";
  EXPECT_FALSE(intake.imap.password.empty());
  EXPECT_EQ(intake.imap.ca_file, "/etc/schoolwatch/ca.pem");
  EXPECT_EQ(intake.imap.box, "Reports");
  EXPECT_EQ(intake.maildir, "/etc/schoolwatch/mail");
  EXPECT_EQ(intake.folder, "/srv/reports");
  EXPECT_EQ(intake.school, "quillbrook");
  EXPECT_THAT(intake.reporters, ElementsAre("contacts", "@quillbrook.example", "jo@mail.example"));
  EXPECT_FALSE(intake.answers);
  EXPECT_FALSE(intake.open_links);
  EXPECT_EQ(intake.every, std::chrono::minutes(10));
  EXPECT_EQ(intake.max_megabytes, 100u);
}

TEST(IntakeSettingsTest, WithoutIntakeNothingIsReported) {
  Diagnostics problems;
  const auto read = Read("", problems);
  ASSERT_TRUE(read.has_value()) << read.error().message;
  EXPECT_TRUE(read->settings.intake.imap.host.empty());
  EXPECT_TRUE(read->settings.intake.folder.empty());
  EXPECT_THAT(read->settings.intake.reporters, ElementsAre("anyone"));
}

struct BadIntake {
  std::string name;
  std::string yaml;
  std::string message;
};
class BadIntakeTest : public testing::TestWithParam<BadIntake> {};

TEST_P(BadIntakeTest, IsRefused) {
  Diagnostics problems;
  EXPECT_FALSE(Read("intake: {" + GetParam().yaml + "}\n", problems).has_value());
  EXPECT_THAT(problems.ToText(), HasSubstr(GetParam().message));
}

INSTANTIATE_TEST_SUITE_P(
    All, BadIntakeTest,
    testing::Values(
        BadIntake{"Unsecured",
                  "imap: {host: imap.x.example, tls: none, user: a, password: \"${env:HOME}\"}",
                  "'intake.imap.tls' is none, but 'imap.x.example' is not this machine"},
        BadIntake{"NoPassword", "imap: {host: imap.x.example, user: a}",
                  "'intake.imap.user' is given without a 'password'"},
        BadIntake{"WrittenPassword", "imap: {host: imap.x.example, user: a, password: hunter2}",
                  "a secret must not stand in this file"},
        BadIntake{"TokensFromNowhere", "imap: {host: imap.x.example, user: a, login: xoauth2}",
                  "'intake.imap.login' is xoauth2, which needs 'oauth2'"},
        BadIntake{"NoHost", "imap: {user: a, password: \"${env:HOME}\"}", "'intake.imap.host'"},
        BadIntake{"OtherSchool", "folder: a, school: quilbrook",
                  "there is no such school; did you mean 'quillbrook'"},
        BadIntake{"ReporterIsNoAddress", "folder: a, reporters: [everybody]", "reporters"}),
    [](const auto& row) { return row.param.name; });

TEST(IntakeSettingsTest, IntakeThatTakesNothingIsAWarning) {
  Diagnostics problems;
  EXPECT_TRUE(Read("intake: {answers: true}\n", problems).has_value());
  EXPECT_THAT(problems.WarningsToText(), HasSubstr("nothing can be reported"));
}

}  // namespace
}  // namespace schoolwatch::config
