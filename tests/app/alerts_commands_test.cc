#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <filesystem>
#include <fstream>
#include <sstream>
#include <string>
#include <vector>

#include "app/commands/alerts_retry.h"
#include "app/commands/alerts_test.h"
#include "core/hash.h"
#include "tests/app/samples.h"
#include "tests/fakes/manual_clock.h"
#include "tests/fakes/memory_store.h"

namespace schoolwatch::app {
namespace {

namespace fs = std::filesystem;
using testing::HasSubstr;
using testing::IsEmpty;
using testing::Not;
using testing::SizeIs;

class TestAlertTest : public testing::Test {
 protected:
  TestAlertTest() {
    fs::create_directories(folder_);
    workspace_.config.settings.alerts.from = "alerts@quillbrook.example";
    workspace_.config.settings.alerts.channel = "folder";
    workspace_.config.settings.alerts.folder = folder_ / "mails";
    workspace_.config.settings.storage.folder = folder_ / "store";
  }
  ~TestAlertTest() override { fs::remove_all(folder_); }
  ExitCode Send(const AlertsTestOptions& options) {
    return SendTestAlert(std::move(workspace_), options, clock_, out_, errors_);
  }
  std::vector<std::string> Mails() const {
    std::vector<std::string> mails;
    if (fs::exists(folder_ / "mails")) {
      for (const auto& file : fs::directory_iterator(folder_ / "mails")) {
        std::ifstream in(file.path());
        std::stringstream text;
        text << in.rdbuf();
        mails.push_back(text.str());
      }
    }
    return mails;
  }

  fs::path folder_ = fs::path(testing::TempDir()) / ("alerts-" + core::RandomHex(8));
  Workspace workspace_ = TestWorkspace();
  const fakes::ManualClock clock_;
  std::ostringstream out_;
  std::ostringstream errors_;
};

TEST_F(TestAlertTest, IsAWholeAlertThatSaysThatItIsATest) {
  EXPECT_EQ(Send({.config_dir = {}, .data_dir = {}, .to = "ict@quillbrook.example", .channel = {}}),
            ExitCode::kDone)
      << errors_.str();
  ASSERT_THAT(Mails(), SizeIs(1));
  EXPECT_THAT(Mails()[0], HasSubstr("To: ict@quillbrook.example"));
  EXPECT_THAT(Mails()[0], HasSubstr("TEST, "));
  EXPECT_THAT(Mails()[0], HasSubstr("Nobody wrote it"));
  EXPECT_THAT(out_.str(), HasSubstr("ict@quillbrook.example by folder: accepted"));
  EXPECT_FALSE(fs::exists(folder_ / "store")) << "the real store is not touched";
}

TEST_F(TestAlertTest, GoesByTheChannelThatIsAskedFor) {
  const fs::path program = folder_ / "sendmail";
  std::ofstream(program) << "#!/bin/sh\ncat >'" << (folder_ / "sent").string() << "'\n";
  fs::permissions(program, fs::perms::owner_all);
  workspace_.config.settings.alerts.sendmail.program = program;
  EXPECT_EQ(Send({.config_dir = {},
                  .data_dir = {},
                  .to = "head@quillbrook.example",
                  .channel = "sendmail"}),
            ExitCode::kDone)
      << errors_.str() << out_.str();
  EXPECT_THAT(Mails(), IsEmpty());
  EXPECT_TRUE(fs::exists(folder_ / "sent"));
}

TEST_F(TestAlertTest, SaysWhatTheFarSideAnswered) {
  const fs::path program = folder_ / "sendmail";
  std::ofstream(program) << "#!/bin/sh\ncat >/dev/null\necho mailbox full >&2\nexit 75\n";
  fs::permissions(program, fs::perms::owner_all);
  workspace_.config.settings.alerts.channel = "sendmail";
  workspace_.config.settings.alerts.sendmail.program = program;
  EXPECT_EQ(Send({.config_dir = {}, .data_dir = {}, .to = "ict@quillbrook.example", .channel = {}}),
            ExitCode::kActionNeeded);
  EXPECT_THAT(out_.str(), HasSubstr("mailbox full"));
  EXPECT_THAT(out_.str(), HasSubstr("Nothing is kept"));
}

TEST_F(TestAlertTest, AnAddressThatIsNoneIsRefused) {
  EXPECT_EQ(Send({.config_dir = {}, .data_dir = {}, .to = "head\r\n@x.example", .channel = {}}),
            ExitCode::kUsage);
  EXPECT_THAT(errors_.str(), Not(HasSubstr("\r")));
}

class RetryTest : public testing::Test {
 protected:
  void GiveUp(const std::string& key, const std::string& recipient) {
    core::OutboxBatch batch;
    batch.key = key;
    batch.message_id = key + "@x.example";
    batch.recipient = recipient;
    batch.attempts = 5;
    batch.given_up = true;
    batch.told_given_up = true;
    batch.items.push_back({.id = "i" + key,
                           .recipient = recipient,
                           .batch_key = {},
                           .school = "quillbrook",
                           .case_id = "Q7F3-2K",
                           .finding_id = "f",
                           .reason = "new case"});
    ASSERT_TRUE(store_.SaveBatch(batch).has_value());
  }
  fakes::MemoryStore store_;
  const fakes::ManualClock clock_;
  config::Settings settings_ = TestWorkspace().config.settings;
  std::ostringstream out_;
};

TEST_F(RetryTest, WhatWasGivenUpIsDueAgainUnderTheSameMessageId) {
  GiveUp("a", settings_.contacts[0].email);
  ASSERT_TRUE(RetryGivenUp(store_, settings_, clock_.Now(), out_).has_value());
  const auto batches = store_.LoadBatches().value();
  ASSERT_THAT(batches, SizeIs(1));
  EXPECT_FALSE(batches[0].given_up);
  EXPECT_FALSE(batches[0].told_given_up);
  EXPECT_EQ(batches[0].attempts, 0u);
  EXPECT_EQ(batches[0].message_id, "a@x.example");
  EXPECT_EQ(out_.str(), "1 message will be sent again by the next run.\n");
}

TEST_F(RetryTest, NobodyElseGetsWhatWasForSomebodyWhoLeft) {
  GiveUp("a", "left@quillbrook.example");
  ASSERT_TRUE(RetryGivenUp(store_, settings_, clock_.Now(), out_).has_value());
  EXPECT_TRUE(store_.LoadBatches().value()[0].given_up);
  EXPECT_THAT(out_.str(), HasSubstr("see that somebody knows of Q7F3-2K"));
}

}  // namespace
}  // namespace schoolwatch::app
