#include "app/access/held_json.h"

#include <algorithm>
#include <boost/json.hpp>
#include <cstddef>
#include <map>
#include <set>
#include <string_view>
#include <utility>
#include <vector>

#include "app/json_text.h"
#include "core/hash.h"
#include "storage/name_finder.h"

namespace schoolwatch::app {
namespace {

namespace json = boost::json;

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

}  // namespace

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

}  // namespace schoolwatch::app
