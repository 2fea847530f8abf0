#include "matchers/rivals.h"

#include <algorithm>
#include <string>

#include "core/school.h"
#include "matchers/evidence_weights.h"
#include "matchers/variants.h"

namespace schoolwatch::matchers {
namespace {

constexpr double kSure = 1.5;

// Whether every name of `candidate` may as well be one of `other`.
bool SharesAll(const Candidate& candidate, const Candidate& other) {
  if (candidate.names.empty()) {
    return other.names.empty() && !candidate.places.empty() &&
           std::ranges::all_of(candidate.places, [&other](const Candidate::Place& place) {
             return std::ranges::any_of(other.places, [&place](const Candidate::Place& rival) {
               return rival.span.Overlaps(place.span);
             });
           });
  }
  return std::ranges::all_of(candidate.names, [&other](const Candidate::Name& name) {
    return std::ranges::any_of(other.names, [&name](const Candidate::Name& rival) {
      return rival.span.Contains(name.span);
    });
  });
}

bool AreNeighbours(const core::School& a, const core::School& b) {
  if (!a.trust.empty() && (a.trust == b.trust || a.trust == b.name)) {
    return true;
  }
  const auto lies_in = [](const core::School& school, const std::string& place) {
    return school.town == place || std::ranges::find(school.places, place) != school.places.end();
  };
  return a.trust == b.name || a.name == b.trust || (!a.town.empty() && lies_in(b, a.town)) ||
         std::ranges::any_of(a.places, [&](const std::string& place) { return lies_in(b, place); });
}

void AddLine(Weighed& weighed, Evidence evidence) {
  const EvidenceLine& line = WeightOf(evidence);
  weighed.lines.push_back(line);
  weighed.score += line.value;
}

}  // namespace

void WeighRivals(const Candidates& candidates, std::vector<Scored>& scored) {
  for (Scored& one : scored) {
    const Candidate& candidate = candidates.at(one.school);
    double rival_evidence = -1;
    for (const Scored& other : scored) {
      if (other.school != one.school && SharesAll(candidate, candidates.at(other.school))) {
        rival_evidence = std::max(rival_evidence, other.own_evidence);
      }
    }
    if (rival_evidence > one.own_evidence) {
      AddLine(one.weighed, Evidence::kRivalFits);
    } else if (rival_evidence == one.own_evidence) {
      AddLine(one.weighed, Evidence::kRival);
    }
  }
}

void WeighNeighbours(const Candidates& candidates, std::span<const Profile> profiles,
                     std::vector<Scored>& scored) {
  std::vector<std::uint32_t> sure;
  for (const Scored& one : scored) {
    if (one.weighed.score > kSure && !candidates.at(one.school).names.empty()) {
      sure.push_back(one.school);
    }
  }
  for (Scored& one : scored) {
    const Candidate& candidate = candidates.at(one.school);
    // A village is named beside its neighbours' schools, too.
    if (one.weighed.score > kSure ||
        std::ranges::all_of(candidate.names,
                            [](const Candidate::Name& name) { return name.variant->is_place; })) {
      continue;
    }
    if (std::ranges::any_of(sure, [&](std::uint32_t other) {
          return other != one.school &&
                 AreNeighbours(profiles[one.school].school, profiles[other].school) &&
                 !SharesAll(candidate, candidates.at(other));
        })) {
      AddLine(one.weighed, Evidence::kNeighbour);
    }
  }
}

}  // namespace schoolwatch::matchers
