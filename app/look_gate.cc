#include "app/look_gate.h"

#include <algorithm>
#include <boost/json.hpp>
#include <optional>
#include <set>
#include <string_view>
#include <utility>
#include <vector>

#include "storage/looks.h"
#include "storage/name_finder.h"

namespace schoolwatch::app {
namespace {

constexpr std::size_t kMostBytes = 256 << 10;
constexpr std::size_t kShortestReason = 10;

core::AuditActor ActorOf(std::string_view role) {
  if (role == "headteacher") {
    return core::AuditActor::kHeadteacher;
  }
  if (role == "dsl") {
    return core::AuditActor::kDsl;
  }
  return role == "deputy" ? core::AuditActor::kDeputy : core::AuditActor::kChair;
}

core::Result<core::AuditActor> FindSenior(const config::Settings& settings,
                                          const std::string& named) {
  const std::string sought = storage::FoldName(named);
  for (const config::Contact& contact : settings.contacts) {
    const bool is_meant = storage::FoldName(contact.name) == sought || contact.email == named ||
                          contact.role == named;
    // Contacts may have no name, and nothing would be the name of these.
    if (is_meant && !sought.empty() && contact.role != "it") {
      return ActorOf(contact.role);
    }
  }
  return core::Fail(core::ErrorKind::kBadInput,
                    "'" + named +
                        "' is no headteacher, dsl, deputy or chair in 'contacts', and cannot "
                        "approve");
}

std::set<std::string> SubjectsOf(std::span<const std::string> authors) {
  std::set<std::string> subjects;
  for (const std::string& author : authors) {
    if (!storage::FoldName(author).empty()) {
      subjects.insert(LookSubject(author));
    }
  }
  return subjects;
}

// The line that stays among the reasons.
core::Result<std::string> KeepReason(StoreSession& session, const std::string& case_id,
                                     const LookPermit& permit, core::Timestamp now) {
  std::string line =
      boost::json::serialize(boost::json::object{{"at", core::FormatRfc3339(now)},
                                                 {"who", session.user},
                                                 {"case", case_id},
                                                 {"reason", permit.reason},
                                                 {"approved_by", permit.approved_by}});
  SW_ASSIGN(const std::optional<std::string> before,
            session.store->FindNote(storage::kLookReasonsNote));
  std::string reasons = before.value_or("") + line + "\n";
  while (reasons.size() > kMostBytes) {
    reasons.erase(0, reasons.find('\n') + 1);
  }
  SW_TRY(session.store->SetNote(storage::kLookReasonsNote, reasons));
  return line;
}

}  // namespace

core::Result<void> CountLookAt(StoreSession& session, std::span<const std::string> authors,
                               const std::string& case_id, const LookPermit& permit,
                               LookEntry entry, core::Timestamp now) {
  const config::Settings& settings = session.config->settings;
  const bool permitted = !permit.reason.empty() || !permit.approved_by.empty();
  core::AuditActor actor = core::AuditActor::kOperator;
  if (permitted) {
    if (permit.reason.size() < kShortestReason || permit.approved_by.empty()) {
      return core::Fail(core::ErrorKind::kBadInput,
                        "a look needs a --reason in a few words and --approved-by, both");
    }
    SW_ASSIGN(actor, FindSenior(settings, permit.approved_by));
  }
  SW_TRY(storage::CountLook(
      *session.store, authors,
      {.looks = settings.privacy.looks_before_reason, .within = settings.privacy.looks_within},
      permitted ? storage::LookReason::kApproved : storage::LookReason::kNone, now));
  if (!permitted && entry == LookEntry::kWithPermit) {
    return {};
  }
  const core::AuditEvent look{
      .action = core::AuditAction::kLooked, .actor = actor, .case_id = case_id};
  std::vector<core::AuditEvent> events;
  if (case_id.empty()) {
    // No case tells whose words these were. Kept is a keyed hash: whoever has the name and the
    // log's key can show whether that person was looked at, and when.
    for (const std::string& subject : SubjectsOf(authors)) {
      events.push_back(look);
      events.back().subject = subject;
    }
  }
  if (permitted) {
    // The log holds hashes only: whoever has the line can show that it was there at that time.
    events.push_back(look);
    events.back().subject = "look with a reason";
    SW_ASSIGN(events.back().content, KeepReason(session, case_id, permit, now));
  } else if (events.empty()) {
    events.push_back(look);
  }
  return session.store->Record(events);
}

std::string LookSubject(std::string_view author) { return "look at " + storage::FoldName(author); }

namespace {

// What was said in private and reported is for two people, and for whom they agree to show it.
core::Result<void> CheckPrivate(const config::Settings& settings, const LookPermit& permit) {
  if (!permit.approved_by.empty()) {
    SW_ASSIGN(const core::AuditActor senior, FindSenior(settings, permit.approved_by));
    if (senior == core::AuditActor::kDsl || senior == core::AuditActor::kHeadteacher) {
      return {};
    }
  }
  return core::Fail(core::ErrorKind::kForbidden,
                    "it holds what was said in private and reported, which is for the DSL and the "
                    "headteacher alone: one of them has to agree, as --approved-by, with a "
                    "--reason");
}

}  // namespace

core::Result<void> CountLookAtCase(StoreSession& session, const core::Case& shown,
                                   const LookPermit& permit, LookEntry entry, core::Timestamp now) {
  std::vector<std::string> authors;
  for (const std::string& id : shown.findings) {
    core::Result<core::Finding> finding = session.store->LoadFinding(id);
    if (finding && finding->post.visibility == core::Visibility::kReportedPrivate) {
      SW_TRY(CheckPrivate(session.config->settings, permit));
    }
    if (finding) {
      authors.push_back(std::move(finding->post.author));
    } else if (finding.error().kind != core::ErrorKind::kNotFound) {
      return core::Fail(std::move(finding).error());
    }
  }
  return CountLookAt(session, authors, shown.id, permit, entry, now);
}

core::Result<std::string> ListLookReasons(const storage::Notes& notes) {
  SW_ASSIGN(const std::optional<std::string> reasons, notes.FindNote(storage::kLookReasonsNote));
  return reasons.value_or("");
}

}  // namespace schoolwatch::app
