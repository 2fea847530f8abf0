#pragma once

#include <span>
#include <string>
#include <vector>

#include "matchers/evidence_weights.h"
#include "matchers/name_parts.h"
#include "matchers/text_scan.h"
#include "matchers/variants.h"

namespace schoolwatch::matchers {

// What a post holds about one school.
struct Candidate {
  struct Name {
    Span span;
    const NameVariant* variant = nullptr;
    bool is_shared = false;  // Another watched school may be written so, too.
  };
  struct Place {
    Span span;
    bool is_exact = false;  // A road or building, not a town or county.
  };
  struct Person {
    Span span;
    bool is_full = false;  // With title or first name.
  };
  std::vector<Name> names;
  std::vector<Place> places;
  std::vector<Person> people;
  std::vector<Span> not_us;
  bool has_trust = false;                    // Its trust is named.
  std::vector<std::string> type_words;       // Of its name: "special", "primary".
  std::span<const std::string> place_words;  // Of its town and places: "devon" of "North Devon".
  Phase ages = Phase::kAny;                  // kAny where its name does not say or says both.
  bool other_page = false;  // The post stands on the page of a school that shares its name.
};

struct Weighed {
  double score = 0;  // Log-odds; the sum of `lines`.
  std::vector<EvidenceLine> lines;
  std::string why;          // For people.
  std::vector<Span> named;  // Names that were taken for it.
};

// Whether a post with these things may be weighed at all: a person alone never makes a mention.
// `has_school_word`: a word of sense kSchool or kFamily stands somewhere.
bool HasAnchor(const Candidate& candidate, bool has_school_word);

// How likely it is that the post is about the candidate.
Weighed Weigh(const Candidate& candidate, std::span<const TextScan> scans);

}  // namespace schoolwatch::matchers
