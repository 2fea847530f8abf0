#include <signal.h>
#include <sys/wait.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <atomic>
#include <random>
#include <string>

#include <gtest/gtest.h>

#include "storage/leveldb_store.h"
#include "tests/storage/samples.h"
#include "tests/storage/temp_folder.h"

namespace schoolwatch::storage {
namespace {

// Starts crash_writer from document `first` on, lets it commit `count` documents and part of the
// next, kills it, and returns how many it said it had committed.
int RunAndKill(const std::string& folder, int first, int count, std::mt19937& random) {
  std::array<int, 2> pipe{};
  EXPECT_EQ(::pipe(pipe.data()), 0);
  const std::string start = std::to_string(first);
  const pid_t child = ::fork();
  if (child == 0) {
    ::dup2(pipe[1], STDOUT_FILENO);
    ::close(pipe[0]);
    ::close(pipe[1]);
    ::execl(SW_CRASH_WRITER, SW_CRASH_WRITER, folder.c_str(), start.c_str(), nullptr);
    ::_exit(127);
  }
  ::close(pipe[1]);
  int said = 0;
  char byte = 0;
  while (said < count && ::read(pipe[0], &byte, 1) == 1) {
    ++said;
  }
  // Somewhere inside the next commit, as far as spinning can be aimed.
  std::atomic<std::uint64_t> spin{random() % 2'000'000};
  while (spin.fetch_add(1) < 2'000'000) {
  }
  ::kill(child, SIGKILL);
  int status = 0;
  ::waitpid(child, &status, 0);
  EXPECT_TRUE(WIFSIGNALED(status)) << "crash_writer ended by itself: " << status;
  while (::read(pipe[0], &byte, 1) == 1) {
    ++said;
  }
  ::close(pipe[0]);
  return said;
}

TEST(KillTest, WhatWasCommittedBeforeAKillIsWholeAndTheRestIsAbsentOrWhole) {
  const TempFolder temp;
  const std::filesystem::path folder = temp.path() / "store";
  std::mt19937 random(20261120);
  int committed = 0;
  for (int round = 0; round < 20; ++round) {
    SCOPED_TRACE("round " + std::to_string(round));
    committed += RunAndKill(folder.string(), committed, 1 + static_cast<int>(random() % 6), random);
    const auto store = Store::Open(folder, OpenMode::kReadWrite);
    ASSERT_TRUE(store.has_value()) << store.error().message;
    for (int i = std::max(0, committed - 10); i < committed; ++i) {
      ASSERT_EQ(samples::LookFor(**store, i), samples::Presence::kWhole) << "document " << i;
    }
    ASSERT_NE(samples::LookFor(**store, committed), samples::Presence::kTorn);
    ASSERT_EQ(samples::LookFor(**store, committed + 1), samples::Presence::kAbsent);
  }
  const auto store = Store::Open(folder, OpenMode::kReadOnly);
  ASSERT_TRUE(store.has_value());
  for (int i = 0; i < committed; ++i) {
    ASSERT_EQ(samples::LookFor(**store, i), samples::Presence::kWhole) << "document " << i;
  }
}

}  // namespace
}  // namespace schoolwatch::storage
