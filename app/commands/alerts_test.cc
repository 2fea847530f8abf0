#include "app/commands/alerts_test.h"

#include <fmt/format.h>

#include <memory>
#include <ostream>
#include <system_error>
#include <utility>

#include "alerts/channels/channel.h"
#include "app/pipeline/delivery.h"
#include "app/terminal.h"
#include "core/hash.h"
#include "core/mail_address.h"
#include "storage/store.h"

namespace schoolwatch::app {
namespace {

namespace fs = std::filesystem;

// A store that is gone when the command is.
class PassingStore {
 public:
  static core::Result<PassingStore> Make() {
    std::error_code error;
    const fs::path base = fs::temp_directory_path(error);
    PassingStore made((error ? fs::path("/tmp") : base) /
                      ("schoolwatch-test-" + core::RandomHex(8)));
    SW_ASSIGN(made.store_, storage::Store::Open(made.folder_, storage::OpenMode::kReadWrite,
                                                "schoolwatch alerts test"));
    return made;
  }
  PassingStore(PassingStore&& other) noexcept
      : folder_(std::exchange(other.folder_, {})), store_(std::move(other.store_)) {}
  PassingStore& operator=(PassingStore&&) = delete;
  ~PassingStore() {
    store_.reset();
    if (!folder_.empty()) {
      std::error_code error;
      fs::remove_all(folder_, error);
    }
  }
  storage::Store& store() { return *store_; }

 private:
  explicit PassingStore(fs::path folder) : folder_(std::move(folder)) {}
  fs::path folder_;
  std::unique_ptr<storage::Store> store_;
};

core::DocumentOutcome SampleOutcome(const core::School& school, const std::string& to,
                                    core::Timestamp now) {
  const std::string mark = "This is a test.";
  core::Finding finding;
  finding.id = core::ShortHash("test finding " + core::RandomHex(8));
  finding.school = school.key;
  finding.case_id = "TEST-" + core::ShortHash(finding.id).substr(0, 4);
  finding.fetched_at = now;
  finding.post.kind = core::PostKind::kThreadPost;
  finding.post.url = "https://test.example/";
  finding.post.title = "A test of schoolwatch";
  finding.post.text = mark +
                      " Nobody wrote it: schoolwatch made it up to see whether its messages "
                      "arrive. Nothing need be done.";
  finding.post.author = "schoolwatch";
  finding.post.published = now;
  finding.post.source = "test";
  finding.post.platform = "test";
  core::Judgement& judgement = finding.judgement;
  judgement.mentions = true;
  judgement.schools = {{.school = school.key, .score = 1, .why = "a test"}};
  judgement.categories = {core::Category::kReputational};
  judgement.severity = core::Severity::kMedium;
  judgement.scores[static_cast<std::size_t>(core::Category::kReputational)] = 0.9;
  judgement.rules_version = "test";
  judgement.hits = {{.rule = "test.sample",
                     .category = core::Category::kReputational,
                     .weight = 1,
                     .field = core::PostField::kText,
                     .start = 0,
                     .end = mark.size(),
                     .text = mark,
                     .why = "It was made as a test",
                     .severity = core::Severity::kMedium}};
  core::Case of;
  of.id = finding.case_id;
  of.school = school.key;
  of.title = finding.post.title;
  of.severity = judgement.severity;
  of.categories = judgement.categories;
  of.opened_at = of.changed_at = now;
  of.findings = {finding.id};
  of.authors = 1;
  of.sources = {finding.post.source};
  core::OutboxItem item{.id = core::ShortHash("test item " + finding.id),
                        .recipient = to,
                        .batch_key = of.id,
                        .delivery = core::Delivery::kNow,
                        .school = school.key,
                        .case_id = of.id,
                        .finding_id = finding.id,
                        .reason = std::string(alerts::kReasonNew),
                        .created_at = now,
                        .role = "test",
                        .never_waits = true};
  core::DocumentOutcome outcome;
  outcome.findings = {std::move(finding)};
  outcome.cases = {std::move(of)};
  outcome.outbox = {std::move(item)};
  return outcome;
}

// Has the recipient told by one channel alone.
void TellBy(const std::string& channel, const std::string& to, config::Settings& settings) {
  for (config::Contact& contact : settings.contacts) {
    if (contact.email == to) {
      contact.channels.clear();
    }
  }
  config::Contact reader;
  reader.role = "test";
  reader.email = to;
  reader.channels = {channel};
  settings.contacts.push_back(std::move(reader));
}

core::Result<DeliveryReport> Send(const Workspace& workspace, const std::string& to,
                                  const core::Clock& clock) {
  const config::Settings& settings = workspace.config.settings;
  SW_ASSIGN(const std::unique_ptr<alerts::Composer> composer, MakeComposer(workspace));
  SW_ASSIGN(const std::unique_ptr<alerts::AlertSink> sink,
            alerts::MakeSink(settings, *composer, clock));
  SW_ASSIGN(PassingStore passing, PassingStore::Make());
  const core::DocumentOutcome outcome = SampleOutcome(settings.schools.front(), to, clock.Now());
  SW_TRY(passing.store().Commit({&outcome, 1}));
  return DeliverWaiting(workspace, passing.store(), *sink, clock, DeliveryRound::kAll);
}

}  // namespace

ExitCode SendTestAlert(Workspace workspace, const AlertsTestOptions& options,
                       const core::Clock& clock, std::ostream& out, std::ostream& errors) {
  if (core::Result<void> good = core::CheckMailAddress(options.to); !good) {
    return ReportError(
        core::Error{good.error().kind, fmt::format("--to '{}': {}", SafeForTerminal(options.to),
                                                   good.error().message)},
        errors);
  }
  config::Settings& settings = workspace.config.settings;
  for (core::School& school : settings.schools) {
    school.name = "TEST, " + school.name;
  }
  // Links to answer by would lead to a case that is not there.
  settings.alerts.answers.to.clear();
  if (!options.channel.empty()) {
    TellBy(options.channel, options.to, settings);
  }
  const core::Result<DeliveryReport> report = Send(workspace, options.to, clock);
  if (!report) {
    return ReportError(report.error(), errors);
  }
  bool all = !report->results.empty();
  for (const DeliveryResult& result : report->results) {
    all = all && result.accepted;
    out << fmt::format(
        "{} by {}: {}\n", options.to, result.channel,
        result.accepted ? "accepted" : "! not accepted: " + SafeForTerminal(result.answer));
  }
  out << (all ? "Accepted is not yet read: see that it has arrived, and not as junk.\n"
              : "Nothing is kept of it; give the command again once that is mended.\n");
  return all ? ExitCode::kDone : ExitCode::kActionNeeded;
}

ExitCode AlertsTestCommand(const AlertsTestOptions& options, std::ostream& out,
                           std::ostream& errors) {
  core::Result<Workspace> workspace = LoadWorkspace(options.config_dir, options.data_dir);
  if (!workspace) {
    return ReportError(workspace.error(), errors);
  }
  return SendTestAlert(*std::move(workspace), options, core::SystemClock(), out, errors);
}

}  // namespace schoolwatch::app
