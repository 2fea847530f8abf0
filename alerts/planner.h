#pragma once

#include <cstddef>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <unordered_map>
#include <utility>
#include <vector>

#include "alerts/named.h"
#include "alerts/timing.h"
#include "config/settings.h"
#include "core/finding.h"
#include "core/outbox.h"
#include "core/school.h"

namespace schoolwatch::alerts {

// What the posts of one case have said so far of those who could be told of it. Grows by one
// finding at a time (Planner::Hear), so that the thousandth voice in a thread costs what the first
// did.
struct CaseVoices {
  bool heard = false;       // Any finding at all.
  bool delicate = false;    // One may name a perpetrator.
  std::vector<bool> named;  // By contact of the case's school, in the planner's order: by surname…
  std::vector<bool> meant;  // …and by office.
};

// What changed in a case because of one finding.
struct CaseChange {
  const core::Finding* finding = nullptr;
  std::optional<core::Case> before;  // None: the finding opened it.
  core::Case after;
  bool backlog = false;  // From before watching of its source began.
  bool edited = false;   // The finding is a post that an edit has made worse.
  bool growing = false;  // The case grows fast.
  // The worst that the case's posts said so far of danger to children: kNone where nothing.
  // Without it the case's own severity counts.
  std::optional<core::Severity> danger_before{};
  // Of the case's other findings: who is named as a possible perpetrator in one of them is told of
  // none. Without them only the finding itself and the case's title can be looked at.
  const CaseVoices* earlier = nullptr;
};

// Decides who is told of a change, and when. Pure: same change, same items, same ids. Thread-safe.
class Planner {
 public:
  // Borrows nothing. `schools` lend the headteacher's name where a contact has none.
  explicit Planner(std::span<const config::Contact> contacts,
                   std::span<const core::School> schools = {});
  // What says when; until then all goes at the end of each run.
  void KeepTo(TimingRules rules) { rules_ = std::move(rules); }

  // Who: safeguarding goes to the DSL and the headteacher, anything else to the headteacher (and to
  // the chair too where it names the headteacher); docs/alerts.md has the whole table. Who is named
  // in a safeguarding matter as a possible perpetrator is told nothing of that case (design.md 7).
  // When nobody may be told, IT gets an item with kReasonNobody, whose mail holds no content; when
  // there is no such contact either, nothing comes back and the caller must say so.
  //
  // When: as DecideTiming (timing.h) has it. A finding without a category tells nobody.
  std::vector<core::OutboxItem> Plan(const CaseChange& change, core::Timestamp now) const;

  // Adds one of a case's findings to what was said in it.
  void Hear(const core::Finding& finding, CaseVoices& voices) const;

 private:
  struct Person {
    std::string role;
    std::string email;
    std::string lower_email;
    PersonName name;
  };
  // Contacts of one school, in the configuration's order.
  std::vector<const Person*> PeopleOf(std::string_view school) const;
  void HearText(const std::string& text, std::string_view school, CaseVoices& voices) const;

  TimingRules rules_;
  std::vector<Person> people_;
  std::vector<std::size_t> everywhere_;  // Indexes of those who serve all schools.
  std::unordered_map<std::string, std::vector<std::size_t>> by_school_;
  std::unordered_map<std::string, std::string> headteachers_;  // By school key.
};

}  // namespace schoolwatch::alerts
