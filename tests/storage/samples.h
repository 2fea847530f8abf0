#pragma once

#include <cstdint>
#include <random>
#include <string>
#include <string_view>
#include <vector>

#include "core/audit.h"
#include "core/outcome.h"
#include "storage/codec.h"
#include "storage/store.h"

namespace schoolwatch::storage::samples {

// Noon of a day in November 2026, and so many minutes later.
core::Timestamp Day(int day, int minutes = 0);

core::Finding MakeFinding(std::string id, std::string school, std::string case_id);
core::KeptExample MakeExample(std::string id);
core::Case MakeCase(std::string id, std::string school, core::Timestamp changed_at);
core::Evidence MakeEvidence(std::string finding_id);
core::OutboxItem MakeItem(std::string id, core::Timestamp created_at);
core::OutboxBatch MakeBatch(std::string key, std::vector<core::OutboxItem> items);

// What a fetched page causes, with every kind of record in it, all told apart by `number`; about
// 8 KB.
core::DocumentOutcome MakeDocument(int number);

enum class Presence { kWhole, kAbsent, kTorn };
// How much of a document by MakeDocument is in the store, indexes included. Fails the test on an
// error.
Presence LookFor(const Store& store, const core::DocumentOutcome& wanted);
Presence LookFor(const Store& store, int number);

// Records of any content that the types allow.
class Randomly {
 public:
  explicit Randomly(std::uint64_t seed) : engine_(seed) {}
  std::uint64_t Number();  // All sizes, extremes often.
  std::uint64_t Below(std::uint64_t end);
  std::string Bytes();  // Any bytes, mostly few.
  core::Timestamp Time();
  std::vector<std::string> Strings();

  core::SeenMark SeenMark();
  core::UrlState UrlState();
  core::HostState HostState();
  core::SourceState SourceState();
  core::HostTally HostTally();
  core::HostLedger HostLedger();
  core::Post Post();
  core::Judgement Judgement();
  core::Finding Finding();
  core::Case Case();
  core::PostVersion PostVersion();
  core::KeptExample KeptExample();
  core::OutboxItem OutboxItem();
  core::OutboxBatch OutboxBatch();
  core::Sha256 Hash();  // None now and then.
  core::AuditEntry AuditEntry();
  core::Evidence Evidence();

 private:
  std::mt19937_64 engine_;
};

}  // namespace schoolwatch::storage::samples
