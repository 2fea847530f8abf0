#pragma once

#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "core/judgement.h"
#include "core/post.h"
#include "core/result.h"
#include "core/school.h"
#include "core/text_gate.h"

namespace schoolwatch::matchers {

// A name under which a school may be written, and how much it says by itself.
struct Variant {
  std::string school;
  std::string text;     // As a person would write it.
  std::string kind;     // "full name", "short name", "initials", "handle", "hashtag", "site", …
  double strength = 0;  // Log-odds that this text means this school.
};

// All watched schools at once: finds which of them a post is about. One pass over the tokens,
// whatever the number of schools. Immutable, thread-safe.
class SchoolIndex : public core::TextGate {
 public:
  // kBadInput: a school without a usable name; the message names its key and what to add.
  static core::Result<std::shared_ptr<const SchoolIndex>> Make(std::vector<core::School> schools);

  struct Mentions {
    std::vector<core::SchoolScore> schools;  // At or above the threshold, best first.
    std::vector<core::SchoolScore> also_possible;
    // Byte ranges of names in title and text of the post as written, for "near the mention".
    struct Place {
      core::PostField field;
      std::size_t start, end;
      std::string school;
    };
    std::vector<Place> places;
  };
  // Looks at title, text, thread title, author and page_of.
  virtual Mentions Find(const core::Post& post) const = 0;

  // How every school that anything in the post points to was weighed, best first: what `identity
  // --try` shows. `page_of` is not asked; a shared name's page is.
  struct Weighing {
    struct Line {
      std::string label;
      double value = 0;  // Log-odds.
    };
    std::string school;
    double probability = 0;
    double log_odds = 0;  // The sum of `lines`.
    std::vector<Line> lines;
    std::vector<std::string> names;  // As written.
  };
  virtual std::vector<Weighing> WeighAll(const core::Post& post) const = 0;

  virtual const std::vector<core::School>& schools() const = 0;
  // Null where there is no such key.
  virtual const core::School* FindSchool(std::string_view key) const = 0;
  virtual std::vector<Variant> VariantsOf(std::string_view key) const = 0;
};

}  // namespace schoolwatch::matchers
