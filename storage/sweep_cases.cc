// What is erased of findings and cases, and of the indexes that lead to them.

#include <algorithm>
#include <array>
#include <map>

#include "storage/near_index.h"
#include "storage/sweeper.h"

namespace schoolwatch::storage {
namespace {

// A title without the sign that it was cut.
std::string Stem(std::string_view title) {
  constexpr std::string_view kCut = "…";
  if (title.ends_with(kCut)) {
    title.remove_suffix(kCut.size());
  }
  return std::string(title);
}

// What rules found, as the post has it now: all stands where it stood.
void TakeHits(const core::Post& before, const core::Post& after, core::Judgement& judgement) {
  for (core::Hit& hit : judgement.hits) {
    const std::string core::Post::* field =
        hit.field == core::PostField::kTitle ? &core::Post::title : &core::Post::text;
    const bool is_there = hit.start <= (before.*field).size() &&
                          (before.*field).compare(hit.start, hit.text.size(), hit.text) == 0;
    if (is_there && (before.*field).size() == (after.*field).size()) {
      hit.text = (after.*field).substr(hit.start, hit.text.size());
    }
  }
}

}  // namespace

bool Sweeper::Clean(core::Post& post) const {
  bool changed = subject_.Quotes(post.quoted);
  if (changed) {
    post.quoted.clear();
  }
  const std::array texts{&post.title, &post.text, &post.quoted, &post.summary, &post.thread_title};
  // Before the name goes: whose words they are is told by it.
  changed = subject_.MaskQuotes(texts, Reading::kText, post.parent) || changed;
  for (std::string* const text : texts) {
    changed = Mask(*text) || changed;
  }
  const bool answers = std::ranges::any_of(subject_.findings, [&](const core::Finding& erased) {
    return !post.parent.empty() && post.parent == erased.post.id;
  });
  if (answers || subject_.Leads(post.parent)) {
    post.parent.clear();
    changed = true;
  }
  changed = MaskName(post.parent) || changed;
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
    changed = Mask(hit.text) || changed;
  }
  for (std::vector<core::SchoolScore>* const schools :
       {&judgement.schools, &judgement.also_possible}) {
    for (core::SchoolScore& score : *schools) {
      changed = Mask(score.why) || changed;
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
        const core::Finding before = finding;
        const bool edit = subject_.finding_ids.contains(finding.edit_of);
        if (edit) {
          finding.edit_of.clear();
        }
        const bool post = Clean(finding.post);
        if (post) {
          TakeHits(before.post, finding.post, finding.judgement);
        }
        if (Clean(finding.judgement) || post || edit) {
          Change(key, finding, "posts of others");
          Tell(core::AuditAction::kFindingChanged, finding.case_id,
               core::FindingSubject(finding.id), Encode(finding));
          reworded_.emplace_back(before, std::move(finding));
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
  one.edits = 0;
  for (const std::string& id : left) {
    SW_ASSIGN(const auto finding, reader_.Find<core::Finding>(Key(kFindingPrefix, id)));
    if (!finding) {
      continue;
    }
    authors.insert(finding->post.author);
    one.edits += finding->edit_of.empty() ? 0U : 1U;
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
        changed = MaskQuotesAndNames(one.title) || changed;
        for (core::CaseEvent& event : one.history) {
          if (subject_.finding_ids.contains(event.finding)) {
            event.finding.clear();
            changed = true;
          }
          if (subject_.Quotes(event.reason)) {
            event.reason = kErasedTitle;
            changed = true;
          }
          changed = MaskQuotesAndNames(event.reason) || changed;
        }
        if (!one.merged_into.empty()) {
          merged.emplace(one.id, one.merged_into);
        }
        if (changed) {
          Change(key, one, "cases that go on");
          Tell(core::AuditAction::kCaseChanged, one.id, "case " + one.id, Encode(one));
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
  return ForEach(kLinkPrefix,
                 [&](const std::string& key, const std::string& /*value*/) -> core::Result<void> {
                   const std::size_t school_end = key.find('\0');
                   const std::size_t link_end = key.rfind('\0');
                   if (school_end == std::string::npos || link_end <= school_end) {
                     return {};
                   }
                   const std::string_view link =
                       std::string_view(key).substr(school_end + 1, link_end - school_end - 1);
                   if (IsGone(std::string_view(key).substr(link_end + 1)) || subject_.Leads(link)) {
                     Remove(key, "index entries");
                   }
                   return {};
                 });
}

core::Result<void> Sweeper::Near() {
  SW_TRY(ForEachRecord<NearList>(
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
      }));
  for (const auto& [before, after] : reworded_) {
    if (!SameInNearIndex(before, after)) {
      SW_TRY(RemoveFromNearIndex(reader_, changes_.batch, before));
      SW_TRY(AddToNearIndex(reader_, changes_.batch, after));
    }
  }
  return {};
}

}  // namespace schoolwatch::storage
