#pragma once

#include <cstddef>
#include <cstdint>
#include <memory>
#include <optional>
#include <set>
#include <span>
#include <string>
#include <vector>

#include "app/pipeline/judged_document.h"
#include "app/pipeline/platform_purse.h"
#include "app/pipeline/platform_sessions.h"
#include "app/workspace.h"
#include "config/settings.h"
#include "core/clock.h"
#include "core/fetch_state.h"
#include "core/result.h"
#include "crawler/crawler.h"
#include "crawler/platforms/look_plan.h"
#include "crawler/platforms/route_plan.h"
#include "storage/store.h"

namespace schoolwatch::app {

// What the sources of one pass that ask platforms share. All borrowed.
struct PlatformDesk {
  const Workspace& workspace;
  const storage::PlatformReader& known;
  PlatformSessions& sessions;
  PlatformPurse& purse;
  const core::Clock& clock;
};

// Why a platform's source gave less than it should.
struct PlatformTrouble {
  core::SourceTrouble kind = core::SourceTrouble::kNone;
  std::string words;
  bool for_a_person = false;  // Waiting does not help.
};

// A platform's source in one pass: which calls it makes, what they may cost, and what their answers
// mean for it. What it reserves is in the desk's purse, and is to be stored before the calls leave.
// One thread, but for plan().
class PlatformTurn {
 public:
  enum class Ask {
    kDue,
    kAll,      // Also what was asked a moment ago.
    kOne,      // The first call alone, likewise.
    kNothing,  // Only what PlanLooks is asked for.
  };
  // Plans the first calls; logs in where they want that, which may take a while. An error is the
  // store's: what is wrong with the source stands in trouble().
  static core::Result<std::unique_ptr<PlatformTurn>> Begin(
      const PlatformDesk& desk, const config::Source& source,
      std::shared_ptr<const crawler::Platform> platform, Ask ask);

  std::vector<crawler::CrawlRequest> TakeRequests() { return std::move(requests_); }
  // Questions for posts that may have vanished, as far as budgets allow; those for new posts go
  // before. At most `most`. What is wrong with a look is no trouble of the source. Before any call
  // leaves, and once.
  core::Result<std::vector<crawler::CrawlRequest>> PlanLooks(
      std::span<const crawler::LookPost> posts, std::size_t most);
  // For what is made of answers; stays as it is. Thread-safe.
  const crawler::PlanInput& plan() const { return plan_; }

  // An answer was read. Leaves in `judged.follow` those of the calls that may be made, and takes
  // back where its route has come if they may not.
  core::Result<void> NoteAnswer(JudgedDocument& judged);
  core::Result<void> NoteFailure(const crawler::FetchFailure& failure);
  core::Result<void> NoteRefusal(const crawler::Refusal& refusal);

  const PlatformTrouble& trouble() const { return trouble_; }
  // Asked no sooner than this; zero: nobody said.
  core::Timestamp not_before() const { return not_before_; }
  // For people; each once.
  std::vector<std::string> TakeNotes() { return std::exchange(notes_, {}); }

 private:
  PlatformTurn(const PlatformDesk& desk, const config::Source& source,
               std::shared_ptr<const crawler::Platform> platform);

  void NoteUnasked(const std::vector<crawler::UnaskedRoute>& unasked);
  // Those that their budgets allow; why not the others, and when the first of their budgets begins
  // anew (zero: never).
  core::Result<std::vector<crawler::CrawlRequest>> Afford(std::vector<crawler::CrawlRequest> wanted,
                                                          core::Timestamp& until, std::string& why);
  core::Result<void> NoteError(const crawler::ApiCall& call, const crawler::AnswerError& error,
                               const net::Headers& headers);
  core::Result<void> NoteErrorOfLook(const crawler::ApiCall& call,
                                     const crawler::AnswerError& error,
                                     const net::Headers& headers);
  // The login that calls are made with; an error says why there is none.
  core::Result<void> LogIn();
  void Trouble(core::SourceTrouble kind, std::string words, bool for_a_person);
  void Note(std::string words);
  void WaitUntil(core::Timestamp until);

  const PlatformDesk desk_;
  const config::Source& source_;
  const std::shared_ptr<const crawler::Platform> platform_;
  PurseOwner owner_;
  std::optional<core::PlatformSession> session_;
  bool login_tried_ = false;
  crawler::PlanInput plan_;
  std::vector<crawler::CrawlRequest> requests_;
  PlatformTrouble trouble_;
  core::Timestamp not_before_{};
  std::vector<std::string> notes_;
  std::set<std::string, std::less<>> noted_;
  bool stopped_ = false;                               // The platform wants to be left alone.
  std::set<std::string, std::less<>> stopped_routes_;  // That it does not permit.
};

}  // namespace schoolwatch::app
