#include "app/log.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <filesystem>
#include <string>

#include "tests/config/temporary_folder.h"

namespace schoolwatch::app {
namespace {

TEST(LogTest, AFullDiskIsToldOnceAndInOurWords) {
  const config::TemporaryFolder folder;
  std::filesystem::create_symlink("/dev/full", folder.path() / "schoolwatch.log");
  const auto log = Log::Open(folder.path());
  ASSERT_TRUE(log.has_value()) << log.error().message;
  testing::internal::CaptureStderr();
  (*log)->Info("first");
  (*log)->Warn("second");
  const std::string told = testing::internal::GetCapturedStderr();
  EXPECT_TRUE(told.starts_with("schoolwatch: the log cannot be written")) << told;
  EXPECT_EQ(std::ranges::count(told, '\n'), 1) << told;
}

}  // namespace
}  // namespace schoolwatch::app
