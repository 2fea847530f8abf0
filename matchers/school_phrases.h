#pragma once

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <map>
#include <string>
#include <vector>

#include "core/result.h"
#include "core/school.h"
#include "matchers/name_parts.h"
#include "matchers/phrase_table.h"
#include "matchers/text_scan.h"
#include "matchers/variants.h"

// What stands in the tables of a SchoolIndex: phrases, and what each means to which school.
namespace schoolwatch::matchers {

enum class UseKind : std::uint8_t { kName, kTown, kExactPlace, kPerson, kSurname, kTrust, kNotUs };

// What a phrase means to one school.
struct Use {
  std::uint32_t school = 0;
  std::uint32_t variant = 0;  // For kName: index into the school's variants.
  UseKind kind = UseKind::kName;
};

struct Profile {
  core::School school;
  std::vector<NameVariant> variants;
  std::vector<std::string> type_words;
  std::vector<std::string> place_words;
  Phase ages = Phase::kAny;
};

// Collects phrases and what they mean, then hands them over in one piece.
class PhraseBook {
 public:
  void Add(const Phrase& phrase, Use use) {
    const auto [known, is_new] = numbers_.try_emplace(phrase, uses_.size());
    if (is_new) {
      uses_.emplace_back();
    }
    std::vector<Use>& uses = uses_[known->second];
    // A name is also its own town's for "Quillbrook Academy, Quillbrook"; both are kept.
    if (std::ranges::none_of(uses, [&](const Use& one) {
          return one.school == use.school && one.kind == use.kind;
        })) {
      uses.push_back(use);
    }
  }
  std::vector<Phrase> TakePhrases() const {
    std::vector<Phrase> phrases(uses_.size());
    for (const auto& [phrase, number] : numbers_) {
      phrases[number] = phrase;
    }
    return phrases;
  }
  const std::vector<std::vector<Use>>& uses() const { return uses_; }

 private:
  std::map<Phrase, std::size_t> numbers_;
  std::vector<std::vector<Use>> uses_;
};

// The lexicon and the known places as phrases, and what each says.
struct SensePhrases {
  std::vector<Phrase> phrases;
  std::vector<SenseSet> senses;
};
SensePhrases MakeSensePhrases();

struct SchoolPhrases {
  std::vector<Profile> profiles;
  PhraseBook plain;
  PhraseBook skeleton;  // For the evasion view.
};
// kBadInput as SchoolIndex::Make.
core::Result<SchoolPhrases> MakeSchoolPhrases(std::vector<core::School> schools);

}  // namespace schoolwatch::matchers
