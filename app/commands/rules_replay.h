#pragma once

#include <cstddef>
#include <iosfwd>
#include <span>
#include <string>

#include "app/commands/cases.h"
#include "app/replay.h"

namespace schoolwatch::app {

// `rules replay`, once both sets are loaded: what changes, and why, post by post.
struct ReplayView {
  std::string old_name;
  std::string new_name;
  bool remembered = false;  // The posts are the store's, which keeps only possible concerns.
  std::size_t limit = 20;   // Of each kind of change, for people.
  OutputForm form = OutputForm::kForPeople;
};
void PrintReplay(const Replay& replay, std::span<const ReplayPost> posts,
                 const matchers::Judge& before, const matchers::Judge& after,
                 const ReplayView& view, std::ostream& out);

}  // namespace schoolwatch::app
