#include "alerts/undelivered.h"

#include <fmt/format.h>

#include <algorithm>
#include <set>
#include <utility>

#include "alerts/channels/channel.h"
#include "alerts/clean_text.h"
#include "core/hash.h"

namespace schoolwatch::alerts {
namespace {

constexpr std::string_view kKind = "undelivered";
constexpr std::size_t kMaxShown = 20;

bool IsOurs(const core::OutboxBatch& batch) {
  return std::ranges::any_of(
      batch.items, [](const core::OutboxItem& item) { return item.notice.kind == kKind; });
}

std::string RoleOf(const core::OutboxBatch& batch, const config::Settings& settings) {
  for (const core::OutboxItem& item : batch.items) {
    if (!item.role.empty()) {
      return item.role;
    }
  }
  const auto contact =
      std::ranges::find(settings.contacts, batch.recipient, &config::Contact::email);
  return contact == settings.contacts.end() ? "contact" : contact->role;
}

// The channel that can say what `failed` ones cannot.
std::string ReportChannel(const config::Settings& settings, const std::set<std::string>& failed) {
  if (!settings.alerts.undelivered.channel.empty()) {
    return settings.alerts.undelivered.channel;
  }
  for (const std::string& channel : ChannelsInUse(settings)) {
    if (!failed.contains(channel)) {
      return channel;
    }
  }
  return settings.alerts.channel;
}

// Whom to tell, but for `not_to`, who get nothing by this channel.
std::vector<std::string> Readers(const config::Settings& settings,
                                 const std::set<std::string>& not_to) {
  if (!settings.alerts.undelivered.to.empty()) {
    return {settings.alerts.undelivered.to};
  }
  for (const std::string_view role : {"it", "headteacher", "dsl", "chair", "deputy"}) {
    std::vector<std::string> readers;
    for (const config::Contact& contact : settings.contacts) {
      if (contact.role == role && !not_to.contains(contact.email) &&
          std::ranges::find(readers, contact.email) == readers.end()) {
        readers.push_back(contact.email);
      }
    }
    if (!readers.empty()) {
      return readers;
    }
  }
  return {};
}

std::string Line(const core::OutboxBatch& batch, const config::Settings& settings) {
  const auto since = std::chrono::floor<std::chrono::minutes>(batch.created_at);
  return fmt::format("{} ({}), by {}, made {}, {} {}: {}", RoleOf(batch, settings),
                     CleanLine(batch.recipient, 254), ChannelOf(settings, batch),
                     core::FormatRfc3339(since), batch.attempts,
                     batch.attempts == 1 ? "attempt" : "attempts",
                     batch.last_error.empty() ? "no answer yet" : CleanLine(batch.last_error, 300));
}

std::string Messages(std::size_t count) {
  return fmt::format("{} {}", count, count == 1 ? "message" : "messages");
}

core::Notice MakeNotice(const std::vector<const core::OutboxBatch*>& given_up,
                        const std::vector<const core::OutboxBatch*>& late,
                        const config::Settings& settings) {
  core::Notice notice{.kind = std::string(kKind), .subject = {}, .text = {}};
  const auto list = [&](const std::vector<const core::OutboxBatch*>& batches) {
    std::string lines;
    for (std::size_t i = 0; i < std::min(batches.size(), kMaxShown); ++i) {
      lines += "\n\n" + Line(*batches[i], settings);
    }
    if (batches.size() > kMaxShown) {
      lines += fmt::format("\n\nand {} more: schoolwatch doctor", batches.size() - kMaxShown);
    }
    return lines;
  };
  if (!given_up.empty()) {
    notice.subject = Messages(given_up.size()) + " could not be delivered";
    notice.text = "schoolwatch has given up sending " + Messages(given_up.size()) +
                  ". Nothing is lost: the cases are in its store, and the messages are kept." +
                  list(given_up) +
                  "\n\nCorrect the address under contacts:, or the mail server, and then send them "
                  "again: schoolwatch alerts retry";
  }
  if (!late.empty()) {
    notice.subject += (notice.subject.empty() ? "" : ", ") + Messages(late.size()) +
                      (late.size() == 1 ? " waits" : " wait") + " to be sent";
    notice.text += (notice.text.empty() ? "" : "\n\n") + Messages(late.size()) +
                   " did not get out for hours and will be tried again until the far side takes "
                   "them. Until then their readers do not know of them." +
                   list(late) + "\n\nSee what is wrong: schoolwatch check --online";
  }
  return notice;
}

}  // namespace

std::optional<UndeliveredReport> ReportUndelivered(std::span<const core::OutboxBatch> batches,
                                                   const config::Settings& settings,
                                                   core::Timestamp now, std::string_view domain) {
  std::vector<const core::OutboxBatch*> given_up;
  std::vector<const core::OutboxBatch*> late;
  std::set<std::string> failed;
  for (const core::OutboxBatch& batch : batches) {
    if (IsOurs(batch)) {
      continue;
    }
    if (batch.given_up && !batch.told_given_up) {
      given_up.push_back(&batch);
    } else if (!batch.given_up && !batch.told_late && batch.attempts > 0 &&
               now - batch.created_at >= kLate) {
      late.push_back(&batch);
    } else {
      continue;
    }
    failed.insert(ChannelOf(settings, batch));
  }
  if (given_up.empty() && late.empty()) {
    return std::nullopt;
  }
  const std::string channel = ReportChannel(settings, failed);
  if (failed.contains(channel)) {
    late.clear();  // It would wait behind them.
  }
  std::set<std::string> not_to;
  for (const core::OutboxBatch* batch : given_up) {
    if (ChannelOf(settings, *batch) == channel) {
      not_to.insert(batch->recipient);
    }
  }
  const std::vector<std::string> readers = Readers(settings, not_to);
  if (readers.empty() || (given_up.empty() && late.empty())) {
    return std::nullopt;
  }
  UndeliveredReport report;
  std::string seed = "undelivered";
  const auto tell = [&](const std::vector<const core::OutboxBatch*>& some) {
    for (const core::OutboxBatch* batch : some) {
      seed += fmt::format("\n{} {}", batch->key, batch->given_up);
      core::OutboxBatch told = *batch;
      told.told_late = true;
      told.told_given_up = batch->given_up;
      report.told.push_back(std::move(told));
    }
  };
  tell(given_up);
  tell(late);
  const core::Notice notice = MakeNotice(given_up, late, settings);
  const std::string school = settings.schools.size() == 1 ? settings.schools.front().key : "";
  for (const std::string& reader : readers) {
    const std::string key = core::ShortHash(seed + "\n" + reader);
    core::OutboxItem item{.id = core::ShortHash("item of " + key),
                          .recipient = reader,
                          .batch_key = {},
                          .delivery = core::Delivery::kNow,
                          .school = school,
                          .case_id = {},
                          .finding_id = {},
                          .reason = {},
                          .created_at = now,
                          .never_waits = true,
                          .notice = notice};
    core::OutboxBatch message;
    message.key = key;
    message.message_id = "alert-" + key + "@" + std::string(domain);
    message.recipient = reader;
    message.school = school;
    message.items.push_back(std::move(item));
    message.created_at = now;
    message.next_attempt_at = now;
    message.channel = channel;
    report.messages.push_back(std::move(message));
  }
  return report;
}

}  // namespace schoolwatch::alerts
