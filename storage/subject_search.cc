#include "storage/subject_search.h"

#include <algorithm>
#include <array>
#include <cstddef>
#include <string_view>

#include "core/place.h"
#include "storage/address_finder.h"
#include "storage/case_search.h"
#include "storage/erasure.h"
#include "storage/erasure_marks.h"
#include "storage/erasure_subject.h"
#include "storage/erasure_sweep.h"
#include "storage/keys.h"
#include "storage/name_finder.h"
#include "storage/records.h"

namespace schoolwatch::storage {
namespace {

// Kinds that are shown one by one.
constexpr std::array<std::string_view, 11> kShown{"posts",
                                                  "posts of others",
                                                  "earlier versions",
                                                  "earlier versions of others",
                                                  "evidence records",
                                                  "evidence records of others",
                                                  "kept examples",
                                                  "kept examples of others",
                                                  "cases",
                                                  "cases that go on",
                                                  "notes of commands"};

// Places where others' posts stand too: that those lead there says nothing of this person.
core::Result<std::set<std::string, std::less<>>> SharedPlaces(
    const Db& db, const std::vector<core::Finding>& posts) {
  std::set<std::string_view> own;
  for (const core::Finding& post : posts) {
    own.insert(post.id);
  }
  std::set<std::string, std::less<>> shared;
  SW_TRY(ForEachFinding(db, [&](const core::Finding& finding) {
    if (!own.contains(finding.id)) {
      shared.insert(PlaceKey(finding.post.url));
      shared.insert(PlaceKey(finding.post.thread_url));
    }
  }));
  return shared;
}

enum class Which { kChanged, kChangedOrRemoved };

// The records under `prefix` that the sweep touches, as they stand.
template <class T>
core::Result<std::vector<T>> Touched(const RecordReader& reader, const Batch& batch,
                                     std::string_view prefix, Which which) {
  std::vector<T> touched;
  const auto& changes = batch.changes();
  for (auto one = changes.lower_bound(std::string(prefix));
       one != changes.end() && one->first.starts_with(prefix); ++one) {
    if (one->second || which == Which::kChangedOrRemoved) {
      SW_ASSIGN(auto record, reader.Find<T>(one->first));
      if (record) {
        touched.push_back(*std::move(record));
      }
    }
  }
  return touched;
}

std::set<std::string_view> LinesOf(std::string_view text) {
  std::set<std::string_view> lines;
  while (!text.empty()) {
    const std::size_t end = std::min(text.find('\n'), text.size());
    lines.insert(text.substr(0, end));
    text.remove_prefix(std::min(end + 1, text.size()));
  }
  return lines;
}

core::Result<void> AddNotes(const View& view, const Batch& batch, HeldOf& held) {
  const auto& changes = batch.changes();
  for (auto one = changes.lower_bound(std::string(kNotePrefix));
       one != changes.end() && one->first.starts_with(kNotePrefix); ++one) {
    SW_ASSIGN(const auto before, view.Get(one->first));
    const std::string left = one->second.value_or("");
    const std::set<std::string_view> kept = LinesOf(left);
    for (const std::string_view line : LinesOf(before.value_or(""))) {
      if (!kept.contains(line)) {
        held.notes.emplace_back(one->first.substr(kNotePrefix.size()), line);
      }
    }
  }
  return {};
}

}  // namespace

core::Result<HeldOf> FindHeld(const Db& db, const AuditContext& audit, const std::string& author) {
  HeldOf held;
  SW_ASSIGN(held.posts, FindTargeted(db, {ErasureTarget::By::kAuthor, author, ""}));
  if (!IsAddress(author)) {
    held.names.insert(author);
  }
  for (const core::Finding& post : held.posts) {
    if (!FoldName(post.post.author).empty()) {
      held.names.insert(post.post.author);
    }
    held.cases.insert(post.case_id);
  }
  const PrivacyHash hash(audit.key);
  ErasureSubject subject;
  subject.findings = held.posts;
  if (IsAddress(author) && !core::IsWholeSite(PlaceKey(author))) {
    subject.urls.insert(author);
  }
  for (const std::string& name : held.names) {
    subject.names.emplace_back(name);
    subject.look_hashes.insert(hash.OfLooks(name));
  }
  SW_ASSIGN(const auto shared, SharedPlaces(db, held.posts));
  subject.Derive(shared);
  ErasureChanges changes;
  SW_TRY(SweepAll(db, subject, changes));

  const RecordReader reader(db);
  SW_ASSIGN(auto others,
            Touched<core::Finding>(reader, changes.batch, kFindingPrefix, Which::kChanged));
  std::set<std::string> naming;
  for (const NameFinder& name : subject.names) {
    if (name.is_distinct()) {
      SW_ASSIGN(const auto found, FindNaming(db, name));
      for (const core::Finding& one : found) {
        naming.insert(one.id);
      }
    }
  }
  for (core::Finding& one : others) {
    (naming.contains(one.id) ? held.named_in : held.leading).push_back(std::move(one));
  }
  SW_ASSIGN(held.versions,
            Touched<core::PostVersion>(reader, changes.batch, kVersionPrefix, Which::kChanged));
  SW_ASSIGN(held.evidence,
            Touched<core::Evidence>(reader, changes.batch, kEvidencePrefix, Which::kChanged));
  SW_ASSIGN(held.examples, Touched<core::KeptExample>(reader, changes.batch, kExamplePrefix,
                                                      Which::kChangedOrRemoved));
  SW_ASSIGN(const auto cases,
            Touched<core::Case>(reader, changes.batch, kCasePrefix, Which::kChangedOrRemoved));
  for (const core::Case& one : cases) {
    held.cases.insert(one.id);
  }
  SW_TRY(AddNotes(reader.view(), changes.batch, held));
  for (const KindCounts* counts : {&changes.deleted, &changes.changed}) {
    for (const auto& [kind, count] : *counts) {
      if (std::ranges::find(kShown, kind) == kShown.end()) {
        held.records[kind] += count;
      }
    }
  }
  std::set<std::string> marks{hash.OfAuthor(author)};
  for (const std::string& name : held.names) {
    marks.insert(hash.OfAuthor(name));
  }
  if (IsAddress(author)) {
    marks.insert(hash.OfProfile(author));
  }
  for (const std::string& mark : marks) {
    SW_ASSIGN(const auto kept, reader.view().Get(Key(kErasedPrefix, mark)));
    if (kept) {
      ++held.records["marks of an earlier erasure"];
    }
  }
  held.cases.erase("");
  return held;
}

}  // namespace schoolwatch::storage
