#include "app/withheld_cases.h"

#include <algorithm>
#include <utility>

namespace schoolwatch::app {

core::Result<alerts::CaseVoices> HearCase(const storage::CaseReader& cases,
                                          const alerts::Audience& audience, const core::Case& of) {
  alerts::CaseVoices voices;
  audience.HearText(of.title, of.school, voices);
  for (const std::string& id : of.findings) {
    const core::Result<core::Finding> finding = cases.LoadFinding(id);
    if (!finding && finding.error().kind == core::ErrorKind::kNotFound) {
      continue;
    }
    if (!finding) {
      return core::Fail(finding.error());
    }
    audience.Hear(*finding, voices);
    SW_ASSIGN(const std::vector<core::PostVersion> versions, cases.LoadVersions(id));
    for (const core::PostVersion& version : versions) {
      audience.HearText(version.title + "\n\n" + version.text, of.school, voices);
    }
  }
  return voices;
}

core::Result<const alerts::CaseVoices*> WithheldCases::VoicesOf(const core::Case& of) {
  if (const auto known = voices_.find(of.id); known != voices_.end()) {
    return &known->second;
  }
  alerts::CaseVoices voices;
  if (std::ranges::find(of.categories, core::Category::kSafeguarding) != of.categories.end()) {
    if (!audience_) {
      audience_ = std::make_unique<const alerts::Audience>(settings_.contacts, settings_.schools);
    }
    SW_ASSIGN(voices, HearCase(cases_, *audience_, of));
  }
  return &voices_.insert_or_assign(of.id, std::move(voices)).first->second;
}

core::Result<bool> WithheldCases::MayBeTold(const core::Case& of, std::string_view address) {
  SW_ASSIGN(const alerts::CaseVoices* const voices, VoicesOf(of));
  return !voices->delicate || audience_->MayBeTold(address, of.school, *voices);
}

core::Result<std::vector<std::string>> WithheldCases::AccusedIn(const core::Case& of) {
  SW_ASSIGN(const alerts::CaseVoices* const voices, VoicesOf(of));
  return alerts::AccusedRoles(*voices);
}

}  // namespace schoolwatch::app
