#pragma once

#include <cstddef>
#include <filesystem>
#include <functional>
#include <string>
#include <string_view>
#include <vector>

#include "alerts/planner.h"
#include "app/intake/report_answer.h"
#include "app/intake/reporters.h"
#include "app/name_mask.h"
#include "app/workspace.h"
#include "core/clock.h"
#include "core/outcome.h"
#include "core/post.h"
#include "core/result.h"
#include "storage/store.h"

namespace schoolwatch::app {

// What became of one mail or file. Whatever it is, it has been dealt with: whoever brought it may
// delete it.
enum class ReportFate {
  kTaken,
  kKnown,       // It came before.
  kAnswer,      // It answered an alert (app/notices/take_answer.h).
  kNotAllowed,  // Its sender is none of `intake.reporters`.
  kUnreadable,  // Nothing could be read. Of a file, its owner should see it.
};
std::string_view ReportFateName(ReportFate fate);

struct TakenReport {
  ReportFate fate = ReportFate::kTaken;
  std::string what;  // For the log and for people: nobody's words, no address.
  std::size_t findings = 0;
  std::size_t answers = 0;  // Mails to the reporter.
};

// Reads what stands at links that came without words, politely and as robots.txt allows; a post for
// each that could be read, `url` being the link. May take a minute.
using LinkOpener = std::function<std::vector<core::Post>(const std::vector<std::string>& links)>;

// Takes reports into the store: each in one commit of its own, with its receipt and the answer to
// its reporter. Nothing of a mail or file is written anywhere but what is judged to be a possible
// concern, and pictures never are. One thread.
class ReportTaker {
 public:
  // Borrows all. `open` may be empty: links alone are not followed.
  ReportTaker(const Workspace& workspace, storage::Store& store, const core::Clock& clock,
              LinkOpener open);

  // A mail as it came, by "mailbox" or "maildir". Fails only where the store does.
  core::Result<TakenReport> TakeMail(std::string_view mail, std::string_view way);
  // A file that somebody dropped. kUnavailable, besides: it cannot be read now.
  core::Result<TakenReport> TakeFile(const std::filesystem::path& file);

 private:
  // One report on its way.
  struct Report;

  core::Result<bool> IsKnown(const std::string& id) const;
  void AddPosts(std::vector<core::Post> posts, bool deliberate, Report& report) const;
  void AddChat(const struct ChatInput& chat, Report& report) const;
  void AddLinks(const std::vector<std::string>& links, Report& report) const;
  core::Result<bool> MayAnswer(const Report& report) const;
  core::Result<TakenReport> Commit(Report report);

  const Workspace& workspace_;
  storage::Store& store_;
  const core::Clock& clock_;
  LinkOpener open_;
  alerts::Planner planner_;
  NameMask mask_;
};

}  // namespace schoolwatch::app
