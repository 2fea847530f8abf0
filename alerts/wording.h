#pragma once

#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "core/judgement.h"
#include "core/result.h"
#include "core/time.h"

namespace schoolwatch::alerts {

// The words of our own that mails use about findings: neutral, since no person has judged them yet.

// The category that decides what is done: safeguarding before defamatory before reputational.
core::Category LeadingCategory(const std::vector<core::Category>& categories);

// "possible safeguarding concern", "possible allegation of fact", …
std::string_view CategoryPhrase(core::Category category);

// With its first letter as a capital.
std::string Capitalised(std::string_view phrase);

// "urgent" … "low"; what has no severity is low.
std::string_view PriorityWord(core::Severity severity);

// "very likely (93 %)", "likely (72 %)", "possible (55 %)".
std::string ConfidencePhrase(double probability);

// "1 post", "3 posts".
std::string CountOf(std::size_t count, std::string_view singular, std::string_view plural);

// How much later something happened: "within a minute", "3 minutes later", "2 days later". Empty
// where it is not later at all, as with a page that claims a time to come.
std::string LaterPhrase(core::Timestamp before, core::Timestamp after);

// Times as people at the school read them.
class LocalClock {
 public:
  // kBadInput: no such time zone.
  static core::Result<std::unique_ptr<LocalClock>> Make(const std::string& zone);
  virtual ~LocalClock() = default;
  // "Fri 20 Nov 2026, 18:02 GMT"; "an unlikely date" outside of 1970 to 2199.
  virtual std::string Format(core::Timestamp time) const = 0;
};

}  // namespace schoolwatch::alerts
