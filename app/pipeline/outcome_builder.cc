#include "app/pipeline/outcome_builder.h"

#include <algorithm>
#include <utility>

#include "core/fingerprint.h"
#include "core/hash.h"
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

// The number that GrowsFast starts from the next time stands at the beginning of the event.
void NoteGrowth(std::size_t posts, core::Timestamp now, core::Case& of) {
  of.history.push_back({.at = now,
                        .who = "",
                        .kind = core::CaseEventKind::kGrowing,
                        .about = std::to_string(posts) + " posts",
                        .reason = "",
                        .finding = ""});
  if (of.state == core::CaseState::kSeen) {
    of.state = core::CaseState::kNew;  // What was seen was smaller.
  }
}

std::chrono::milliseconds DelayOf(const core::Post& post, core::Timestamp fetched_at,
                                  const SourceAge& age) {
  // What is older was there before anybody watched; a bare date says nothing about hours.
  const bool counts = post.published && age.watched_since != core::Timestamp{} &&
                      *post.published >= age.watched_since &&
                      *post.published != std::chrono::floor<std::chrono::days>(*post.published);
  return counts ? fetched_at - *post.published : std::chrono::milliseconds(0);
}

// What several findings open at once did not get worse: nobody has seen it milder.
void NoteWorseAtOnce(const core::Finding& finding, core::Case& of) {
  const auto opened =
      std::ranges::find(of.history, core::CaseEventKind::kOpened, &core::CaseEvent::kind);
  if (opened != of.history.end() && finding.judgement.severity > of.severity) {
    opened->about = core::SeverityName(finding.judgement.severity);
    opened->finding = finding.id;
  }
}

enum class InStore { kNo, kYes };

// What a new finding does to a case's state, and what is remembered of it. `known`: whether the
// case is there already, or opened by this very batch.
void NoteFinding(const core::Finding& finding, const std::optional<core::Case>& before,
                 InStore known, core::Case& after, core::Timestamp now) {
  const auto note = [&](core::CaseEventKind kind) {
    after.history.push_back({.at = now,
                             .who = "",
                             .kind = kind,
                             .about = std::string(core::SeverityName(finding.judgement.severity)),
                             .reason = "",
                             .finding = finding.id});
  };
  if (!before) {
    return note(core::CaseEventKind::kOpened);
  }
  if (!finding.edit_of.empty()) {
    note(core::CaseEventKind::kEdited);
  }
  if (known == InStore::kNo) {
    return NoteWorseAtOnce(finding, after);
  }
  if (before->state == core::CaseState::kClosed) {
    // Nobody looks at closed cases: what comes later is never added to one in silence.
    after.state = core::CaseState::kNew;
    after.outcome = core::CaseOutcome::kNone;
    note(core::CaseEventKind::kReopened);
  }
  if (alerts::IsWorse(finding, *before)) {
    note(core::CaseEventKind::kWorse);
    if (after.state == core::CaseState::kSeen) {
      after.state = core::CaseState::kNew;  // What was seen was milder.
    }
  }
}

}  // namespace

std::string CaseTitle(const core::Post& post) {
  // Titles are read by more people than its words are meant for.
  if (post.visibility == core::Visibility::kReportedPrivate) {
    return post.platform.empty() ? "Reported in private"
                                 : "Reported in private, from " + FirstWords(post.platform);
  }
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
  for (const std::string& id : index_.CasesAt(finding.school, thread)) {
    const auto changed = changed_cases_.find(id);
    if (changed != changed_cases_.end() && changed->second.thread_url == thread) {
      return changed->second;
    }
  }
  std::optional<core::Case> by_link;
  if (!thread.empty()) {
    SW_ASSIGN(by_link, cases_.FindCaseByLink(finding.school, thread));
    if (by_link) {
      by_link = Newest(*std::move(by_link));
    }
    if (by_link && by_link->state != core::CaseState::kClosed) {
      return by_link;
    }
  }
  for (const BatchText* const text : index_.TextsLike(finding.school, fingerprint)) {
    if (storage::Compare(text->fingerprint, fingerprint).same) {
      if (const auto found = changed_cases_.find(text->case_id); found != changed_cases_.end()) {
        return found->second;
      }
    }
  }
  SW_ASSIGN(std::optional<core::Case> by_text, cases_.FindCaseByText(finding.school, fingerprint));
  if (by_text) {
    by_text = Newest(*std::move(by_text));
  }
  const bool closed = by_text && by_text->state == core::CaseState::kClosed;
  return by_link && (!by_text || closed) ? by_link : by_text;
}

core::Result<OutcomeBuilder::CaseHistory*> OutcomeBuilder::FindHistory(const core::Case& of) {
  if (const auto known = histories_.find(of.id);
      known != histories_.end() && known->second.findings == of.findings) {
    return &known->second;
  }
  CaseHistory history;
  history.findings = of.findings;
  for (const std::string& id : of.findings) {
    SW_ASSIGN(const std::optional<core::Finding> stored, LoadFinding(id));
    if (stored) {  // Erased ones are just gone.
      Remember(*stored, core::FingerprintOf(stored->post), history);
      SW_ASSIGN(const std::vector<core::PostVersion> versions, cases_.LoadVersions(id));
      for (const core::PostVersion& version : versions) {
        HearVersion(version, of.school, history);
      }
    }
  }
  unlisted_.insert(of.id);
  return &histories_.insert_or_assign(of.id, std::move(history)).first->second;
}

void OutcomeBuilder::Remember(const core::Finding& finding, const core::Fingerprint& fingerprint,
                              CaseHistory& history) const {
  planner_.Hear(finding, history.voices);
  if (std::ranges::find(finding.judgement.categories, core::Category::kSafeguarding) !=
      finding.judgement.categories.end()) {
    history.danger = std::max(history.danger, finding.judgement.severity);
  }
  history.authors.insert(finding.post.author);
  history.posts.emplace_back(finding.id, IdentityOf(finding.post, fingerprint));
  if (finding.edit_of.empty()) {
    history.heard.push_back(
        {.at = finding.post.published.value_or(finding.fetched_at), .author = finding.post.author});
  }
}

void OutcomeBuilder::HearVersion(const core::PostVersion& version, const std::string& school,
                                 CaseHistory& history) const {
  planner_.audience().HearText(version.title + "\n\n" + version.text, school, history.voices);
}

core::Result<std::optional<core::Finding>> OutcomeBuilder::LoadFinding(
    const std::string& id) const {
  if (const auto changed = changed_findings_.find(id); changed != changed_findings_.end()) {
    return changed->second;
  }
  core::Result<core::Finding> stored = cases_.LoadFinding(id);
  if (stored) {
    return *std::move(stored);
  }
  if (stored.error().kind == core::ErrorKind::kNotFound) {
    return std::nullopt;
  }
  return core::Fail(std::move(stored).error());
}

// The store may hold an older state of a case that this batch has changed.
core::Case OutcomeBuilder::Newest(core::Case stored) const {
  const auto changed = changed_cases_.find(stored.id);
  return changed == changed_cases_.end() ? std::move(stored) : changed->second;
}

core::Result<core::Case> OutcomeBuilder::LoadCase(const std::string& id) const {
  if (const auto changed = changed_cases_.find(id); changed != changed_cases_.end()) {
    return changed->second;
  }
  SW_ASSIGN(core::Case stored, cases_.LoadCase(id));
  return Newest(std::move(stored));
}

void OutcomeBuilder::Put(core::Case changed, core::DocumentOutcome& outcome) {
  std::erase_if(outcome.cases, [&](const core::Case& one) { return one.id == changed.id; });
  outcome.cases.push_back(changed);
  index_.PutThread(changed.school, changed.thread_url, changed.id);
  if (!changed_cases_.contains(changed.id)) {
    unlisted_.insert(changed.id);
  }
  changed_cases_.insert_or_assign(changed.id, std::move(changed));
}

void OutcomeBuilder::Put(core::Finding changed, core::DocumentOutcome& outcome) {
  std::erase_if(outcome.findings, [&](const core::Finding& one) { return one.id == changed.id; });
  outcome.findings.push_back(changed);
  changed_findings_.insert_or_assign(changed.id, std::move(changed));
}

core::Result<std::string> OutcomeBuilder::AddFinding(core::Finding finding,
                                                     const JudgedPost& judged, Origin origin,
                                                     core::DocumentOutcome& outcome) {
  const std::optional<core::Case>& before = origin.in;
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
    opened_.insert(after.id);
    ++report_.new_cases;
  }
  finding.case_id = after.id;
  finding.edit_of = origin.edit_of ? origin.edit_of->id : "";
  finding.placed = origin.edit_of && origin.edit_of->placed;
  finding.standing = {.seen_at = finding.fetched_at,
                      .looked_at = finding.fetched_at,
                      .posts = static_cast<std::uint32_t>(origin.posts_on_page)};
  NoteFinding(finding, before, opened_.contains(after.id) ? InStore::kNo : InStore::kYes, after,
              now);
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
  const bool is_new = std::ranges::find(after.findings, finding.id) == after.findings.end();
  AddUnique(after.findings, finding.id);
  after.edits += is_new && origin.edit_of ? 1u : 0u;
  const alerts::CaseVoices earlier = history->voices;
  const core::Severity danger_before = history->danger;
  history->findings = after.findings;
  if (is_new) {
    Remember(finding, judged.fingerprint, *history);
    index_.PutPost(after.id, history->posts.back().second);
  }
  after.authors = static_cast<std::uint32_t>(history->authors.size());
  const bool growing = before && !origin.backlog && !origin.edit_of && GrowsFast(after, *history);
  if (growing) {
    NoteGrowth(PostsIn(after), now, after);
  }

  std::vector<core::OutboxItem> items = planner_.Plan({.finding = &finding,
                                                       .before = before,
                                                       .after = after,
                                                       .backlog = origin.backlog,
                                                       .edited = origin.edit_of.has_value(),
                                                       .growing = growing,
                                                       .danger_before = danger_before,
                                                       .earlier = &earlier},
                                                      now);
  report_.untold += items.empty() ? 1u : 0u;
  for (core::OutboxItem& item : items) {
    ++report_.outbox_items;
    outcome.outbox.push_back(std::move(item));
  }
  index_.PutText({.finding_id = finding.id,
                  .case_id = after.id,
                  .school = finding.school,
                  .fingerprint = judged.fingerprint});
  if (judged.evidence != nullptr) {
    core::Evidence& evidence = outcome.evidence.emplace_back(*judged.evidence);
    evidence.finding_id = finding.id;
    evidence.school = finding.school;
  }
  Put(std::move(after), outcome);
  ++report_.findings;
  found_.push_back(finding);
  std::string id = finding.id;
  Put(std::move(finding), outcome);
  return id;
}

core::Result<void> OutcomeBuilder::AddPost(const JudgedPost& judged, const JudgedDocument& document,
                                           const SourceAge& age, core::DocumentOutcome& outcome,
                                           DocumentGain& gain) {
  std::optional<core::SeenMark> mark;
  if (const auto changed = changed_seen_.find(judged.key); changed != changed_seen_.end()) {
    mark = changed->second;
  } else {
    SW_ASSIGN(mark, seen_.FindSeen(judged.key));
  }
  if (mark && mark->Knows(judged.text_hash)) {
    return {};
  }
  const core::Timestamp fetched_at = document.fetched.fetched_at;
  const bool is_entry = judged.post.kind == core::PostKind::kEntry;
  const TextChange change = !mark                        ? TextChange::kNew
                            : mark->is_entry == is_entry ? TextChange::kEdit
                            : mark->other_hash.empty()   ? TextChange::kOtherForm
                                                         : TextChange::kEdit;
  core::SeenMark now_seen = mark.value_or(core::SeenMark{.post_key = judged.key,
                                                         .text_hash = {},
                                                         .seen_at = {},
                                                         .other_hash = {},
                                                         .is_entry = is_entry,
                                                         .findings = {}});
  (now_seen.is_entry == is_entry ? now_seen.text_hash : now_seen.other_hash) = judged.text_hash;
  now_seen.seen_at = fetched_at;
  if (!mark) {
    ++report_.new_posts;
    gain.post_delay = std::max(gain.post_delay, DelayOf(judged.post, fetched_at, age));
  } else if (change == TextChange::kEdit) {
    ++report_.edited_posts;
  }

  SW_ASSIGN(const std::vector<core::Finding> earlier, LoadEarlier(mark, judged));
  now_seen.findings.clear();
  std::vector<std::string> found_for;
  const core::Post& post = judged.post;
  const bool backlog =
      (age.first_look && (!post.published || *post.published < age.backlog_before)) ||
      (post.published && *post.published < age.forgotten_before);
  if (!judged.judgement.categories.empty()) {
    for (const core::SchoolScore& school : judged.judgement.schools) {
      core::Finding finding;
      finding.id = MakeFindingId(school.school, judged.key, judged.text_hash);
      finding.school = school.school;
      finding.post = post;
      finding.judgement = judged.judgement;
      finding.fetched_at = fetched_at;
      found_for.push_back(finding.school);
      const auto before = std::ranges::find(earlier, finding.school, &core::Finding::school);
      std::string id;
      if (before != earlier.end()) {
        SW_ASSIGN(id, Reconsider(std::move(finding), *before, judged, change, document, outcome));
      } else {
        SW_ASSIGN(std::optional<core::Case> in, FindCase(finding, judged.fingerprint));
        SW_ASSIGN(const std::optional<core::Finding> same,
                  FindSamePost(finding, judged.fingerprint, in));
        if (same) {
          SW_ASSIGN(id, Reconsider(std::move(finding), *same, judged, TextChange::kOtherForm,
                                   document, outcome));
        } else {
          SW_ASSIGN(id, AddFinding(std::move(finding), judged,
                                   {.in = std::move(in),
                                    .edit_of = std::nullopt,
                                    .backlog = backlog,
                                    .posts_on_page = document.posts_read},
                                   outcome));
        }
      }
      now_seen.findings.push_back(std::move(id));
    }
  }
  for (const core::Finding& before : earlier) {
    if (std::ranges::find(found_for, before.school) == found_for.end()) {
      // An edit took away what was said of this school.
      now_seen.findings.push_back(before.id);
      if (change == TextChange::kEdit) {
        SW_TRY(NoteEdit(before, judged, outcome));
      }
    }
  }
  outcome.seen.push_back(now_seen);
  changed_seen_.insert_or_assign(judged.key, std::move(now_seen));
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
    SW_TRY(AddPost(judged, document, age, outcome, gain));
  }
  SW_TRY(NoteSights(document, outcome));
  for (const std::string& post_key : document.gone) {
    SW_TRY(NoteGone(post_key, outcome));
  }
  outcome.routes = document.routes;
  outcomes_.push_back(std::move(outcome));
  gain.new_posts = report_.new_posts - before.new_posts;
  gain.findings = report_.findings - before.findings;
  return gain;
}

std::vector<core::DocumentOutcome> OutcomeBuilder::Take() {
  changed_cases_.clear();
  changed_findings_.clear();
  changed_seen_.clear();
  changed_versions_.clear();
  opened_.clear();
  index_.Clear();
  unlisted_.clear();
  return std::exchange(outcomes_, {});
}

}  // namespace schoolwatch::app
