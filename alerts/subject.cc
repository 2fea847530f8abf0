#include "alerts/subject.h"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <utility>
#include <vector>

#include "alerts/wording.h"

namespace schoolwatch::alerts {
namespace {

// What a subject says of a reason, the one that says most first.
constexpr std::array<std::pair<std::string_view, std::string_view>, 6> kReasons{{
    {kReasonWorse, ", now more serious"},
    {kReasonEdited, ", edited"},
    {kReasonGrowing, ", growing fast"},
    {kReasonReopened, ", open again"},
    {kReasonUnanswered, ", unanswered"},
    {kReasonNew, ""},
}};

std::string_view StrongestReason(const AlertBatch& batch) {
  for (const auto& [reason, words] : kReasons) {
    if (std::ranges::find(batch.entries, reason, &AlertEntry::reason) != batch.entries.end()) {
      return reason;
    }
  }
  return batch.entries.empty() ? kReasonNew : std::string_view(batch.entries.front().reason);
}

std::string_view ReasonWords(std::string_view reason) {
  const auto found = std::ranges::find(kReasons, reason, [](const auto& row) { return row.first; });
  if (found != kReasons.end()) {
    return found->second;
  }
  return reason == kReasonMore ? ", more posts" : "";
}

}  // namespace

MailSummary Summarise(const AlertBatch& batch) {
  MailSummary summary;
  std::vector<core::Category> categories;
  for (const AlertEntry& entry : batch.entries) {
    const core::Judgement& judgement = entry.finding.judgement;
    summary.severity = std::max(summary.severity, judgement.severity);
    categories.insert(categories.end(), judgement.categories.begin(), judgement.categories.end());
  }
  summary.category = LeadingCategory(categories);
  summary.reason = StrongestReason(batch);
  return summary;
}

MailKind KindOf(const AlertBatch& batch) {
  if (std::ranges::find(batch.entries, kReasonNobody, &AlertEntry::reason) != batch.entries.end()) {
    return MailKind::kNobody;
  }
  switch (batch.batch.delivery) {
    case core::Delivery::kDigest:
      return MailKind::kDigest;
    case core::Delivery::kBacklog:
      return MailKind::kBacklog;
    case core::Delivery::kNow:
    case core::Delivery::kSummary:
      break;
  }
  return MailKind::kAlert;
}

std::string SubjectOf(const AlertBatch& batch, std::string_view school, std::string_view case_id) {
  const MailSummary summary = Summarise(batch);
  const std::string priority(PriorityWord(summary.severity));
  const std::string_view phrase = CategoryPhrase(summary.category);
  switch (KindOf(batch)) {
    case MailKind::kNobody:
      return fmt::format("A case that only you can pass on – {} [{}]", school, case_id);
    case MailKind::kDigest:
      return fmt::format("Digest of {}, highest {}: {} – {}", batch.entries.size(), priority,
                         phrase, school);
    case MailKind::kBacklog:
      return fmt::format("From before watching began: {}, highest {}: {} – {}",
                         CountOf(batch.entries.size(), "post", "posts"), priority, phrase, school);
    case MailKind::kAlert:
      break;
  }
  return fmt::format("{}{}: {} – {} [{}]", Capitalised(priority), ReasonWords(summary.reason),
                     phrase, school, case_id);
}

}  // namespace schoolwatch::alerts
