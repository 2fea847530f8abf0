#include "storage/erasure.h"

#include <algorithm>
#include <array>
#include <functional>
#include <iterator>
#include <limits>
#include <map>
#include <set>
#include <string_view>
#include <utility>

#include "core/place.h"
#include "storage/address_finder.h"
#include "storage/case_search.h"
#include "storage/erasure_needles.h"
#include "storage/erasure_sweep.h"
#include "storage/keys.h"
#include "storage/name_finder.h"
#include "storage/records.h"

namespace schoolwatch::storage {
namespace {

using core::Timestamp;
using By = ErasureTarget::By;

constexpr int kRewrites = 3;
constexpr std::string_view kUnfinishedNote = "erasure/unfinished";

using IsMeant = std::function<bool(const core::Finding& finding)>;

core::Result<std::vector<core::Finding>> FindMeant(const Db& db, const IsMeant& is_meant) {
  std::vector<core::Finding> found;
  SW_TRY(ForEachFinding(db, [&](core::Finding finding) {
    if (is_meant(finding)) {
      found.push_back(std::move(finding));
    }
  }));
  std::ranges::stable_sort(found, {}, &core::Finding::fetched_at);
  return found;
}

IsMeant MatcherOf(const ErasureTarget& target) {
  switch (target.by) {
    case By::kAuthor: {
      // "jo.smith/art" may be either.
      const std::string place = IsAddress(target.value) ? PlaceKey(target.value) : "";
      return [name = NameFinder(target.value), place](const core::Finding& finding) {
        return name.Is(finding.post.author) ||
               (!place.empty() && PlaceKey(finding.post.author_url) == place);
      };
    }
    case By::kUrl:
      return [place = PlaceKey(target.value)](const core::Finding& finding) {
        return PlaceKey(finding.post.url) == place || PlaceKey(finding.post.thread_url) == place;
      };
    case By::kCase:
      break;
  }
  return [id = target.value](const core::Finding& finding) { return finding.case_id == id; };
}

std::string HashOf(const PrivacyHash& hash, const ErasureTarget& target) {
  switch (target.by) {
    case By::kAuthor:
      return IsAddress(target.value) ? hash.OfProfile(target.value) : hash.OfAuthor(target.value);
    case By::kUrl:
      return hash.OfAddress(target.value);
    case By::kCase:
      break;
  }
  return hash.OfCase(target.value);
}

ErasureMark::What WhatOf(By by) {
  switch (by) {
    case By::kAuthor:
      return ErasureMark::What::kAuthor;
    case By::kUrl:
      return ErasureMark::What::kUrl;
    case By::kCase:
      break;
  }
  return ErasureMark::What::kCase;
}

// What the target's posts mean for the rest of the store: names, addresses, texts.
core::Result<ErasureSubject> MakeSubject(const Db& db, std::vector<core::Finding> findings,
                                         const std::set<std::string>& names,
                                         std::set<std::string, std::less<>> urls,
                                         const PrivacyHash& hash) {
  ErasureSubject subject;
  subject.findings = std::move(findings);
  subject.urls = std::move(urls);
  for (const std::string& name : names) {
    if (!FoldName(name).empty()) {
      subject.names.emplace_back(name);
      subject.look_hashes.insert(hash.OfLooks(name));
    }
  }
  std::set<std::string_view> gone;
  for (const core::Finding& finding : subject.findings) {
    gone.insert(finding.id);
  }
  std::set<std::string, std::less<>> shared;
  SW_TRY(ForEachFinding(db, [&](const core::Finding& finding) {
    if (!gone.contains(finding.id)) {
      for (const std::string* url : {&finding.post.url, &finding.post.thread_url}) {
        shared.insert(PlaceKey(*url));
      }
      if (std::string place = core::OwnLink(finding.post); !place.empty()) {
        subject.kept_places.insert(std::move(place));
      }
    }
  }));
  subject.Derive(shared);
  return subject;
}

void PutMarks(const ErasureSubject& subject, const std::set<std::string, std::less<>>& post_keys,
              const PrivacyHash& hash, Timestamp now, Timestamp until, Batch& batch) {
  const std::string key_id = hash.key_id();
  const auto put = [&](const std::string& of, ErasureMark::What what) {
    batch.Put(Key(kErasedPrefix, of), Encode(ErasureMark{what, now, until, key_id}));
  };
  for (const core::Finding& finding : subject.findings) {
    put(hash.OfPost(core::PostKey(finding.post)), ErasureMark::What::kPost);
    // Another source may have it under another key, but leads to where it stands.
    const std::string place = hash.OfPlace(finding.post);
    if (!place.empty() && !subject.kept_places.contains(core::OwnLink(finding.post))) {
      put(place, ErasureMark::What::kPost);
    }
    const std::string text = hash.OfText(finding.post);
    const std::string words = text.empty() ? hash.OfWords(finding.post) : text;
    if (!words.empty()) {
      put(words, ErasureMark::What::kWords);
    }
  }
  for (const std::string& post_key : post_keys) {
    put(hash.OfPost(post_key), ErasureMark::What::kPost);
  }
}

// Every key lies between these two, which are there only while all is rewritten.
constexpr std::string_view kLowestKey = "!";
constexpr std::string_view kHighestKey = "~";

core::Result<void> PutBounds(Db& db) {
  Batch bounds;
  bounds.Put(std::string(kLowestKey), "");
  bounds.Put(std::string(kHighestKey), "");
  return db.Write(bounds);
}

// Until no file of the database holds what was erased. Mostly it is enough to compact what the
// erasure touched. Not where a reader still sees the past; nor where LevelDB's list of tables,
// which tells the last key of each level's last compaction, has an erased one there: then
// everything is compacted, with a harmless key at its end.
core::Result<void> Rewrite(Db& db, const std::vector<std::string>& prefixes,
                           std::span<const Needle> needles, ErasureReport& report) {
  // Names may stand in others' posts for good; the rest may not.
  std::vector<Needle> own;
  std::ranges::copy_if(needles, std::back_inserter(own),
                       [](const Needle& needle) { return needle.what != kNameNeedle; });
  for (int i = 0; i < kRewrites; ++i) {
    if (i > 0) {
      SW_TRY(PutBounds(db));
    }
    db.Compact(i == 0 ? prefixes : std::vector<std::string>{""});
    const core::Result<void> reopened = db.Reopen();
    report.reopened = reopened.has_value();
    if (!reopened && reopened.error().kind != core::ErrorKind::kUnavailable) {
      return reopened;
    }
    SW_ASSIGN(const std::vector<Sighting> left, ScanFiles(db.folder(), own));
    if (left.empty()) {
      break;
    }
  }
  Batch done;
  done.Remove(std::string(kLowestKey));
  done.Remove(std::string(kHighestKey));
  done.Remove(Key(kNotePrefix, kUnfinishedNote));
  return db.Write(done);
}

std::vector<std::string> PrefixesOf(const Batch& batch) {
  std::set<std::string> prefixes;
  for (const auto& [key, change] : batch.changes()) {
    prefixes.insert(key.substr(0, key.find('/') + 1));
  }
  return {prefixes.begin(), prefixes.end()};
}

struct Erasing {
  Db& db;
  const AuditContext& audit;
  ErasureEffect effect;
  std::string reason;
  std::set<std::string> names;              // As given and as posts have them.
  std::set<std::string, std::less<>> urls;  // That were asked for.
  std::set<std::string, std::less<>> cases;
  std::map<std::string, ErasureMark, std::less<>> marks;  // Beside those of single posts.
};

core::Result<ErasureReport> Carry(Erasing work, std::vector<core::Finding> findings, Timestamp now,
                                  Timestamp until) {
  const PrivacyHash hash(work.audit.key);
  SW_ASSIGN(ErasureSubject subject,
            MakeSubject(work.db, std::move(findings), work.names, std::move(work.urls), hash));
  subject.cases = std::move(work.cases);
  ErasureReport report;
  report.until = until;
  report.needles = NeedlesOf(subject, work.names);
  ErasureChanges changes;
  SW_TRY(SweepAll(work.db, subject, changes));
  report.deleted = changes.deleted;
  report.changed = changes.changed;
  if (work.effect == ErasureEffect::kErase) {
    PutMarks(subject, changes.gone_post_keys, hash, now, until, changes.batch);
    for (const auto& [of, mark] : work.marks) {
      changes.batch.Put(Key(kErasedPrefix, of), Encode(mark));
    }
    std::set<std::string> touched(changes.gone_cases.begin(), changes.gone_cases.end());
    for (const core::Finding& finding : subject.findings) {
      touched.insert(finding.case_id);
    }
    {
      const RecordReader reader(work.db, &changes.batch);
      for (const core::AuditEvent& event : changes.events) {
        SW_TRY(AppendAudit(changes.batch, reader, work.audit, event));
      }
      for (const std::string& id : touched) {
        SW_TRY(AppendAudit(changes.batch, reader, work.audit,
                           {.action = core::AuditAction::kDeleted,
                            .actor = core::AuditActor::kOperator,
                            .case_id = id,
                            .subject = "case " + id,
                            .content = "erasure: " + work.reason}));
      }
    }
    changes.batch.Put(Key(kNotePrefix, kUnfinishedNote), core::FormatRfc3339(now));
    const std::vector<std::string> prefixes = PrefixesOf(changes.batch);
    SW_TRY(work.db.Write(changes.batch));
    SW_TRY(Rewrite(work.db, prefixes, report.needles, report));
    SW_ASSIGN(report.left, FindLeft(work.db, report.needles));
  }
  report.findings = std::move(subject.findings);
  return report;
}

}  // namespace

core::Result<std::vector<core::Finding>> FindTargeted(const Db& db, const ErasureTarget& target) {
  if (target.by == By::kCase) {
    SW_ASSIGN(const auto bytes, View(db).Get(Key(kCasePrefix, target.value)));
    if (!bytes) {
      return core::Fail(core::ErrorKind::kNotFound, "there is no case '" + target.value + "'");
    }
  }
  return FindMeant(db, MatcherOf(target));
}

core::Result<std::vector<core::Finding>> FindNaming(const Db& db, const NameFinder& name) {
  return FindMeant(db, [&](const core::Finding& finding) {
    const core::Post& post = finding.post;
    return !name.Is(post.author) &&
           std::ranges::any_of(
               std::array{&post.title, &post.text, &post.quoted, &post.summary, &post.thread_title},
               [&](const std::string* text) { return name.IsIn(*text); });
  });
}

core::Result<ErasureReport> Erase(Store& store, const ErasureTarget& target,
                                  std::chrono::hours keep_marks, Timestamp now,
                                  ErasureEffect effect) {
  if (target.value.empty() || (target.by == By::kAuthor && FoldName(target.value).empty())) {
    return core::Fail(core::ErrorKind::kBadInput, "nobody and nothing is named");
  }
  core::Result<ErasureReport> report;
  const auto work = [&](Db& db, const AuditContext& audit) -> core::Result<void> {
    SW_ASSIGN(std::vector<core::Finding> findings, FindTargeted(db, target));
    Erasing erasing{db, audit, effect, target.reason, {}, {}, {}, {}};
    if (target.by != By::kCase && IsAddress(target.value) &&
        !core::IsWholeSite(PlaceKey(target.value))) {
      // Also where no post is left of it: others may still lead there.
      erasing.urls.insert(target.value);
    }
    if (target.by == By::kAuthor) {
      if (!IsAddress(target.value)) {
        erasing.names.insert(target.value);
      }
      for (const core::Finding& finding : findings) {
        if (!finding.post.author.empty()) {
          erasing.names.insert(finding.post.author);
        }
      }
    } else if (target.by == By::kCase) {
      erasing.cases.insert(target.value);
    }
    const PrivacyHash hash(audit.key);
    const ErasureMark mark{WhatOf(target.by), now, now + keep_marks, hash.key_id()};
    erasing.marks.emplace(HashOf(hash, target), mark);
    for (const std::string& name : erasing.names) {  // Also as their posts spell them.
      erasing.marks.emplace(hash.OfAuthor(name), mark);
    }
    report = Carry(std::move(erasing), std::move(findings), now, now + keep_marks);
    return report ? core::Result<void>() : core::Fail(report.error());
  };
  SW_TRY(store.WithDatabase(
      effect == ErasureEffect::kErase ? DatabaseUse::kWrite : DatabaseUse::kRead, work));
  return report;
}

core::Result<ErasureReport> ApplyErasureMarks(Db& db, const AuditContext& audit,
                                              const MarkSet& of_other) {
  const std::vector<PrivacyHash> hashes(of_other.keys.begin(), of_other.keys.end());
  std::map<std::string, ErasureMark, std::less<>> marks;
  Timestamp until{};
  for (const KeptMark& one : of_other.marks) {
    if (audit.now < one.mark.until) {
      marks.emplace(one.hash, one.mark);
      until = std::max(until, one.mark.until);
    }
  }
  Erasing erasing{db, audit, ErasureEffect::kErase, "restored", {}, {}, {}, {}};
  erasing.marks = marks;
  const auto counts = [&](const std::string& of, const core::Finding& finding) {
    const auto found = marks.find(of);
    if (of.empty() || found == marks.end()) {
      return false;
    }
    const bool single = found->second.what == ErasureMark::What::kPost ||
                        found->second.what == ErasureMark::What::kWords;
    return single || finding.fetched_at < found->second.at;
  };
  const auto is_meant = [&](const PrivacyHash& hash, const core::Finding& one) {
    if (counts(hash.OfCase(one.case_id), one)) {
      erasing.cases.insert(one.case_id);
      return true;
    }
    if (counts(hash.OfAuthor(one.post.author), one) ||
        counts(hash.OfAuthor(one.post.author_url), one) ||
        counts(hash.OfProfile(one.post.author_url), one)) {
      erasing.names.insert(one.post.author);
      return true;
    }
    return counts(hash.OfUrl(one.post.url), one) || counts(hash.OfUrl(one.post.thread_url), one) ||
           counts(hash.OfAddress(one.post.url), one) ||
           counts(hash.OfAddress(one.post.thread_url), one) ||
           counts(hash.OfPlace(one.post), one) || counts(hash.OfText(one.post), one) ||
           counts(hash.OfPost(core::PostKey(one.post)), one) || counts(hash.OfWords(one.post), one);
  };
  SW_ASSIGN(std::vector<core::Finding> findings, FindMeant(db, [&](const core::Finding& one) {
              return std::ranges::any_of(
                  hashes, [&](const PrivacyHash& hash) { return is_meant(hash, one); });
            }));
  if (findings.empty()) {
    Batch kept;
    for (const auto& [of, mark] : erasing.marks) {
      kept.Put(Key(kErasedPrefix, of), Encode(mark));
    }
    if (!kept.empty()) {
      SW_TRY(db.Write(kept));
    }
    ErasureReport nothing;
    nothing.until = until;
    return nothing;
  }
  return Carry(std::move(erasing), std::move(findings), audit.now, until);
}

core::Result<void> FinishErasures(Db& db) {
  const std::string key = Key(kNotePrefix, kUnfinishedNote);
  SW_ASSIGN(const auto unfinished, View(db).Get(key));
  if (!unfinished) {
    return {};
  }
  std::vector<std::string> prefixes;
  for (const std::string_view prefix : SweptPrefixes()) {
    prefixes.emplace_back(prefix);
  }
  ErasureReport ignored;
  return Rewrite(db, prefixes, {}, ignored);
}

}  // namespace schoolwatch::storage
