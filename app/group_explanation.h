#pragma once

#include <cstddef>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "core/fingerprint.h"

namespace schoolwatch::app {

// A text of a set of which some are copies of others.
struct GroupedText {
  std::string_view text;
  core::Fingerprint print;
  std::size_t group = 0;  // Of the set: the index of its first text.
};

// How one text compares with another one of the set, in words of the canonical form.
struct Likeness {
  std::size_t other = 0;
  std::string why;                  // "87 % of words and pairs; but a name differs"
  std::vector<std::string> shared;  // The longest runs of words that both have, at most 3.
  std::vector<std::string> only_here, only_there;  // "reed (name)"; at most 8 each.
};

struct GroupReason {
  std::optional<Likeness> joined;  // The most alike of its group; none: it is alone in it, or was
                                   // joined by a link.
  std::vector<Likeness> apart;     // The most alike of other groups, at most 3.
};

// Why each text is where it is, for people. Looks only at texts that could be copies, so its cost
// grows with their number and not with its square.
std::vector<GroupReason> ExplainGroups(std::span<const GroupedText> texts);

}  // namespace schoolwatch::app
