#include "alerts/delivery.h"

#include <algorithm>
#include <chrono>
#include <cstddef>
#include <iterator>
#include <map>
#include <set>
#include <string>
#include <tuple>
#include <utility>

#include "alerts/clean_text.h"
#include "core/hash.h"

namespace schoolwatch::alerts {
namespace {

constexpr std::size_t kMaxErrorBytes = 300;
constexpr std::chrono::milliseconds kFirstDelay{60'000};
constexpr std::chrono::milliseconds kLastDelay{3'600'000};

bool IsRefusedForGood(core::ErrorKind kind) {
  return kind == core::ErrorKind::kBadInput || kind == core::ErrorKind::kNotFound ||
         kind == core::ErrorKind::kCorrupt;
}

DueQueue::CaseThread ThreadOf(const core::OutboxBatch& batch, const core::OutboxItem& item) {
  return {batch.recipient, batch.channel, item.case_id};
}

// 1, 2, 4 … 60 minutes after the first, second, third … attempt, ± 20 %.
std::chrono::milliseconds BackOff(const core::OutboxBatch& batch) {
  const std::uint32_t doublings = std::min(std::max(batch.attempts, 1u) - 1, 6u);
  const std::chrono::milliseconds delay = std::min(kFirstDelay * (1 << doublings), kLastDelay);
  // From the key and not from chance: the same batch always waits the same time, which tests and
  // logs can follow, and different ones spread all the same.
  const std::uint64_t spread =
      core::Hash64(batch.key + "\n" + std::to_string(batch.attempts)) % 401;
  return delay * (800 + static_cast<std::int64_t>(spread)) / 1000;
}

}  // namespace

std::vector<core::OutboxBatch> SealBatches(std::vector<core::OutboxItem> items,
                                           std::span<const core::OutboxBatch> existing,
                                           core::Timestamp now, std::string_view domain) {
  std::set<std::string> taken;
  for (const core::OutboxBatch& batch : existing) {
    for (const core::OutboxItem& item : batch.items) {
      taken.insert(item.id);
    }
  }
  std::erase_if(items, [&](const core::OutboxItem& item) { return !taken.insert(item.id).second; });
  std::ranges::sort(
      items, {}, [](const core::OutboxItem& item) { return std::tie(item.created_at, item.id); });

  using Group = std::pair<std::string, std::string>;  // Recipient, batch key.
  std::map<Group, std::string> case_messages;         // Recipient, case: the key of its message.
  for (const core::OutboxItem& item : items) {
    if (item.delivery == core::Delivery::kNow && item.notice.kind.empty() &&
        item.reason != kReasonNobody) {
      case_messages[{item.recipient, item.case_id}] = item.batch_key;
    }
  }
  std::map<Group, std::size_t> index;
  std::vector<core::OutboxBatch> batches;
  for (core::OutboxItem& item : items) {
    Group group{item.recipient, item.notice.kind.empty() ? item.batch_key : "notice:" + item.id};
    if (item.delivery == core::Delivery::kDigest) {
      const auto own = case_messages.find({item.recipient, item.case_id});
      if (own != case_messages.end()) {
        group.second = own->second;
        item.delivery = core::Delivery::kNow;
      }
    }
    const auto [found, is_new] = index.try_emplace(group, batches.size());
    if (is_new) {
      batches.push_back({.key = {},
                         .message_id = {},
                         .recipient = item.recipient,
                         .delivery = item.delivery,
                         .school = item.school,
                         .items = {},
                         .created_at = now,
                         .attempts = 0,
                         .next_attempt_at = now,
                         .last_error = {},
                         .given_up = false});
    }
    core::OutboxBatch& batch = batches[found->second];
    if (batch.school != item.school) {
      batch.school.clear();
    }
    batch.items.push_back(std::move(item));
  }
  for (core::OutboxBatch& batch : batches) {
    std::vector<std::string> ids;
    for (const core::OutboxItem& item : batch.items) {
      ids.push_back(item.id);
    }
    std::ranges::sort(ids);
    std::string seed = "batch\n" + batch.recipient;
    for (const std::string& id : ids) {
      seed += "\n" + id;
    }
    batch.key = core::ShortHash(seed);
    batch.message_id = "alert-" + batch.key + "@" + std::string(domain);
  }
  return batches;
}

DueQueue::DueQueue(std::vector<core::OutboxBatch> batches) : batches_(std::move(batches)) {
  // A provider's limit may end the round at any message, so those come first that cannot wait.
  std::set<CaseThread> pressing;
  for (const core::OutboxBatch& batch : batches_) {
    for (const core::OutboxItem& item : batch.items) {
      if (item.never_waits && !batch.given_up) {
        pressing.insert(ThreadOf(batch, item));
      }
    }
  }
  const auto rank = [&pressing](const core::OutboxBatch& batch) {
    const bool first = std::ranges::any_of(batch.items, [&](const core::OutboxItem& item) {
      return item.never_waits ||
             (batch.delivery == core::Delivery::kNow && pressing.contains(ThreadOf(batch, item)));
    });
    return std::pair(first ? 0 : 1, batch.created_at);
  };
  std::ranges::stable_sort(batches_, {}, rank);
}

std::optional<core::OutboxBatch> DueQueue::Next(core::Timestamp now) {
  while (next_ < batches_.size()) {
    core::OutboxBatch batch = std::move(batches_[next_++]);
    const bool behind = std::ranges::any_of(batch.items, [&](const core::OutboxItem& item) {
      return !item.case_id.empty() && waiting_.contains(ThreadOf(batch, item));
    });
    // Only a case's own message waits for another: held back, a digest would hold up other cases.
    const bool held = behind && batch.delivery == core::Delivery::kNow;
    // Later than any back-off was planned by a clock that ran ahead.
    const bool due = batch.next_attempt_at <= now || batch.next_attempt_at > now + 2 * kLastDelay;
    if (!batch.given_up && !held && due) {
      return batch;
    }
    Keep(std::move(batch));
  }
  return std::nullopt;
}

void DueQueue::PutBack(core::OutboxBatch batch) { Keep(std::move(batch)); }

void DueQueue::Keep(core::OutboxBatch batch) {
  if (!batch.given_up) {  // For one that is never sent nothing need wait.
    for (const core::OutboxItem& item : batch.items) {
      waiting_.insert(ThreadOf(batch, item));
    }
  }
  kept_.push_back(std::move(batch));
}

std::vector<core::OutboxBatch> DueQueue::TakeRest() && {
  std::move(batches_.begin() + static_cast<std::ptrdiff_t>(next_), batches_.end(),
            std::back_inserter(kept_));
  return std::move(kept_);
}

core::OutboxBatch AfterFailure(core::OutboxBatch batch, const core::Error& error,
                               core::Timestamp now) {
  if (error.kind == core::ErrorKind::kCancelled) {
    batch.next_attempt_at = now + kFirstDelay;
    return batch;
  }
  ++batch.attempts;
  batch.last_error = CleanLine(error.message, kMaxErrorBytes);
  const bool put_off = error.kind == core::ErrorKind::kThrottled &&
                       now - batch.created_at >= kGiveUpAfter && batch.attempts >= kLeastAttempts;
  if (IsRefusedForGood(error.kind) || put_off) {
    batch.given_up = true;
    return batch;
  }
  batch.next_attempt_at = now + BackOff(batch);
  return batch;
}

AlertBatch MakeAlertBatch(core::OutboxBatch batch, std::vector<AlertEntry> entries,
                          std::span<const core::School> schools) {
  std::ranges::sort(entries, [](const AlertEntry& a, const AlertEntry& b) {
    const auto time = [](const AlertEntry& entry) {
      return entry.finding.post.published.value_or(entry.finding.fetched_at);
    };
    if (a.finding.judgement.severity != b.finding.judgement.severity) {
      return a.finding.judgement.severity > b.finding.judgement.severity;
    }
    return time(a) != time(b) ? time(a) > time(b) : a.finding.id < b.finding.id;
  });
  std::set<std::string> keys;
  for (const AlertEntry& entry : entries) {
    keys.insert(entry.finding.school);
  }
  AlertBatch alert{.batch = std::move(batch), .school_name = {}, .entries = std::move(entries)};
  const std::string key = keys.empty() ? alert.batch.school : *keys.begin();
  if (keys.size() > 1) {
    alert.school_name = "several schools";
    return alert;
  }
  const auto school = std::ranges::find(schools, key, &core::School::key);
  alert.school_name = school != schools.end() ? school->name : key.empty() ? "schoolwatch" : key;
  return alert;
}

}  // namespace schoolwatch::alerts
