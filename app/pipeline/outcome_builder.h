#pragma once

#include <chrono>
#include <cstddef>
#include <cstdint>
#include <functional>
#include <map>
#include <optional>
#include <set>
#include <string>
#include <string_view>
#include <vector>

#include "alerts/planner.h"
#include "app/pipeline/batch_index.h"
#include "app/pipeline/judged_document.h"
#include "app/pipeline/post_identity.h"
#include "app/pipeline/watch_list.h"
#include "core/clock.h"
#include "core/outcome.h"
#include "storage/store.h"

namespace schoolwatch::app {

// Where a new source's history ends: its older posts, and undated ones, are summed up in one mail.
struct SourceAge {
  bool first_look = false;
  core::Timestamp backlog_before{};
  core::Timestamp watched_since{};  // Zero: not watched before.
  // Marks of what was seen are not kept for ever: older posts that look new may not be.
  core::Timestamp forgotten_before{};
};

// What one document gave.
struct DocumentGain {
  std::size_t new_posts = 0;
  std::size_t findings = 0;
  // The longest that a new post had stood there when it was fetched; only of posts published since
  // the source is watched, and by their own dates.
  std::chrono::milliseconds post_delay{0};
};

// What a run found, as far as the store knows of it.
struct CommitReport {
  std::size_t new_posts = 0;
  std::size_t edited_posts = 0;
  std::size_t findings = 0;
  std::size_t new_cases = 0;
  std::size_t outbox_items = 0;
  std::size_t untold = 0;    // Findings that no configured person may be told of.
  std::size_t gone = 0;      // Posts of cases that have vanished.
  std::size_t redacted = 0;  // Findings whose words were given up, as their platform deleted them.
};

// Turns judged documents into outcomes: which posts are new, edited or gone, which case each
// finding belongs to, who must be told. Pure but for reading the store. Not thread-safe.
class OutcomeBuilder {
 public:
  // Borrows all.
  OutcomeBuilder(const storage::SeenLookup& seen, const storage::CaseReader& cases,
                 const alerts::Planner& planner, const core::Clock& clock);
  // Whose posts are looked for in every document from now on; borrowed.
  void Watch(const WatchList& list) { watch_ = &list; }

  // Adds what `document` caused to the batch being built. An error means that the store cannot be
  // read: nothing of this batch should be committed.
  core::Result<DocumentGain> Add(const JudgedDocument& document, const SourceAge& age);
  // Adds what is to be stored beside documents.
  void Add(core::DocumentOutcome outcome) { outcomes_.push_back(std::move(outcome)); }
  // Adds that the platform says that a post was deleted: its words go, unless a case holds them.
  core::Result<void> AddGone(const std::string& post_key);
  // The batch so far, one outcome a document; the builder then starts anew, so call it only to
  // commit what it gives.
  std::vector<core::DocumentOutcome> Take();

  const CommitReport& report() const { return report_; }
  const std::vector<core::Finding>& found() const { return found_; }

 private:
  // What the case's findings said so far: loaded once a run, then it grows with each new one, so
  // that a long thread costs no more than its posts.
  struct CaseHistory {
    struct Voice {
      core::Timestamp at{};  // When it was published, or else found.
      std::string author;
    };
    std::vector<std::string> findings;  // As known; others where people merged or split meanwhile.
    alerts::CaseVoices voices;
    core::Severity danger = core::Severity::kNone;  // The worst of those about safeguarding.
    std::set<std::string, std::less<>> authors;
    std::vector<std::pair<std::string, PostIdentity>> posts;  // By finding id, in their order.
    std::vector<Voice> heard;                                 // Edits are no further ones.
  };
  // What the text of a post is, beside the one that was known of it.
  enum class TextChange {
    kNew,        // There was none.
    kOtherForm,  // A feed and a page show it differently.
    kEdit,
  };
  // How a new finding comes about.
  struct Origin {
    std::optional<core::Case> in;  // Its case; none: a new one.
    std::optional<core::Finding> edit_of;
    bool backlog = false;
    std::size_t posts_on_page = 0;
  };

  // outcome_builder.cc
  core::Result<void> AddPost(const JudgedPost& judged, const JudgedDocument& document,
                             const SourceAge& age, core::DocumentOutcome& outcome,
                             DocumentGain& gain);
  core::Result<std::optional<core::Case>> FindCase(const core::Finding& finding,
                                                   const core::Fingerprint& fingerprint) const;
  core::Result<CaseHistory*> FindHistory(const core::Case& of);
  void Remember(const core::Finding& finding, const core::Fingerprint& fingerprint,
                CaseHistory& history) const;
  // What an edit made of a post may name somebody, too.
  void HearVersion(const core::PostVersion& version, const std::string& school,
                   CaseHistory& history) const;
  // Returns the finding's id.
  core::Result<std::string> AddFinding(core::Finding finding, const JudgedPost& judged,
                                       Origin origin, core::DocumentOutcome& outcome);
  // As this batch has made them, else as the store has them. The case that has the posts now.
  core::Result<std::optional<core::Finding>> LoadFinding(const std::string& id) const;
  core::Result<core::Case> LoadCase(const std::string& id) const;
  core::Case Newest(core::Case stored) const;
  void Put(core::Case changed, core::DocumentOutcome& outcome);
  void Put(core::Finding changed, core::DocumentOutcome& outcome);

  // outcome_changes.cc: posts that are known.
  // nullopt also where its case is not there: damage that must not end a run.
  core::Result<std::optional<core::Finding>> LoadPlaced(const std::string& id) const;
  core::Result<std::vector<core::Finding>> LoadEarlier(const std::optional<core::SeenMark>& mark,
                                                       const JudgedPost& judged) const;
  // Puts the posts of the cases that this batch changed into index_.
  core::Result<void> ListPosts();
  // The finding of `school` that is this very post, seen under another key.
  core::Result<std::optional<core::Finding>> FindSamePost(const core::Finding& finding,
                                                          const core::Fingerprint& fingerprint,
                                                          const std::optional<core::Case>& in);
  // A post that was found before has another text, or was seen elsewhere. Returns the id of the
  // finding that it is now.
  core::Result<std::string> Reconsider(core::Finding now, const core::Finding& before,
                                       const JudgedPost& judged, TextChange change,
                                       const JudgedDocument& document,
                                       core::DocumentOutcome& outcome);
  // The roles that its new text may mean as dangers to children and that the case did not so far.
  core::Result<std::vector<std::string>> NewlyAccused(const core::Finding& now,
                                                      const core::Finding& before);
  core::Result<void> NoteEdit(const core::Finding& of, const JudgedPost& judged,
                              core::DocumentOutcome& outcome);
  core::Result<void> NoteSource(const core::Finding& of, const std::string& source,
                                core::DocumentOutcome& outcome);
  core::Result<core::PostVersion> LatestText(const core::Finding& of) const;
  // The worst that was said of it so far.
  core::Result<core::Judgement> WorstOf(const core::Finding& finding) const;
  core::Result<void> NoteSights(const JudgedDocument& document, core::DocumentOutcome& outcome);
  // nullopt: there was no answer at all.
  std::optional<Told> ToldByPage(const core::Finding& finding,
                                 const JudgedDocument& document) const;
  // nullopt also where this batch made another finding of it.
  core::Result<std::optional<core::Finding>> LoadWatched(const std::string& id) const;
  core::Result<void> NoteStanding(core::Finding finding, const Told& told,
                                  core::DocumentOutcome& outcome);
  // outcome_redactions.cc: posts that their platform says are deleted.
  core::Result<void> NoteGone(const std::string& post_key, core::DocumentOutcome& outcome);
  core::Result<void> Redact(core::Finding finding, core::DocumentOutcome& outcome);
  bool GrowsFast(const core::Case& now, const CaseHistory& history) const;

  const storage::SeenLookup& seen_;
  const storage::CaseReader& cases_;
  const alerts::Planner& planner_;
  const core::Clock& clock_;
  const WatchList* watch_ = nullptr;
  // What this batch changed and the store does not know yet.
  std::map<std::string, core::Case, std::less<>> changed_cases_;
  std::map<std::string, core::Finding, std::less<>> changed_findings_;
  std::map<std::string, core::SeenMark, std::less<>> changed_seen_;
  std::vector<core::PostVersion> changed_versions_;
  std::set<std::string> opened_;    // Cases that are new in this batch.
  BatchIndex index_;                // Of cases, texts and posts of these.
  std::set<std::string> unlisted_;  // Changed cases whose posts index_ does not have yet.
  std::vector<core::DocumentOutcome> outcomes_;
  std::map<std::string, CaseHistory, std::less<>> histories_;  // Of every case touched in this run.
  CommitReport report_;
  std::vector<core::Finding> found_;
};

// A case's title from its first post.
std::string CaseTitle(const core::Post& post);

// The id of a finding, the same whenever the same words are found at the same place.
std::string MakeFindingId(std::string_view school, std::string_view post_key,
                          std::string_view text_hash);

}  // namespace schoolwatch::app
