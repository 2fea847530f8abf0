#pragma once

#include <span>

#include "matchers/evidence.h"
#include "matchers/evidence_weights.h"
#include "matchers/text_scan.h"

namespace schoolwatch::matchers {

struct NameSum {
  EvidenceSum sum;
  bool is_other_thing = false;  // The words beside it make it something else.
  bool is_plain_word = false;   // A dictionary's word in small letters, and used as one.
};

// "Quillbrook's gates": the name ends before its 's, and what follows is only owned by it.
bool IsOwner(const Candidate::Name& name, std::span<const TextScan> scans);

// What stands right beside one name of the candidate. `places` are its own outside of names, `own`
// is everything of its own.
NameSum WeighName(const Candidate& candidate, const Candidate::Name& name,
                  std::span<const TextScan> scans, std::span<const Span> places,
                  std::span<const Span> own);

}  // namespace schoolwatch::matchers
