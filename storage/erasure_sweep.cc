#include "storage/erasure_sweep.h"

#include <algorithm>
#include <array>
#include <functional>
#include <limits>
#include <map>
#include <utility>

#include "core/text/fold.h"
#include "core/url.h"
#include "storage/keys.h"

namespace schoolwatch::storage {
namespace {

constexpr std::size_t kPage = 256;
constexpr std::string_view kErasedTitle = "(erased)";
constexpr std::size_t kTimeBytes = 8;

// One sweep's work on a database that nobody else writes to.
class Sweeper {
 public:
  Sweeper(const Db& db, const ErasureSubject& subject, ErasureChanges& changes)
      : subject_(subject), changes_(changes), reader_(db, &changes.batch) {}

  core::Result<void> Nothing() { return {}; }  // Holds no text, name or address.
  core::Result<void> Findings();
  core::Result<void> Cases();
  core::Result<void> ChangedIndex();
  core::Result<void> ChangedInIndex();
  core::Result<void> Links();
  core::Result<void> Near();
  core::Result<void> Prints() { return ByFinding(kPrintPrefix, 0, "fingerprints"); }
  core::Result<void> Evidence() { return ByFinding(kEvidencePrefix, 0, "evidence records"); }
  core::Result<void> Versions() {
    return ByFinding(kVersionPrefix, kTimeBytes, "earlier versions");
  }
  core::Result<void> Seen();
  core::Result<void> Urls();
  core::Result<void> Sources();
  core::Result<void> Ledgers();
  core::Result<void> Items();
  core::Result<void> Batches();
  core::Result<void> Examples();
  core::Result<void> Notes();
  core::Result<void> Looks();

 private:
  using Bytes = core::Result<void>(const std::string& key, const std::string& value);

  core::Result<void> ForEach(std::string_view prefix, const std::function<Bytes>& work) const;
  template <class T>
  core::Result<void> ForEachRecord(
      std::string_view prefix,
      const std::function<core::Result<void>(const std::string& key, T record)>& work) const;

  void Remove(const std::string& key, std::string_view kind) {
    changes_.batch.Remove(key);
    ++changes_.deleted[std::string(kind)];
  }
  template <class T>
  void Change(const std::string& key, const T& record, std::string_view kind) {
    changes_.batch.Put(key, Encode(record));
    ++changes_.changed[std::string(kind)];
  }
  // Records that hang on a finding, whose id ends `behind` bytes before the key does.
  core::Result<void> ByFinding(std::string_view prefix, std::size_t behind, std::string_view kind);
  core::Result<void> CaseIndex(std::string_view prefix);

  // True: something was taken out of the record.
  bool MaskName(std::string& text) const {
    bool masked = false;
    for (const NameFinder& name : subject_.names) {
      masked = (name.is_distinct() && name.Mask(text)) || masked;
    }
    return masked;
  }
  bool Clean(core::Post& post) const;
  bool Clean(core::Judgement& judgement) const;
  core::Result<void> Shrink(core::Case& one, std::vector<std::string> left) const;
  bool IsGone(std::string_view case_id) const { return changes_.gone_cases.contains(case_id); }
  // An item whose post or case goes.
  bool IsMoot(const core::OutboxItem& item) const {
    return subject_.finding_ids.contains(item.finding_id) || IsGone(item.case_id);
  }

  const ErasureSubject& subject_;
  ErasureChanges& changes_;
  const RecordReader reader_;
};

struct KindRow {
  std::string_view prefix;
  core::Result<void> (Sweeper::*sweep)();
};

// In this order: what becomes of a case depends on its findings, and most else on its case.
constexpr std::array<KindRow, 24> kKinds{{
    {kFindingPrefix, &Sweeper::Findings},
    {kCasePrefix, &Sweeper::Cases},
    {kChangedPrefix, &Sweeper::ChangedIndex},
    {kChangedInPrefix, &Sweeper::ChangedInIndex},
    {kLinkPrefix, &Sweeper::Links},
    {kNearPrefix, &Sweeper::Near},
    {kPrintPrefix, &Sweeper::Prints},
    {kEvidencePrefix, &Sweeper::Evidence},
    {kVersionPrefix, &Sweeper::Versions},
    {kSeenPrefix, &Sweeper::Seen},
    {kUrlPrefix, &Sweeper::Urls},
    {kHostPrefix, &Sweeper::Nothing},  // A site's robots.txt and times.
    {kSourcePrefix, &Sweeper::Sources},
    {kLedgerPrefix, &Sweeper::Ledgers},
    {kItemPrefix, &Sweeper::Items},
    {kBatchPrefix, &Sweeper::Batches},
    {kTracePrefix, &Sweeper::Nothing},  // Hashes and a time.
    {kNotePrefix, &Sweeper::Notes},
    {kExamplePrefix, &Sweeper::Examples},
    {kErasedPrefix, &Sweeper::Nothing},  // Keyed hashes.
    {kLookPrefix, &Sweeper::Looks},
    {kAuditPrefix, &Sweeper::Nothing},      // Keyed hashes and cases' ids; append-only.
    {kAuditTailPrefix, &Sweeper::Nothing},  // The same.
    {kMetaPrefix, &Sweeper::Nothing},
}};

bool Contains(const std::string& text, std::string_view part) {
  return !part.empty() && text.find(part) != std::string::npos;
}

std::string Stem(std::string_view title) {
  constexpr std::string_view kCut = "…";
  if (title.ends_with(kCut)) {
    title.remove_suffix(kCut.size());
  }
  return std::string(title);
}

}  // namespace

void ErasureSubject::Derive(const std::set<std::string, std::less<>>& shared) {
  for (const core::Finding& finding : findings) {
    const core::Post& post = finding.post;
    finding_ids.insert(finding.id);
    post_keys.insert(core::PostKey(post));
    std::vector<std::string_view> places{post.url};
    if (!names.empty()) {
      places.push_back(post.author_url);
    }
    for (const std::string_view url : places) {
      std::string link = LinkPrefix("", url);
      if (!url.empty() && !shared.contains(link)) {
        urls.emplace(url);
        links.insert(std::move(link));
      }
    }
    if (std::string folded = core::Fold(post.text).text; folded.size() >= kLongText) {
      texts.push_back(std::move(folded));
    }
  }
}

bool ErasureSubject::Leads(std::string_view url) const {
  return !url.empty() && (urls.contains(url) || links.contains(LinkPrefix("", url)));
}

bool ErasureSubject::Quotes(std::string_view text) const {
  if (texts.empty() || text.size() < kLongText) {
    return false;
  }
  const std::string folded = core::Fold(text).text;
  return std::ranges::any_of(texts, [&](const std::string& erased) {
    return Contains(folded, std::string_view(erased).substr(0, kLongText)) ||
           Contains(erased, folded);
  });
}

namespace {

core::Result<void> Sweeper::ForEach(std::string_view prefix,
                                    const std::function<Bytes>& work) const {
  std::string after(prefix);
  for (;;) {
    SW_ASSIGN(const auto entries, reader_.view().ListAfter(after, prefix, kPage));
    if (entries.empty()) {
      return {};
    }
    for (const auto& [key, value] : entries) {
      SW_TRY(work(key, value));
    }
    after = entries.back().first;
  }
}

template <class T>
core::Result<void> Sweeper::ForEachRecord(
    std::string_view prefix,
    const std::function<core::Result<void>(const std::string& key, T record)>& work) const {
  return ForEach(prefix, [&](const std::string& key, const std::string& value) {
    core::Result<T> record = DecodeRecord<T>(reader_.store(), key, value);
    return record ? work(key, *std::move(record)) : core::Fail(record.error());
  });
}

bool Sweeper::Clean(core::Post& post) const {
  bool changed = false;
  for (std::string* const text :
       {&post.title, &post.text, &post.quoted, &post.summary, &post.thread_title, &post.parent}) {
    changed = MaskName(*text) || changed;
  }
  if (subject_.Quotes(post.quoted)) {
    post.quoted.clear();
    changed = true;
  }
  const bool answers = std::ranges::any_of(subject_.findings, [&](const core::Finding& erased) {
    return !post.parent.empty() && post.parent == erased.post.id;
  });
  if (answers || subject_.Leads(post.parent)) {
    post.parent.clear();
    changed = true;
  }
  const bool titled = std::ranges::any_of(subject_.findings, [&](const core::Finding& erased) {
    return !post.thread_title.empty() && post.thread_title == erased.post.title;
  });
  if (titled) {  // Whoever began the thread gave it its title.
    post.thread_title = kErasedTitle;
    changed = true;
  }
  return changed;
}

bool Sweeper::Clean(core::Judgement& judgement) const {
  bool changed = false;
  for (core::Hit& hit : judgement.hits) {
    changed = MaskName(hit.text) || changed;
  }
  for (std::vector<core::SchoolScore>* const schools :
       {&judgement.schools, &judgement.also_possible}) {
    for (core::SchoolScore& score : *schools) {
      changed = MaskName(score.why) || changed;
    }
  }
  return changed;
}

core::Result<void> Sweeper::Findings() {
  return ForEachRecord<core::Finding>(
      kFindingPrefix, [&](const std::string& key, core::Finding finding) -> core::Result<void> {
        if (subject_.finding_ids.contains(finding.id)) {
          Remove(key, "posts");
          return {};
        }
        const bool post = Clean(finding.post);
        if (Clean(finding.judgement) || post) {
          Change(key, finding, "posts of others");
        }
        return {};
      });
}

// What a case is without some of its posts.
core::Result<void> Sweeper::Shrink(core::Case& one, std::vector<std::string> left) const {
  std::set<std::string> authors;
  bool titled = false;
  one.categories.clear();
  one.topics.clear();
  one.severity = core::Severity::kNone;
  for (const std::string& id : left) {
    SW_ASSIGN(const auto finding, reader_.Find<core::Finding>(Key(kFindingPrefix, id)));
    if (!finding) {
      continue;
    }
    authors.insert(finding->post.author);
    one.severity = std::max(one.severity, finding->judgement.severity);
    for (const core::Category category : finding->judgement.categories) {
      if (std::ranges::find(one.categories, category) == one.categories.end()) {
        one.categories.push_back(category);
      }
    }
    for (const std::string& topic : finding->judgement.topics) {
      if (std::ranges::find(one.topics, topic) == one.topics.end()) {
        one.topics.push_back(topic);
      }
    }
    titled = titled || finding->post.thread_title.starts_with(Stem(one.title));
  }
  one.authors = static_cast<std::uint32_t>(authors.size());
  one.findings = std::move(left);
  if (!titled) {
    one.title = kErasedTitle;
  }
  if (subject_.Leads(one.thread_url)) {
    one.thread_url.clear();
  }
  return {};
}

core::Result<void> Sweeper::Cases() {
  std::map<std::string, std::string> merged;  // Into which.
  core::Result<void> done = ForEachRecord<core::Case>(
      kCasePrefix, [&](const std::string& key, core::Case one) -> core::Result<void> {
        std::vector<std::string> left;
        for (const std::string& id : one.findings) {
          if (!subject_.finding_ids.contains(id)) {
            left.push_back(id);
          }
        }
        const bool loses = left.size() != one.findings.size();
        if (subject_.cases.contains(one.id) || (loses && left.empty())) {
          changes_.gone_cases.insert(one.id);
          Remove(key, "cases");
          return {};
        }
        bool changed = loses;
        if (loses) {
          SW_TRY(Shrink(one, std::move(left)));
        }
        const bool titled = std::ranges::any_of(subject_.findings, [&](const core::Finding& gone) {
          const std::string stem = Stem(one.title);
          return stem.size() >= 8 &&
                 (gone.post.title.starts_with(stem) || gone.post.text.starts_with(stem));
        });
        if (titled) {  // A case that was merged keeps the title it had.
          one.title = kErasedTitle;
          changed = true;
        }
        changed = MaskName(one.title) || changed;
        for (core::CaseEvent& event : one.history) {
          changed = MaskName(event.reason) || changed;
          if (subject_.Quotes(event.reason)) {
            event.reason = kErasedTitle;
            changed = true;
          }
        }
        if (!one.merged_into.empty()) {
          merged.emplace(one.id, one.merged_into);
        }
        if (changed) {
          Change(key, one, "cases that go on");
        }
        return {};
      });
  SW_TRY(std::move(done));
  // A case that was merged into one that goes leads nowhere; and so on along the chain.
  for (bool more = true; std::exchange(more, false);) {
    for (const auto& [id, into] : merged) {
      if (IsGone(into) && changes_.gone_cases.insert(id).second) {
        Remove(Key(kCasePrefix, id), "cases");
        more = true;
      }
    }
  }
  return {};
}

core::Result<void> Sweeper::CaseIndex(std::string_view prefix) {
  return ForEach(
      prefix, [&](const std::string& key, const std::string& /*value*/) -> core::Result<void> {
        // The id ends the key; what stands before it is a time of any bytes.
        const bool gone = std::ranges::any_of(
            changes_.gone_cases, [&](const std::string& id) { return key.ends_with(id); });
        if (gone) {
          changes_.batch.Remove(key);
        }
        return {};
      });
}

core::Result<void> Sweeper::ChangedIndex() { return CaseIndex(kChangedPrefix); }
core::Result<void> Sweeper::ChangedInIndex() { return CaseIndex(kChangedInPrefix); }

core::Result<void> Sweeper::Links() {
  return ForEach(
      kLinkPrefix, [&](const std::string& key, const std::string& /*value*/) -> core::Result<void> {
        const std::size_t school_end = key.find('\0');
        const std::size_t link_end = key.rfind('\0');
        if (school_end == std::string::npos || link_end <= school_end) {
          return {};
        }
        const std::string link =
            std::string(kLinkPrefix) + key.substr(school_end, link_end + 1 - school_end);
        if (IsGone(std::string_view(key).substr(link_end + 1)) || subject_.links.contains(link)) {
          Remove(key, "index entries");
        }
        return {};
      });
}

core::Result<void> Sweeper::Near() {
  return ForEachRecord<NearList>(
      kNearPrefix, [&](const std::string& key, NearList list) -> core::Result<void> {
        const auto erased = std::erase_if(list.findings, [&](const std::string& id) {
          return subject_.finding_ids.contains(id);
        });
        if (erased > 0 && list.findings.empty()) {
          Remove(key, "index entries");
        } else if (erased > 0) {
          Change(key, list, "index entries of others");
        }
        return {};
      });
}

core::Result<void> Sweeper::ByFinding(std::string_view prefix, std::size_t behind,
                                      std::string_view kind) {
  for (const std::string& id : subject_.finding_ids) {
    SW_ASSIGN(const auto entries,
              reader_.view().List(Key(prefix, id), std::numeric_limits<std::size_t>::max()));
    for (const auto& [key, value] : entries) {
      if (key.size() == prefix.size() + id.size() + behind) {
        Remove(key, kind);
      }
    }
  }
  return {};
}

core::Result<void> Sweeper::Seen() {
  for (const std::string& post_key : subject_.post_keys) {
    const std::string key = Key(kSeenPrefix, post_key);
    SW_ASSIGN(const auto mark, reader_.view().Get(key));
    if (mark) {
      Remove(key, "seen marks");
    }
  }
  return {};
}

core::Result<void> Sweeper::Urls() {
  return ForEachRecord<core::UrlState>(
      kUrlPrefix, [&](const std::string& key, core::UrlState url) -> core::Result<void> {
        if (subject_.Leads(url.key)) {
          Remove(key, "addresses");
          return {};
        }
        // "thread https://…": whatever stands before the address.
        const auto dropped = std::erase_if(url.follow, [&](const std::string& follow) {
          return std::ranges::any_of(
                     subject_.urls,
                     [&](const std::string& erased) { return Contains(follow, erased); }) ||
                 subject_.Leads(
                     std::string_view(follow).substr(std::min(follow.find("http"), follow.size())));
        });
        if (dropped > 0) {
          Change(key, url, "addresses that led there");
        }
        return {};
      });
}

core::Result<void> Sweeper::Sources() {
  return ForEachRecord<core::SourceState>(
      kSourcePrefix, [&](const std::string& key, core::SourceState source) -> core::Result<void> {
        const bool tells = std::ranges::any_of(subject_.urls, [&](const std::string& url) {
          return Contains(source.last_error, url);
        });
        if (MaskName(source.last_error) || tells) {
          source.last_error = kErasedTitle;
          Change(key, source, "errors of sources");
        }
        return {};
      });
}

core::Result<void> Sweeper::Ledgers() {
  return ForEachRecord<core::HostLedger>(
      kLedgerPrefix, [&](const std::string& key, core::HostLedger ledger) -> core::Result<void> {
        const auto dropped = std::erase_if(ledger.withheld, [&](const core::LedgerRefusal& one) {
          // Kept without its query.
          return subject_.Leads(one.url) ||
                 std::ranges::any_of(subject_.urls, [&](const std::string& url) {
                   return url.substr(0, url.find_first_of("?#")) == one.url;
                 });
        });
        if (dropped > 0) {
          Change(key, ledger, "ledgers of hosts");
        }
        return {};
      });
}

core::Result<void> Sweeper::Items() {
  return ForEachRecord<core::OutboxItem>(
      kItemPrefix, [&](const std::string& key, const core::OutboxItem& item) -> core::Result<void> {
        if (IsMoot(item)) {
          Remove(key, "waiting alerts");
        }
        return {};
      });
}

core::Result<void> Sweeper::Batches() {
  return ForEachRecord<core::OutboxBatch>(
      kBatchPrefix, [&](const std::string& key, core::OutboxBatch batch) -> core::Result<void> {
        for (const core::OutboxItem& item : batch.items) {
          if (IsMoot(item)) {
            Remove(Key(kTracePrefix, item.id), "waiting alerts");
          }
        }
        const auto dropped =
            std::erase_if(batch.items, [&](const core::OutboxItem& item) { return IsMoot(item); });
        if (dropped > 0 && batch.items.empty()) {
          Remove(key, "waiting mails");
        } else if (dropped > 0) {
          Change(key, batch, "waiting mails that tell of others too");
        }
        return {};
      });
}

core::Result<void> Sweeper::Examples() {
  return ForEachRecord<core::KeptExample>(
      kExamplePrefix, [&](const std::string& key, core::KeptExample one) -> core::Result<void> {
        if (subject_.finding_ids.contains(one.id) || IsGone(one.case_id) ||
            subject_.Quotes(one.post.text)) {
          Remove(key, "kept examples");
        } else if (Clean(one.post)) {
          Change(key, one, "kept examples of others");
        }
        return {};
      });
}

core::Result<void> Sweeper::Notes() {
  const auto tells = [&](const std::string& text) {
    return std::ranges::any_of(subject_.urls,
                               [&](const std::string& url) { return Contains(text, url); }) ||
           std::ranges::any_of(
               subject_.names,
               [&](const NameFinder& name) { return name.is_distinct() && name.IsIn(text); }) ||
           subject_.Quotes(text);
  };
  return ForEach(kNotePrefix,
                 [&](const std::string& key, const std::string& value) -> core::Result<void> {
                   // Longer notes are lists, a line each.
                   std::string left;
                   std::size_t dropped = tells(key) ? value.size() : 0;
                   for (std::size_t from = 0; from < value.size() && dropped < value.size();) {
                     const std::size_t end = std::min(value.find('\n', from), value.size() - 1) + 1;
                     const std::string line = value.substr(from, end - from);
                     if (tells(line)) {
                       dropped += line.size();
                     } else {
                       left += line;
                     }
                     from = end;
                   }
                   if (dropped > 0 && left.empty()) {
                     Remove(key, "notes of commands");
                   } else if (dropped > 0) {
                     changes_.batch.Put(key, left);
                     ++changes_.changed["notes of commands"];
                   }
                   return {};
                 });
}

core::Result<void> Sweeper::Looks() {
  for (const std::string& hash : subject_.look_hashes) {
    const std::string key = Key(kLookPrefix, hash);
    SW_ASSIGN(const auto count, reader_.view().Get(key));
    if (count) {
      Remove(key, "counts of looks");
    }
  }
  return {};
}

}  // namespace

core::Result<void> SweepAll(const Db& db, const ErasureSubject& subject, ErasureChanges& changes) {
  Sweeper sweeper(db, subject, changes);
  for (const KindRow& kind : kKinds) {
    SW_TRY((sweeper.*kind.sweep)());
  }
  return {};
}

std::vector<std::string_view> SweptPrefixes() {
  std::vector<std::string_view> prefixes;
  for (const KindRow& kind : kKinds) {
    prefixes.push_back(kind.prefix);
  }
  return prefixes;
}

}  // namespace schoolwatch::storage
