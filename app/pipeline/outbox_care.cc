#include "app/pipeline/outbox_care.h"

#include <optional>
#include <set>
#include <span>
#include <string>
#include <utility>

#include "alerts/channels/channel.h"
#include "alerts/held_up.h"
#include "alerts/undelivered.h"
#include "core/hash.h"

namespace schoolwatch::app {
namespace {

// Messages in one write: each write waits for the disk.
constexpr std::size_t kSavedAtOnce = 200;
constexpr std::string_view kToldNote = "delivery/undelivered-told";

core::Result<void> Replace(storage::Store& store, const alerts::Fold& fold) {
  for (core::OutboxBatch old : fold.old) {
    old.items.clear();  // They wait again, and belong to nothing for a moment.
    SW_TRY(store.SaveBatch(old));
    SW_TRY(store.DropBatch(old.key));
  }
  return store.SaveBatch(fold.together);
}

// Whether troubles were told within the last hour, by a clock that may have been set back since.
core::Result<bool> WasJustTold(const storage::Store& store, core::Timestamp now) {
  SW_ASSIGN(const std::optional<std::string> note, store.FindNote(kToldNote));
  const core::Result<core::Timestamp> told = core::ParseRfc3339(note.value_or(""));
  return told.has_value() && *told <= now && now - *told < alerts::kTellAgain;
}

core::OutboxBatch CopyFor(const std::string& channel, core::OutboxBatch batch,
                          const std::set<std::string>& taken) {
  const std::string seed = "copy for " + channel + "\n";
  std::vector<core::OutboxItem> items;
  for (core::OutboxItem& item : batch.items) {
    item.id = core::ShortHash(seed + item.id);
    // Before a crash it may have come into a copy already.
    if (!taken.contains(item.id)) {
      items.push_back(std::move(item));
    }
  }
  batch.key = core::ShortHash(seed + batch.key);
  batch.items = std::move(items);
  batch.channel = channel;
  return batch;
}

}  // namespace

core::Result<void> CareForOutbox(storage::Store& store, const config::Settings& settings,
                                 core::Timestamp now, std::string_view domain) {
  SW_ASSIGN(std::vector<core::OutboxBatch> batches, store.LoadBatches());
  const std::vector<alerts::Fold> folds = alerts::FoldHeldUp(batches, now, domain);
  for (const alerts::Fold& fold : folds) {
    SW_TRY(Replace(store, fold));
  }
  SW_ASSIGN(const bool just_told, WasJustTold(store, now));
  if (just_told) {
    return {};
  }
  if (!folds.empty()) {
    SW_ASSIGN(batches, store.LoadBatches());
  }
  const std::optional<alerts::UndeliveredReport> report =
      alerts::ReportUndelivered(batches, settings, now, domain);
  if (!report) {
    return {};
  }
  // The messages first: marked and not queued, it would never be told.
  for (const core::OutboxBatch& message : report->messages) {
    SW_TRY(store.SaveBatch(message));
  }
  for (const core::OutboxBatch& told : report->told) {
    SW_TRY(store.SaveBatch(told));
  }
  return store.SetNote(kToldNote, core::FormatRfc3339(now));
}

core::Result<void> SaveByChannel(storage::Store& store, const config::Settings& settings,
                                 std::vector<core::OutboxBatch> sealed,
                                 std::vector<core::OutboxBatch>& batches) {
  std::set<std::string> taken;
  for (const core::OutboxBatch& batch : batches) {
    for (const core::OutboxItem& item : batch.items) {
      taken.insert(item.id);
    }
  }
  std::size_t saved = batches.size();
  const auto save = [&]() -> core::Result<void> {
    SW_TRY(store.SaveBatches(std::span(batches).subspan(saved)));
    saved = batches.size();
    return {};
  };
  for (core::OutboxBatch& batch : sealed) {
    const std::vector<std::string> channels = alerts::ChannelsOf(settings, batch.recipient);
    // With its copies: once the batch is saved, nothing would make them.
    for (std::size_t i = 1; i < channels.size(); ++i) {
      core::OutboxBatch copy = CopyFor(channels[i], batch, taken);
      if (!copy.items.empty()) {
        batches.push_back(std::move(copy));
      }
    }
    // Without a name it follows the one for all when that is changed.
    batch.channel = channels.front() == settings.alerts.channel ? "" : channels.front();
    batches.push_back(std::move(batch));
    if (batches.size() - saved >= kSavedAtOnce) {
      SW_TRY(save());
    }
  }
  return save();
}

}  // namespace schoolwatch::app
