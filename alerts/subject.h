#pragma once

#include <cstddef>
#include <string>
#include <string_view>

#include "alerts/alert.h"
#include "core/judgement.h"

namespace schoolwatch::alerts {

// What stands at the top of a message that holds several findings.
struct MailSummary {
  core::Severity severity = core::Severity::kLow;  // The highest.
  core::Category category = core::Category::kReputational;
  std::string_view reason;  // The one that says most: worse before growing before new.
};
MailSummary Summarise(const AlertBatch& batch);

// Which templates a message is made from.
enum class MailKind { kAlert, kDigest, kBacklog, kNobody };
MailKind KindOf(const AlertBatch& batch);

// A subject holds priority, category, school and case number, since it shows on locked screens; the
// priority first, since a phone shows some 40 letters. `school` and `case_id` are clean.
std::string SubjectOf(const AlertBatch& batch, std::string_view school, std::string_view case_id);

}  // namespace schoolwatch::alerts
