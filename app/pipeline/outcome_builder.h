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
#include "app/pipeline/judged_document.h"
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
  std::size_t untold = 0;  // Findings that no configured person may be told of.
};

// Turns judged documents into outcomes: which posts are new, which case each finding belongs to,
// who must be told. Pure but for reading the store. Not thread-safe.
class OutcomeBuilder {
 public:
  // Borrows all.
  OutcomeBuilder(const storage::SeenLookup& seen, const storage::CaseReader& cases,
                 const alerts::Planner& planner, const core::Clock& clock);

  // Adds what `document` caused to the batch being built. An error means that the store cannot be
  // read: nothing of this batch should be committed.
  core::Result<DocumentGain> Add(const JudgedDocument& document, const SourceAge& age);
  // The batch so far, one outcome a document; the builder then starts anew, so call it only to
  // commit what it gives.
  std::vector<core::DocumentOutcome> Take();

  const CommitReport& report() const { return report_; }
  const std::vector<core::Finding>& found() const { return found_; }

 private:
  core::Result<std::optional<core::Case>> FindCase(const core::Finding& finding,
                                                   const core::Fingerprint& fingerprint) const;
  // What the case's findings said so far: loaded once a run, then it grows with each new one, so
  // that a long thread costs no more than its posts.
  struct CaseHistory {
    std::vector<std::string> findings;  // As known; others where people merged or split meanwhile.
    alerts::CaseVoices voices;
    std::set<std::string, std::less<>> authors;
  };
  core::Result<CaseHistory*> FindHistory(const core::Case& of);
  core::Result<void> AddFinding(core::Finding finding, const JudgedPost& judged, bool backlog,
                                const core::Case* edited_in, core::DocumentOutcome& outcome);

  const storage::SeenLookup& seen_;
  const storage::CaseReader& cases_;
  const alerts::Planner& planner_;
  const core::Clock& clock_;
  // What this batch changed and the store does not know yet.
  std::map<std::string, core::Case, std::less<>> changed_cases_;
  std::map<std::string, core::SeenMark, std::less<>> changed_seen_;
  std::vector<core::FingerprintEntry> changed_fingerprints_;
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
