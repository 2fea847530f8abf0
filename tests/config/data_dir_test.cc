#include "config/data_dir.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <filesystem>

#include "tests/config/temporary_folder.h"

namespace schoolwatch::config {
namespace {

using ::testing::HasSubstr;

TEST(DataDir, IsBesideABuild) {
  const TemporaryFolder repo;
  repo.Write("config/rules/common.yaml", "");
  for (const char* program : {"build/release/schoolwatch", "build/dev/app/schoolwatch"}) {
    EXPECT_EQ(FindDataDir("", "", repo.path() / program).value(), repo.path() / "config");
  }
}

TEST(DataDir, IsBesideAnInstallation) {
  const TemporaryFolder prefix;
  prefix.Write("share/schoolwatch/rules/common.yaml", "");
  EXPECT_EQ(FindDataDir("", "", prefix.path() / "bin/schoolwatch").value(),
            prefix.path() / "share/schoolwatch");
}

TEST(DataDir, TheCommandLineComesBeforeTheEnvironment) {
  const TemporaryFolder one;
  const TemporaryFolder two;
  one.Write("rules/a.yaml", "");
  two.Write("rules/a.yaml", "");
  EXPECT_EQ(FindDataDir(one.path(), two.path(), "").value(), one.path());
  EXPECT_EQ(FindDataDir("", two.path(), "").value(), two.path());
}

TEST(DataDir, WhatWasAskedForIsNotPassedOver) {
  const TemporaryFolder repo;
  repo.Write("config/rules/common.yaml", "");
  const TemporaryFolder empty;
  const auto given = FindDataDir(empty.path(), "", repo.path() / "build/dev/schoolwatch");
  ASSERT_FALSE(given.has_value());
  EXPECT_EQ(given.error().kind, core::ErrorKind::kNotFound);
  EXPECT_THAT(given.error().message, HasSubstr("--data-dir says"));
  const auto environment = FindDataDir("", empty.path(), repo.path() / "build/dev/schoolwatch");
  ASSERT_FALSE(environment.has_value());
  EXPECT_THAT(environment.error().message, HasSubstr("$SCHOOLWATCH_DATA says"));
}

TEST(DataDir, NamesThePlacesWhereNothingIs) {
  const auto found = FindDataDir("", "", "/opt/nowhere/bin/schoolwatch");
  ASSERT_FALSE(found.has_value());
  EXPECT_THAT(found.error().message, HasSubstr("/opt/nowhere/share/schoolwatch"));
  EXPECT_THAT(found.error().message, HasSubstr("--data-dir"));
}

TEST(DataDir, ARelativeFolderBecomesAbsolute) {
  const TemporaryFolder folder;
  folder.Write("rules/a.yaml", "");
  const std::filesystem::path relative =
      std::filesystem::relative(folder.path(), std::filesystem::current_path());
  const auto found = FindDataDir(relative.string(), "", "");
  ASSERT_TRUE(found.has_value()) << found.error().message;
  EXPECT_TRUE(found->is_absolute());
}

}  // namespace
}  // namespace schoolwatch::config
