#include "alerts/planner.h"

#include <algorithm>
#include <cstddef>
#include <string>
#include <string_view>

#include "alerts/alert.h"
#include "alerts/wording.h"
#include "core/hash.h"

namespace schoolwatch::alerts {
namespace {

bool Has(const std::vector<std::string>& roles, std::string_view role) {
  return std::ranges::find(roles, role) != roles.end();
}

}  // namespace

Planner::Planner(std::span<const config::Contact> contacts, std::span<const core::School> schools,
                 std::span<const config::RouteBranch> route)
    : audience_(contacts, schools), tree_(route) {}

CaseVoices Planner::EarlierVoices(const CaseChange& change) const {
  CaseVoices voices = change.earlier != nullptr ? *change.earlier : CaseVoices{};
  if (!voices.heard && change.before) {
    // Without the earlier findings the case's own sums are all there is to judge by.
    voices.delicate = MayNamePerpetrator(change.before->categories, change.before->topics);
  }
  audience_.HearText(change.after.title, change.finding->school, voices);
  return voices;
}

Decision Planner::Decide(const CaseChange& change) const {
  Decision decision;
  const core::Finding& finding = *change.finding;
  if (finding.judgement.categories.empty()) {
    return decision;
  }
  CaseVoices voices = EarlierVoices(change);
  const std::vector<std::string> accused_before = AccusedRoles(voices);
  audience_.Hear(finding, voices);
  // What a case was it stays, whatever a later voice in it adds.
  std::vector<core::Category> categories = finding.judgement.categories;
  categories.insert(categories.end(), change.after.categories.begin(),
                    change.after.categories.end());
  std::vector<std::string> topics = finding.judgement.topics;
  topics.insert(topics.end(), change.after.topics.begin(), change.after.topics.end());
  const std::vector<std::string> about = RolesSpokenOf(voices);
  decision.route =
      tree_.Choose({.school = finding.school,
                    .category = LeadingCategory(categories),
                    .severity = std::max(finding.judgement.severity, change.after.severity),
                    .topics = topics,
                    .source = finding.post.source,
                    .about = about});
  decision.accused = AccusedRoles(voices);
  decision.newly_accused =
      change.before && std::ranges::any_of(decision.accused, [&](const std::string& role) {
        return !Has(accused_before, role);
      });

  const std::vector<const Person*> people = audience_.Of(finding.school);
  const std::vector<Withheld> withheld = audience_.WithheldFrom(finding.school, voices);
  for (std::size_t i = 0; i < people.size(); ++i) {
    if (withheld[i] != Withheld::kNo) {
      decision.withheld.push_back({people[i], withheld[i]});
    }
  }
  const auto tell = [&](std::string_view role, const std::string& why) {
    bool any = false;
    for (std::size_t i = 0; i < people.size(); ++i) {
      if (people[i]->role != role || withheld[i] != Withheld::kNo) {
        continue;
      }
      any = true;
      if (std::ranges::none_of(decision.told, [&](const Decision::Told& one) {
            return one.person->lower_email == people[i]->lower_email;
          })) {
        decision.told.push_back({people[i], why});
      }
    }
    return any;
  };
  for (const std::string& role : decision.route.tell) {
    tell(role, "");
  }
  if (Has(decision.accused, "headteacher")) {
    tell("chair", "in the headteacher's place");  // The chair's to manage, as guidance has it.
  }
  if (Has(decision.accused, "dsl")) {
    tell("headteacher", "in the DSL's place");
  }
  std::vector<std::string> stand_ins;
  if (!decision.withheld.empty()) {
    // Past somebody who is meant it goes up; where a post is only vacant, to the next in line.
    stand_ins = {"chair", "deputy"};
  }
  stand_ins.insert(stand_ins.end(), decision.route.otherwise.begin(),
                   decision.route.otherwise.end());
  stand_ins.insert(stand_ins.end(), {"dsl", "headteacher", "deputy", "chair"});
  for (std::size_t i = 0; decision.told.empty() && i < stand_ins.size(); ++i) {
    tell(stand_ins[i], "stands in");
  }
  if (decision.told.empty()) {
    decision.content = false;
    tell("it", "nobody else may be told");
  }
  return decision;
}

std::vector<core::OutboxItem> Planner::ItemsFor(const CaseChange& change, const Decision& decision,
                                                const Timing& timing, core::Timestamp now) {
  const core::Finding& finding = *change.finding;
  std::vector<core::OutboxItem> items;
  for (const auto& [person, why] : decision.told) {
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
                     .role = person->role,
                     .route = decision.route.name + (why.empty() ? "" : "; " + why),
                     .never_waits = timing.never_waits,
                     .withheld = decision.accused,
                     .severity = finding.judgement.severity});
  }
  return items;
}

std::vector<core::OutboxItem> Planner::Plan(const CaseChange& change, core::Timestamp now) const {
  const Decision decision = Decide(change);
  Timing timing = DecideTiming(change, now, rules_);
  if (!decision.content) {
    timing = {.delivery = core::Delivery::kNow, .reason = kReasonNobody, .never_waits = true};
  } else if (decision.newly_accused && !change.backlog) {
    // Whoever now is told in somebody's place hears of the case for the first time.
    timing = {.delivery = core::Delivery::kNow, .reason = kReasonWorse, .never_waits = true};
  }
  return ItemsFor(change, decision, timing, now);
}

std::vector<core::OutboxItem> Planner::PlanInstead(const CaseChange& change,
                                                   const core::OutboxItem& planned) const {
  const Decision decision = Decide(change);
  std::string_view reason = planned.reason;
  if (reason.ends_with(kOverBudget)) {
    reason.remove_suffix(kOverBudget.size());  // Another recipient has another budget.
  }
  Timing timing{.delivery = planned.delivery,
                .reason = reason,
                .never_waits = planned.never_waits,
                .not_before = planned.not_before};
  if (!decision.content) {
    timing = {.delivery = core::Delivery::kNow, .reason = kReasonNobody, .never_waits = true};
  }
  return ItemsFor(change, decision, timing, planned.created_at);
}

}  // namespace schoolwatch::alerts
