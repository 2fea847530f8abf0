#include "app/commands/subject_access.h"

#include <fmt/format.h>

#include <algorithm>
#include <boost/json.hpp>
#include <cstddef>
#include <map>
#include <optional>
#include <ostream>
#include <set>
#include <string_view>
#include <utility>
#include <vector>

#include "app/json_text.h"
#include "app/terminal.h"
#include "core/evidence.h"
#include "core/hash.h"
#include "storage/audit.h"
#include "storage/name_finder.h"
#include "storage/subject_search.h"

namespace schoolwatch::app {
namespace {

namespace json = boost::json;

// What is held, before others' names are masked.
struct Held {
  storage::HeldOf found;
  std::vector<core::Evidence> evidence;                            // Of their posts.
  std::map<std::string, std::vector<core::PostVersion>> versions;  // The same, by finding.
  std::map<std::string, core::Case> cases;
  std::map<std::string, std::vector<core::AuditEntry>> log;  // By case.
  std::set<std::string> in_private;                          // Others' posts that were.
  std::set<std::string> others;                              // Names to mask.

  bool is_nothing() const {
    return found.posts.empty() && found.named_in.empty() && found.leading.empty() &&
           found.versions.empty() && found.evidence.empty() && found.examples.empty() &&
           found.notes.empty() && cases.empty() && found.records.empty();
  }
};

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

// Takes out who else is meant: the others in the same cases, and the school's people. The one place
// that decides it: who else a text names only a reader can tell.
class OthersMasked {
 public:
  OthersMasked(const std::set<std::string>& others, const std::set<std::string>& own) {
    for (const std::string& name : others) {
      const bool theirs = std::ranges::any_of(
          own, [&](const std::string& subject) { return storage::NameFinder(subject).Is(name); });
      if (!name.empty() && !theirs) {
        finders_.emplace_back(name);
      }
    }
  }
  std::string operator()(std::string text) const {
    for (const storage::NameFinder& finder : finders_) {
      (void)finder.Mask(text);
    }
    return text;
  }

 private:
  std::vector<storage::NameFinder> finders_;
};

constexpr std::string_view kInPrivate = "(said in private by somebody else)";

json::object PostToJson(const core::Finding& finding, const OthersMasked& masked, bool own) {
  core::Finding copy = finding;
  core::Post& post = copy.post;
  for (std::string* const text :
       {&post.title, &post.text, &post.quoted, &post.summary, &post.thread_title}) {
    *text = masked(*text);
  }
  if (post.visibility == core::Visibility::kReportedPrivate) {
    post.quoted.clear();  // Others' words, who said them to a few.
    post.thread_title.clear();
  }
  if (!own && post.visibility == core::Visibility::kReportedPrivate) {
    post.text = kInPrivate;
    post.title.clear();
    post.summary.clear();
    copy.judgement.hits.clear();
  }
  if (!own) {
    post.author = "(somebody else)";
    for (std::string* const text : {&post.author_url, &post.url, &post.id, &post.parent}) {
      text->clear();
    }
  }
  for (core::Hit& hit : copy.judgement.hits) {
    hit.text = masked(hit.text);
  }
  return ToJson(copy);
}

json::object EvidenceToJson(const core::Evidence& evidence, const OthersMasked& masked) {
  json::array redirects;
  for (const std::string& url : evidence.redirects) {
    redirects.emplace_back(url);
  }
  json::array headers;
  for (std::size_t i = 0; i + 1 < evidence.headers.size(); i += 2) {
    headers.emplace_back(evidence.headers[i] + ": " + evidence.headers[i + 1]);
  }
  return {{"post", evidence.finding_id},
          {"url", evidence.url},
          {"redirects", std::move(redirects)},
          {"fetched_at", core::FormatRfc3339(evidence.fetched_at)},
          {"local_time", evidence.local_time},
          {"status", evidence.status},
          {"headers", std::move(headers)},
          {"server_address", evidence.address},
          {"certificate_sha256", evidence.certificate},
          {"page_sha256", core::ToHex(evidence.body_hash)},
          {"part_of_the_page", masked(evidence.fragment)},
          {"note", evidence.fragment_note}};
}

json::object CaseToJson(const core::Case& one, const std::vector<core::AuditEntry>& log,
                        const OthersMasked& masked) {
  json::array history;
  for (const core::CaseEvent& event : one.history) {
    history.push_back(json::object{{"at", core::FormatRfc3339(event.at)},
                                   {"what", core::CaseEventKindName(event.kind)},
                                   {"about", event.about},
                                   {"reason", masked(event.reason)}});
  }
  std::map<std::string, std::size_t> entries;
  for (const core::AuditEntry& entry : log) {
    ++entries[std::string(core::AuditActionName(entry.action))];
  }
  json::object counts;
  for (const auto& [what, count] : entries) {
    counts[what] = count;
  }
  return {{"case", one.id},
          {"title", masked(one.title)},
          {"state", core::CaseStateName(one.state)},
          {"outcome", core::CaseOutcomeName(one.outcome)},
          {"opened", core::FormatRfc3339(one.opened_at)},
          {"changed", core::FormatRfc3339(one.changed_at)},
          {"history", std::move(history)},
          {"log", std::move(counts)}};
}

json::object ToJson(const Held& held, const std::string& author, core::Timestamp now) {
  const OthersMasked masked(held.others, held.found.names);
  json::array posts;
  for (const core::Finding& post : held.found.posts) {
    json::object shown = PostToJson(post, masked, true);
    json::array texts;
    if (const auto found = held.versions.find(post.id); found != held.versions.end()) {
      for (core::PostVersion version : found->second) {
        version.title = masked(version.title);
        version.text = masked(version.text);
        texts.emplace_back(app::ToJson(version));
      }
    }
    if (!texts.empty()) {
      shown["versions"] = std::move(texts);
    }
    posts.push_back(std::move(shown));
  }
  const auto of_others = [&](const std::vector<core::Finding>& found) {
    json::array shown;
    for (const core::Finding& post : found) {
      shown.push_back(PostToJson(post, masked, false));
    }
    return shown;
  };
  json::array versions;
  for (core::PostVersion version : held.found.versions) {
    const bool in_private = held.in_private.contains(version.finding_id);
    version.title = in_private ? "" : masked(version.title);
    version.text = in_private ? std::string(kInPrivate) : masked(version.text);
    versions.emplace_back(app::ToJson(version));
  }
  json::array pages;
  for (const core::Evidence& one : held.found.evidence) {
    const bool in_private = held.in_private.contains(one.finding_id);
    pages.push_back(json::object{
        {"fetched_at", core::FormatRfc3339(one.fetched_at)},
        {"part_of_the_page", in_private ? std::string(kInPrivate) : masked(one.fragment)}});
  }
  json::array notes;
  for (const auto& [note, line] : held.found.notes) {
    notes.push_back(json::object{{"note", masked(note)}, {"line", masked(line)}});
  }
  json::array cases;
  for (const auto& [id, one] : held.cases) {
    const auto log = held.log.find(one.id);
    cases.push_back(CaseToJson(
        one, log == held.log.end() ? std::vector<core::AuditEntry>{} : log->second, masked));
  }
  json::array evidence;
  for (const core::Evidence& one : held.evidence) {
    evidence.push_back(EvidenceToJson(one, masked));
  }
  json::array examples;
  for (const core::KeptExample& example : held.found.examples) {
    examples.push_back(json::object{{"kept", core::FormatRfc3339(example.kept_at)},
                                    {"title", example.post.title},
                                    {"text", example.post.text}});
  }
  json::object records;
  for (const auto& [kind, count] : held.found.records) {
    records[kind] = count;
  }
  return {{"name", author},
          {"as_of", core::FormatRfc3339(now)},
          {"posts", std::move(posts)},
          {"named_in_posts_of_others", of_others(held.found.named_in)},
          {"posts_of_others_that_lead_there", of_others(held.found.leading)},
          {"named_in_earlier_versions_of_others", std::move(versions)},
          {"named_in_evidence_of_others", std::move(pages)},
          {"notes", std::move(notes)},
          {"cases", std::move(cases)},
          {"evidence", std::move(evidence)},
          {"kept_examples", std::move(examples)},
          {"other_records", std::move(records)}};
}

std::string Text(const json::object& object, std::string_view key) {
  const json::value* const value = object.if_contains(key);
  return value != nullptr && value->is_string() ? std::string(value->as_string()) : "";
}

std::string Joined(const json::array& words) {
  std::string line;
  for (const json::value& word : words) {
    line += (line.empty() ? "" : ", ") + std::string(word.as_string());
  }
  return line;
}

// What the program made of a post is held about its author too.
void PrintJudgement(const json::object& judgement, std::size_t width, std::ostream& out) {
  const std::string categories = Joined(judgement.at("categories").as_array());
  const std::string topics = Joined(judgement.at("topics").as_array());
  out << Wrap(fmt::format("Judged by rules: {}, {}{}",
                          categories.empty() ? "no concern" : "possibly " + categories,
                          Text(judgement, "severity"), topics.empty() ? "" : "; about " + topics),
              4, width);
  for (const json::value& value : judgement.at("hits").as_array()) {
    const json::object& hit = value.as_object();
    const std::string words = Text(hit, "text");  // None where all of the text told.
    out << Wrap(SafeForTerminal((words.empty() ? "because: " : "because of “" + words + "”: ") +
                                Text(hit, "why")),
                6, width);
  }
}

void PrintVersion(const json::object& version, std::size_t width, std::ostream& out) {
  out << fmt::format("    As read {}:\n", Text(version, "read"));
  for (const char* const part : {"title", "text"}) {
    if (const std::string text = Text(version, part); !text.empty()) {
      out << Wrap(SafeForTerminal(text), 6, width);
    }
  }
}

void PrintPosts(std::string_view heading, const json::array& posts, std::size_t width,
                std::ostream& out) {
  if (posts.empty()) {
    return;
  }
  out << '\n' << heading << '\n';
  for (const json::value& value : posts) {
    const json::object& finding = value.as_object();
    const json::object& post = finding.at("post").as_object();
    out << '\n'
        << Wrap(Text(post, "published") + "  " + SafeForTerminal(Text(post, "url")), 2, width);
    for (const char* const part : {"title", "text", "quoted"}) {
      if (const std::string text = Text(post, part); !text.empty()) {
        out << Wrap(SafeForTerminal(text), 4, width);
      }
    }
    PrintJudgement(finding.at("judgement").as_object(), width, out);
    const json::value* const versions = finding.if_contains("versions");
    for (const json::value& one : versions != nullptr ? versions->as_array() : json::array()) {
      PrintVersion(one.as_object(), width, out);
    }
  }
}

void PrintCases(const json::array& cases, std::size_t width, std::ostream& out) {
  if (!cases.empty()) {
    out << "\nCases that these belong to, or that name it\n";
  }
  for (const json::value& value : cases) {
    const json::object& one = value.as_object();
    out << fmt::format("\n  {}  {}  {} {}\n", Text(one, "case"), Text(one, "opened"),
                       Text(one, "state"), Text(one, "outcome"))
        << Wrap(SafeForTerminal(Text(one, "title")), 4, width);
    for (const json::value& event_value : one.at("history").as_array()) {
      const json::object& event = event_value.as_object();
      out << Wrap(fmt::format("{}  {} {}  {}", Text(event, "at"), Text(event, "what"),
                              Text(event, "about"), SafeForTerminal(Text(event, "reason"))),
                  4, width);
    }
  }
}

void PrintEvidence(const json::object& all, std::size_t width, std::ostream& out) {
  const json::array& own = all.at("evidence").as_array();
  if (!own.empty()) {
    out << "\nEvidence kept of these posts (the part of the page itself: --json)\n";
  }
  for (const json::value& value : own) {
    const json::object& one = value.as_object();
    out << Wrap(fmt::format("{}  {}  {} bytes of the page, SHA-256 of the whole page {}",
                            Text(one, "fetched_at"), SafeForTerminal(Text(one, "url")),
                            Text(one, "part_of_the_page").size(), Text(one, "page_sha256")),
                2, width);
  }
  const json::array& pages = all.at("named_in_evidence_of_others").as_array();
  if (!pages.empty()) {
    out << "\nEvidence kept of others' posts that names it or leads there (the same)\n";
  }
  for (const json::value& value : pages) {
    const json::object& one = value.as_object();
    out << fmt::format("  {}  {} bytes of the page\n", Text(one, "fetched_at"),
                       Text(one, "part_of_the_page").size());
  }
}

void PrintForPeople(const json::object& all, std::size_t width, std::ostream& out) {
  out << Wrap(fmt::format("What is held about the public name “{}”, as of {}",
                          SafeForTerminal(Text(all, "name")), Text(all, "as_of")),
              0, width);
  PrintPosts("Posts under this name", all.at("posts").as_array(), width, out);
  PrintPosts("Posts of others that name it", all.at("named_in_posts_of_others").as_array(), width,
             out);
  PrintPosts("Posts of others that quote these posts or lead there",
             all.at("posts_of_others_that_lead_there").as_array(), width, out);
  const json::array& versions = all.at("named_in_earlier_versions_of_others").as_array();
  if (!versions.empty()) {
    out << "\nEarlier versions of others' posts that name it\n";
  }
  for (const json::value& version : versions) {
    PrintVersion(version.as_object(), width, out);
  }
  PrintCases(all.at("cases").as_array(), width, out);
  PrintEvidence(all, width, out);
  const json::array& notes = all.at("notes").as_array();
  if (!notes.empty()) {
    out << "\nNotes that name it, such as reasons for looks\n";
  }
  for (const json::value& value : notes) {
    const json::object& note = value.as_object();
    out << Wrap(SafeForTerminal(Text(note, "note") + ": " + Text(note, "line")), 2, width);
  }
  const json::array& examples = all.at("kept_examples").as_array();
  const json::object& records = all.at("other_records").as_object();
  if (!records.empty() || !examples.empty()) {
    out << "\nOther records\n";
  }
  for (const auto& [kind, count] : records) {
    out << fmt::format("  {}: {}\n", std::string_view(kind), count.to_number<std::size_t>());
  }
  if (!examples.empty()) {
    out << fmt::format("  examples for rules, with names masked: {}\n", examples.size());
  }
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
    PrintForPeople(all, session.width, session.out);
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
