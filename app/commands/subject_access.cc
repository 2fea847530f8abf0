#include "app/commands/subject_access.h"

#include <fmt/format.h>

#include <algorithm>
#include <boost/json.hpp>
#include <limits>
#include <map>
#include <optional>
#include <ostream>
#include <set>
#include <utility>
#include <vector>

#include "app/json_text.h"
#include "app/terminal.h"
#include "core/evidence.h"
#include "core/hash.h"
#include "storage/audit.h"
#include "storage/erasure.h"
#include "storage/erasure_marks.h"
#include "storage/keys.h"
#include "storage/name_finder.h"
#include "storage/records.h"

namespace schoolwatch::app {
namespace {

namespace json = boost::json;

// What is held, before others' names are masked.
struct Held {
  std::vector<core::Finding> posts;
  std::vector<core::Finding> named_in;                             // Posts of others.
  std::vector<core::Evidence> evidence;                            // Of `posts`.
  std::map<std::string, std::vector<core::PostVersion>> versions;  // The same, by finding.
  std::map<std::string, core::Case> cases;
  std::vector<core::KeptExample> examples;
  storage::KindCounts records;                               // Beside these, by kind.
  std::map<std::string, std::vector<core::AuditEntry>> log;  // By case.
  std::set<std::string> others;                              // Names to mask.
};

core::Result<std::size_t> CountKeys(const storage::Db& db, std::string_view prefix,
                                    const std::string& name) {
  SW_ASSIGN(const auto entries, storage::View(db).List(storage::Key(prefix, name),
                                                       std::numeric_limits<std::size_t>::max()));
  return entries.size();
}

// What hangs on the posts under keys that can be worked out.
core::Result<void> CountRecords(const storage::Db& db, const storage::PrivacyHash& hash,
                                const std::string& author, Held& held) {
  const auto count = [&](std::string_view kind, std::string_view prefix,
                         const std::string& name) -> core::Result<void> {
    SW_ASSIGN(const std::size_t found, CountKeys(db, prefix, name));
    if (found > 0) {
      held.records[std::string(kind)] += found;
    }
    return {};
  };
  const storage::RecordReader reader(db);
  for (const core::Finding& post : held.posts) {
    for (const std::string& key : storage::NearKeysOf(post)) {
      SW_ASSIGN(const auto list, reader.Find<storage::NearList>(key));
      if (list && std::ranges::find(list->findings, post.id) != list->findings.end()) {
        ++held.records["entries in the index of texts"];
      }
    }
    SW_TRY(count("seen marks", storage::kSeenPrefix, core::PostKey(post.post)));
    if (!post.post.url.empty()) {
      SW_TRY(count("addresses that were fetched", storage::kUrlPrefix, post.post.url));
    }
  }
  SW_TRY(count("marks of an earlier erasure", storage::kErasedPrefix, hash.OfAuthor(author)));
  return count("counts of looks", storage::kLookPrefix, hash.OfLooks(author));
}

core::Result<void> AddEvidence(const storage::Store& reader, Held& held) {
  for (const core::Finding& post : held.posts) {
    SW_ASSIGN(held.versions[post.id], reader.LoadVersions(post.id));
    SW_ASSIGN(std::optional<core::Evidence> evidence, reader.FindEvidence(post.id));
    if (evidence) {
      held.evidence.push_back(*std::move(evidence));
    }
  }
  return {};
}

core::Result<void> AddOutboxAndExamples(storage::Store& store, Held& held) {
  std::set<std::string> ids;
  for (const core::Finding& post : held.posts) {
    ids.insert(post.id);
  }
  SW_ASSIGN(std::vector<core::OutboxItem> items, store.LoadItems());
  SW_ASSIGN(const std::vector<core::OutboxBatch> batches, store.LoadBatches());
  for (const core::OutboxBatch& batch : batches) {
    items.insert(items.end(), batch.items.begin(), batch.items.end());
  }
  for (const core::OutboxItem& item : items) {
    held.records["alerts not yet sent"] += ids.contains(item.finding_id) ? 1U : 0U;
  }
  SW_ASSIGN(const std::vector<core::KeptExample> examples, store.ListExamples());
  for (const core::KeptExample& example : examples) {
    if (ids.contains(example.id)) {
      held.examples.push_back(example);
    }
  }
  return {};
}

core::Result<Held> FindAll(StoreSession& session, const std::string& author) {
  Held held;
  storage::Store& store = *session.store;
  const storage::NameFinder name(author);
  const core::Result<void> looked = store.WithDatabase(
      storage::DatabaseUse::kRead,
      [&](storage::Db& db, const storage::AuditContext& audit) -> core::Result<void> {
        SW_ASSIGN(held.posts, FindTargeted(db, {storage::ErasureTarget::By::kAuthor, author, ""}));
        SW_TRY(CountRecords(db, storage::PrivacyHash(audit.key), author, held));
        if (!name.is_distinct()) {
          return {};
        }
        SW_ASSIGN(held.named_in, storage::FindNaming(db, name));
        return {};
      });
  SW_TRY(looked);
  SW_TRY(AddEvidence(store, held));
  SW_TRY(AddOutboxAndExamples(store, held));
  for (const std::vector<core::Finding>* posts : {&held.posts, &held.named_in}) {
    for (const core::Finding& post : *posts) {
      if (post.case_id.empty() || held.cases.contains(post.case_id)) {
        continue;
      }
      core::Result<core::Case> one = store.LoadCase(post.case_id);
      if (one) {
        SW_ASSIGN(held.log[one->id], store.LoadAuditOf(one->id));
        for (const std::string& id : one->findings) {
          if (const auto other = store.LoadFinding(id); other && !name.Is(other->post.author)) {
            held.others.insert(other->post.author);
          }
        }
        held.cases.emplace(post.case_id, *std::move(one));
      }
    }
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

// Takes out who else is meant: the others in the same cases, and the school's people. The one place
// that decides it: who else a text names only a reader can tell.
class OthersMasked {
 public:
  OthersMasked(const std::set<std::string>& others, const storage::NameFinder& subject) {
    for (const std::string& name : others) {
      if (!name.empty() && !subject.Is(name)) {
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
    post.text = "(said in private by somebody else)";
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
  const OthersMasked masked(held.others, storage::NameFinder(author));
  json::array posts;
  for (const core::Finding& post : held.posts) {
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
  json::array named;
  for (const core::Finding& post : held.named_in) {
    named.push_back(PostToJson(post, masked, false));
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
  for (const core::KeptExample& example : held.examples) {
    examples.push_back(json::object{{"kept", core::FormatRfc3339(example.kept_at)},
                                    {"title", example.post.title},
                                    {"text", example.post.text}});
  }
  json::object records;
  for (const auto& [kind, count] : held.records) {
    records[kind] = count;
  }
  return {{"name", author},
          {"as_of", core::FormatRfc3339(now)},
          {"posts", std::move(posts)},
          {"named_in_posts_of_others", std::move(named)},
          {"cases", std::move(cases)},
          {"evidence", std::move(evidence)},
          {"kept_examples", std::move(examples)},
          {"other_records", std::move(records)}};
}

std::string Text(const json::object& object, std::string_view key) {
  const json::value* const value = object.if_contains(key);
  return value != nullptr && value->is_string() ? std::string(value->as_string()) : "";
}

void PrintPosts(const json::array& posts, std::ostream& out) {
  for (const json::value& value : posts) {
    const json::object& finding = value.as_object();
    const json::object& post = finding.at("post").as_object();
    out << fmt::format("\n  {}  {}\n", Text(post, "published"), SafeForTerminal(Text(post, "url")));
    for (const char* const part : {"title", "text", "quoted"}) {
      if (const std::string text = Text(post, part); !text.empty()) {
        out << Wrap(SafeForTerminal(text), 4, 100);
      }
    }
    const json::value* const versions = finding.if_contains("versions");
    for (const json::value& one : versions != nullptr ? versions->as_array() : json::array()) {
      out << fmt::format("    As read {}:\n", Text(one.as_object(), "read"))
          << Wrap(SafeForTerminal(Text(one.as_object(), "text")), 6, 100);
    }
  }
}

void PrintForPeople(const json::object& all, std::ostream& out) {
  out << fmt::format("What is held about the public name “{}”, as of {}\n",
                     SafeForTerminal(Text(all, "name")), Text(all, "as_of"));
  out << "\nPosts under this name\n";
  PrintPosts(all.at("posts").as_array(), out);
  out << "\nPosts of others that name it\n";
  PrintPosts(all.at("named_in_posts_of_others").as_array(), out);
  out << "\nCases these belong to\n";
  for (const json::value& value : all.at("cases").as_array()) {
    const json::object& one = value.as_object();
    out << fmt::format("\n  {}  {}  {} {}\n    {}\n", Text(one, "case"), Text(one, "opened"),
                       Text(one, "state"), Text(one, "outcome"),
                       SafeForTerminal(Text(one, "title")));
    for (const json::value& event_value : one.at("history").as_array()) {
      const json::object& event = event_value.as_object();
      out << fmt::format("    {}  {} {}  {}\n", Text(event, "at"), Text(event, "what"),
                         Text(event, "about"), SafeForTerminal(Text(event, "reason")));
    }
  }
  out << "\nEvidence kept of these posts (the part of the page itself: --json)\n";
  for (const json::value& value : all.at("evidence").as_array()) {
    const json::object& one = value.as_object();
    out << fmt::format("  {}  {}  {} bytes of the page, SHA-256 of the whole page {}\n",
                       Text(one, "fetched_at"), SafeForTerminal(Text(one, "url")),
                       Text(one, "part_of_the_page").size(), Text(one, "page_sha256"));
  }
  out << "\nOther records\n";
  for (const auto& [kind, count] : all.at("other_records").as_object()) {
    out << fmt::format("  {}: {}\n", std::string_view(kind), count.to_number<std::size_t>());
  }
  out << fmt::format("  examples for rules, with names masked: {}\n",
                     all.at("kept_examples").as_array().size());
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
  const std::vector<std::string> authors{author};
  if (const auto counted = CountLookAt(session, authors, "", permit, LookEntry::kAlways, now);
      !counted) {
    return ReportError(counted.error(), session.errors);
  }
  const core::Result<Held> held = FindAll(session, author);
  if (!held) {
    return ReportError(held.error(), session.errors);
  }
  const json::object all = ToJson(*held, author, now);
  if (form == OutputForm::kJsonLines) {
    session.out << json::serialize(all) << '\n';
  } else {
    PrintForPeople(all, session.out);
  }
  if (form == OutputForm::kForPeople) {
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
