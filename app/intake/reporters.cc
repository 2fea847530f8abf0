#include "app/intake/reporters.h"

#include <algorithm>

#include "app/notices/notice_item.h"

namespace schoolwatch::app {

ReporterStanding StandingOf(std::string_view address, const config::Settings& settings) {
  ReporterStanding standing = ReporterStanding::kNotAllowed;
  const bool contact = std::ranges::any_of(settings.contacts, [&](const config::Contact& one) {
    return IsSameAddress(one.email, address);
  });
  for (const std::string& allowed : settings.intake.reporters) {
    const bool domain = allowed.starts_with('@') && address.size() > allowed.size() &&
                        IsSameAddress(address.substr(address.size() - allowed.size()), allowed);
    if (domain || IsSameAddress(allowed, address) || (contact && !allowed.contains('@'))) {
      return ReporterStanding::kKnown;
    }
    if (allowed == "anyone") {
      standing = ReporterStanding::kAnyone;
    }
  }
  return standing;
}

std::string SchoolOfReports(std::string_view reporter, const config::Settings& settings) {
  if (!settings.intake.school.empty()) {
    return settings.intake.school;
  }
  if (settings.schools.size() == 1) {
    return settings.schools.front().key;
  }
  for (const config::Contact& contact : settings.contacts) {
    if (contact.schools.size() == 1 && IsSameAddress(contact.email, reporter)) {
      return contact.schools.front();
    }
  }
  return "";
}

}  // namespace schoolwatch::app
