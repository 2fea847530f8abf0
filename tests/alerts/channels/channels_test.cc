#include <gtest/gtest.h>
#include <sys/stat.h>

#include <filesystem>
#include <fstream>
#include <memory>
#include <string>
#include <vector>

#include "alerts/channels/folder.h"
#include "alerts/channels/mail.h"
#include "core/hash.h"
#include "tests/alerts/samples.h"

namespace schoolwatch::alerts {
namespace {

using testing::MakeBatch;
using testing::MakeFinding;

class FolderSinkTest : public ::testing::Test {
 protected:
  ~FolderSinkTest() override { std::filesystem::remove_all(folder_); }
  std::vector<std::string> Files() const {
    std::vector<std::string> names;
    for (const auto& file : std::filesystem::directory_iterator(folder_)) {
      names.push_back(file.path().filename());
    }
    return names;
  }

  std::unique_ptr<Composer> composer_ = std::move(*Composer::Make(
      {.from = "alerts@quillbrook.example", .templates_folder = testing::TemplatesFolder()}));
  std::filesystem::path folder_ =
      std::filesystem::path(::testing::TempDir()) / ("outgoing-" + core::RandomHex(8));
  AlertBatch batch_ = MakeBatch({MakeFinding()});
};

TEST_F(FolderSinkTest, OnlyTheOwnerCanReadTheMessages) {
  ASSERT_TRUE(FolderSink(folder_, *composer_).Deliver(batch_).has_value());
  ASSERT_EQ(Files().size(), 1U);
  EXPECT_TRUE(Files()[0].starts_with("2026-11-20T180630Z-")) << Files()[0];
  struct stat folder{};
  struct stat file{};
  ASSERT_EQ(::stat(folder_.c_str(), &folder), 0);
  ASSERT_EQ(::stat((folder_ / Files()[0]).c_str(), &file), 0);
  EXPECT_EQ(folder.st_mode & 0777U, 0700U);
  EXPECT_EQ(file.st_mode & 0777U, 0600U);
}

TEST_F(FolderSinkTest, ARepeatLeavesTheFileAlone) {
  FolderSink sink(folder_, *composer_);
  ASSERT_TRUE(sink.Deliver(batch_).has_value());
  const std::filesystem::path file = folder_ / Files()[0];
  std::ofstream(file) << "opened and annotated by a person";
  ASSERT_TRUE(sink.Deliver(batch_).has_value());
  EXPECT_EQ(std::filesystem::file_size(file), 32U);
}

TEST_F(FolderSinkTest, WhatACrashLeftUnfinishedIsWrittenAnew) {
  std::filesystem::create_directories(folder_);
  const std::string name = FolderSink::FileName(batch_.batch);
  std::ofstream(folder_ / ("." + name + ".part")) << "half";
  ASSERT_TRUE(FolderSink(folder_, *composer_).Deliver(batch_).has_value());
  EXPECT_EQ(Files(), std::vector<std::string>{name});
  EXPECT_GT(std::filesystem::file_size(folder_ / name), 1000U);
}

TEST_F(FolderSinkTest, ALinkInTheWayIsNotFollowed) {
  std::filesystem::create_directories(folder_);
  const std::filesystem::path target = folder_ / "target";
  std::ofstream(target) << "precious";
  const std::string name = FolderSink::FileName(batch_.batch);
  std::filesystem::create_symlink(target, folder_ / ("." + name + ".part"));
  ASSERT_TRUE(FolderSink(folder_, *composer_).Deliver(batch_).has_value());
  EXPECT_EQ(std::filesystem::file_size(target), 8U);
}

TEST_F(FolderSinkTest, AFullDiskLeavesNothingBehindAndMayPass) {
  // /dev/full is no folder; a folder under a file cannot be made: both fail as a disk does.
  const core::Result<void> failed = FolderSink("/dev/full/mails", *composer_).Deliver(batch_);
  ASSERT_FALSE(failed.has_value());
  EXPECT_EQ(failed.error().kind, core::ErrorKind::kUnavailable);
}

TEST(SmtpOptionsTest, AreReadFromTheSettings) {
  config::SmtpSettings settings;
  settings.host = "mail.quillbrook.example";
  settings.port = 465;
  settings.tls = "implicit";
  settings.user = "alerts";
  settings.password = "secret";
  settings.ca_file = "/etc/ca.pem";
  const auto options = MakeSmtpOptions(settings);
  ASSERT_TRUE(options.has_value());
  EXPECT_EQ(options->host, "mail.quillbrook.example");
  EXPECT_EQ(options->port, 465);
  EXPECT_EQ(options->tls, net::TlsMode::kImplicit);
  EXPECT_EQ(options->user, "alerts");
  EXPECT_EQ(options->password, "secret");
  EXPECT_EQ(options->ca_file, "/etc/ca.pem");
}

TEST(SmtpOptionsTest, TlsIsRequiredUnlessSaidOtherwise) {
  config::SmtpSettings settings;
  settings.host = "mail.quillbrook.example";
  EXPECT_EQ(MakeSmtpOptions(settings)->tls, net::TlsMode::kStartTls);
  settings.tls = "none";
  EXPECT_EQ(MakeSmtpOptions(settings)->tls, net::TlsMode::kNone);
}

TEST(SmtpOptionsTest, WhatDoesNotFitIsRefused) {
  EXPECT_FALSE(MakeSmtpOptions({}).has_value());
  config::SmtpSettings settings;
  settings.host = "mail.quillbrook.example";
  settings.tls = "perhaps";
  EXPECT_FALSE(MakeSmtpOptions(settings).has_value());
  settings.tls = "starttls";
  settings.user = "alerts";
  EXPECT_FALSE(MakeSmtpOptions(settings).has_value());
}

TEST(SmtpOptionsTest, ATokenStandsInForThePassword) {
  config::SmtpSettings settings;
  settings.host = "smtp.office365.com";
  settings.login = "xoauth2";
  settings.user = "alerts@quillbrook.example";
  const auto options = MakeSmtpOptions(settings);
  ASSERT_TRUE(options.has_value()) << options.error().message;
  EXPECT_EQ(options->login, net::SmtpLogin::kXOAuth2);
  settings.login = "handshake";
  EXPECT_FALSE(MakeSmtpOptions(settings).has_value());
}

struct ProviderCase {
  const char* name;
  config::OAuth2Settings given;
  net::OAuth2Grant grant;
  const char* token_url;
  const char* scope;
};

class OAuth2OptionsTest : public ::testing::TestWithParam<ProviderCase> {};

TEST_P(OAuth2OptionsTest, ProvidersAreKnownByName) {
  config::Settings settings;
  settings.alerts.smtp.oauth2 = GetParam().given;
  settings.alerts.smtp.user = "alerts@quillbrook.example";
  settings.storage.folder = "/var/lib/schoolwatch";
  const net::OAuth2Options options = MakeOAuth2Options(settings);
  EXPECT_EQ(options.grant, GetParam().grant);
  EXPECT_EQ(options.token_url, GetParam().token_url);
  EXPECT_EQ(options.scope, GetParam().scope);
  EXPECT_EQ(options.user, "alerts@quillbrook.example");
  EXPECT_EQ(options.keep_in, "/var/lib/schoolwatch/mail-token");
}

config::OAuth2Settings Given(std::string provider, std::string refresh = {}, std::string key = {},
                             std::string url = {}, std::string scope = {}) {
  config::OAuth2Settings given;
  given.provider = std::move(provider);
  given.tenant = "quillbrook.example";
  given.client_id = "id";
  given.client_secret = "secret";
  given.refresh_token = std::move(refresh);
  given.service_account = std::move(key);
  given.token_url = std::move(url);
  given.scope = std::move(scope);
  return given;
}

INSTANTIATE_TEST_SUITE_P(
    Providers, OAuth2OptionsTest,
    ::testing::Values(
        ProviderCase{"MicrosoftAsItself", Given("microsoft"), net::OAuth2Grant::kClientCredentials,
                     "https://login.microsoftonline.com/quillbrook.example/oauth2/v2.0/token",
                     "https://outlook.office365.com/.default"},
        ProviderCase{"MicrosoftAsAPerson", Given("microsoft", "r"), net::OAuth2Grant::kRefreshToken,
                     "https://login.microsoftonline.com/quillbrook.example/oauth2/v2.0/token",
                     "https://outlook.office.com/SMTP.Send offline_access"},
        ProviderCase{"GoogleAsAPerson", Given("google", "r"), net::OAuth2Grant::kRefreshToken,
                     "https://oauth2.googleapis.com/token", ""},
        ProviderCase{"GoogleServiceAccount", Given("google", "", "{}"),
                     net::OAuth2Grant::kServiceAccount, "https://oauth2.googleapis.com/token",
                     "https://mail.google.com/"},
        ProviderCase{"AnotherOne", Given("other", "r", "", "https://id.example/token", "mail"),
                     net::OAuth2Grant::kRefreshToken, "https://id.example/token", "mail"}),
    [](const auto& row) { return std::string(row.param.name); });

class RegistryTest : public FolderSinkTest {};

TEST_F(RegistryTest, EveryChannelIsFoundByItsName) {
  for (const ChannelInfo* channel : AllChannels()) {
    config::Settings settings;
    settings.alerts.channel = channel->name;
    settings.alerts.folder = folder_;
    settings.alerts.smtp.host = "127.0.0.1";
    settings.alerts.webhook = {
        .url = "https://hooks.example/alerts", .secret = "shared", .ca_file = {}};
    EXPECT_TRUE(MakeSink(settings, *composer_).has_value()) << channel->name;
    EXPECT_FALSE(channel->help.empty());
  }
}

TEST_F(RegistryTest, AnUnknownChannelIsNamedBesideTheKnownOnes) {
  config::Settings settings;
  settings.alerts.channel = "pigeon";
  const auto sink = MakeSink(settings, *composer_);
  ASSERT_FALSE(sink.has_value());
  EXPECT_EQ(sink.error().kind, core::ErrorKind::kBadInput);
  EXPECT_EQ(sink.error().message,
            "alerts: there is no channel 'pigeon'; it must be smtp, sendmail, webhook or folder");
}

TEST_F(RegistryTest, ARelativeFolderStandsBesideTheConfiguration) {
  config::Settings settings;
  settings.folder = folder_;
  settings.alerts.folder = "outgoing";
  auto sink = MakeSink(settings, *composer_);
  ASSERT_TRUE(sink.has_value());
  ASSERT_TRUE((*sink)->Deliver(batch_).has_value());
  EXPECT_TRUE(std::filesystem::is_directory(folder_ / "outgoing"));
}

config::Settings TwoChannels(const std::filesystem::path& folder) {
  config::Settings settings;
  settings.alerts.channel = "folder";
  settings.alerts.folder = folder;
  settings.alerts.sendmail.program = "/bin/false";
  config::Contact dsl = testing::Contact("dsl", "Miss Noor Hadley", "dsl@quillbrook.example");
  dsl.channels = {"sendmail", "folder"};
  settings.contacts = {testing::Contact("headteacher", "Mrs Ada Wren", "head@quillbrook.example"),
                       dsl};
  return settings;
}

TEST_F(RegistryTest, EachPersonIsToldByTheirOwnChannels) {
  const config::Settings settings = TwoChannels(folder_);
  EXPECT_EQ(ChannelsOf(settings, "head@quillbrook.example"), std::vector<std::string>{"folder"});
  EXPECT_EQ(ChannelsOf(settings, "dsl@quillbrook.example"),
            (std::vector<std::string>{"sendmail", "folder"}));
  EXPECT_EQ(ChannelsOf(settings, "nobody@x.example"), std::vector<std::string>{"folder"});
  EXPECT_EQ(ChannelsInUse(settings), (std::vector<std::string>{"folder", "sendmail"}));
}

TEST_F(RegistryTest, ABatchGoesByItsChannelWhileThatIsInUse) {
  config::Settings settings = TwoChannels(folder_);
  auto sink = MakeSink(settings, *composer_);
  ASSERT_TRUE(sink.has_value()) << sink.error().message;
  batch_.batch.channel = "sendmail";
  EXPECT_FALSE((*sink)->Deliver(batch_).has_value());
  batch_.batch.channel = "webhook";  // Of an earlier configuration.
  EXPECT_EQ(ChannelOf(settings, batch_.batch), "folder");
  EXPECT_TRUE((*sink)->Deliver(batch_).has_value());
  EXPECT_EQ(Files().size(), 1U);
}

}  // namespace
}  // namespace schoolwatch::alerts
