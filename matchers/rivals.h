#pragma once

#include <cstdint>
#include <span>
#include <vector>

#include "matchers/evidence.h"
#include "matchers/school_candidates.h"
#include "matchers/school_phrases.h"

// What schools that a post may mean say about one another, added to what each was weighed at.
// Rivals come first: they decide who is surely meant.
namespace schoolwatch::matchers {

// A candidate as it was weighed for itself.
struct Scored {
  std::uint32_t school = 0;  // Number of its profile.
  Weighed weighed;
  double own_evidence = 0;  // What only this school has.
};

// Schools of the same name: who has less beside it is less likely meant.
void WeighRivals(const Candidates& candidates, std::vector<Scored>& scored);

// Schools of one trust or town are spoken of together: where one is surely meant, a weak name of
// the other is likely its own.
void WeighNeighbours(const Candidates& candidates, std::span<const Profile> profiles,
                     std::vector<Scored>& scored);

}  // namespace schoolwatch::matchers
