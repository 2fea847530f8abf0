// The part of OutcomeBuilder that gives up what was deleted where it stood.

#include "app/pipeline/outcome_redactions.h"

#include <algorithm>
#include <utility>

#include "app/pipeline/outcome_builder.h"

namespace schoolwatch::app {
namespace {

constexpr int kMaxChain = 20;  // Of edits.

}  // namespace

bool IsHeldAsEvidence(const core::Case& of, const core::Finding& finding) {
  using core::CaseOutcome;
  switch (of.state) {
    case core::CaseState::kInHand:
      return true;
    case core::CaseState::kClosed:
      return of.outcome == CaseOutcome::kConcern || of.outcome == CaseOutcome::kComplaint ||
             of.outcome == CaseOutcome::kReported || of.outcome == CaseOutcome::kReferred;
    case core::CaseState::kNew:
    case core::CaseState::kSeen:
      break;
  }
  const std::vector<core::Category>& categories = finding.judgement.categories;
  return finding.judgement.severity >= core::Severity::kHigh &&
         std::ranges::find(categories, core::Category::kSafeguarding) != categories.end();
}

core::Finding WithoutWords(core::Finding finding) {
  core::Post& post = finding.post;
  post.text = kDeletedText;
  for (std::string* const words : {&post.title, &post.quoted, &post.summary, &post.author,
                                   &post.author_url, &post.published_text}) {
    words->clear();
  }
  for (core::Hit& hit : finding.judgement.hits) {
    hit.start = hit.end = 0;
    hit.text.clear();
  }
  finding.standing.gone = true;
  return finding;
}

core::Result<void> OutcomeBuilder::NoteGone(const std::string& post_key,
                                            core::DocumentOutcome& outcome) {
  std::optional<core::SeenMark> mark;
  if (const auto changed = changed_seen_.find(post_key); changed != changed_seen_.end()) {
    mark = changed->second;
  } else {
    SW_ASSIGN(mark, seen_.FindSeen(post_key));
  }
  if (!mark) {
    return {};
  }
  for (std::string id : mark->findings) {
    // What it said before an edit was its author's, too.
    for (int i = 0; i < kMaxChain && !id.empty(); ++i) {
      SW_ASSIGN(std::optional<core::Finding> finding, LoadPlaced(id));
      if (!finding) {
        break;
      }
      id = finding->edit_of;
      SW_TRY(Redact(*std::move(finding), outcome));
    }
  }
  return {};
}

core::Result<void> OutcomeBuilder::AddGone(const std::string& post_key) {
  core::DocumentOutcome outcome;
  SW_TRY(NoteGone(post_key, outcome));
  if (!outcome.cases.empty()) {
    outcomes_.push_back(std::move(outcome));
  }
  return {};
}

core::Result<void> OutcomeBuilder::Redact(core::Finding finding, core::DocumentOutcome& outcome) {
  SW_ASSIGN(core::Case of, LoadCase(finding.case_id));
  const bool held = IsHeldAsEvidence(of, finding);
  const bool told = std::ranges::any_of(of.history, [&](const core::CaseEvent& event) {
    return event.kind == core::CaseEventKind::kGone && event.finding == finding.id &&
           event.about.starts_with("deleted");
  });
  if (finding.post.text == kDeletedText || (held && told)) {
    return {};
  }
  const core::Timestamp now = clock_.Now();
  of.changed_at = now;
  of.history.push_back({.at = now,
                        .who = "",
                        .kind = core::CaseEventKind::kGone,
                        .about = held ? "deleted at its source; kept here as evidence"
                                      : "deleted at its source; its words are deleted here, too",
                        .reason = "",
                        .finding = finding.id});
  report_.gone += finding.standing.gone ? 0u : 1u;
  finding.standing.gone = true;
  if (!held) {
    if (finding.post.thread_title.empty() && of.title == CaseTitle(finding.post)) {
      of.title = kDeletedText;
    }
    ++report_.redacted;
    outcome.redacted.push_back(finding.id);
    std::erase_if(outcome.evidence,
                  [&](const core::Evidence& one) { return one.finding_id == finding.id; });
    finding = WithoutWords(std::move(finding));
  }
  Put(std::move(of), outcome);
  Put(std::move(finding), outcome);
  return {};
}

}  // namespace schoolwatch::app
