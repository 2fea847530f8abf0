#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "core/finding.h"

namespace schoolwatch::alerts {

// A text as words that can be compared with names: folded, accents and apostrophes gone, with a
// second reading that undoes spelt-apart and leet spellings.
class NameWords {
 public:
  explicit NameWords(std::string_view text);

  struct Word {
    std::string text;
    bool tag = false;  // Part of a @handle or #tag, where words run together.
  };
  const std::vector<Word>& words() const { return words_; }

 private:
  std::vector<Word> words_;  // The readings one after the other, an empty word between them.
};

// What a person may be called in a post: the parts of the surname, and the words for an office.
class PersonName {
 public:
  PersonName() = default;
  // `full_name` as the configuration has it ("Mrs A. Lee-Brown, NPQH"); may be empty. `role` is a
  // contact's role.
  PersonName(std::string_view full_name, std::string_view role);

  // The surname, or a part of a double one, stands in the text.
  bool IsNamedIn(const NameWords& words) const;
  // The office stands there: "the headteacher", "chair of governors"; not "deputy head" for a head.
  bool IsMeantByOfficeIn(const NameWords& words) const;
  // The whole name, folded; for seeing that two contacts are one person. Empty where unknown.
  const std::string& folded() const { return folded_; }

 private:
  std::string folded_;
  std::string role_;
  std::vector<std::string> surname_parts_;
};

// All of a finding that a mail could show, or that tells who is meant.
std::string TextAboutPeople(const core::Finding& finding);

// True where a finding may be about harm done by a grown-up who is named in it: safeguarding with a
// topic such as staff_conduct, grooming or abuse_neglect, or with none that we know. Topics such as
// weapon or missing_child name staff as those who should help; those do not count by themselves.
bool MayNamePerpetrator(const std::vector<core::Category>& categories,
                        const std::vector<std::string>& topics);

}  // namespace schoolwatch::alerts
