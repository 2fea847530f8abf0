#include "alerts/delivery.h"

#include <algorithm>
#include <chrono>
#include <cstddef>
#include <iterator>
#include <map>
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

// How much a message presses: whether it never waits, whether it goes by itself, how severe it is.
using Pressure = std::tuple<bool, bool, core::Severity>;

Pressure PressureOf(const core::OutboxItem& item) {
  const bool by_itself = item.delivery == core::Delivery::kNow && item.notice.kind.empty();
  return {item.never_waits, by_itself, item.severity};
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

DueQueue::DueQueue(std::vector<core::OutboxBatch> batches) : batches_(std::move(batches)) {
  // A provider's limit may end the round at any message, so those come first that cannot wait, the
  // most severe of them before the others. What is older in a case goes with what is newer: a
  // thread arrives in order.
  std::map<CaseThread, Pressure> pressing;
  for (const core::OutboxBatch& batch : batches_) {
    for (const core::OutboxItem& item : batch.items) {
      const bool counts = item.never_waits || batch.delivery == core::Delivery::kNow;
      if (counts && !batch.given_up && !item.case_id.empty()) {
        Pressure& of = pressing[ThreadOf(batch, item)];
        of = std::max(of, PressureOf(item));
      }
    }
  }
  const auto rank = [&pressing](const core::OutboxBatch& batch) {
    Pressure most{};
    for (const core::OutboxItem& item : batch.items) {
      most = std::max(most, PressureOf(item));
      if (batch.delivery == core::Delivery::kNow && !item.case_id.empty()) {
        const auto of = pressing.find(ThreadOf(batch, item));
        most = of == pressing.end() ? most : std::max(most, of->second);
      }
    }
    return most;
  };
  std::vector<std::pair<Pressure, core::OutboxBatch>> ranked;
  ranked.reserve(batches_.size());
  for (core::OutboxBatch& batch : batches_) {
    const Pressure most = rank(batch);
    ranked.emplace_back(most, std::move(batch));
  }
  std::ranges::stable_sort(ranked, [](const auto& a, const auto& b) {
    return a.first != b.first ? a.first > b.first : a.second.created_at < b.second.created_at;
  });
  batches_.clear();
  for (auto& [most, batch] : ranked) {
    batches_.push_back(std::move(batch));
  }
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
  AlertBatch alert{
      .batch = std::move(batch), .school_name = {}, .entries = std::move(entries), .answers = {}};
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
