#include "app/notices/heartbeat.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <filesystem>
#include <fstream>
#include <sstream>

#include "app/commands/watchdog.h"
#include "tests/app/samples.h"
#include "tests/config/temporary_folder.h"
#include "tests/fakes/manual_clock.h"

namespace schoolwatch::app {
namespace {

namespace fs = std::filesystem;
using std::chrono::hours;
using testing::HasSubstr;
using testing::Not;
using Kind = WatchdogVerdict::Kind;

const core::Timestamp kNow = At("2026-11-20T18:00:00Z");

core::Result<std::optional<Heartbeat>> BeatAt(core::Timestamp at) {
  return std::optional(Heartbeat{.at = at, .sources = 3, .troubled = 1});
}

TEST(HeartbeatTest, SilenceIsToldOnceRemindedAndItsEndToldOnce) {
  const WatchdogLimits limits{.silent_for = hours(6), .remind = hours(24)};
  WatchdogState state;
  const auto beat = BeatAt(kNow);
  const auto look = [&](hours after, const core::Result<std::optional<Heartbeat>>& seen) {
    const WatchdogVerdict verdict = JudgeHeartbeat(seen, state, limits, kNow + after);
    state = verdict.after;
    return std::pair(verdict.kind, verdict.tell);
  };
  EXPECT_EQ(look(hours(5), beat), std::pair(Kind::kFine, false));
  EXPECT_EQ(look(hours(6), beat), std::pair(Kind::kTrouble, true));
  EXPECT_EQ(look(hours(7), beat), std::pair(Kind::kTrouble, false));
  EXPECT_EQ(look(hours(29), beat), std::pair(Kind::kTrouble, false));
  EXPECT_EQ(look(hours(30), beat), std::pair(Kind::kTrouble, true));
  const auto again = BeatAt(kNow + hours(31));
  EXPECT_EQ(look(hours(32), again), std::pair(Kind::kRecovered, true));
  EXPECT_EQ(look(hours(33), again), std::pair(Kind::kFine, false));
}

TEST(HeartbeatTest, WhereNoRunHasEndedTimeBeginsWithTheFirstLook) {
  const core::Result<std::optional<Heartbeat>> none = std::optional<Heartbeat>();
  const WatchdogVerdict first = JudgeHeartbeat(none, {}, {}, kNow);
  EXPECT_EQ(first.kind, Kind::kFine);
  EXPECT_EQ(JudgeHeartbeat(none, first.after, {}, kNow + hours(5)).kind, Kind::kFine);
  EXPECT_EQ(JudgeHeartbeat(none, first.after, {}, kNow + hours(6)).kind, Kind::kTrouble);
}

TEST(HeartbeatTest, WhatCannotBeReadAndAClockSetBackAreTroubles) {
  EXPECT_EQ(JudgeHeartbeat(core::Fail(core::ErrorKind::kCorrupt, "damaged"), {}, {}, kNow).kind,
            Kind::kTrouble);
  const WatchdogVerdict ahead = JudgeHeartbeat(BeatAt(kNow + hours(48)), {}, {}, kNow);
  EXPECT_EQ(ahead.kind, Kind::kTrouble);
  EXPECT_THAT(ahead.trouble, HasSubstr("clock"));
}

TEST(HeartbeatTest, IdleRoundsWriteOneAMinute) {
  const config::TemporaryFolder folder;
  const auto beat = [&folder](core::Timestamp at) {
    EXPECT_TRUE(WriteHeartbeat(folder.path(), {.at = at}).has_value());
    return ReadHeartbeat(folder.path()).value().value().at;
  };
  EXPECT_EQ(beat(kNow), kNow);
  EXPECT_EQ(beat(kNow + std::chrono::seconds(59)), kNow);
  EXPECT_EQ(beat(kNow + std::chrono::seconds(60)), kNow + std::chrono::seconds(60));
  EXPECT_EQ(beat(kNow - hours(5)), kNow - hours(5)) << "a clock that was set back";
}

// A folder with a configuration whose mails are files, and no store that could be opened.
class WatchdogTest : public testing::Test {
 protected:
  WatchdogTest() {
    fs::create_directories(folder_.path() / "store" / "db");
    Write("store/db/CURRENT", "damaged beyond words");
    Write("schoolwatch.yaml", R"(schools:
  quillbrook: {name: Quillbrook Academy, town: Quillbrook}
contacts:
  - {role: headteacher, name: Mrs Ada Wren, email: head@quillbrook.example}
  - {role: it, email: it@quillbrook.example}
alerts: {from: alerts@quillbrook.example, channel: folder, folder: mails}
storage: {folder: store}
crawl: {contact: it@quillbrook.example}
)");
    Write("sources.yaml", "sources: {herald: {url: \"https://herald.example/\"}}\n");
  }
  void Write(const std::string& name, const std::string& text) { folder_.Write(name, text); }
  ExitCode Look(hours after) {
    const fakes::ManualClock clock(kNow + after);
    std::ostringstream out;
    errors_.str("");
    return WatchdogCommand({.config_dir = folder_.path(), .data_dir = SW_SOURCE_DIR "/config"},
                           clock, out, errors_);
  }
  std::string Mails() const {
    std::string all;
    std::error_code error;
    for (const auto& entry : fs::directory_iterator(folder_.path() / "mails", error)) {
      std::ifstream in(entry.path());
      all += std::string(std::istreambuf_iterator<char>(in), {});
    }
    return all;
  }
  std::size_t MailCount() const {
    std::error_code error;
    const fs::directory_iterator files(folder_.path() / "mails", error);
    return error ? 0 : static_cast<std::size_t>(std::distance(files, fs::directory_iterator()));
  }

  config::TemporaryFolder folder_;
  std::ostringstream errors_;
};

TEST_F(WatchdogTest, MailsWhenRunsStopThoughTheStoreIsDamaged) {
  ASSERT_TRUE(WriteHeartbeat(folder_.path() / "store", {.at = kNow}).has_value());
  EXPECT_EQ(Look(hours(1)), ExitCode::kDone) << errors_.str();
  EXPECT_EQ(MailCount(), 0u);
  EXPECT_EQ(Look(hours(7)), ExitCode::kActionNeeded);
  EXPECT_EQ(MailCount(), 2u) << "to IT and the headteacher";
  EXPECT_THAT(Mails(), HasSubstr("Quillbrook Academy: the watch has stopped"));
  EXPECT_THAT(Mails(), HasSubstr("2026-11-20T18:00:00Z"));
  EXPECT_EQ(Look(hours(8)), ExitCode::kActionNeeded);
  EXPECT_EQ(MailCount(), 2u) << "once";
  ASSERT_TRUE(WriteHeartbeat(folder_.path() / "store", {.at = kNow + hours(9)}).has_value());
  EXPECT_EQ(Look(hours(10)), ExitCode::kDone);
  EXPECT_EQ(MailCount(), 4u);
  EXPECT_THAT(Mails(), HasSubstr("goes on again"));
  EXPECT_EQ(Look(hours(11)), ExitCode::kDone);
  EXPECT_EQ(MailCount(), 4u);
}

TEST_F(WatchdogTest, ABrokenListOfSourcesIsNamedAndKeepsNoMailBack) {
  ASSERT_TRUE(WriteHeartbeat(folder_.path() / "store", {.at = kNow}).has_value());
  Write("sources.yaml", "sources: {herald: {url: gopher, intreval: 3}}\n");
  EXPECT_EQ(Look(hours(7)), ExitCode::kActionNeeded) << errors_.str();
  EXPECT_THAT(Mails(), HasSubstr("The configuration has mistakes"));
}

TEST_F(WatchdogTest, WithoutSchoolwatchYamlThereIsNobodyToTell) {
  fs::remove(folder_.path() / "schoolwatch.yaml");
  EXPECT_EQ(Look(hours(7)), ExitCode::kUsage);
  EXPECT_THAT(errors_.str(), Not(HasSubstr("internal")));
}

TEST_F(WatchdogTest, AMailThatIsNotAcceptedIsTriedAgain) {
  ASSERT_TRUE(WriteHeartbeat(folder_.path() / "store", {.at = kNow}).has_value());
  Write("mails", "a file where the folder should be");
  EXPECT_EQ(Look(hours(7)), ExitCode::kActionNeeded);
  fs::remove(folder_.path() / "mails");
  EXPECT_EQ(Look(hours(8)), ExitCode::kActionNeeded);
  EXPECT_EQ(MailCount(), 2u);
}

}  // namespace
}  // namespace schoolwatch::app
