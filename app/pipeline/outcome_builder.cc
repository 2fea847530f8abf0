#include "app/pipeline/outcome_builder.h"

#include <algorithm>
#include <utility>

#include "core/hash.h"
#include "core/url.h"
#include "storage/case_id.h"
#include "storage/near_duplicates.h"

namespace schoolwatch::app {
namespace {

constexpr std::size_t kTitleBytes = 80;

// The first words of a text as a case's title, cut at a character and word boundary.
std::string FirstWords(std::string_view text) {
  text = text.substr(0, text.find('\n'));
  if (text.size() <= kTitleBytes) {
    return std::string(text);
  }
  std::size_t end = kTitleBytes;
  while (end > 0 && (static_cast<unsigned char>(text[end]) & 0xC0u) == 0x80u) {
    --end;
  }
  const std::size_t space = text.substr(0, end).rfind(' ');
  if (space != std::string_view::npos && space > kTitleBytes / 2) {
    end = space;
  }
  return std::string(text.substr(0, end)) + "…";
}

template <class T>
void AddUnique(std::vector<T>& all, const T& one) {
  if (std::ranges::find(all, one) == all.end()) {
    all.push_back(one);
  }
}

bool IsWorse(const core::Judgement& now, const core::Judgement& before) {
  if (now.severity > before.severity) {
    return true;
  }
  return std::ranges::any_of(now.categories, [&](core::Category category) {
    return std::ranges::find(before.categories, category) == before.categories.end();
  });
}

std::chrono::milliseconds DelayOf(const core::Post& post, core::Timestamp fetched_at,
                                  const SourceAge& age) {
  // What is older was there before anybody watched; a bare date says nothing about hours.
  const bool counts = post.published && age.watched_since != core::Timestamp{} &&
                      *post.published >= age.watched_since &&
                      *post.published != std::chrono::floor<std::chrono::days>(*post.published);
  return counts ? fetched_at - *post.published : std::chrono::milliseconds(0);
}

// What a new finding does to a case's state, and what is remembered of it.
void NoteFinding(const core::Finding& finding, const std::optional<core::Case>& before,
                 core::Case& after, core::Timestamp now) {
  const auto note = [&](core::CaseEventKind kind) {
    after.history.push_back({.at = now,
                             .who = "",
                             .kind = kind,
                             .about = std::string(core::SeverityName(finding.judgement.severity)),
                             .reason = ""});
  };
  if (!before) {
    return note(core::CaseEventKind::kOpened);
  }
  if (before->state == core::CaseState::kClosed) {
    // Nobody looks at closed cases: what comes later is never added to one in silence.
    after.state = core::CaseState::kNew;
    after.outcome = core::CaseOutcome::kNone;
    note(core::CaseEventKind::kReopened);
  }
  if (finding.judgement.severity > before->severity) {
    note(core::CaseEventKind::kWorse);
    if (after.state == core::CaseState::kSeen) {
      after.state = core::CaseState::kNew;  // What was seen was milder.
    }
  }
}

}  // namespace

std::string CaseTitle(const core::Post& post) {
  if (!post.thread_title.empty()) {
    return FirstWords(post.thread_title);
  }
  return FirstWords(post.title.empty() ? post.text : post.title);
}

std::string MakeFindingId(std::string_view school, std::string_view post_key,
                          std::string_view text_hash) {
  return core::ShortHash(std::string(school) + "\n" + std::string(post_key) + "\n" +
                         std::string(text_hash));
}

OutcomeBuilder::OutcomeBuilder(const storage::SeenLookup& seen, const storage::CaseReader& cases,
                               const alerts::Planner& planner, const core::Clock& clock)
    : seen_(seen), cases_(cases), planner_(planner), clock_(clock) {}

core::Result<std::optional<core::Case>> OutcomeBuilder::FindCase(
    const core::Finding& finding, const core::Fingerprint& fingerprint) const {
  const std::string& thread = finding.post.thread_url;
  for (const auto& [id, changed] : changed_cases_) {
    if (changed.school == finding.school && !thread.empty() && changed.thread_url == thread) {
      return changed;
    }
  }
  // The store may hold an older state of a case that this batch has changed.
  const auto newest = [this](std::optional<core::Case> found) {
    if (found) {
      if (const auto changed = changed_cases_.find(found->id); changed != changed_cases_.end()) {
        found = changed->second;
      }
    }
    return found;
  };
  std::optional<core::Case> by_link;
  if (!thread.empty()) {
    SW_ASSIGN(by_link, cases_.FindCaseByLink(finding.school, thread));
    by_link = newest(std::move(by_link));
    if (by_link && by_link->state != core::CaseState::kClosed) {
      return by_link;
    }
  }
  for (const core::FingerprintEntry& entry : changed_fingerprints_) {
    if (entry.school == finding.school && storage::Compare(entry.fingerprint, fingerprint).same) {
      if (const auto found = changed_cases_.find(entry.case_id); found != changed_cases_.end()) {
        return found->second;
      }
    }
  }
  SW_ASSIGN(std::optional<core::Case> by_text, cases_.FindCaseByText(finding.school, fingerprint));
  by_text = newest(std::move(by_text));
  const bool closed = by_text && by_text->state == core::CaseState::kClosed;
  return by_link && (!by_text || closed) ? by_link : by_text;
}

core::Result<OutcomeBuilder::CaseHistory*> OutcomeBuilder::FindHistory(const core::Case& of) {
  if (const auto known = histories_.find(of.id);
      known != histories_.end() && known->second.findings == of.findings) {
    return &known->second;
  }
  CaseHistory history{.findings = of.findings, .voices = {}, .authors = {}};
  for (const std::string& id : of.findings) {
    const core::Result<core::Finding> stored = cases_.LoadFinding(id);
    if (stored) {
      planner_.Hear(*stored, history.voices);
      history.authors.insert(stored->post.author);
    } else if (stored.error().kind != core::ErrorKind::kNotFound) {  // Erased ones are just gone.
      return core::Fail(stored.error());
    }
  }
  return &histories_.insert_or_assign(of.id, std::move(history)).first->second;
}

core::Result<void> OutcomeBuilder::AddFinding(core::Finding finding, const JudgedPost& judged,
                                              bool backlog, const core::Case* edited_in,
                                              core::DocumentOutcome& outcome) {
  std::optional<core::Case> before;
  if (edited_in != nullptr) {
    before = *edited_in;
  } else {
    SW_ASSIGN(before, FindCase(finding, judged.fingerprint));
  }
  const core::Timestamp now = clock_.Now();
  core::Case after;
  if (before) {
    after = *before;
  } else {
    after.id = storage::MakeCaseId(finding.school, finding.id);
    after.school = finding.school;
    after.title = CaseTitle(finding.post);
    after.opened_at = now;
    after.thread_url = finding.post.thread_url;
    ++report_.new_cases;
  }
  finding.case_id = after.id;
  NoteFinding(finding, before, after, now);
  after.changed_at = now;
  after.severity = std::max(after.severity, finding.judgement.severity);
  for (const core::Category category : finding.judgement.categories) {
    AddUnique(after.categories, category);
  }
  for (const std::string& topic : finding.judgement.topics) {
    AddUnique(after.topics, topic);
  }
  AddUnique(after.sources, finding.post.source);
  // Before this finding joins: the store has no finding of the case that the history lacks.
  SW_ASSIGN(CaseHistory* const history, FindHistory(after));
  AddUnique(after.findings, finding.id);
  history->findings = after.findings;
  history->authors.insert(finding.post.author);
  after.authors = static_cast<std::uint32_t>(history->authors.size());

  std::vector<core::OutboxItem> items = planner_.Plan({.finding = &finding,
                                                       .before = before,
                                                       .after = after,
                                                       .backlog = backlog,
                                                       .earlier = &history->voices},
                                                      now);
  planner_.Hear(finding, history->voices);
  report_.untold += items.empty() ? 1u : 0u;
  for (core::OutboxItem& item : items) {
    ++report_.outbox_items;
    outcome.outbox.push_back(std::move(item));
  }
  core::FingerprintEntry entry{.finding_id = finding.id,
                               .case_id = after.id,
                               .school = finding.school,
                               .day = finding.fetched_at,
                               .fingerprint = judged.fingerprint};
  changed_fingerprints_.push_back(entry);
  if (judged.evidence != nullptr) {
    core::Evidence& evidence = outcome.evidence.emplace_back(*judged.evidence);
    evidence.finding_id = finding.id;
    evidence.school = finding.school;
  }
  outcome.fingerprints.push_back(std::move(entry));
  std::erase_if(outcome.cases, [&](const core::Case& one) { return one.id == after.id; });
  outcome.cases.push_back(after);
  changed_cases_.insert_or_assign(after.id, after);
  ++report_.findings;
  found_.push_back(finding);
  outcome.findings.push_back(std::move(finding));
  return {};
}

core::Result<DocumentGain> OutcomeBuilder::Add(const JudgedDocument& document,
                                               const SourceAge& age) {
  const CommitReport before = report_;
  DocumentGain gain;
  core::DocumentOutcome outcome;
  if (!document.fetched.url_state.key.empty()) {
    outcome.urls.push_back(document.fetched.url_state);
  }
  if (!document.fetched.host_state.origin.empty()) {
    outcome.hosts.push_back(document.fetched.host_state);
  }
  if (!document.fetched.site_state.origin.empty()) {
    outcome.hosts.push_back(document.fetched.site_state);
  }
  outcome.seen = document.seen_again;
  for (const JudgedPost& judged : document.posts) {
    if (seen_.IsErased(judged.post, judged.key, clock_.Now())) {
      continue;  // Since it was read.
    }
    std::optional<core::SeenMark> mark;
    if (const auto changed = changed_seen_.find(judged.key); changed != changed_seen_.end()) {
      mark = changed->second;
    } else {
      SW_ASSIGN(mark, seen_.FindSeen(judged.key));
    }
    if (mark && mark->text_hash == judged.text_hash) {
      continue;
    }
    const core::SeenMark now_seen{.post_key = judged.key,
                                  .text_hash = judged.text_hash,
                                  .seen_at = document.fetched.fetched_at};
    outcome.seen.push_back(now_seen);
    changed_seen_.insert_or_assign(judged.key, now_seen);
    ++(mark ? report_.edited_posts : report_.new_posts);
    if (!mark) {
      gain.post_delay =
          std::max(gain.post_delay, DelayOf(judged.post, document.fetched.fetched_at, age));
    }
    if (judged.judgement.categories.empty()) {
      continue;
    }
    const core::Post& post = judged.post;
    const bool backlog =
        (age.first_look && (!post.published || *post.published < age.backlog_before)) ||
        (post.published && *post.published < age.forgotten_before);
    for (const core::SchoolScore& school : judged.judgement.schools) {
      core::Finding finding;
      finding.id = MakeFindingId(school.school, judged.key, judged.text_hash);
      finding.school = school.school;
      finding.post = post;
      finding.judgement = judged.judgement;
      finding.fetched_at = document.fetched.fetched_at;
      const core::Case* edited_in = nullptr;
      core::Case edited_case;
      if (mark) {
        // An edit: news only when it got worse than what was there before.
        const auto old =
            cases_.LoadFinding(MakeFindingId(school.school, judged.key, mark->text_hash));
        if (old && !IsWorse(judged.judgement, old->judgement)) {
          continue;
        }
        if (old) {
          if (const auto changed = changed_cases_.find(old->case_id);
              changed != changed_cases_.end()) {
            edited_case = changed->second;
            edited_in = &edited_case;
          } else if (auto loaded = cases_.LoadCase(old->case_id)) {
            edited_case = std::move(*loaded);
            edited_in = &edited_case;
          }
        }
      }
      SW_TRY(AddFinding(std::move(finding), judged, backlog, edited_in, outcome));
    }
  }
  outcomes_.push_back(std::move(outcome));
  gain.new_posts = report_.new_posts - before.new_posts;
  gain.findings = report_.findings - before.findings;
  return gain;
}

std::vector<core::DocumentOutcome> OutcomeBuilder::Take() {
  changed_cases_.clear();
  changed_seen_.clear();
  changed_fingerprints_.clear();
  return std::exchange(outcomes_, {});
}

}  // namespace schoolwatch::app
