#include "storage/log_file.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <string>
#include <vector>

namespace schoolwatch::storage {
namespace {

std::vector<std::string> Records() {
  std::vector<std::string> records;
  for (std::size_t i = 0; i < 40; ++i) {
    records.emplace_back(i * i * 97, static_cast<char>('a' + i % 26));  // Up to five blocks long.
  }
  return records;
}

TEST(LogFileTest, WhatWasWrittenIsReadBack) {
  const LogRecords read = ReadLog(WriteLog(Records()));
  EXPECT_EQ(read.records, Records());
  EXPECT_EQ(read.dropped_bytes, 0u);
}

TEST(LogFileTest, ATornEndIsNoDamage) {
  const std::string log = WriteLog({"first", "second", "third"});
  const LogRecords read = ReadLog(log.substr(0, log.size() - 2));
  EXPECT_EQ(read.records, (std::vector<std::string>{"first", "second"}));
  EXPECT_EQ(read.dropped_bytes, 0u);
}

TEST(LogFileTest, AFlippedBitCostsItsBlockAndNoMore) {
  const std::vector<std::string> records = Records();
  const std::string log = WriteLog(records);
  for (std::size_t at = 0; at < log.size(); at += 4093) {
    std::string bad = log;
    bad[at] = static_cast<char>(bad[at] ^ 4);
    const LogRecords read = ReadLog(bad);
    EXPECT_LT(read.records.size(), Records().size()) << at;
    for (const std::string& record : read.records) {
      EXPECT_NE(std::ranges::find(records, record), records.end()) << at;
    }
  }
}

TEST(LogFileTest, AnyBytesEnd) {
  EXPECT_TRUE(ReadLog("").records.empty());
  EXPECT_TRUE(ReadLog(std::string(100'000, '\0')).records.empty());
  EXPECT_TRUE(ReadLog(std::string(100'000, '\xff')).records.empty());
}

}  // namespace
}  // namespace schoolwatch::storage
