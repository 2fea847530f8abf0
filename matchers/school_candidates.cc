#include "matchers/school_candidates.h"

#include <algorithm>
#include <cstddef>
#include <functional>
#include <string_view>
#include <tuple>
#include <vector>

#include "matchers/phrase_table.h"
#include "matchers/variants.h"

namespace schoolwatch::matchers {
namespace {

constexpr std::size_t kMaxRivals = 64;  // Schools that share one name and are weighed one by one.
// Uses of one kind that are kept of one text for one school: all are compared with all, and
// somebody who writes a name 50,000 times says no more than with 64.
constexpr std::size_t kMaxUses = 64;
constexpr std::size_t kMaxSharedPlace = 24;  // A place of more schools than this points at none.

// Two words of a name do not stand in two sentences, "St. Mary's" apart.
bool IsBroken(const TextScan& scan, const PhraseTable::Hit& hit) {
  for (std::uint32_t token = hit.first; token + 1 < hit.last; ++token) {
    const std::string_view between = scan.Between(token, token + 1);
    if (between.size() > 6 || between.find_first_of("!?\n") != std::string_view::npos ||
        (between.find(". ") != std::string_view::npos &&
         scan.tokens[token].end - scan.tokens[token].start > 2)) {
      return true;
    }
  }
  return false;
}

bool HasComma(const TextScan& scan, const PhraseTable::Hit& hit) {
  for (std::uint32_t token = hit.first; token + 1 < hit.last; ++token) {
    if (scan.Between(token, token + 1).find_first_of(",;:") != std::string_view::npos) {
      return true;
    }
  }
  return false;
}

std::size_t StartOf(const TextScan& scan, const PhraseTable::Hit& hit) {
  return scan.folded.Original(scan.tokens[hit.first].start, scan.tokens[hit.last - 1].end).start;
}

bool IsName(const std::vector<Use>& uses) {
  return std::ranges::any_of(uses, [](const Use& use) { return use.kind == UseKind::kName; });
}

// Where names stand openly: what the evasion view shows there, too, nobody hid. Sorted.
std::vector<std::size_t> OpenNames(std::span<const TextScan> scans, TextRole role,
                                   const PostScanner& scanner) {
  std::vector<std::size_t> starts;
  for (const TextScan& scan : scans) {
    if (scan.evaded || scan.role != role) {
      continue;
    }
    for (const PhraseTable::Hit& hit : scan.hits) {
      if (IsName(scanner.UsesOf(scan, hit))) {
        starts.push_back(StartOf(scan, hit));
      }
    }
  }
  std::ranges::sort(starts);
  return starts;
}

void AddUse(const Use& use, const Span& span, const Profile& profile, Candidate& candidate) {
  // Uses come text by text.
  const auto has_room = [&span](const auto& uses, auto span_of) {
    return uses.size() < kMaxUses || span_of(uses[uses.size() - kMaxUses]).scan != span.scan;
  };
  const auto of_use = [](const auto& one) -> const Span& { return one.span; };
  switch (use.kind) {
    case UseKind::kName:
      if (has_room(candidate.names, of_use)) {
        candidate.names.push_back({span, &profile.variants[use.variant], false});
      }
      break;
    case UseKind::kTown:
    case UseKind::kExactPlace:
      if (has_room(candidate.places, of_use)) {
        candidate.places.push_back({span, use.kind == UseKind::kExactPlace});
      }
      break;
    case UseKind::kPerson:
    case UseKind::kSurname:
      if (has_room(candidate.people, of_use)) {
        candidate.people.push_back({span, use.kind == UseKind::kPerson});
      }
      break;
    case UseKind::kTrust:
      candidate.has_trust = true;
      break;
    case UseKind::kNotUs:
      if (has_room(candidate.not_us, std::identity())) {
        candidate.not_us.push_back(span);
      }
      break;
  }
}

// A longer name swallows a shorter one inside it, of whatever school: "Weir Road Girls" is not
// "Weir Road". What stays is compared with the names of the other schools.
void KeepLongest(Candidates& candidates) {
  std::vector<Span> spans;
  for (const auto& [school, candidate] : candidates) {
    for (const Candidate::Name& name : candidate.names) {
      spans.push_back(name.span);
    }
  }
  // Schools of one name bring the same places.
  const auto order = [](const Span& span) { return std::tuple(span.scan, span.first, span.last); };
  std::ranges::sort(spans, {}, order);
  const auto same = std::ranges::unique(spans, {}, order);
  spans.erase(same.begin(), same.end());
  for (auto& [school, candidate] : candidates) {
    std::erase_if(candidate.names, [&spans](const Candidate::Name& name) {
      return std::ranges::any_of(spans, [&name](const Span& other) {
        return other.Contains(name.span) && !name.span.Contains(other);
      });
    });
  }
  for (auto& [school, candidate] : candidates) {
    for (Candidate::Name& name : candidate.names) {
      name.is_shared = std::ranges::any_of(candidates, [&](const auto& other) {
        return other.first != school &&
               std::ranges::any_of(other.second.names, [&](const Candidate::Name& rival) {
                 return rival.span.Overlaps(name.span);
               });
      });
    }
  }
}

}  // namespace

Candidates CollectCandidates(std::span<const TextScan> scans, const PostScanner& scanner,
                             std::span<const Profile> profiles) {
  Candidates candidates;
  // Names first, so that it is known who is named when places and people come.
  for (const UseKind wanted : {UseKind::kName, UseKind::kTown}) {
    for (std::size_t number = 0; number < scans.size(); ++number) {
      const TextScan& scan = scans[number];
      const std::vector<std::size_t> open =
          scan.evaded ? OpenNames(scans, scan.role, scanner) : std::vector<std::size_t>();
      for (const PhraseTable::Hit& hit : scan.hits) {
        if (IsBroken(scan, hit) ||
            (scan.evaded && std::ranges::binary_search(open, StartOf(scan, hit)))) {
          continue;
        }
        const bool has_comma = HasComma(scan, hit);
        const std::vector<Use>& uses = scanner.UsesOf(scan, hit);
        for (const Use& use : uses) {
          if ((use.kind == UseKind::kName) != (wanted == UseKind::kName)) {
            continue;
          }
          const Profile& profile = profiles[use.school];
          // "St Mary's, Quillbrook" is a name, "finch, coppice" are two things.
          if (has_comma && use.kind == UseKind::kName &&
              profile.variants[use.variant].kind != NameKind::kWithPlace) {
            continue;
          }
          const bool may_open = use.kind == UseKind::kName ||
                                (use.kind != UseKind::kTrust && uses.size() <= kMaxSharedPlace);
          auto candidate = candidates.find(use.school);
          if (candidate == candidates.end()) {
            if (!may_open || candidates.size() > kMaxRivals * 4) {
              continue;
            }
            candidate = candidates.emplace(use.school, Candidate{}).first;
          }
          AddUse(use, {number, hit.first, hit.last}, profile, candidate->second);
        }
      }
    }
  }
  KeepLongest(candidates);
  return candidates;
}

}  // namespace schoolwatch::matchers
