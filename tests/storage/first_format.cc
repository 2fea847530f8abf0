#include "tests/storage/first_format.h"

#include <gtest/gtest.h>

#include <cstdint>
#include <string>
#include <vector>

#include "core/fingerprint_words.h"
#include "storage/db.h"
#include "storage/keys.h"
#include "storage/wire.h"
#include "tests/storage/samples.h"

namespace schoolwatch::storage::samples {
namespace {

core::FingerprintEntry EntryOf(std::size_t number) {
  const std::string n = std::to_string(number);
  std::vector<std::uint64_t> words;
  for (const char* word : {"the", "minibus", "was", "sold", "by", "teacher", "number", "two"}) {
    words.push_back(Pack(core::MakeFingerprintWord(core::FingerprintWord::Kind::kPlain, word + n)));
  }
  // The first long before the others.
  return {"finding-" + n, "case-" + n, "quillbrook", number == 0 ? Day(-200) : Day(20),
          core::FingerprintOfWords(words)};
}

// As format 1 had it: with the sets that a release of it made, which told other numbers.
std::string FirstFormatOf(const core::FingerprintEntry& entry) {
  std::string words;
  for (const std::uint64_t word : entry.fingerprint.sequence) {
    for (unsigned shift = 0; shift < 64; shift += 8) {
      words += static_cast<char>(static_cast<unsigned char>(word >> shift));
    }
  }
  WireWriter writer;
  writer.PutBytes(1, entry.finding_id);
  writer.PutBytes(2, entry.case_id);
  writer.PutBytes(3, entry.school);
  writer.PutVarint(4, ZigZag(entry.day.time_since_epoch().count()));
  writer.PutVarint(5, 0x1234'5678'9ABC'DEF0U);
  writer.PutBytes(6, std::string(256, 's'));
  writer.PutBytes(7, std::string(60, 'h'));
  writer.PutBytes(8, words);
  writer.PutVarint(11, entry.fingerprint.words);
  return '\x01' + std::move(writer).Take();
}

}  // namespace

void MakeFirstFormat(const std::filesystem::path& folder) {
  const auto store = Store::Open(folder, OpenMode::kReadWrite);
  ASSERT_TRUE(store.has_value()) << store.error().message;
  core::DocumentOutcome all;
  Batch first;
  for (std::size_t i = 0; i < kFirstFormatTexts; ++i) {
    const core::FingerprintEntry entry = EntryOf(i);
    all.findings.push_back(MakeFinding(entry.finding_id, entry.school, entry.case_id));
    all.cases.push_back(MakeCase(entry.case_id, entry.school, entry.day));
    all.cases.back().findings = {entry.finding_id};
    first.Put(Key(kPrintPrefix, entry.finding_id), FirstFormatOf(entry));
    WireWriter list;
    list.PutBytes(1, entry.finding_id);
    first.Put(NearWeekPrefix(entry.day) + "5byte", '\x01' + std::move(list).Take());
  }
  first.Put(std::string(kSchemaKey), "1");
  ASSERT_TRUE((*store)->Commit({&all, 1}).has_value());
  ASSERT_TRUE((*store)
                  ->WithDatabase(DatabaseUse::kWrite,
                                 [&](Db& db, const AuditContext&) { return db.Write(first); })
                  .has_value());
}

std::size_t CountFound(const Store& store) {
  std::size_t found = 0;
  for (std::size_t i = 0; i < kFirstFormatTexts; ++i) {
    const core::FingerprintEntry entry = EntryOf(i);
    const auto of = store.FindCaseByText(entry.school, entry.fingerprint);
    EXPECT_TRUE(of.has_value()) << of.error().message;
    found += of && *of && (*of)->id == entry.case_id ? 1U : 0U;
  }
  return found;
}

}  // namespace schoolwatch::storage::samples
