#pragma once

#include <cstddef>
#include <cstdint>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "core/judgement.h"
#include "core/text/fold.h"
#include "matchers/lexicon.h"
#include "matchers/phrase_table.h"
#include "matchers/variants.h"

namespace schoolwatch::matchers {

// A set of senses (see Lexicon).
class SenseSet {
 public:
  void Add(Sense sense) { bits_ |= 1U << static_cast<unsigned>(sense); }
  void Add(SenseSet other) { bits_ |= other.bits_; }
  bool Has(Sense sense) const { return (bits_ >> static_cast<unsigned>(sense) & 1U) != 0; }
  bool empty() const { return bits_ == 0; }

 private:
  std::uint32_t bits_ = 0;
};

// Where a text of a post comes from.
enum class TextRole { kTitle, kText, kThreadTitle, kAuthor };

// One text of a post as it is searched.
struct TextScan {
  TextRole role = TextRole::kText;
  bool evaded = false;       // The evasion view, in skeleton spelling.
  std::string_view written;  // Belongs to the post.
  core::FoldedText folded;
  std::vector<Token> tokens;
  std::vector<PhraseTable::Hit> hits;
  std::vector<SenseSet> senses;  // By token; empty until asked for.
  bool cased = false;            // Written with capitals, so that a missing one means something.

  // Whether the token is written with a capital letter.
  bool IsCapital(std::size_t token) const;
  // What stands between two neighbouring tokens, folded.
  std::string_view Between(std::size_t before, std::size_t after) const;
};

// Tokens [first, last) of scan number `scan`.
struct Span {
  std::size_t scan = 0;
  std::size_t first = 0;
  std::size_t last = 0;
  bool Overlaps(const Span& other) const {
    return scan == other.scan && first < other.last && other.first < last;
  }
  bool Contains(const Span& other) const {
    return scan == other.scan && first <= other.first && other.last <= last;
  }
};

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
  std::vector<std::string> type_words;  // Of its name: "special", "primary".
  bool other_page = false;  // The post stands on the page of a school that shares its name.
};

// One thing that spoke for or against a mention.
struct EvidenceLine {
  std::string_view label;
  double value = 0;  // Log-odds.
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
