#include "storage/case_search.h"

#include <algorithm>
#include <limits>
#include <map>
#include <string>
#include <tuple>
#include <utility>

#include "storage/case_id.h"
#include "storage/keys.h"
#include "storage/near_duplicates.h"

namespace schoolwatch::storage {
namespace {

constexpr std::size_t kMostListed = 1000;  // Texts of one finding; kMaxVersions are kept.

constexpr std::size_t kNoLimit = std::numeric_limits<std::size_t>::max();
constexpr std::size_t kPage = 256;
constexpr std::size_t kMostCompared = 64;

// The record whose id is `id` or alone begins with it.
template <class T>
core::Result<std::optional<T>> FindByBeginning(const RecordReader& reader, std::string_view prefix,
                                               std::string_view id, std::string_view what) {
  if (id.empty()) {
    return std::nullopt;
  }
  const std::string key = Key(prefix, id);
  SW_ASSIGN(std::optional<T> exact, reader.Find<T>(key));
  if (exact) {
    return exact;
  }
  SW_ASSIGN(const auto entries, reader.view().List(key, 4));
  if (entries.empty()) {
    return std::nullopt;
  }
  if (entries.size() > 1) {
    std::string ids;
    for (const auto& [found, value] : entries) {
      ids += (ids.empty() ? "" : ", ") + found.substr(prefix.size());
    }
    return core::Fail(core::ErrorKind::kBadInput, "'" + std::string(id) + "' fits several " +
                                                      std::string(what) + "s (" + ids +
                                                      "); give more of it");
  }
  SW_ASSIGN(T record,
            DecodeRecord<T>(reader.store(), entries.front().first, entries.front().second));
  return std::optional<T>(std::move(record));
}

std::unexpected<core::Error> NotFound(std::string_view what, std::string_view id) {
  return core::Fail(core::ErrorKind::kNotFound,
                    "there is no " + std::string(what) + " '" + std::string(id) + "'");
}

// People merge a handful of times; more steps than this are a loop that damage has made.
constexpr int kMostMerges = 64;

// The case by its whole id, or the one that has its posts now.
core::Result<std::optional<core::Case>> FindLiving(const RecordReader& reader, std::string id) {
  std::optional<core::Case> found;
  for (int step = 0; step < kMostMerges; ++step) {
    SW_ASSIGN(found, reader.Find<core::Case>(Key(kCasePrefix, id)));
    if (!found || found->merged_into.empty()) {
      return found;
    }
    id = found->merged_into;
  }
  return core::Fail(core::ErrorKind::kCorrupt,
                    "the store '" + reader.store().string() + "': case '" + id +
                        "' was merged in a circle; run `schoolwatch repair`");
}

// The findings that share a lookup key with the text, those with the most keys first, then newest.
core::Result<std::vector<std::string>> FindCandidates(const RecordReader& reader,
                                                      std::string_view school,
                                                      const core::Fingerprint& fingerprint) {
  struct Shared {
    std::size_t keys = 0;
    std::size_t week = 0;  // 0: the newest.
  };
  std::map<std::string, Shared> shared;
  const std::vector<std::string> suffixes = NearSuffixes(school, fingerprint);
  // The newest weeks that there are, not the clock's: a clock that once jumped ahead costs one
  // week's bucket and not all of them.
  std::string end(kNearPrefix);
  ++end.back();
  for (std::size_t week = 0; week < kNearWeeks; ++week) {
    SW_ASSIGN(const std::optional<std::string> last, reader.view().FindKeyBefore(end));
    const std::string prefix(last ? WeekPrefixOf(*last) : std::string_view());
    if (prefix.empty()) {
      break;
    }
    for (const std::string& suffix : suffixes) {
      SW_ASSIGN(const auto list, reader.Find<NearList>(prefix + suffix));
      if (list) {
        for (const std::string& finding : list->findings) {
          const auto [entry, added] = shared.try_emplace(finding, Shared{0, week});
          ++entry->second.keys;
        }
      }
    }
    end = prefix;
  }
  std::vector<std::pair<std::string, Shared>> ranked(shared.begin(), shared.end());
  std::ranges::stable_sort(ranked, [](const auto& a, const auto& b) {
    return std::pair(b.second.keys, a.second.week) < std::pair(a.second.keys, b.second.week);
  });
  std::vector<std::string> ids;
  for (const auto& [id, how] : ranked) {
    if (ids.size() < kMostCompared) {
      ids.push_back(id);
    }
  }
  return ids;
}

}  // namespace

bool IsOpen(const core::Case& one) { return one.state != core::CaseState::kClosed; }

bool IsBetterAt(std::string_view link, const core::Case& one, const core::Case& other) {
  const auto rank = [link](const core::Case& of) {
    return std::tuple(IsOpen(of),
                      !of.thread_url.empty() && LinkPrefix(of.school, of.thread_url) == link,
                      of.changed_at);
  };
  return rank(one) > rank(other);
}

bool Matches(const CaseFilter& filter, const core::Case& candidate) {
  return candidate.merged_into.empty() && candidate.changed_at >= filter.since &&
         (!filter.outcome || candidate.outcome == *filter.outcome) &&
         (filter.school.empty() || candidate.school == filter.school) &&
         (!filter.state || candidate.state == *filter.state) &&
         (!filter.category || std::ranges::find(candidate.categories, *filter.category) !=
                                  candidate.categories.end()) &&
         candidate.severity >= filter.at_least;
}

core::Result<core::Case> LoadCase(const RecordReader& reader, std::string_view id) {
  SW_ASSIGN(std::optional<core::Case> found,
            FindByBeginning<core::Case>(reader, kCasePrefix, id, "case"));
  if (!found) {
    SW_ASSIGN(found, FindByBeginning<core::Case>(reader, kCasePrefix, NormalizeCaseId(id), "case"));
  }
  if (found && !found->merged_into.empty()) {
    SW_ASSIGN(found, FindLiving(reader, found->merged_into));
  }
  if (!found) {
    return NotFound("case", id);
  }
  return *std::move(found);
}

core::Result<core::Finding> LoadFinding(const RecordReader& reader, std::string_view id) {
  SW_ASSIGN(std::optional<core::Finding> found,
            FindByBeginning<core::Finding>(reader, kFindingPrefix, id, "finding"));
  if (!found) {
    return NotFound("finding", id);
  }
  return *std::move(found);
}

core::Result<std::vector<core::PostVersion>> LoadVersions(const RecordReader& reader,
                                                          std::string_view finding_id) {
  SW_ASSIGN(const auto found, reader.view().List(Key(kVersionPrefix, finding_id), kMostListed));
  std::vector<core::PostVersion> versions;
  for (const auto& [key, value] : found) {
    if (IsVersionOf(key, finding_id)) {
      SW_ASSIGN(core::PostVersion version,
                DecodeRecord<core::PostVersion>(reader.store(), key, value));
      versions.push_back(std::move(version));
    }
  }
  return versions;
}

core::Result<std::vector<core::Case>> ListCases(const RecordReader& reader,
                                                const CaseFilter& filter) {
  std::vector<core::Case> cases;
  const std::string prefix =
      filter.school.empty() ? std::string(kChangedPrefix) : ChangedInPrefix(filter.school);
  std::string after = prefix;
  while (cases.size() < filter.limit) {
    SW_ASSIGN(const auto entries, reader.view().ListAfter(after, prefix, kPage));
    if (entries.empty()) {
      break;
    }
    after = entries.back().first;
    for (const auto& [key, value] : entries) {
      const auto id = CaseIdOfChangedKey(key, prefix);
      const std::string case_key = Key(kCasePrefix, id.value_or(""));
      SW_ASSIGN(std::optional<core::Case> found, reader.Find<core::Case>(case_key));
      if (!found) {
        return core::Fail(core::ErrorKind::kCorrupt,
                          "the store '" + reader.store().string() + "': record '" +
                              PrintableKey(case_key) +
                              "' is missing though an index names it; run `schoolwatch repair`");
      }
      if (Matches(filter, *found) && cases.size() < filter.limit) {
        cases.push_back(*std::move(found));
      }
    }
  }
  return cases;
}

core::Result<std::optional<core::Case>> FindCaseByLink(const RecordReader& reader,
                                                       std::string_view school,
                                                       std::string_view url) {
  std::optional<core::Case> best;
  if (url.empty()) {
    return best;
  }
  const std::string prefix = LinkPrefix(school, url);
  SW_ASSIGN(const auto entries, reader.view().List(prefix, kNoLimit));
  for (const auto& [key, value] : entries) {
    SW_ASSIGN(std::optional<core::Case> found, FindLiving(reader, key.substr(prefix.size())));
    if (found && found->school == school && (!best || IsBetterAt(prefix, *found, *best))) {
      best = std::move(found);
    }
  }
  return best;
}

core::Result<std::optional<core::Case>> FindCaseByText(const RecordReader& reader,
                                                       std::string_view school,
                                                       const core::Fingerprint& fingerprint,
                                                       PrintCache& prints) {
  std::optional<core::Case> best;
  double best_jaccard = -1;
  SW_ASSIGN(const std::vector<std::string> candidates, FindCandidates(reader, school, fingerprint));
  for (const std::string& id : candidates) {
    SW_ASSIGN(const auto finding, reader.Find<core::Finding>(Key(kFindingPrefix, id)));
    if (!finding || finding->school != school) {
      continue;
    }
    const Resemblance resemblance = Compare(*prints.Of(*finding), fingerprint);
    const bool closer = resemblance.jaccard > best_jaccard;
    if (!resemblance.same || (!closer && IsOpen(*best))) {
      continue;
    }
    SW_ASSIGN(std::optional<core::Case> found, FindLiving(reader, finding->case_id));
    if (found && found->school == school &&
        (!best || std::pair(IsOpen(*found), closer) > std::pair(IsOpen(*best), false))) {
      best = std::move(found);
      best_jaccard = resemblance.jaccard;
    }
  }
  return best;
}

core::Result<void> ForEachFinding(const Db& db,
                                  const std::function<void(core::Finding finding)>& work) {
  const View view(db);
  std::string after(kFindingPrefix);
  for (;;) {
    SW_ASSIGN(const auto entries, view.ListAfter(after, kFindingPrefix, kPage));
    if (entries.empty()) {
      return {};
    }
    for (const auto& [key, value] : entries) {
      SW_ASSIGN(auto finding, DecodeRecord<core::Finding>(db.shown(), key, value));
      work(std::move(finding));
    }
    after = entries.back().first;
  }
}

}  // namespace schoolwatch::storage
