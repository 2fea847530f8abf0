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

// With zeros behind it, as log_env leaves it.
std::string Ahead(std::string log) { return log + std::string(5000, '\0'); }

TEST(LogFileTest, ZerosBehindTheLastRecordWereNotWritten) {
  // Its own zeros were: a removed key's record ends in some.
  for (const std::string& last : {std::string("third"), std::string("\0\0\0", 3)}) {
    const std::string log = WriteLog({"first", std::string(40'000, 's'), last});
    EXPECT_EQ(WrittenBytes(log), log.size());
    EXPECT_EQ(WrittenBytes(Ahead(log)), log.size());
  }
}

TEST(LogFileTest, ARecordCutAnywhereLeavesTheOnesBefore) {
  std::string long_one;
  for (std::size_t i = 0; i < 70'000; ++i) {
    long_one += static_cast<char>('a' + i % 23);
  }
  const std::vector<std::string> before{"first", std::string(300, 's')};
  const std::string kept = WriteLog(before);
  const std::string log = WriteLog({before[0], before[1], long_one});
  for (std::size_t cut = kept.size(); cut < log.size(); cut += 509) {
    const std::string bytes = Ahead(log.substr(0, cut) + std::string(log.size() - cut, '\0'));
    const std::string_view written(bytes.data(), WrittenBytes(bytes));
    const LogRecords read = ReadLog(written);
    ASSERT_EQ(read.records, before) << cut;
    ASSERT_EQ(read.dropped_bytes, 0u) << cut;
  }
}

TEST(LogFileTest, APageThatPowerKeptFromTheDiskIsNoDamage) {
  const std::vector<std::string> before{"first", std::string(300, 's')};
  const std::string log = WriteLog({before[0], before[1], std::string(70'000, 'x')});
  for (std::size_t page = 512; page + 4096 < log.size(); page += 4096) {
    std::string bytes = Ahead(log);
    bytes.replace(page, 4096, 4096, '\0');
    EXPECT_EQ(WrittenBytes(bytes), WriteLog(before).size()) << page;
  }
}

TEST(LogFileTest, DamageInTheLastRecordIsLeftToBeSeen) {
  const std::string log = WriteLog({"first", std::string(2000, 's')});
  for (std::size_t at = WriteLog({"first"}).size(); at < log.size(); at += 101) {
    std::string bad = Ahead(log);
    bad[at] = static_cast<char>(bad[at] ^ 4);
    const LogRecords read = ReadLog(std::string_view(bad).substr(0, WrittenBytes(bad)));
    EXPECT_EQ(read.records.size(), 1u) << at;
    EXPECT_GT(read.dropped_bytes, 0u) << at;
  }
}

TEST(LogFileTest, ZerosWithRecordsBehindThemAreDamage) {
  std::string bad = WriteLog({"first", std::string(2000, 's'), std::string(2000, 't'), "last"});
  bad.replace(1024, 512, 512, '\0');
  EXPECT_EQ(WrittenBytes(Ahead(bad)), bad.size());
}

TEST(LogFileTest, AnyBytesEnd) {
  EXPECT_TRUE(ReadLog("").records.empty());
  EXPECT_TRUE(ReadLog(std::string(100'000, '\0')).records.empty());
  EXPECT_TRUE(ReadLog(std::string(100'000, '\xff')).records.empty());
  EXPECT_EQ(WrittenBytes(""), 0u);
  EXPECT_EQ(WrittenBytes(std::string(100'000, '\0')), 0u);
  EXPECT_EQ(WrittenBytes(std::string(100'000, '\xff')), 100'000u);
}

}  // namespace
}  // namespace schoolwatch::storage
