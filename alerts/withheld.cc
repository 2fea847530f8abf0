#include "alerts/withheld.h"

#include <algorithm>
#include <utility>

namespace schoolwatch::alerts {
namespace {

std::string Lower(std::string_view text) {
  std::string lower(text);
  std::ranges::transform(lower, lower.begin(), [](char c) {
    return c >= 'A' && c <= 'Z' ? static_cast<char>(c - 'A' + 'a') : c;
  });
  return lower;
}

bool IsSamePerson(const Person& a, const Person& b) {
  return a.lower_email == b.lower_email ||
         (!a.name.folded().empty() && a.name.folded() == b.name.folded());
}

}  // namespace

Audience::Audience(std::span<const config::Contact> contacts,
                   std::span<const core::School> schools) {
  people_.reserve(contacts.size());
  for (const config::Contact& contact : contacts) {
    for (const std::string& school : contact.schools) {
      by_school_[school].push_back(people_.size());
    }
    if (contact.schools.empty()) {
      everywhere_.push_back(people_.size());
    }
    people_.push_back({.role = contact.role,
                       .email = contact.email,
                       .lower_email = Lower(contact.email),
                       .shown = contact.name,
                       .name = PersonName(contact.name, contact.role)});
  }
  for (std::size_t role = 0; role < kMeantRoles.size(); ++role) {
    offices_[role] = PersonName("", kMeantRoles[role]);
  }
  for (const core::School& school : schools) {
    if (!school.headteacher.empty()) {
      headteachers_.emplace(school.key, PersonName(school.headteacher, "headteacher"));
    }
  }
}

std::vector<const Person*> Audience::Of(std::string_view school) const {
  std::vector<std::size_t> indexes = everywhere_;
  if (const auto found = by_school_.find(std::string(school)); found != by_school_.end()) {
    indexes.insert(indexes.end(), found->second.begin(), found->second.end());
  }
  std::ranges::sort(indexes);
  const auto repeated = std::ranges::unique(indexes);
  indexes.erase(repeated.begin(), repeated.end());
  std::vector<const Person*> people;
  people.reserve(indexes.size());
  for (const std::size_t index : indexes) {
    people.push_back(&people_[index]);
  }
  return people;
}

void Audience::Hear(const core::Finding& finding, CaseVoices& voices) const {
  voices.heard = true;
  voices.delicate =
      voices.delicate || MayNamePerpetrator(finding.judgement.categories, finding.judgement.topics);
  HearText(TextAboutPeople(finding), finding.school, voices);
}

void Audience::HearText(const std::string& text, std::string_view school,
                        CaseVoices& voices) const {
  const std::vector<const Person*> people = Of(school);
  const NameWords words(text);
  const auto known_head = headteachers_.find(std::string(school));
  const bool head_named = known_head != headteachers_.end() && known_head->second.IsNamedIn(words);
  voices.named.resize(people.size());
  voices.meant.resize(people.size());
  for (std::size_t i = 0; i < people.size(); ++i) {
    const Person& person = *people[i];
    voices.named[i] = voices.named[i] || person.name.IsNamedIn(words) ||
                      (person.role == "headteacher" && head_named);
    voices.meant[i] = voices.meant[i] || person.name.IsMeantByOfficeIn(words);
  }
  for (std::size_t role = 0; role < kMeantRoles.size(); ++role) {
    bool spoken_of = offices_[role].IsMeantByOfficeIn(words) ||
                     (kMeantRoles[role] == "headteacher" && head_named);
    for (std::size_t i = 0; i < people.size(); ++i) {
      spoken_of = spoken_of || (people[i]->role == kMeantRoles[role] && voices.named[i]);
    }
    voices.roles[role] = voices.roles[role] || spoken_of;
  }
}

std::vector<Withheld> Audience::WithheldFrom(std::string_view school,
                                             const CaseVoices& voices) const {
  const std::vector<const Person*> people = Of(school);
  std::vector<Withheld> withheld(people.size(), Withheld::kNo);
  if (!voices.delicate) {
    return withheld;
  }
  const auto is_set = [](const std::vector<bool>& flags, std::size_t i) {
    return i < flags.size() && flags[i];
  };
  for (std::size_t i = 0; i < people.size(); ++i) {
    withheld[i] = is_set(voices.named, i)   ? Withheld::kNamed
                  : is_set(voices.meant, i) ? Withheld::kMeant
                                            : Withheld::kNo;
  }
  // Whoever is the same person, by one contact after the other: an address here, a name there.
  for (bool more = true; more;) {
    more = false;
    for (std::size_t i = 0; i < people.size(); ++i) {
      for (std::size_t j = 0; withheld[i] == Withheld::kNo && j < people.size(); ++j) {
        if (withheld[j] != Withheld::kNo && IsSamePerson(*people[i], *people[j])) {
          withheld[i] = Withheld::kSamePerson;
          more = true;
        }
      }
    }
  }
  return withheld;
}

bool Audience::MayBeTold(std::string_view address, std::string_view school,
                         const CaseVoices& voices) const {
  const std::vector<const Person*> people = Of(school);
  const std::vector<Withheld> withheld = WithheldFrom(school, voices);
  const std::string lower = Lower(address);
  for (std::size_t i = 0; i < people.size(); ++i) {
    if (people[i]->lower_email == lower && withheld[i] != Withheld::kNo) {
      return false;
    }
  }
  return true;
}

std::vector<std::string> AccusedRoles(const CaseVoices& voices) {
  return voices.delicate ? RolesSpokenOf(voices) : std::vector<std::string>();
}

std::vector<std::string> RolesSpokenOf(const CaseVoices& voices) {
  std::vector<std::string> roles;
  for (std::size_t role = 0; role < kMeantRoles.size(); ++role) {
    if (voices.roles[role]) {
      roles.emplace_back(kMeantRoles[role]);
    }
  }
  return roles;
}

}  // namespace schoolwatch::alerts
