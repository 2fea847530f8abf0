#include "app/pipeline/delivery.h"

#include <algorithm>
#include <iterator>
#include <map>
#include <optional>
#include <set>
#include <string_view>
#include <utility>

#include "alerts/channels/channel.h"
#include "alerts/composer_options.h"
#include "alerts/delivery.h"
#include "alerts/pace.h"
#include "alerts/response_clock.h"
#include "app/pipeline/retelling.h"
#include "app/pipeline/sealing.h"
#include "app/withheld_cases.h"
#include "core/mutex.h"
#include "storage/key_file.h"

namespace schoolwatch::app {
namespace {

// After so many messages put off one after the other a channel has had enough for this round.
constexpr std::size_t kEnough = 3;
constexpr std::string_view kSmtp = "smtp";
constexpr std::string_view kPaceNote = "delivery/sent/smtp";

// What a batch needs to become a message. Entries whose finding is gone (erased) are left out, and
// those that the recipient may not be told (any more), which are queued for others.
core::Result<std::vector<alerts::AlertEntry>> LoadEntries(const storage::CaseReader& cases,
                                                          const config::Configuration& config,
                                                          const core::OutboxBatch& batch,
                                                          WithheldCases& withheld,
                                                          Retelling& retelling) {
  std::vector<alerts::AlertEntry> entries;
  for (const core::OutboxItem& item : batch.items) {
    if (!item.notice.kind.empty()) {
      continue;
    }
    core::Result<core::Finding> finding = cases.LoadFinding(item.finding_id);
    core::Result<core::Case> of = cases.LoadCase(item.case_id);
    for (const auto* kind :
         {finding ? nullptr : &finding.error().kind, of ? nullptr : &of.error().kind}) {
      if (kind != nullptr && *kind != core::ErrorKind::kNotFound) {
        return core::Fail(finding ? of.error() : finding.error());
      }
    }
    if (finding && of) {
      SW_ASSIGN(const bool may_be_told, withheld.MayBeTold(*of, batch.recipient));
      if (!may_be_told) {  // What came after it was planned names the recipient.
        SW_TRY(retelling.TellOthers(item, *of, *finding));
        continue;
      }
      SW_ASSIGN(std::vector<std::string> accused, withheld.AccusedIn(*of));
      const auto source =
          std::ranges::find(config.sources, finding->post.source, &config::Source::name);
      SW_ASSIGN(std::vector<core::PostVersion> versions, cases.LoadVersions(item.finding_id));
      const core::Timestamp answer_by =
          alerts::AnswerBy(config::CalendarOf(config.settings, of->school), *of,
                           finding->fetched_at, batch.created_at);
      entries.push_back({.case_now = std::move(*of),
                         .finding = std::move(*finding),
                         .reason = item.reason,
                         .source_title = source == config.sources.end() ? "" : source->title,
                         .versions = std::move(versions),
                         .role = item.role,
                         .route = item.route,
                         .withheld = std::move(accused),
                         .answer_by = answer_by});
    }
  }
  return entries;
}

// The batch without the items that have no entry, so that no channel can tell of them.
core::OutboxBatch OnlyWithEntries(core::OutboxBatch batch,
                                  const std::vector<alerts::AlertEntry>& entries) {
  std::erase_if(batch.items, [&](const core::OutboxItem& item) {
    return item.notice.kind.empty() &&
           std::ranges::none_of(entries, [&](const alerts::AlertEntry& entry) {
             return entry.finding.id == item.finding_id;
           });
  });
  return batch;
}

// The answers that a message's recipient may give: one set for each case in it. None about a case
// of which the recipient was told no more than that there is one.
std::vector<alerts::AnswerLink> AnswersTo(const alerts::AlertBatch& alert,
                                          const config::AnswerSettings& settings,
                                          std::string_view key) {
  std::vector<alerts::AnswerLink> answers;
  std::set<std::string> asked;
  for (const alerts::AlertEntry& entry : alert.entries) {
    if (entry.reason == alerts::kReasonNobody || !asked.insert(entry.case_now.id).second) {
      continue;
    }
    std::ranges::move(alerts::AnswerLinks({.case_id = entry.case_now.id,
                                           .recipient = alert.batch.recipient,
                                           .to = settings.to,
                                           .asked_at = alert.batch.created_at,
                                           .valid_for = settings.valid_for},
                                          key),
                      std::back_inserter(answers));
  }
  return answers;
}

// Keeps how an attempt failed. Meanwhile somebody may have erased what it tells of: what is gone
// stays gone. nullopt: all of it.
core::Result<std::optional<core::OutboxBatch>> KeepFailure(storage::Store& store,
                                                           core::OutboxBatch batch) {
  const core::MutexLock turn(store.turn());
  SW_ASSIGN(const std::vector<core::OutboxBatch> batches, store.LoadBatches());
  const auto kept = std::ranges::find(batches, batch.key, &core::OutboxBatch::key);
  if (kept == batches.end()) {
    return std::nullopt;
  }
  std::erase_if(batch.items, [&](const core::OutboxItem& item) {
    return std::ranges::find(kept->items, item.id, &core::OutboxItem::id) == kept->items.end();
  });
  SW_TRY(store.SaveBatch(batch));
  return std::optional<core::OutboxBatch>(std::move(batch));
}

// Empty where nobody takes answers.
core::Result<std::string> AnswerKey(const config::Settings& settings) {
  if (settings.alerts.answers.to.empty()) {
    return "";
  }
  SW_ASSIGN(storage::LoadedKey loaded,
            storage::LoadAnswerKey(settings.storage.folder, storage::MissingKey::kMake));
  return std::move(loaded.key);
}

std::string_view DomainOf(std::string_view address) {
  const std::size_t at = address.rfind('@');
  return at == std::string_view::npos ? "schoolwatch.invalid" : address.substr(at + 1);
}

// Which channels can be used in this round.
class ChannelStates {
 public:
  explicit ChannelStates(alerts::SendingPace pace) : pace_(std::move(pace)) {}

  bool MayUse(const std::string& channel, core::Timestamp now) {
    if (far_[channel].left_alone) {
      return false;
    }
    if (channel == kSmtp && !pace_.MaySend(now)) {
      reached_limit_ = true;
      return false;
    }
    return true;
  }

  // How an attempt went.
  void Note(const std::string& channel, const core::Result<void>& delivered, core::Timestamp now) {
    Far& far = far_[channel];
    if (channel == kSmtp &&
        (delivered || delivered.error().kind != core::ErrorKind::kUnavailable)) {
      pace_.Sent(now);
      ++sent_;
    }
    if (delivered || delivered.error().kind == core::ErrorKind::kBadInput) {
      far.put_off = 0;
      return;
    }
    // One attempt says it for all of them: out of reach, or not let in, which must not be asked so
    // often that the account is locked.
    far.put_off += 1;
    far.left_alone =
        delivered.error().kind != core::ErrorKind::kThrottled || far.put_off >= kEnough;
  }

  bool reached_limit() const { return reached_limit_; }
  std::size_t sent() const { return sent_; }
  std::string Keep(core::Timestamp now) { return pace_.Keep(now); }

 private:
  struct Far {
    bool left_alone = false;
    std::size_t put_off = 0;  // One after the other.
  };

  alerts::SendingPace pace_;
  std::map<std::string, Far> far_;
  bool reached_limit_ = false;
  std::size_t sent_ = 0;
};

}  // namespace

core::Result<std::unique_ptr<alerts::Composer>> MakeComposer(const Workspace& workspace) {
  return alerts::Composer::Make(alerts::MakeComposerOptions(
      workspace.config.settings, (workspace.data_dir / "templates").string()));
}

core::Result<DeliveryReport> DeliverWaiting(const Workspace& workspace, storage::Store& store,
                                            alerts::AlertSink& sink, const core::Clock& clock,
                                            DeliveryRound round) {
  return DeliverWaiting(workspace.config, store, sink, clock, round);
}

core::Result<DeliveryReport> DeliverWaiting(const config::Configuration& config,
                                            storage::Store& store, alerts::AlertSink& sink,
                                            const core::Clock& clock, DeliveryRound round) {
  const config::Settings& settings = config.settings;
  const core::Timestamp now = clock.Now();
  {
    WithheldCases withheld(store, settings);
    SW_TRY(Retelling(store, settings, withheld).TellOthersOfWaiting());
  }
  SW_ASSIGN(std::vector<core::OutboxBatch> batches,
            SealWaiting(settings, store, now, DomainOf(settings.alerts.from),
                        round == DeliveryRound::kAll ? alerts::SealingMoment::kEndOfRun
                                                     : alerts::SealingMoment::kDuringRun));
  SW_ASSIGN(const std::optional<std::string> sent_before, store.FindNote(kPaceNote));
  ChannelStates channels({settings.alerts.smtp.limits, sent_before.value_or("")});

  DeliveryReport report;
  WithheldCases withheld(store, settings);  // Anew: what came since then counts, too.
  Retelling retelling(store, settings, withheld);
  core::Result<std::string> answer_key = AnswerKey(settings);
  if (!answer_key) {
    // An alert without links is better than none.
    report.troubles.push_back(answer_key.error().message);
    answer_key = "";
  }
  alerts::DueQueue queue(std::move(batches));
  while (std::optional<core::OutboxBatch> due = queue.Next(clock.Now())) {
    core::OutboxBatch batch = *std::move(due);
    const std::string channel = alerts::ChannelOf(settings, batch);
    if (!channels.MayUse(channel, clock.Now())) {
      queue.PutBack(std::move(batch));
      continue;
    }
    SW_ASSIGN(std::vector<alerts::AlertEntry> entries,
              LoadEntries(store, config, batch, withheld, retelling));
    const bool notice = std::ranges::any_of(
        batch.items, [](const core::OutboxItem& item) { return !item.notice.kind.empty(); });
    if (entries.empty() && !notice) {
      SW_TRY(store.DropBatch(batch.key));
      continue;
    }
    core::OutboxBatch shown = OnlyWithEntries(batch, entries);
    alerts::AlertBatch alert =
        alerts::MakeAlertBatch(std::move(shown), std::move(entries), settings.schools);
    alert.answers = AnswersTo(alert, settings.alerts.answers, *answer_key);
    const core::Result<void> delivered = sink.Deliver(alert);
    channels.Note(channel, delivered, clock.Now());
    report.sent += delivered ? 1u : 0u;
    if (delivered) {
      SW_TRY(store.RemoveBatch(batch.key));
      report.results.push_back({.recipient = batch.recipient,
                                .channel = channel,
                                .accepted = true,
                                .given_up = false,
                                .answer = {}});
      continue;
    }
    SW_ASSIGN(
        std::optional<core::OutboxBatch> kept,
        KeepFailure(store, alerts::AfterFailure(std::move(batch), delivered.error(), clock.Now())));
    if (!kept) {
      continue;
    }
    batch = *std::move(kept);
    report.troubles.push_back("the message to " + batch.recipient + " was not accepted (" +
                              delivered.error().message + "); " +
                              (batch.given_up ? "it is given up" : "it will be tried again"));
    report.results.push_back({.recipient = batch.recipient,
                              .channel = channel,
                              .accepted = false,
                              .given_up = batch.given_up,
                              .answer = delivered.error().message});
    queue.PutBack(std::move(batch));
  }
  if (channels.reached_limit()) {
    report.troubles.emplace_back(
        "as many messages were sent as `alerts: smtp: limits:` allow; the others wait their turn");
  }
  report.untold = retelling.untold();
  if (channels.sent() > 0) {
    SW_TRY(store.SetNote(kPaceNote, channels.Keep(clock.Now())));
  }
  for (const core::OutboxBatch& batch : std::move(queue).TakeRest()) {
    if (batch.given_up) {
      ++report.given_up;
      continue;
    }
    ++report.waiting;
    report.longest_wait =
        std::max(report.longest_wait,
                 std::chrono::duration_cast<std::chrono::seconds>(clock.Now() - batch.created_at));
  }
  return report;
}

}  // namespace schoolwatch::app
