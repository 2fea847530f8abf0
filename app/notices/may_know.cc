#include "app/notices/may_know.h"

#include <string>
#include <utility>

#include "alerts/named.h"

namespace schoolwatch::app {

core::Result<std::vector<core::Finding>> FindingsOf(const storage::CaseReader& cases,
                                                    const core::Case& of) {
  std::vector<core::Finding> findings;
  for (const std::string& id : of.findings) {
    core::Result<core::Finding> finding = cases.LoadFinding(id);
    if (finding) {
      findings.push_back(*std::move(finding));
    } else if (finding.error().kind != core::ErrorKind::kNotFound) {
      return core::Fail(std::move(finding).error());
    }
  }
  return findings;
}

core::Result<alerts::CaseVoices> HearCase(const storage::CaseReader& cases,
                                          const alerts::Audience& audience, const core::Case& of,
                                          std::span<const core::Finding> findings) {
  alerts::CaseVoices voices;
  for (const core::Finding& finding : findings) {
    audience.Hear(finding, voices);
  }
  // What made it so may be erased.
  voices.delicate = voices.delicate || alerts::MayNamePerpetrator(of.categories, of.topics);
  if (!voices.delicate) {
    return voices;
  }
  audience.HearText(of.title, of.school, voices);
  for (const core::Finding& finding : findings) {
    SW_ASSIGN(const std::vector<core::PostVersion> versions, cases.LoadVersions(finding.id));
    for (const core::PostVersion& version : versions) {
      audience.HearText(version.title + "\n" + version.text, of.school, voices);
    }
  }
  return voices;
}

}  // namespace schoolwatch::app
