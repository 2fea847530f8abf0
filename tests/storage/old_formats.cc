#include "tests/storage/old_formats.h"

#include <gtest/gtest.h>

#include <functional>
#include <string>

#include "core/fingerprint.h"
#include "storage/db.h"
#include "storage/keys.h"
#include "storage/wire.h"
#include "tests/storage/samples.h"

namespace schoolwatch::storage::samples {
namespace {

core::Finding OldFinding(std::size_t number) {
  const std::string n = std::to_string(number);
  core::Finding finding = MakeFinding("finding-" + n, "quillbrook", "case-" + n);
  finding.post.text = "the minibus was sold by teacher number " + n;
  finding.fetched_at = number == 0 ? Day(-200) : Day(20);  // The first long before the others.
  return finding;
}

std::string PrintOf(const core::Finding& finding) {
  WireWriter writer;
  writer.PutBytes(1, finding.id);
  writer.PutBytes(2, finding.case_id);
  writer.PutBytes(3, finding.school);
  writer.PutVarint(4, ZigZag(finding.fetched_at.time_since_epoch().count()));
  writer.PutBytes(8, std::string(64, 'w'));
  return '\x01' + std::move(writer).Take();
}

void MakeStore(const std::filesystem::path& folder, const std::string& schema,
               const std::function<void(Batch&, const core::Finding&)>& spoil) {
  const auto store = Store::Open(folder, OpenMode::kReadWrite);
  ASSERT_TRUE(store.has_value()) << store.error().message;
  core::DocumentOutcome all;
  Batch old;
  for (std::size_t i = 0; i < kOldTexts; ++i) {
    const core::Finding finding = OldFinding(i);
    all.findings.push_back(finding);
    all.cases.push_back(MakeCase(finding.case_id, finding.school, finding.fetched_at));
    all.cases.back().findings = {finding.id};
    old.Put("print/" + finding.id, PrintOf(finding));
    spoil(old, finding);
  }
  old.Put(std::string(kSchemaKey), schema);
  ASSERT_TRUE((*store)->Commit({&all, 1}).has_value());
  ASSERT_TRUE((*store)
                  ->WithDatabase(DatabaseUse::kWrite,
                                 [&](Db& db, const AuditContext&) { return db.Write(old); })
                  .has_value());
}

}  // namespace

void MakeFirstFormat(const std::filesystem::path& folder) {
  MakeStore(folder, "1", [](Batch& old, const core::Finding& finding) {
    for (const std::string& key : NearKeysOf(finding)) {
      old.Remove(key);
    }
    WireWriter list;
    list.PutBytes(1, finding.id);
    old.Put(NearWeekPrefix(finding.fetched_at) + "5byte", '\x01' + std::move(list).Take());
  });
}

void MakeSecondFormat(const std::filesystem::path& folder) {
  MakeStore(folder, "2", [](Batch&, const core::Finding&) {});
}

std::size_t CountFound(const Store& store) {
  std::size_t found = 0;
  for (std::size_t i = 0; i < kOldTexts; ++i) {
    const core::Finding finding = OldFinding(i);
    const auto of = store.FindCaseByText(finding.school, core::FingerprintOf(finding.post));
    EXPECT_TRUE(of.has_value()) << of.error().message;
    found += of && *of && (*of)->id == finding.case_id ? 1U : 0U;
  }
  return found;
}

}  // namespace schoolwatch::storage::samples
