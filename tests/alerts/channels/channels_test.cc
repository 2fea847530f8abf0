#include <gtest/gtest.h>
#include <sys/stat.h>

#include <filesystem>
#include <fstream>
#include <memory>
#include <string>
#include <vector>

#include "alerts/channels/folder.h"
#include "alerts/channels/smtp.h"
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

class RegistryTest : public FolderSinkTest {};

TEST_F(RegistryTest, EveryChannelIsFoundByItsName) {
  for (const ChannelInfo* channel : AllChannels()) {
    config::Settings settings;
    settings.alerts.channel = channel->name;
    settings.alerts.folder = folder_;
    settings.alerts.smtp.host = "127.0.0.1";
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
            "alerts: there is no channel 'pigeon'; it must be smtp or folder");
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

}  // namespace
}  // namespace schoolwatch::alerts
