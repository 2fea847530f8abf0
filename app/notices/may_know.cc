#include "app/notices/may_know.h"

#include <algorithm>
#include <string>
#include <utility>

#include "alerts/named.h"
#include "app/notices/notice_item.h"

namespace schoolwatch::app {
namespace {

using alerts::NameWords;
using alerts::PersonName;

// All that the person behind a contact may be called: somebody may be there twice, and the school's
// own page names its headteacher.
std::vector<PersonName> NamesOf(const config::Contact& contact, const config::Settings& settings,
                                std::string_view school) {
  std::vector<PersonName> names;
  bool leads = false;
  for (const config::Contact& one : settings.contacts) {
    const bool same_name = !contact.name.empty() && one.name == contact.name;
    if (&one == &contact || IsSameAddress(one.email, contact.email) || same_name) {
      names.emplace_back(one.name, one.role);
      leads = leads || one.role == "headteacher";
    }
  }
  for (const core::School& one : settings.schools) {
    if (leads && one.key == school && !one.headteacher.empty()) {
      names.emplace_back(one.headteacher, "headteacher");
    }
  }
  return names;
}

}  // namespace

bool MayKnow(const config::Contact& contact, const config::Settings& settings, const core::Case& of,
             std::span<const core::Finding> findings) {
  const bool delicate =
      alerts::MayNamePerpetrator(of.categories, of.topics) ||
      std::ranges::any_of(findings, [](const core::Finding& finding) {
        return alerts::MayNamePerpetrator(finding.judgement.categories, finding.judgement.topics);
      });
  if (!delicate) {
    return true;
  }
  const std::vector<PersonName> names = NamesOf(contact, settings, of.school);
  const auto names_them = [&names](const std::string& text) {
    const NameWords words(text);
    return std::ranges::any_of(names, [&words](const PersonName& name) {
      return name.IsNamedIn(words) || name.IsMeantByOfficeIn(words);
    });
  };
  return !names_them(of.title) && std::ranges::none_of(findings, [&](const core::Finding& finding) {
    return names_them(alerts::TextAboutPeople(finding));
  });
}

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

}  // namespace schoolwatch::app
