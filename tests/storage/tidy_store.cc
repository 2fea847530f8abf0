#include "tests/storage/tidy_store.h"

#include <gtest/gtest.h>

#include <string>

#include "core/post.h"
#include "storage/inventory.h"
#include "storage/leveldb_store.h"
#include "tests/storage/samples.h"

namespace schoolwatch::storage {
namespace {

// Small enough that a few documents make a table.
DbSettings Small() {
  DbSettings settings;
  settings.write_buffer_bytes = 64U << 10;
  return settings;
}

std::unique_ptr<Store> Open(const std::filesystem::path& folder) {
  auto store = OpenLevelDbStore(folder, OpenMode::kReadWrite, "test", Small());
  EXPECT_TRUE(store.has_value()) << store.error().message;
  return store ? *std::move(store) : nullptr;
}

void Commit(Store& store, const core::DocumentOutcome& document) {
  const auto done = store.Commit({&document, 1});
  ASSERT_TRUE(done.has_value()) << done.error().message;
}

}  // namespace

core::DocumentOutcome TidyDocument(int number) {
  const std::string name = std::to_string(number);
  const std::string case_id = "CASE-" + name;
  core::DocumentOutcome document;
  core::Finding finding = samples::MakeFinding("finding" + name, "quillbrook", case_id);
  finding.post.url = "http://gazette.example/news/" + name;
  finding.post.thread_url = "http://gazette.example/thread/" + name;
  finding.post.text = "Mr Thrale" + name + " at Quillbrook Academy took the trip money. ";
  for (int i = 0; i < 60; ++i) {  // So that blocks and tables fill.
    finding.post.text += std::to_string(i * 7919 + number) + " pounds, ";
  }
  finding.fetched_at = samples::Day(1 + number % 20, number);
  core::Case one = samples::MakeCase(case_id, "quillbrook", finding.fetched_at);
  one.findings = {finding.id};
  one.thread_url = finding.post.thread_url;
  core::OutboxItem item = samples::MakeItem("item" + name, finding.fetched_at);
  item.case_id = case_id;
  item.finding_id = finding.id;
  document.seen.push_back({.post_key = core::PostKey(finding.post),
                           .text_hash = core::PostTextHash(finding.post),
                           .seen_at = finding.fetched_at});
  for (int i = 0; i < 5; ++i) {  // Plain posts of the same page.
    document.seen.push_back({.post_key = "plain" + name + "-" + std::to_string(i),
                             .text_hash = "0123456789abcdef",
                             .seen_at = finding.fetched_at});
  }
  core::UrlState url;
  url.key = finding.post.thread_url;
  url.etag = "\"tag" + name + "\"";
  document.urls.push_back(std::move(url));
  document.outbox.push_back(std::move(item));
  document.cases.push_back(std::move(one));
  document.evidence.push_back(samples::MakeEvidence(finding.id));
  document.findings.push_back(std::move(finding));
  return document;
}

void MakeTidyStore(const std::filesystem::path& folder, int documents) {
  const std::unique_ptr<Store> store = Open(folder);
  ASSERT_NE(store, nullptr);
  for (int i = 0; i < documents; ++i) {
    Commit(*store, TidyDocument(i));
    if (i < 4) {
      const core::OutboxBatch batch =
          samples::MakeBatch("batch" + std::to_string(i), TidyDocument(i).outbox);
      ASSERT_TRUE(store->SaveBatch(batch).has_value());
      if (i < 3) {
        ASSERT_TRUE(store->RemoveBatch(batch.key).has_value());
      }
    }
  }
}

void ExpectWholeAfterRun(const std::filesystem::path& folder, int documents) {
  const std::unique_ptr<Store> store = Open(folder);
  ASSERT_NE(store, nullptr);
  for (int i = 0; i <= documents; ++i) {
    Commit(*store, TidyDocument(i));
  }
  for (int i = 0; i <= documents; ++i) {
    const core::DocumentOutcome document = TidyDocument(i);
    const auto finding = store->LoadFinding(document.findings.front().id);
    ASSERT_TRUE(finding.has_value()) << i << ": " << finding.error().message;
    EXPECT_EQ(*finding, document.findings.front());
    const auto linked = store->FindCaseByLink("quillbrook", finding->post.url);
    ASSERT_TRUE(linked.has_value() && linked->has_value()) << i;
    const auto alike = store->FindCaseByText("quillbrook", core::FingerprintOf(finding->post));
    ASSERT_TRUE(alike.has_value() && alike->has_value()) << i;
    EXPECT_EQ((*alike)->id, finding->case_id);
    EXPECT_EQ(store->FindEvidence(finding->id).value(), document.evidence.front()) << i;
  }
  const auto inventory = TakeInventory(*store, {});
  ASSERT_TRUE(inventory.has_value()) << inventory.error().message;
  for (const StoreProblem& problem : FindProblems(*inventory)) {
    ADD_FAILURE() << problem.count << ": " << problem.what;
  }
  EXPECT_EQ(inventory->findings.size(), static_cast<std::size_t>(documents) + 1);
}

}  // namespace schoolwatch::storage
