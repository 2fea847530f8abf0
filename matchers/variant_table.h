#pragma once

#include <map>
#include <string>
#include <vector>

#include "matchers/canonical_words.h"
#include "matchers/name_senses.h"
#include "matchers/phrase_table.h"
#include "matchers/variants.h"

namespace schoolwatch::matchers {

// A school's variants while they are made: each phrase once, with its best strength, at most
// kMaxVariants; and of each what else it means.
class VariantTable {
 public:
  explicit VariantTable(const NameSenses& senses) : senses_(senses) {}  // Borrowed.

  // What is empty, one letter or too long for a phrase is left out.
  void Add(Words words, std::string text, NameKind kind, double strength, bool everyday);
  void AddTag(const std::string& word, std::string text, NameKind kind, double strength,
              bool everyday);
  // The words as one and as a tag, where that is long enough to be told from others.
  void AddJoined(const Words& words, double strength, bool everyday);

  // In the order of their phrases. The table is empty then.
  std::vector<NameVariant> Take();

 private:
  void Keep(NameVariant variant);

  const NameSenses& senses_;
  std::map<Phrase, NameVariant> variants_;
};

}  // namespace schoolwatch::matchers
