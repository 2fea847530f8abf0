#include "alerts/planner.h"

#include <algorithm>
#include <string>
#include <utility>

#include "alerts/alert.h"
#include "core/hash.h"

namespace schoolwatch::alerts {
namespace {

bool HasSafeguarding(const std::vector<core::Category>& categories) {
  return std::ranges::find(categories, core::Category::kSafeguarding) != categories.end();
}

std::string Lower(std::string_view text) {
  std::string lower(text);
  std::ranges::transform(lower, lower.begin(), [](char c) {
    return c >= 'A' && c <= 'Z' ? static_cast<char>(c - 'A' + 'a') : c;
  });
  return lower;
}

}  // namespace

Planner::Planner(std::span<const config::Contact> contacts, std::span<const core::School> schools) {
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
                       .name = PersonName(contact.name, contact.role)});
  }
  for (const core::School& school : schools) {
    if (!school.headteacher.empty()) {
      headteachers_[school.key] = school.headteacher;
    }
  }
}

std::vector<const Planner::Person*> Planner::PeopleOf(std::string_view school) const {
  std::vector<std::size_t> indexes = everywhere_;
  if (const auto found = by_school_.find(std::string(school)); found != by_school_.end()) {
    indexes.insert(indexes.end(), found->second.begin(), found->second.end());
  }
  std::ranges::sort(indexes);
  std::vector<const Person*> people;
  for (const std::size_t index : indexes) {
    people.push_back(&people_[index]);
  }
  return people;
}

void Planner::Hear(const core::Finding& finding, CaseVoices& voices) const {
  voices.heard = true;
  voices.delicate =
      voices.delicate || MayNamePerpetrator(finding.judgement.categories, finding.judgement.topics);
  HearText(TextAboutPeople(finding), finding.school, voices);
}

void Planner::HearText(const std::string& text, std::string_view school, CaseVoices& voices) const {
  const std::vector<const Person*> people = PeopleOf(school);
  const NameWords words(text);
  PersonName known_head;
  if (const auto found = headteachers_.find(std::string(school)); found != headteachers_.end()) {
    known_head = PersonName(found->second, "headteacher");
  }
  voices.named.resize(people.size());
  voices.meant.resize(people.size());
  for (std::size_t i = 0; i < people.size(); ++i) {
    const Person& person = *people[i];
    voices.named[i] = voices.named[i] || person.name.IsNamedIn(words) ||
                      (person.role == "headteacher" && known_head.IsNamedIn(words));
    voices.meant[i] = voices.meant[i] || person.name.IsMeantByOfficeIn(words);
  }
}

std::vector<core::OutboxItem> Planner::Plan(const CaseChange& change, core::Timestamp now) const {
  const core::Finding& finding = *change.finding;
  if (finding.judgement.categories.empty()) {
    return {};
  }
  const std::vector<const Person*> people = PeopleOf(finding.school);

  CaseVoices voices = change.earlier != nullptr ? *change.earlier : CaseVoices{};
  if (!voices.heard && change.before) {
    // Without the earlier findings the case's own sums are all there is to judge by.
    voices.delicate = MayNamePerpetrator(change.before->categories, change.before->topics);
  }
  Hear(finding, voices);
  HearText(change.after.title, finding.school, voices);

  // Withheld: who is named, and every other contact that is the same person.
  std::vector<bool> withheld(people.size(), false);
  if (voices.delicate) {
    for (std::size_t i = 0; i < people.size(); ++i) {
      withheld[i] = voices.named[i] || voices.meant[i];
    }
    const std::vector<bool> named = withheld;
    for (std::size_t i = 0; i < people.size(); ++i) {
      for (std::size_t j = 0; j < people.size(); ++j) {
        const bool same = people[i]->lower_email == people[j]->lower_email ||
                          (!people[i]->name.folded().empty() &&
                           people[i]->name.folded() == people[j]->name.folded());
        withheld[i] = withheld[i] || (named[j] && same);
      }
    }
  }

  std::vector<const Person*> told;
  const auto tell = [&](std::string_view role) {
    bool any = false;
    for (std::size_t i = 0; i < people.size(); ++i) {
      if (people[i]->role != role || withheld[i]) {
        continue;
      }
      any = true;
      if (std::ranges::none_of(told, [&](const Person* one) {
            return one->lower_email == people[i]->lower_email;
          })) {
        told.push_back(people[i]);
      }
    }
    return any;
  };
  bool head_withheld = false;
  bool head_named = false;
  for (std::size_t i = 0; i < people.size(); ++i) {
    if (people[i]->role == "headteacher") {
      head_withheld = head_withheld || withheld[i];
      head_named = head_named || voices.named[i];
    }
  }

  // A case that is a safeguarding matter stays one, whatever a later voice in it adds.
  const bool safeguarding =
      HasSafeguarding(finding.judgement.categories) || HasSafeguarding(change.after.categories);
  if (safeguarding) {
    tell("dsl");
    tell("headteacher");
    if (head_withheld) {
      tell("chair");  // Allegations against a headteacher are the chair's to manage.
    }
  } else if (tell("headteacher")) {
    if (head_named) {
      tell("chair");
    }
  } else {
    tell("dsl");
  }
  if (told.empty()) {
    const bool anyone_withheld = std::ranges::find(withheld, true) != withheld.end();
    // Past somebody who is named it goes up; where a post is only vacant, to the next in line.
    if (!tell(anyone_withheld ? "chair" : "deputy")) {
      tell(anyone_withheld ? "deputy" : "chair");
    }
  }
  Timing timing = DecideTiming(change, now, rules_);
  if (told.empty()) {
    tell("it");
    timing = {.delivery = core::Delivery::kNow, .reason = kReasonNobody, .never_waits = true};
  }

  std::vector<core::OutboxItem> items;
  for (const Person* person : told) {
    items.push_back({.id = core::ShortHash("item\n" + person->lower_email + "\n" + finding.id),
                     .recipient = person->email,
                     .batch_key = BatchKey(finding, change.after, timing.delivery),
                     .delivery = timing.delivery,
                     .school = finding.school,
                     .case_id = change.after.id,
                     .finding_id = finding.id,
                     .reason = std::string(timing.reason),
                     .created_at = now,
                     .not_before = timing.not_before,
                     .never_waits = timing.never_waits});
  }
  return items;
}

}  // namespace schoolwatch::alerts
