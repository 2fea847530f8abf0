#include "alerts/held_up.h"

#include <algorithm>
#include <map>
#include <string>
#include <tuple>
#include <utility>

#include "alerts/alert.h"
#include "core/hash.h"

namespace schoolwatch::alerts {
namespace {

bool NeverWaits(const core::OutboxBatch& batch) {
  return std::ranges::any_of(batch.items, &core::OutboxItem::never_waits);
}

bool MayFold(const core::OutboxBatch& batch, core::Timestamp now) {
  return !batch.given_up && now - batch.created_at >= kHeldUp && !batch.items.empty() &&
         batch.items.size() < kTogether &&
         std::ranges::all_of(
             batch.items,
             [](const core::OutboxItem& item) {
               return item.notice.kind.empty() && item.reason != kReasonNobody;
             });
}

Fold PutTogether(std::vector<const core::OutboxBatch*> old, core::Timestamp now,
                 std::string_view domain) {
  Fold fold;
  core::OutboxBatch& together = fold.together;
  together.recipient = old.front()->recipient;
  together.channel = old.front()->channel;
  together.delivery = core::Delivery::kDigest;
  together.school = old.front()->school;
  together.created_at = now;
  together.next_attempt_at = now;
  std::string seed = "held up\n" + together.recipient;
  for (const core::OutboxBatch* batch : old) {
    if (batch->school != together.school) {
      together.school.clear();
    }
    together.items.insert(together.items.end(), batch->items.begin(), batch->items.end());
    together.told_late = together.told_late || batch->told_late;
    fold.old.push_back(*batch);
  }
  for (const core::OutboxItem& item : together.items) {
    seed += "\n" + item.id;
  }
  together.key = core::ShortHash(seed);
  together.message_id = "alert-" + together.key + "@" + std::string(domain);
  return fold;
}

}  // namespace

std::vector<Fold> FoldHeldUp(std::span<const core::OutboxBatch> batches, core::Timestamp now,
                             std::string_view domain) {
  using Group = std::tuple<std::string, std::string, bool>;  // Recipient, channel, never waits.
  std::map<Group, std::vector<const core::OutboxBatch*>> groups;
  for (const core::OutboxBatch& batch : batches) {
    if (MayFold(batch, now)) {
      groups[{batch.recipient, batch.channel, NeverWaits(batch)}].push_back(&batch);
    }
  }
  std::vector<Fold> folds;
  for (auto& [group, waiting] : groups) {
    if (waiting.size() <= (std::get<bool>(group) ? kUrgentApart : kApart)) {
      continue;
    }
    std::ranges::stable_sort(waiting, {}, &core::OutboxBatch::created_at);
    std::vector<const core::OutboxBatch*> one;
    std::size_t findings = 0;
    const auto finish = [&] {
      if (one.size() > 1) {
        folds.push_back(PutTogether(std::exchange(one, {}), now, domain));
      }
      one.clear();
      findings = 0;
    };
    for (const core::OutboxBatch* batch : waiting) {
      if (findings + batch->items.size() > kTogether) {
        finish();
      }
      one.push_back(batch);
      findings += batch->items.size();
    }
    finish();
  }
  return folds;
}

}  // namespace schoolwatch::alerts
