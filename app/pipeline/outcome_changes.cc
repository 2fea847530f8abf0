// The part of OutcomeBuilder that deals with posts that are known: edited, seen elsewhere, gone.

#include <algorithm>
#include <charconv>
#include <chrono>
#include <set>
#include <utility>

#include "app/pipeline/outcome_builder.h"
#include "core/fingerprint.h"
#include "core/place.h"

namespace schoolwatch::app {
namespace {

// A case surfaces again when this many posts of as many different people came in a day…
constexpr std::size_t kLeastInADay = 5;
constexpr std::size_t kLeastPeople = 3;

// Edits of one post, each worse than the one before; more than there are severities and categories.
constexpr int kMaxChain = 20;

// A milder text with a concern of another kind is no worse, but where it is a child that is in
// danger now.
bool IsWorse(const core::Judgement& now, const core::Judgement& before) {
  if (now.severity > before.severity) {
    return true;
  }
  return std::ranges::any_of(now.categories, [&](core::Category category) {
    return std::ranges::find(before.categories, category) == before.categories.end() &&
           (category == core::Category::kSafeguarding || now.severity == before.severity);
  });
}

core::PostVersion VersionOf(const core::Finding& of) {
  return {.finding_id = of.id,
          .at = of.fetched_at,
          .title = of.post.title,
          .text = of.post.text,
          .severity = of.judgement.severity,
          .categories = of.judgement.categories};
}

bool SaysTheSame(const core::PostVersion& version, const core::Post& post) {
  const std::string before = version.title + "\n" + version.text;
  const std::string now = post.title + "\n" + post.text;
  if (before == now) {
    return true;
  }
  const core::Fingerprint print = core::MakeFingerprint(before);
  return print.words > 0 && print.exact == core::MakeFingerprint(now).exact;
}

}  // namespace

core::Result<std::optional<core::Finding>> OutcomeBuilder::LoadPlaced(const std::string& id) const {
  SW_ASSIGN(std::optional<core::Finding> finding, LoadFinding(id));
  if (finding) {
    const core::Result<core::Case> of = LoadCase(finding->case_id);
    if (!of && of.error().kind != core::ErrorKind::kNotFound) {
      return core::Fail(of.error());
    }
    if (!of) {
      finding.reset();
    }
  }
  return finding;
}

core::Result<std::vector<core::Finding>> OutcomeBuilder::LoadEarlier(
    const std::optional<core::SeenMark>& mark, const JudgedPost& judged) const {
  std::vector<std::string> ids;
  if (mark) {
    ids = mark->findings;
    if (ids.empty()) {
      // Marks of before they told it; the finding's id does, too.
      for (const core::SchoolScore& school : judged.judgement.schools) {
        ids.push_back(MakeFindingId(school.school, judged.key, mark->text_hash));
      }
    }
  }
  std::vector<core::Finding> findings;
  for (const std::string& id : ids) {
    SW_ASSIGN(std::optional<core::Finding> finding, LoadPlaced(id));
    if (finding) {
      findings.push_back(*std::move(finding));
    }
  }
  return findings;
}

core::Result<void> OutcomeBuilder::ListPosts() {
  const std::set<std::string> unlisted = std::exchange(unlisted_, {});
  for (const std::string& id : unlisted) {
    if (const auto changed = changed_cases_.find(id); changed != changed_cases_.end()) {
      SW_ASSIGN(const CaseHistory* const history, FindHistory(changed->second));
      for (const auto& [finding, identity] : history->posts) {
        index_.PutPost(id, identity);
      }
    }
  }
  unlisted_.clear();  // Of those whose history was read for this.
  return {};
}

core::Result<std::optional<core::Finding>> OutcomeBuilder::FindSamePost(
    const core::Finding& finding, const core::Fingerprint& fingerprint,
    const std::optional<core::Case>& in) {
  const PostIdentity identity = IdentityOf(finding.post, fingerprint);
  std::vector<core::Case> where;
  if (in) {
    where.push_back(*in);
  }
  if (!identity.link.empty()) {
    SW_ASSIGN(std::optional<core::Case> by_link,
              cases_.FindCaseByLink(finding.school, finding.post.url));
    if (by_link && (!in || by_link->id != in->id)) {
      where.push_back(Newest(*std::move(by_link)));
    }
  }
  // What this batch found is not in the store yet.
  SW_TRY(ListPosts());
  for (const std::string& id : index_.CasesWith(identity)) {
    const auto changed = changed_cases_.find(id);
    if (changed != changed_cases_.end() && changed->second.school == finding.school &&
        std::ranges::find(where, id, &core::Case::id) == where.end()) {
      where.push_back(changed->second);
    }
  }
  for (const core::Case& one : where) {
    SW_ASSIGN(const CaseHistory* const history, FindHistory(one));
    // The last of its texts.
    for (auto post = history->posts.rbegin(); post != history->posts.rend(); ++post) {
      if (IsSamePost(post->second, identity)) {
        SW_ASSIGN(std::optional<core::Finding> found, LoadPlaced(post->first));
        if (found) {
          return found;
        }
      }
    }
  }
  return std::nullopt;
}

core::Result<core::PostVersion> OutcomeBuilder::LatestText(const core::Finding& of) const {
  core::PostVersion latest = VersionOf(of);
  SW_ASSIGN(std::vector<core::PostVersion> versions, cases_.LoadVersions(of.id));
  versions.insert(versions.end(), changed_versions_.begin(), changed_versions_.end());
  for (core::PostVersion& version : versions) {
    if (version.finding_id == of.id && version.at >= latest.at) {
      latest = std::move(version);
    }
  }
  return latest;
}

core::Result<core::Judgement> OutcomeBuilder::WorstOf(const core::Finding& finding) const {
  core::Judgement worst = finding.judgement;
  std::string before = finding.edit_of;
  for (int i = 0; i < kMaxChain && !before.empty(); ++i) {
    SW_ASSIGN(const std::optional<core::Finding> earlier, LoadFinding(before));
    if (!earlier) {
      break;
    }
    worst.severity = std::max(worst.severity, earlier->judgement.severity);
    worst.categories.insert(worst.categories.end(), earlier->judgement.categories.begin(),
                            earlier->judgement.categories.end());
    before = earlier->edit_of;
  }
  return worst;
}

core::Result<std::vector<std::string>> OutcomeBuilder::NewlyAccused(const core::Finding& now,
                                                                    const core::Finding& before) {
  SW_ASSIGN(const core::Case of, LoadCase(before.case_id));
  SW_ASSIGN(const CaseHistory* const history, FindHistory(of));
  alerts::CaseVoices voices = history->voices;
  planner_.Hear(now, voices);
  std::vector<std::string> accused = alerts::AccusedRoles(voices);
  for (const std::string& role : alerts::AccusedRoles(history->voices)) {
    std::erase(accused, role);
  }
  return accused;
}

core::Result<std::string> OutcomeBuilder::Reconsider(core::Finding now, const core::Finding& before,
                                                     const JudgedPost& judged, TextChange change,
                                                     const JudgedDocument& document,
                                                     core::DocumentOutcome& outcome) {
  SW_TRY(NoteSource(before, now.post.source, outcome));
  SW_ASSIGN(const core::Judgement worst, WorstOf(before));
  SW_ASSIGN(const std::vector<std::string> accused, NewlyAccused(now, before));
  const bool accuses = change == TextChange::kEdit && !accused.empty();
  if (!IsWorse(now.judgement, worst) && !accuses) {
    if (change == TextChange::kEdit) {
      SW_TRY(NoteEdit(before, judged, outcome));
    }
    return before.id;
  }
  SW_ASSIGN(core::PostVersion former, LatestText(before));
  former.finding_id = now.id;
  SW_ASSIGN(core::Case in, LoadCase(before.case_id));
  SW_ASSIGN(std::string id, AddFinding(std::move(now), judged,
                                       {.in = std::move(in),
                                        .edit_of = before,
                                        .backlog = false,
                                        .posts_on_page = document.posts_read},
                                       outcome));
  changed_versions_.push_back(former);
  outcome.versions.push_back(std::move(former));
  return id;
}

core::Result<void> OutcomeBuilder::NoteEdit(const core::Finding& of, const JudgedPost& judged,
                                            core::DocumentOutcome& outcome) {
  SW_ASSIGN(const core::PostVersion latest, LatestText(of));
  if (SaysTheSame(latest, judged.post)) {
    return {};
  }
  const core::Timestamp now = clock_.Now();
  core::PostVersion version{.finding_id = of.id,
                            .at = now,
                            .title = judged.post.title,
                            .text = judged.post.text,
                            .severity = judged.judgement.severity,
                            .categories = judged.judgement.categories};
  SW_ASSIGN(core::Case changed, LoadCase(of.case_id));
  changed.changed_at = now;
  changed.history.push_back({.at = now,
                             .who = "",
                             .kind = core::CaseEventKind::kEdited,
                             .about = version.categories.empty()
                                          ? "no concern any more"
                                          : std::string(core::SeverityName(version.severity)),
                             .reason = "",
                             .finding = of.id});
  if (const auto history = histories_.find(changed.id); history != histories_.end()) {
    HearVersion(version, changed.school, history->second);
  }
  Put(std::move(changed), outcome);
  changed_versions_.push_back(version);
  outcome.versions.push_back(std::move(version));
  return {};
}

core::Result<void> OutcomeBuilder::NoteSource(const core::Finding& of, const std::string& source,
                                              core::DocumentOutcome& outcome) {
  SW_ASSIGN(core::Case changed, LoadCase(of.case_id));
  if (std::ranges::find(changed.sources, source) == changed.sources.end()) {
    changed.sources.push_back(source);
    Put(std::move(changed), outcome);
  }
  return {};
}

core::Result<void> OutcomeBuilder::NoteSights(const JudgedDocument& document,
                                              core::DocumentOutcome& outcome) {
  if (watch_ == nullptr) {
    return {};
  }
  std::set<std::string> ids;
  for (const core::HttpUrl* url : {&document.fetched.request.url, &document.fetched.final_url}) {
    const std::span<const std::string> there = watch_->FindingsOn(core::PageKey(url->href()));
    ids.insert(there.begin(), there.end());
  }
  for (const std::string& id : ids) {
    SW_ASSIGN(std::optional<core::Finding> finding, LoadWatched(id));
    if (!finding || document.sights.contains(id)) {
      continue;
    }
    const std::optional<Told> told = ToldByPage(*finding, document);
    if (told) {
      SW_TRY(NoteStanding(*std::move(finding), *told, outcome));
    }
  }
  for (const auto& [id, sight] : document.sights) {
    SW_ASSIGN(std::optional<core::Finding> finding, LoadWatched(id));
    if (finding) {
      SW_TRY(NoteStanding(*std::move(finding), {.sight = sight}, outcome));
    }
  }
  return {};
}

std::optional<Told> OutcomeBuilder::ToldByPage(const core::Finding& finding,
                                               const JudgedDocument& document) const {
  const PlaceOfPost place = FindPlace(finding.post);
  if (document.no_such_page) {
    // A later page of a thread goes when its posts move to the one before.
    return Told{.sight = place.place == Place::kPart ? Sight::kUnknown : Sight::kMissing};
  }
  if (document.fetched.response.status == 0) {
    return std::nullopt;
  }
  const bool elsewhere =
      core::PageKey(place.url) != core::PageKey(document.fetched.final_url.href());
  if (elsewhere) {
    // A redirect to elsewhere is no answer, but where the post is found.
    const bool there = document.sight && LookFor(finding, *document.sight) == Sight::kThere;
    return Told{.sight = there ? Sight::kThere : Sight::kUnknown,
                .posts_on_page = there ? document.sight->posts.size() : 0};
  }
  Told told{.through = Told::Through::kItsPage};
  if (document.fetched.unchanged) {
    told.sight = SightBefore(finding.standing);
  } else if (document.sight) {  // Else it cannot be read, or is a page of another kind.
    told.sight = LookFor(finding, *document.sight);
    told.posts_on_page = document.sight->posts.size();
  }
  return told;
}

core::Result<std::optional<core::Finding>> OutcomeBuilder::LoadWatched(
    const std::string& id) const {
  SW_ASSIGN(std::optional<core::Finding> finding, LoadPlaced(id));
  const bool replaced = std::ranges::any_of(
      changed_findings_, [&](const auto& changed) { return changed.second.edit_of == id; });
  if (replaced) {
    finding.reset();
  }
  return finding;
}

core::Result<void> OutcomeBuilder::NoteStanding(core::Finding finding, const Told& told,
                                                core::DocumentOutcome& outcome) {
  const core::Timestamp now = clock_.Now();
  const AfterSight after = NoteSight(finding.standing, told, now);
  if (!after.event && !IsNews(finding.standing, after.standing)) {
    return {};
  }
  finding.standing = after.standing;
  if (after.event) {
    const bool gone = *after.event == core::CaseEventKind::kGone;
    SW_ASSIGN(core::Case changed, LoadCase(finding.case_id));
    changed.changed_at = now;
    changed.history.push_back({.at = now,
                               .who = "",
                               .kind = *after.event,
                               .about = gone ? GoneSince(finding.standing, finding.fetched_at) : "",
                               .reason = "",
                               .finding = finding.id});
    Put(std::move(changed), outcome);
    report_.gone += gone ? 1u : 0u;
  }
  Put(std::move(finding), outcome);
  return {};
}

// …and at least half of all its posts, and twice as many as when it surfaced for that last.
bool OutcomeBuilder::GrowsFast(const core::Case& now, const CaseHistory& history) const {
  const core::Timestamp day_ago = clock_.Now() - std::chrono::days(1);
  std::size_t in_a_day = 0;
  std::size_t nameless = 0;
  std::set<std::string_view> people;
  for (const CaseHistory::Voice& voice : history.heard) {
    if (voice.at >= day_ago) {
      ++in_a_day;
      if (voice.author.empty()) {
        ++nameless;
      } else {
        people.insert(voice.author);
      }
    }
  }
  std::size_t last_time = 1;
  for (const core::CaseEvent& event : now.history) {
    if (event.kind == core::CaseEventKind::kGrowing) {
      std::size_t posts = 0;
      std::from_chars(event.about.data(), event.about.data() + event.about.size(), posts);
      last_time = std::max(last_time, posts);
    }
  }
  const std::size_t posts = core::PostsIn(now);
  return in_a_day >= kLeastInADay && people.size() + nameless >= kLeastPeople &&
         2 * in_a_day >= posts && posts >= 2 * last_time;
}

}  // namespace schoolwatch::app
