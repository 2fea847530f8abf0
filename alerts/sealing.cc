#include "alerts/sealing.h"

#include <algorithm>
#include <charconv>
#include <chrono>
#include <cstddef>
#include <functional>
#include <optional>
#include <tuple>
#include <utility>

#include "alerts/alert.h"
#include "core/hash.h"

namespace schoolwatch::alerts {
namespace {

namespace chr = std::chrono;

using core::Delivery;
using core::OutboxItem;
using Group = std::pair<std::string, std::string>;  // Recipient, key of the message.

// During a run, the items of a case get this long to come together into one message.
constexpr chr::seconds kGather{60};
constexpr chr::hours kBetweenSummaries{1};
// Where a run only ever happens in the quiet hours, what waited a day goes all the same.
constexpr chr::hours kLongestQuiet{24};

std::string MessageKey(const OutboxItem& item) {
  return item.notice.kind.empty() ? item.batch_key : "notice:" + item.id;
}

std::string RecipientHash(const std::string& recipient) {
  return core::ShortHash("mails\n" + recipient);
}

std::string CaseHash(const std::string& recipient, const std::string& case_id) {
  return core::ShortHash("case\n" + recipient + "\n" + case_id);
}

bool IsOwnMessage(const OutboxItem& item) {
  return item.delivery == Delivery::kNow && item.notice.kind.empty() &&
         item.reason != kReasonNobody;
}

// Whose turn it is, decided in passes over what waits. Each pass only ever adds to what goes.
class Release {
 public:
  Release(std::vector<OutboxItem> items, SealingMoment moment, core::Timestamp now,
          const TimingRules& rules, const std::set<std::string>& muted, SentBefore& before)
      : moment_(moment), now_(now), rules_(rules), muted_(muted), before_(before) {
    waiting_.reserve(items.size());
    for (OutboxItem& item : items) {
      waiting_.push_back({.item = std::move(item)});
    }
    std::ranges::sort(waiting_, [](const Waiting& a, const Waiting& b) {
      return std::tie(a.item.created_at, a.item.id) < std::tie(b.item.created_at, b.item.id);
    });
  }

  std::vector<OutboxItem> Run() {
    StartDay();
    const bool quiet = IsQuiet(rules_, now_);
    for (Waiting& one : waiting_) {
      one.goes = one.item.never_waits && IsTime(one.item);
      one.may_go = one.goes || (!muted_.contains(one.item.case_id) && IsTime(one.item) &&
                                !(quiet && now_ - one.item.created_at < kLongestQuiet));
    }
    KeepToBudget();
    if (moment_ == SealingMoment::kEndOfRun) {
      ReleaseDigests();
    }
    JoinOwnMessages();
    return Take();
  }

 private:
  struct Waiting {
    OutboxItem item;
    bool may_go = false;  // But for budget and digests.
    bool goes = false;
  };

  void StartDay() {
    const std::string today = core::FormatDay(core::LocalTimeAt(rules_.calendar, now_).day);
    if (before_.day != today) {
      before_.day = today;
      before_.mails.clear();
    }
    // Later than now is what a clock that ran ahead left.
    std::erase_if(before_.cases, [this](const auto& entry) {
      return entry.second > now_ || now_ - entry.second >= kBetweenSummaries;
    });
    if (before_.last_digest > now_) {
      before_.last_digest = {};
    }
  }

  // Whether an item's own time has come. A digest's item has its turn with the digest.
  bool IsTime(const OutboxItem& item) const {
    if (moment_ == SealingMoment::kDuringRun &&
        (item.delivery != Delivery::kNow || item.created_at > now_ - kGather)) {
      return false;
    }
    if (item.delivery == Delivery::kSummary && rules_.digest != config::DigestRhythm::kEachRun &&
        before_.cases.contains(CaseHash(item.recipient, item.case_id))) {
      return false;
    }
    return item.delivery == Delivery::kDigest || item.not_before <= now_;
  }

  bool IsForDigest(const OutboxItem& item) const {
    return item.delivery == Delivery::kDigest || before_.moved.contains(item.id);
  }

  // Lets messages go as long as the day's budget of their recipient lasts. What never waits counts
  // and is counted first, as it goes in any case.
  void KeepToBudget() {
    std::vector<Group> order;
    std::map<Group, std::vector<Waiting*>> messages;
    for (Waiting& one : waiting_) {
      if (one.may_go && (one.goes || !IsForDigest(one.item))) {
        const Group group{one.item.recipient, MessageKey(one.item)};
        std::vector<Waiting*>& message = messages[group];
        if (message.empty()) {
          order.push_back(group);
        }
        message.push_back(&one);
      }
    }
    std::ranges::stable_partition(order, [&](const Group& group) {
      return std::ranges::any_of(messages[group], &Waiting::goes);
    });
    std::map<std::string, std::uint32_t> mails;
    for (const Group& group : order) {
      const std::string recipient = RecipientHash(group.first);
      const auto sent = before_.mails.find(recipient);
      const std::size_t used =
          mails[group.first] + (sent == before_.mails.end() ? 0u : sent->second);
      const bool must = std::ranges::any_of(messages[group], &Waiting::goes);
      const bool goes = must || used < rules_.budget;
      mails[group.first] += goes ? 1u : 0u;
      for (Waiting* one : messages[group]) {
        one->goes = goes;
        if (!goes && one->item.notice.kind.empty()) {
          before_.moved.insert(one->item.id);
        }
      }
    }
  }

  void ReleaseDigests() {
    const core::Timestamp last = before_.last_digest;
    const bool first = last == core::Timestamp{};
    // Each school's by its own bank holidays. The time of day is one, so the last one of all tells
    // of each whether its turn has come.
    const auto is_due = [&](std::string_view school) {
      return first || LastDigestTime(rules_, now_, school) > last;
    };
    std::map<std::string, bool, std::less<>> due;
    for (const auto& [school, calendar] : rules_.other_calendars) {
      due.emplace(school, is_due(school));
    }
    const bool others_due = is_due("");
    if (others_due || std::ranges::any_of(due, [](const auto& one) { return one.second; })) {
      before_.last_digest = now_;
    }
    const auto due_of = [&](const std::string& school) {
      const auto found = due.find(school);
      return found == due.end() ? others_due : found->second;
    };
    std::map<Group, std::vector<Waiting*>> digests;
    std::set<Group> going;
    for (Waiting& one : waiting_) {
      const OutboxItem& item = one.item;
      if (one.goes || !one.may_go || !IsForDigest(item)) {
        continue;
      }
      const Group group{item.recipient, DigestKey(item.school)};
      digests[group].push_back(&one);
      const bool has_last_time =
          item.delivery == Delivery::kDigest && item.not_before != core::Timestamp{};
      const bool its_turn = rules_.digest == config::DigestRhythm::kEachRun || first ||
                            (has_last_time ? item.not_before <= now_ : due_of(item.school));
      if (its_turn) {
        going.insert(group);
      }
    }
    for (const Group& group : going) {
      for (Waiting* one : digests[group]) {
        one->goes = true;
      }
    }
  }

  // What would come later of a case whose own message goes now goes along: one mail less.
  void JoinOwnMessages() {
    if (moment_ == SealingMoment::kDuringRun) {
      return;
    }
    std::set<Group> cases;
    for (const Waiting& one : waiting_) {
      if (one.goes && IsOwnMessage(one.item) && !before_.moved.contains(one.item.id)) {
        cases.emplace(one.item.recipient, one.item.case_id);
      }
    }
    for (Waiting& one : waiting_) {
      const bool more = IsForDigest(one.item) || one.item.delivery == Delivery::kSummary;
      one.goes = one.goes || (more && !muted_.contains(one.item.case_id) &&
                              cases.contains({one.item.recipient, one.item.case_id}));
    }
  }

  std::vector<OutboxItem> Take() {
    std::vector<OutboxItem> due;
    std::set<std::string> still_moved;
    for (Waiting& one : waiting_) {
      const bool moved = before_.moved.contains(one.item.id);
      if (!one.goes) {
        if (moved) {
          still_moved.insert(one.item.id);
        }
        continue;
      }
      if (one.item.delivery == Delivery::kSummary &&
          rules_.digest == config::DigestRhythm::kEachRun) {
        one.item.delivery = Delivery::kDigest;
        one.item.batch_key = DigestKey(one.item.school);
      }
      if (moved && !one.item.never_waits) {
        one.item.delivery = Delivery::kDigest;
        one.item.batch_key = DigestKey(one.item.school);
        one.item.reason += kOverBudget;
      }
      due.push_back(std::move(one.item));
    }
    before_.moved = std::move(still_moved);
    return due;
  }

  const SealingMoment moment_;
  const core::Timestamp now_;
  const TimingRules& rules_;
  const std::set<std::string>& muted_;
  SentBefore& before_;
  std::vector<Waiting> waiting_;
};

std::optional<std::int64_t> ParseNumber(std::string_view text) {
  std::int64_t number = 0;
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), number);
  return error == std::errc() && end == text.data() + text.size() ? std::optional(number)
                                                                  : std::nullopt;
}

}  // namespace

std::vector<OutboxItem> TakeDue(std::vector<OutboxItem> items, SealingMoment moment,
                                core::Timestamp now, const TimingRules& rules,
                                const std::set<std::string>& muted, SentBefore& before) {
  return Release(std::move(items), moment, now, rules, muted, before).Run();
}

std::vector<core::OutboxBatch> SealBatches(std::vector<OutboxItem> items,
                                           std::span<const core::OutboxBatch> existing,
                                           core::Timestamp now, std::string_view domain) {
  std::set<std::string> taken;
  for (const core::OutboxBatch& batch : existing) {
    for (const OutboxItem& item : batch.items) {
      taken.insert(item.id);
    }
  }
  std::erase_if(items, [&](const OutboxItem& item) { return !taken.insert(item.id).second; });
  std::ranges::sort(items, {},
                    [](const OutboxItem& item) { return std::tie(item.created_at, item.id); });

  std::map<Group, std::string> case_messages;  // Recipient, case: the key of its message.
  for (const OutboxItem& item : items) {
    if (IsOwnMessage(item)) {
      case_messages[{item.recipient, item.case_id}] = item.batch_key;
    }
  }
  std::map<Group, std::size_t> index;
  std::vector<core::OutboxBatch> batches;
  for (OutboxItem& item : items) {
    Group group{item.recipient, MessageKey(item)};
    if (item.notice.kind.empty() &&
        (item.delivery == Delivery::kDigest || item.delivery == Delivery::kSummary)) {
      const auto own = case_messages.find({item.recipient, item.case_id});
      if (own != case_messages.end()) {
        group.second = own->second;
        item.delivery = Delivery::kNow;
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
    for (const OutboxItem& item : batch.items) {
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

void NoteSealed(std::span<const core::OutboxBatch> batches, core::Timestamp now,
                const TimingRules& rules, SentBefore& before) {
  const std::string today = core::FormatDay(core::LocalTimeAt(rules.calendar, now).day);
  if (before.day != today) {
    before.day = today;
    before.mails.clear();
  }
  for (const core::OutboxBatch& batch : batches) {
    ++before.mails[RecipientHash(batch.recipient)];
    if (batch.delivery == Delivery::kNow || batch.delivery == Delivery::kSummary) {
      for (const OutboxItem& item : batch.items) {
        if (!item.case_id.empty()) {
          before.cases[CaseHash(batch.recipient, item.case_id)] = now;
        }
      }
    }
  }
}

std::string FormatSentBefore(const SentBefore& before) {
  const auto number = [](core::Timestamp time) {
    return std::to_string(time.time_since_epoch().count());
  };
  std::string text = "digest " + number(before.last_digest) + "\nday " + before.day + "\n";
  for (const auto& [recipient, mails] : before.mails) {
    text += "mails " + recipient + " " + std::to_string(mails) + "\n";
  }
  for (const auto& [of, at] : before.cases) {
    text += "case " + of + " " + number(at) + "\n";
  }
  for (const std::string& id : before.moved) {
    text += "moved " + id + "\n";
  }
  return text;
}

SentBefore ParseSentBefore(std::string_view text) {
  SentBefore before;
  while (!text.empty()) {
    const std::size_t end = std::min(text.find('\n'), text.size());
    std::string_view line = text.substr(0, end);
    text.remove_prefix(std::min(end + 1, text.size()));
    const auto word = [&line] {
      const std::size_t space = std::min(line.find(' '), line.size());
      const std::string_view first = line.substr(0, space);
      line.remove_prefix(std::min(space + 1, line.size()));
      return first;
    };
    const std::string_view kind = word();
    const std::string name(word());
    const std::optional<std::int64_t> value = ParseNumber(kind == "digest" ? name : word());
    const core::Timestamp at{chr::milliseconds(value.value_or(0))};
    if (kind == "digest") {
      before.last_digest = at;
    } else if (kind == "day") {
      before.day = name;
    } else if (kind == "mails" && value && *value > 0) {
      before.mails[name] = static_cast<std::uint32_t>(std::min<std::int64_t>(*value, 1'000'000));
    } else if (kind == "case" && value) {
      before.cases[name] = at;
    } else if (kind == "moved" && !name.empty()) {
      before.moved.insert(name);
    }
  }
  return before;
}

}  // namespace schoolwatch::alerts
