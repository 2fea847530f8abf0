#pragma once

#include <cstddef>
#include <cstdint>
#include <span>
#include <string_view>
#include <vector>

#include "core/text/fold.h"
#include "matchers/lexicon.h"
#include "matchers/phrase_table.h"

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
  // The token as folded.
  std::string_view Word(std::size_t token) const;
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
bool IsInside(const Span& span, std::span<const Span> spans);
// Tokens between the token and the nearest span in its scan; the largest number where there is
// none.
std::size_t DistanceTo(std::size_t scan, std::size_t token, std::span<const Span> spans);

// Whether the letter at byte `at` is a capital of Latin-1, which is enough for names of places.
bool IsUpperAt(std::string_view written, std::size_t at);

}  // namespace schoolwatch::matchers
