#include "app/case_changes.h"

#include <algorithm>
#include <functional>
#include <iterator>
#include <set>
#include <utility>
#include <vector>

#include "app/pipeline/outcome_builder.h"
#include "app/terminal.h"
#include "storage/case_id.h"

namespace schoolwatch::app {
namespace {

using core::CaseEventKind;
using core::CaseOutcome;
using core::CaseState;

// Of the newest posts of a case: a long thread has no more to teach.
constexpr std::size_t kMostExamples = 50;

std::unexpected<core::Error> Refuse(std::string why) {
  return core::Fail(core::ErrorKind::kBadInput, std::move(why));
}

bool IsBlank(std::string_view text) {
  return text.find_first_not_of(" \t\r\n") == std::string_view::npos;
}

enum class Reason { kNeeded, kAsYouLike };

core::Result<void> CheckReason(const Decision& decision, Reason need, std::string_view what) {
  if (need == Reason::kNeeded && IsBlank(decision.reason)) {
    return Refuse(std::string(what) + " needs a reason: --note \"…\"");
  }
  if (decision.reason.size() > kMaxReasonBytes) {
    return Refuse("a note has at most " + std::to_string(kMaxReasonBytes) +
                  " bytes, this one has " + std::to_string(decision.reason.size()));
  }
  return {};
}

void Remember(core::Case& of, CaseEventKind kind, std::string about, const Decision& decision) {
  of.changed_at = decision.at;
  of.history.push_back({.at = decision.at,
                        .who = decision.who,
                        .kind = kind,
                        .about = std::move(about),
                        .reason = SafeForTerminal(decision.reason)});
}

core::DocumentOutcome OutcomeOf(core::Case changed) {
  core::DocumentOutcome outcome;
  outcome.cases.push_back(std::move(changed));
  return outcome;
}

bool SetsAside(CaseOutcome outcome) {
  return outcome == CaseOutcome::kNoConcern || outcome == CaseOutcome::kNotAboutUs ||
         outcome == CaseOutcome::kLawfulCriticism;
}

bool KeepsExamples(CaseOutcome outcome) {
  return outcome == CaseOutcome::kNoConcern || outcome == CaseOutcome::kNotAboutUs;
}

// A case's findings, oldest first. Erased ones are just gone.
core::Result<std::vector<core::Finding>> LoadFindings(const storage::CaseReader& cases,
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

template <class T>
void AddUnique(std::vector<T>& all, const T& one) {
  if (std::ranges::find(all, one) == all.end()) {
    all.push_back(one);
  }
}

// What a case is by its findings alone.
void SumUp(std::span<const core::Finding> findings, core::Case& of) {
  of.severity = core::Severity::kNone;
  of.categories.clear();
  of.topics.clear();
  of.sources.clear();
  of.findings.clear();
  of.edits = 0;
  std::set<std::string_view> authors;
  std::set<std::string_view> ids;
  for (const core::Finding& finding : findings) {
    ids.insert(finding.id);
  }
  for (const core::Finding& finding : findings) {
    of.severity = std::max(of.severity, finding.judgement.severity);
    for (const core::Category category : finding.judgement.categories) {
      AddUnique(of.categories, category);
    }
    for (const std::string& topic : finding.judgement.topics) {
      AddUnique(of.topics, topic);
    }
    AddUnique(of.sources, finding.post.source);
    of.findings.push_back(finding.id);
    of.edits += ids.contains(finding.edit_of) ? 1u : 0u;  // Else it is all of its post here.
    authors.insert(finding.post.author);
  }
  of.authors = static_cast<std::uint32_t>(authors.size());
}

// Where else a case's posts were seen: a copy in another source leaves no finding, and which post
// it was a copy of is not kept.
std::vector<std::string> SourcesOfCopies(std::span<const core::Finding> findings,
                                         const core::Case& of) {
  std::vector<std::string> sources;
  std::ranges::copy_if(of.sources, std::back_inserter(sources), [&](const std::string& source) {
    return std::ranges::none_of(
        findings, [&](const core::Finding& one) { return one.post.source == source; });
  });
  return sources;
}

void AddSources(const std::vector<std::string>& sources, core::Case& of) {
  for (const std::string& source : sources) {
    AddUnique(of.sources, source);
  }
}

// What is left of a case whose posts are another's.
core::Case AliasOf(const core::Case& of, std::string id, const core::Case& target,
                   core::Timestamp at) {
  core::Case alias;
  alias.id = std::move(id);
  alias.school = of.school;
  alias.state = CaseState::kClosed;
  alias.opened_at = of.opened_at;
  alias.changed_at = at;
  alias.merged_into = target.id;
  return alias;
}

// The ids of cases that were merged into `left` and whose posts all move, led to the one made:
// somebody has such an id in a mail.
core::Result<std::vector<core::Case>> LeadMerged(const storage::CaseReader& cases,
                                                 std::span<const core::Finding> staying,
                                                 std::span<const core::Finding> moving,
                                                 const core::Case& left, const core::Case& made) {
  std::set<std::string> stay;
  std::set<std::string> move;
  for (const core::Finding& finding : staying) {
    stay.insert(finding.merged_from.begin(), finding.merged_from.end());
  }
  for (const core::Finding& finding : moving) {
    move.insert(finding.merged_from.begin(), finding.merged_from.end());
  }
  std::vector<core::Case> aliases;
  for (const std::string& id : move) {
    if (stay.contains(id)) {
      continue;
    }
    const core::Result<core::Case> now = cases.LoadCase(id);
    if (now && now->id == left.id) {  // Else it leads to others of its posts already.
      aliases.push_back(AliasOf(made, id, made, made.changed_at));
    } else if (!now && now.error().kind != core::ErrorKind::kNotFound) {
      return core::Fail(now.error());
    }
  }
  return aliases;
}

}  // namespace

core::Result<core::DocumentOutcome> SetState(const storage::CaseReader& cases, std::string_view id,
                                             CaseState state, const Decision& decision) {
  SW_TRY(CheckReason(decision, Reason::kAsYouLike, ""));
  SW_ASSIGN(core::Case changed, cases.LoadCase(id));
  const std::string name(core::CaseStateName(state));
  if (changed.state == CaseState::kClosed) {
    return Refuse("case " + changed.id + " is closed; open it again with: cases reopen " +
                  changed.id);
  }
  if (changed.state == state ||
      (changed.state == CaseState::kInHand && state == CaseState::kSeen)) {
    return Refuse("case " + changed.id + " is " + std::string(core::CaseStateName(changed.state)) +
                  " already");
  }
  changed.state = state;
  Remember(changed, CaseEventKind::kState, name, decision);
  return OutcomeOf(std::move(changed));
}

core::Result<core::DocumentOutcome> CloseCase(const storage::CaseReader& cases, std::string_view id,
                                              CaseOutcome outcome, const NameMask& mask,
                                              const Decision& decision) {
  SW_ASSIGN(core::Case changed, cases.LoadCase(id));
  const bool safeguarding = std::ranges::find(changed.categories, core::Category::kSafeguarding) !=
                            changed.categories.end();
  SW_TRY(CheckReason(decision,
                     SetsAside(outcome) || safeguarding ? Reason::kNeeded : Reason::kAsYouLike,
                     safeguarding ? "closing a safeguarding case" : "setting a post aside"));
  if (changed.state == CaseState::kClosed && changed.outcome == outcome) {
    return Refuse("case " + changed.id + " is closed as " +
                  std::string(core::CaseOutcomeName(outcome)) + " already");
  }
  changed.state = CaseState::kClosed;
  changed.outcome = outcome;
  Remember(changed, CaseEventKind::kClosed, std::string(core::CaseOutcomeName(outcome)), decision);
  core::DocumentOutcome all;
  all.dropped_examples = changed.findings;
  if (KeepsExamples(outcome)) {
    SW_ASSIGN(const std::vector<core::Finding> findings, LoadFindings(cases, changed));
    const std::size_t skipped = findings.size() - std::min(findings.size(), kMostExamples);
    for (const core::Finding& finding : std::span(findings).subspan(skipped)) {
      if (finding.post.visibility == core::Visibility::kReportedPrivate) {
        continue;  // Examples are read by whoever tunes the rules.
      }
      all.examples.push_back({.id = finding.id,
                              .school = finding.school,
                              .case_id = changed.id,
                              .outcome = outcome,
                              .post = mask.Masked(finding.post),
                              .kept_at = decision.at});
    }
  }
  all.cases.push_back(std::move(changed));
  return all;
}

core::Result<core::DocumentOutcome> ReopenCase(const storage::CaseReader& cases,
                                               std::string_view id, const Decision& decision) {
  SW_TRY(CheckReason(decision, Reason::kNeeded, "opening a case again"));
  SW_ASSIGN(core::Case changed, cases.LoadCase(id));
  if (changed.state != CaseState::kClosed) {
    return Refuse("case " + changed.id + " is not closed");
  }
  changed.state = CaseState::kInHand;
  changed.outcome = CaseOutcome::kNone;
  Remember(changed, CaseEventKind::kReopened, "", decision);
  core::DocumentOutcome all;
  all.dropped_examples = changed.findings;
  all.cases.push_back(std::move(changed));
  return all;
}

core::Result<core::DocumentOutcome> NoteCase(const storage::CaseReader& cases, std::string_view id,
                                             const Decision& decision) {
  if (IsBlank(decision.reason)) {
    return Refuse("the note is empty: cases note " + std::string(id) + " \"…\"");
  }
  SW_TRY(CheckReason(decision, Reason::kAsYouLike, ""));
  SW_ASSIGN(core::Case changed, cases.LoadCase(id));
  Remember(changed, CaseEventKind::kNoted, "", decision);
  return OutcomeOf(std::move(changed));
}

core::Result<core::DocumentOutcome> MergeCases(const storage::CaseReader& cases,
                                               std::string_view from, std::string_view into,
                                               const Decision& decision) {
  SW_TRY(CheckReason(decision, Reason::kNeeded, "merging cases"));
  SW_ASSIGN(const core::Case source, cases.LoadCase(from));
  SW_ASSIGN(core::Case target, cases.LoadCase(into));
  if (source.id == target.id) {
    return Refuse("'" + std::string(from) + "' and '" + std::string(into) + "' are one case, " +
                  target.id);
  }
  if (source.school != target.school) {
    return Refuse("case " + source.id + " is about " + source.school + ", case " + target.id +
                  " about " + target.school);
  }
  SW_ASSIGN(std::vector<core::Finding> findings, LoadFindings(cases, target));
  SW_ASSIGN(std::vector<core::Finding> moving, LoadFindings(cases, source));
  core::DocumentOutcome all;
  for (core::Finding& finding : moving) {
    finding.case_id = target.id;
    AddUnique(finding.merged_from, source.id);
    all.findings.push_back(finding);
    findings.push_back(std::move(finding));
  }
  std::ranges::stable_sort(findings, {}, &core::Finding::fetched_at);
  const std::vector<std::string> seen_through = std::move(target.sources);
  SumUp(findings, target);
  AddSources(seen_through, target);
  AddSources(source.sources, target);
  target.opened_at = std::min(target.opened_at, source.opened_at);
  if (target.state == CaseState::kClosed && source.state != CaseState::kClosed) {
    // What nobody has dealt with must not vanish into what is done with.
    target.state = source.state;
    target.outcome = CaseOutcome::kNone;
  }
  if (target.state != CaseState::kClosed) {
    all.dropped_examples = target.findings;
  }
  target.history.insert(target.history.end(), source.history.begin(), source.history.end());
  std::ranges::stable_sort(target.history, {}, &core::CaseEvent::at);
  Remember(target, CaseEventKind::kMerged, source.id, decision);

  all.cases.push_back(AliasOf(source, source.id, target, decision.at));
  all.cases.push_back(std::move(target));
  return all;
}

core::Result<core::DocumentOutcome> SplitCase(const storage::CaseReader& cases, std::string_view id,
                                              std::span<const std::string> findings,
                                              const Decision& decision) {
  SW_TRY(CheckReason(decision, Reason::kNeeded, "splitting a case"));
  SW_ASSIGN(core::Case left, cases.LoadCase(id));
  std::set<std::string> chosen;
  for (const std::string& typed : findings) {
    SW_ASSIGN(const core::Finding finding, cases.LoadFinding(typed));
    if (std::ranges::find(left.findings, finding.id) == left.findings.end()) {
      return Refuse("post '" + typed + "' is not in case " + left.id);
    }
    chosen.insert(finding.id);
  }
  SW_ASSIGN(std::vector<core::Finding> all_findings, LoadFindings(cases, left));
  const auto border = std::ranges::stable_partition(
      all_findings, [&](const core::Finding& one) { return !chosen.contains(one.id); });
  const std::span staying(all_findings.begin(), border.begin());
  const std::span moving(border.begin(), border.end());
  if (moving.empty() || staying.empty()) {
    return Refuse(moving.empty()
                      ? "which posts? give their ids, as `cases show` prints them"
                      : "these are all posts of case " + left.id + ": nothing would stay in it");
  }
  core::Case made;
  made.id = storage::MakeCaseId(left.school,
                                moving.front().id + "\nsplit\n" + core::FormatRfc3339(decision.at));
  made.school = left.school;
  // What waits for an answer goes on waiting, and what somebody holds is held; what is taken out of
  // a closed case is not what was closed.
  made.state = left.state == CaseState::kClosed ? CaseState::kSeen : left.state;
  made.title = CaseTitle(moving.front().post);
  made.opened_at = decision.at;
  // The thread goes along only if all of it does.
  const std::string& thread = moving.front().post.thread_url;
  const auto in_thread = [&thread](const core::Finding& one) {
    return one.post.thread_url == thread;
  };
  if (std::ranges::all_of(moving, in_thread) && std::ranges::none_of(staying, in_thread)) {
    made.thread_url = thread;
    left.thread_url = left.thread_url == thread ? "" : left.thread_url;
  }
  core::DocumentOutcome all;
  for (core::Finding& finding : moving) {
    finding.case_id = made.id;
    finding.placed = made.thread_url.empty();
    all.findings.push_back(finding);
  }
  all.dropped_examples.assign(chosen.begin(), chosen.end());
  const std::vector<std::string> copies = SourcesOfCopies(all_findings, left);
  SumUp(moving, made);
  SumUp(staying, left);
  // Both: a place too many tells more than one too few.
  AddSources(copies, made);
  AddSources(copies, left);
  // What became of its posts since is theirs, and is told where they are.
  const auto is_theirs = [&chosen](const core::CaseEvent& event) {
    const bool of_a_post = event.kind == CaseEventKind::kEdited ||
                           event.kind == CaseEventKind::kGone || event.kind == CaseEventKind::kBack;
    return of_a_post && chosen.contains(event.finding);
  };
  const auto theirs = std::ranges::stable_partition(left.history, std::not_fn(is_theirs));
  made.history.assign(theirs.begin(), theirs.end());
  left.history.erase(theirs.begin(), theirs.end());
  Remember(made, CaseEventKind::kSplitOff, left.id, decision);
  Remember(left, CaseEventKind::kSplit, made.id, decision);
  SW_ASSIGN(std::vector<core::Case> aliases, LeadMerged(cases, staying, moving, left, made));
  std::ranges::move(aliases, std::back_inserter(all.cases));
  all.cases.push_back(std::move(left));
  all.cases.push_back(std::move(made));
  return all;
}

}  // namespace schoolwatch::app
