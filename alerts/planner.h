#pragma once

#include <optional>
#include <span>
#include <string>
#include <utility>
#include <vector>

#include "alerts/routing.h"
#include "alerts/timing.h"
#include "alerts/withheld.h"
#include "config/settings.h"
#include "core/finding.h"
#include "core/outbox.h"
#include "core/school.h"

namespace schoolwatch::alerts {

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

// Who is told of a change, and who is not. Points at the planner's own persons.
struct Decision {
  struct Told {
    const Person* person;
    std::string why;  // What follows the branch's name: "in the headteacher's place"; or empty.
  };
  struct NotTold {
    const Person* person;
    Withheld why;
  };
  Route route;
  std::vector<Told> told;
  std::vector<NotTold> withheld;
  std::vector<std::string> accused;  // Roles that may be meant as a danger to children.
  bool newly_accused = false;        // One of these roles was not meant by the case until now.
  bool content = true;  // False: nobody may be told what it is; `told` hears that there is a case.
};

// Decides who is told of a change, and when. Pure: same change, same items, same ids. Thread-safe.
class Planner {
 public:
  // Borrows nothing. `schools` lend the headteacher's name where a contact has none. Without
  // branches the shipped tree.
  explicit Planner(std::span<const config::Contact> contacts,
                   std::span<const core::School> schools = {},
                   std::span<const config::RouteBranch> route = {});
  // What says when; until then all goes at the end of each run.
  void KeepTo(TimingRules rules) { rules_ = std::move(rules); }

  // Who, as docs/alerts.md has it. The tree's branch names roles. Whatever it says, whoever may be
  // meant as a danger to children is told nothing of that case; where this is the headteacher the
  // chair is told, where it is the DSL the headteacher. If nobody whom the branch names may be told
  // others stand in. When nobody at all may, IT gets an item with kReasonNobody, whose mail holds
  // no content; when there is no such contact either, nobody is told and the caller must say so. A
  // finding without a category tells nobody.
  Decision Decide(const CaseChange& change) const;

  // The same as outbox items, each with when it goes out (DecideTiming, timing.h); what first may
  // mean a role as a danger goes at once.
  std::vector<core::OutboxItem> Plan(const CaseChange& change, core::Timestamp now) const;

  // For what was `planned` and may not be told its recipient any more: items that tell whoever may
  // be told of the case as it stands, at the time and in the way that was planned. Those who were
  // told of the finding before get the ids that they had, so that they are not told twice.
  std::vector<core::OutboxItem> PlanInstead(const CaseChange& change,
                                            const core::OutboxItem& planned) const;

  // Adds one of a case's findings to what was said in it.
  void Hear(const core::Finding& finding, CaseVoices& voices) const {
    audience_.Hear(finding, voices);
  }
  const Audience& audience() const { return audience_; }

 private:
  CaseVoices EarlierVoices(const CaseChange& change) const;
  static std::vector<core::OutboxItem> ItemsFor(const CaseChange& change, const Decision& decision,
                                                const Timing& timing, core::Timestamp now);

  TimingRules rules_;
  Audience audience_;
  RoutingTree tree_;
};

}  // namespace schoolwatch::alerts
