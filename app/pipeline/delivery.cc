#include "app/pipeline/delivery.h"

#include <algorithm>
#include <map>
#include <optional>
#include <string_view>
#include <utility>

#include "alerts/channels/channel.h"
#include "alerts/delivery.h"
#include "alerts/pace.h"
#include "app/pipeline/outbox_care.h"

namespace schoolwatch::app {
namespace {

// During a run, the items of a case get this long to come together into one message.
constexpr std::chrono::seconds kGather{60};
// After so many messages put off one after the other a channel has had enough for this round.
constexpr std::size_t kEnough = 3;
constexpr std::string_view kSmtp = "smtp";
constexpr std::string_view kPaceNote = "delivery/sent/smtp";

// What a batch needs to become a message. Entries whose finding is gone (erased) are left out.
core::Result<std::vector<alerts::AlertEntry>> LoadEntries(
    const storage::CaseReader& cases, const std::vector<config::Source>& sources,
    const core::OutboxBatch& batch) {
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
      const auto source = std::ranges::find(sources, finding->post.source, &config::Source::name);
      SW_ASSIGN(std::vector<core::PostVersion> versions, cases.LoadVersions(item.finding_id));
      entries.push_back({.case_now = std::move(*of),
                         .finding = std::move(*finding),
                         .reason = item.reason,
                         .source_title = source == sources.end() ? "" : source->title,
                         .versions = std::move(versions)});
    }
  }
  return entries;
}

std::string_view DomainOf(std::string_view address) {
  const std::size_t at = address.rfind('@');
  return at == std::string_view::npos ? "schoolwatch.invalid" : address.substr(at + 1);
}

// All batches there are, after what waits was settled into some. Has the store's turn meanwhile:
// nobody may erase an item between its being read and its being in a batch.
core::Result<std::vector<core::OutboxBatch>> SealWaiting(storage::Store& store,
                                                         const config::Settings& settings,
                                                         core::Timestamp now, DeliveryRound round) {
  const std::string_view domain = DomainOf(settings.alerts.from);
  const core::MutexLock turn(store.turn());
  if (round == DeliveryRound::kAll) {
    SW_TRY(CareForOutbox(store, settings, now, domain));
  }
  SW_ASSIGN(std::vector<core::OutboxItem> items, store.LoadItems());
  SW_ASSIGN(std::vector<core::OutboxBatch> batches, store.LoadBatches());
  std::erase_if(items, [now](const core::OutboxItem& item) { return item.not_before > now; });
  if (round == DeliveryRound::kUrgentOnly) {
    std::erase_if(items, [now](const core::OutboxItem& item) {
      return item.delivery != core::Delivery::kNow || item.created_at > now - kGather;
    });
  }
  std::vector<core::OutboxBatch> sealed =
      alerts::SealBatches(std::move(items), batches, now, domain);
  SW_TRY(SaveByChannel(store, settings, std::move(sealed), batches));
  return batches;
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
  const config::AlertSettings& alerts = workspace.config.settings.alerts;
  return alerts::Composer::Make({.from = alerts.from,
                                 .display = alerts.display,
                                 .templates_folder = (workspace.data_dir / "templates").string()});
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
  SW_ASSIGN(std::vector<core::OutboxBatch> batches, SealWaiting(store, settings, now, round));
  SW_ASSIGN(const std::optional<std::string> sent_before, store.FindNote(kPaceNote));
  ChannelStates channels({settings.alerts.smtp.limits, sent_before.value_or("")});

  DeliveryReport report;
  alerts::DueQueue queue(std::move(batches));
  while (std::optional<core::OutboxBatch> due = queue.Next(clock.Now())) {
    core::OutboxBatch batch = *std::move(due);
    const std::string channel = alerts::ChannelOf(settings, batch);
    if (!channels.MayUse(channel, clock.Now())) {
      queue.PutBack(std::move(batch));
      continue;
    }
    SW_ASSIGN(std::vector<alerts::AlertEntry> entries, LoadEntries(store, config.sources, batch));
    const bool notice = std::ranges::any_of(
        batch.items, [](const core::OutboxItem& item) { return !item.notice.kind.empty(); });
    if (entries.empty() && !notice) {
      SW_TRY(store.DropBatch(batch.key));
      continue;
    }
    const core::Result<void> delivered =
        sink.Deliver(alerts::MakeAlertBatch(batch, std::move(entries), settings.schools));
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
    batch = alerts::AfterFailure(std::move(batch), delivered.error(), clock.Now());
    SW_TRY(store.SaveBatch(batch));
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
