#pragma once

#include <map>
#include <optional>
#include <set>
#include <span>
#include <string>
#include <utility>
#include <vector>

#include "core/clock.h"
#include "core/mutex.h"
#include "storage/store.h"

namespace schoolwatch::fakes {

// The store without a disk, for tests of those who use one. Runs the same contract suite as the
// real one (tests/storage/store_contract.h). Finds near-duplicates by comparing with every text, so
// that it also checks the real one's index. Thread-safe.
class MemoryStore final : public storage::Store {
 public:
  // From now on every write fails with this error and changes nothing; nullopt mends it.
  void FailWrites(std::optional<core::Error> error);

  core::Result<std::optional<core::SeenMark>> FindSeen(std::string_view post_key) const override;
  core::Result<std::optional<core::UrlState>> FindUrl(std::string_view key) const override;
  core::Result<std::optional<core::HostState>> FindHost(std::string_view origin) const override;
  core::Result<std::optional<core::SourceState>> FindSource(std::string_view name) const override;

  core::Result<core::Case> LoadCase(std::string_view id) const override;
  core::Result<core::Finding> LoadFinding(std::string_view id) const override;
  core::Result<std::vector<core::PostVersion>> LoadVersions(
      std::string_view finding_id) const override;
  core::Result<std::vector<core::Case>> ListCases(const storage::CaseFilter& filter) const override;
  core::Result<std::optional<core::Case>> FindCaseByLink(std::string_view school,
                                                         std::string_view url) const override;
  core::Result<std::optional<core::Case>> FindCaseByText(
      std::string_view school, const core::Fingerprint& fingerprint) const override;

  core::Result<std::vector<core::KeptExample>> ListExamples() const override;
  core::Result<std::optional<core::IntakeReceipt>> FindReport(std::string_view id) const override;
  core::Result<std::vector<core::IntakeReceipt>> ListReports() const override;

  core::Result<void> Commit(std::span<const core::DocumentOutcome> outcomes) override;

  core::Result<std::vector<core::OutboxItem>> LoadItems() const override;
  core::Result<std::vector<core::OutboxBatch>> LoadBatches() const override;
  core::Result<void> SaveBatches(std::span<const core::OutboxBatch> batches) override;
  core::Result<void> RemoveBatch(std::string_view key) override;
  core::Result<void> DropBatch(std::string_view key) override;

  core::Result<std::vector<core::AuditEntry>> LoadAudit(std::uint64_t after,
                                                        std::size_t limit) const override;
  core::Result<std::vector<core::AuditEntry>> LoadAuditOf(std::string_view case_id) const override;
  core::Result<core::AuditHead> LoadAuditHead() const override;
  core::Result<void> Record(std::span<const core::AuditEvent> events) override;

  core::Result<std::optional<core::Evidence>> FindEvidence(
      std::string_view finding_id) const override;
  core::Result<std::vector<core::Evidence>> LoadEvidence(std::string_view after,
                                                         std::size_t limit) const override;
  std::vector<core::Sha256> EvidenceKeys(std::string_view finding_id) const override;

  core::Result<std::optional<core::HostLedger>> FindLedger(std::string_view origin) const override;
  core::Result<std::vector<core::HostLedger>> ListLedgers() const override;

  core::Result<std::optional<core::RouteState>> FindRoute(std::string_view key) const override;
  core::Result<std::optional<core::PlatformSession>> FindSession(
      std::string_view key) const override;
  core::Result<std::optional<core::PlatformSpending>> FindSpending(
      std::string_view key) const override;

  // It keeps no bytes: says so.
  core::Result<void> VisitRecords(const Visit& visit) const override;

  core::Result<std::optional<std::string>> FindNote(std::string_view name) const override;
  core::Result<void> SetNote(std::string_view name, std::string_view value) override;

  // Has none.
  core::Result<void> WithDatabase(storage::DatabaseUse /*use*/, const Work& /*work*/) override {
    return {};
  }

 private:
  template <class T>
  using Table = std::map<std::string, T, std::less<>>;

  // The case by its whole id, or the one that has its posts now, if it is this school's.
  std::optional<core::Case> FindLiving(std::string_view school, std::string id) const
      SW_REQUIRES(mutex_);
  core::Result<void> CheckWorking() const SW_REQUIRES(mutex_);
  void Append(const core::AuditEvent& event) SW_REQUIRES(mutex_);
  void AppendEvidence(const core::Evidence& evidence, const std::string& case_id,
                      core::AuditActor by) SW_REQUIRES(mutex_);
  void AppendMail(core::AuditAction action, const core::OutboxBatch& batch) SW_REQUIRES(mutex_);
  void Put(const core::OutboxBatch& batch) SW_REQUIRES(mutex_);
  core::Result<void> EndBatch(std::string_view key, core::AuditAction action);

  const core::SystemClock clock_;
  mutable core::Mutex mutex_;
  std::optional<core::Error> failing_ SW_GUARDED_BY(mutex_);
  Table<core::SeenMark> seen_ SW_GUARDED_BY(mutex_);
  Table<core::UrlState> urls_ SW_GUARDED_BY(mutex_);
  Table<core::HostState> hosts_ SW_GUARDED_BY(mutex_);
  Table<core::SourceState> sources_ SW_GUARDED_BY(mutex_);
  Table<core::HostLedger> ledgers_ SW_GUARDED_BY(mutex_);
  Table<core::RouteState> routes_ SW_GUARDED_BY(mutex_);
  Table<core::PlatformSession> sessions_ SW_GUARDED_BY(mutex_);
  Table<core::PlatformSpending> spending_ SW_GUARDED_BY(mutex_);
  Table<core::Evidence> evidence_ SW_GUARDED_BY(mutex_);
  Table<core::Finding> findings_ SW_GUARDED_BY(mutex_);
  Table<std::map<core::Timestamp, core::PostVersion>> versions_ SW_GUARDED_BY(mutex_);
  Table<core::Case> cases_ SW_GUARDED_BY(mutex_);
  Table<core::IntakeReceipt> reports_ SW_GUARDED_BY(mutex_);
  Table<core::KeptExample> examples_ SW_GUARDED_BY(mutex_);
  std::set<std::pair<std::string, std::string>> links_ SW_GUARDED_BY(mutex_);  // Link, case id.
  Table<core::OutboxItem> items_ SW_GUARDED_BY(mutex_);
  Table<core::OutboxBatch> batches_ SW_GUARDED_BY(mutex_);
  Table<std::string> batch_of_item_ SW_GUARDED_BY(mutex_);
  std::set<std::string, std::less<>> delivered_ SW_GUARDED_BY(mutex_);
  Table<std::string> notes_ SW_GUARDED_BY(mutex_);
  std::vector<core::AuditEntry> audit_ SW_GUARDED_BY(mutex_);
};

}  // namespace schoolwatch::fakes
