#pragma once

#include <map>
#include <string>
#include <string_view>
#include <vector>

#include "core/school.h"
#include "matchers/canonical_words.h"

namespace schoolwatch::matchers {

// What else the words of a school's names may mean: a place, another school that it told us of
// (`not_us`), or a word of everyday talk. Canonical words everywhere. For one thread at a time.
class NameSenses {
 public:
  explicit NameSenses(const core::School& school);

  // Words that make a sentence rather than a name, or that stand together in a name of `not_us`.
  bool IsEveryday(const Words& words) const;
  // IsKnownWord (see name_parts.h).
  bool IsKnown(const std::string& word) const;

  // One of the school's places, its town among them.
  bool IsOwnPlace(std::string_view words) const;
  bool IsPartOfPlace(const std::string& word) const;
  // A place that is not itself the name: "Quillbrook" says nothing new in "Quillbrook Academy".
  bool HasPlace(const Words& words, const Words& core) const;

  bool IsPartOfOther(const std::string& word) const;  // Of a name of `not_us`.
  // A name of `not_us` that has several words.
  bool HoldsOther(const Words& words) const;

 private:
  std::vector<Words> not_us_;
  std::vector<Words> places_;
  mutable std::map<std::string, bool> known_;  // The same few words come hundreds of times.
};

}  // namespace schoolwatch::matchers
