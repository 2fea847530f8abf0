#pragma once

#include <string_view>
#include <vector>

#include "core/post.h"
#include "matchers/phrase_table.h"
#include "matchers/school_phrases.h"
#include "matchers/text_scan.h"

namespace schoolwatch::matchers {

// Finds every phrase that means something to a watched school in what a post says, whether it is
// written openly or hidden. Immutable, thread-safe.
class PostScanner {
 public:
  // Copies what it needs of both; what a phrase means stays by number of the school's profile.
  PostScanner(const SchoolPhrases& phrases, SensePhrases lexicon);

  // Scans of title, text, thread title and author, where these are not empty; behind each the
  // evasion view's, where something is hidden. They borrow the post's texts.
  std::vector<TextScan> Scan(const core::Post& post) const;
  void AddPlainScan(TextRole role, std::string_view written, std::vector<TextScan>& scans) const;
  // Call behind AddPlainScan of the same text, whose scan is the last one. Adds none where nothing
  // is hidden.
  void AddEvadedScan(TextRole role, std::string_view written, std::vector<TextScan>& scans) const;

  // What was hit, to each school that it means something to.
  const std::vector<Use>& UsesOf(const TextScan& scan, const PhraseTable::Hit& hit) const {
    return (scan.evaded ? skeleton_uses_ : uses_)[hit.phrase];
  }

  // Fills in what the words mean, and whether their writer sets capitals. Returns whether one of
  // them speaks of a school or of children.
  bool ReadSenses(std::vector<TextScan>& scans) const;

 private:
  PhraseTable table_;
  std::vector<std::vector<Use>> uses_;
  PhraseTable skeleton_table_;
  std::vector<std::vector<Use>> skeleton_uses_;
  PhraseTable lexicon_;
  std::vector<SenseSet> lexicon_senses_;
};

}  // namespace schoolwatch::matchers
