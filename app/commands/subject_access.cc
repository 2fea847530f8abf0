#include "app/commands/subject_access.h"

#include <fmt/format.h>

#include <algorithm>
#include <boost/json.hpp>
#include <optional>
#include <ostream>
#include <set>
#include <string_view>
#include <vector>

#include "app/access/held_json.h"
#include "app/access/held_lines.h"
#include "app/terminal.h"
#include "core/evidence.h"
#include "storage/name_finder.h"
#include "storage/subject_search.h"

namespace schoolwatch::app {
namespace {

namespace json = boost::json;

core::Result<void> AddOfOwnPosts(const storage::Store& store, Held& held) {
  for (const core::Finding& post : held.found.posts) {
    SW_ASSIGN(held.versions[post.id], store.LoadVersions(post.id));
    SW_ASSIGN(std::optional<core::Evidence> evidence, store.FindEvidence(post.id));
    if (evidence) {
      held.evidence.push_back(*std::move(evidence));
    }
  }
  return {};
}

// The cases of all that was found: who else is in one is known, and can be masked.
std::set<std::string> CasesOf(const storage::Store& store, Held& held) {
  std::set<std::string> cases = held.found.cases;
  const auto add = [&](const core::Finding& post) {
    cases.insert(post.case_id);
    if (post.post.visibility == core::Visibility::kReportedPrivate) {
      held.in_private.insert(post.id);
    }
  };
  const auto add_id = [&](const std::string& id) {
    if (const auto post = store.LoadFinding(id)) {
      add(*post);
    }
  };
  std::ranges::for_each(held.found.named_in, add);
  std::ranges::for_each(held.found.leading, add);
  for (const core::PostVersion& version : held.found.versions) {
    add_id(version.finding_id);
  }
  for (const core::Evidence& one : held.found.evidence) {
    add_id(one.finding_id);
  }
  return cases;
}

core::Result<Held> FindAll(StoreSession& session, const std::string& author) {
  Held held;
  storage::Store& store = *session.store;
  SW_TRY(store.WithDatabase(
      storage::DatabaseUse::kRead,
      [&](storage::Db& db, const storage::AuditContext& audit) -> core::Result<void> {
        SW_ASSIGN(held.found, storage::FindHeld(db, audit, author));
        return {};
      }));
  SW_TRY(AddOfOwnPosts(store, held));
  const auto is_theirs = [&](const std::string& name) {
    return std::ranges::any_of(held.found.names, [&](const std::string& own) {
      return storage::NameFinder(own).Is(name);
    });
  };
  for (const std::string& case_id : CasesOf(store, held)) {
    core::Result<core::Case> one = store.LoadCase(case_id);
    if (!one) {
      continue;
    }
    SW_ASSIGN(held.log[one->id], store.LoadAuditOf(one->id));
    for (const std::string& id : one->findings) {
      if (const auto other = store.LoadFinding(id); other && !is_theirs(other->post.author)) {
        held.others.insert(other->post.author);
      }
    }
    held.cases.emplace(case_id, *std::move(one));
  }
  const auto add_person = [&held](const std::string& person) {
    held.others.insert(person);
    held.others.insert(person.substr(person.rfind(' ') + 1));  // "Mrs Wren" for "Mrs Ada Wren".
  };
  for (const core::School& school : session.config->settings.schools) {
    add_person(school.headteacher);
    std::ranges::for_each(school.staff, add_person);
  }
  for (const config::Contact& contact : session.config->settings.contacts) {
    add_person(contact.name);
  }
  return held;
}

// Whom a look at this is counted for: the people, whatever was typed to find them.
std::vector<std::string> PeopleOf(const Held& held, const std::string& author) {
  std::set<std::string> people;
  for (const core::Finding& post : held.found.posts) {
    people.insert(storage::FoldName(post.post.author).empty() ? post.post.author_url
                                                              : post.post.author);
  }
  people.erase("");
  if (people.empty() && !held.is_nothing()) {
    people.insert(author);
  }
  return {people.begin(), people.end()};
}

}  // namespace

ExitCode SubjectAccessCommand(StoreSession& session, const std::string& author,
                              const LookPermit& permit, OutputForm form, core::Timestamp now) {
  if (session.store == nullptr) {
    return ReportNoStore(session);
  }
  if (storage::FoldName(author).empty()) {
    return ReportError({core::ErrorKind::kBadInput, "whose? give --author NAME"}, session.errors);
  }
  // Before the look is counted: what the question itself leaves behind is no part of the answer.
  const core::Result<Held> held = FindAll(session, author);
  if (!held) {
    return ReportError(held.error(), session.errors);
  }
  if (const auto counted =
          CountLookAt(session, PeopleOf(*held, author), "", permit, LookEntry::kAlways, now);
      !counted) {
    return ReportError(counted.error(), session.errors);
  }
  const json::object all = ToJson(*held, author, now);
  if (form == OutputForm::kJsonLines) {
    session.out << json::serialize(all) << '\n';
  } else if (held->is_nothing()) {
    session.out << Wrap(
        fmt::format("Nothing is held about the public name “{}”.", SafeForTerminal(author)), 0,
        session.width);
  } else {
    PrintHeld(all, session.width, session.out);
    session.errors << "schoolwatch: read it before you hand it over: only names that are known to "
                      "be others' are masked\n";
  }
  return ExitCode::kDone;
}

ExitCode ShowLookReasons(StoreSession& session) {
  if (session.store == nullptr) {
    return ReportNoStore(session);
  }
  const core::Result<std::string> reasons = ListLookReasons(*session.store);
  if (!reasons) {
    return ReportError(reasons.error(), session.errors);
  }
  session.out << *reasons;
  return ExitCode::kDone;
}

}  // namespace schoolwatch::app
