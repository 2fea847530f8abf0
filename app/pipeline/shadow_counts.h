#pragma once

#include <cstddef>
#include <map>
#include <string>

#include "core/judgement.h"
#include "core/result.h"
#include "core/time.h"
#include "matchers/rule_set.h"
#include "storage/store.h"

namespace schoolwatch::app {

// How a shadow rule has done so far.
struct ShadowTrial {
  std::size_t posts = 0;    // That are about a watched school and on which it matched.
  core::Timestamp since{};  // When it was first seen as it is now.
  core::Timestamp last{};   // When it last matched; zero for never.
};

// Counts on how many posts shadow rules match, over all runs, so that a rule on trial can be judged
// before it alarms anybody. A rule whose patterns or conditions change starts anew. One thread.
class ShadowCounts {
 public:
  explicit ShadowCounts(const matchers::RuleSet& rules);

  // Of a post that was not judged before.
  void Add(const core::Judgement& judgement);

  // Adds this run's to what earlier runs counted, and forgets rules that are shadow rules no
  // longer. Writes nothing where there are none and were none.
  core::Result<void> Save(storage::Notes& notes, core::Timestamp now) const;

  // What all runs so far counted, by rule id.
  static core::Result<std::map<std::string, ShadowTrial>> Load(const storage::Notes& notes);

 private:
  struct Shadow {
    std::string hash;  // Of all that decides whether it matches.
    std::size_t posts = 0;
  };
  std::map<std::string, Shadow, std::less<>> shadows_;  // By rule id.
};

}  // namespace schoolwatch::app
