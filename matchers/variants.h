#pragma once

#include <cstddef>
#include <string>
#include <string_view>
#include <vector>

#include "core/school.h"
#include "matchers/phrase_table.h"

namespace schoolwatch::matchers {

// How a school may be written, from the most telling to the least.
enum class NameKind {
  kSite,       // Its web site's host.
  kHandle,     // Its own account or hashtag.
  kFull,       // All words of the name, or a spelling of it.
  kWithPlace,  // "St Mary's Quillbrook".
  kShort,      // With a word for its kind: "Quillbrook Primary".
  kJoined,     // As one word or a tag: "quillbrookprimary".
  kCore,       // What is left without such words: "Quillbrook".
  kPart,       // One word of that: "Coppice" of "Otter Coppice".
  kMisspelt,   // A likely slip of the finger: "Quilbrook".
  kInitials,   // Given by the school: "QBA".
  kGuessed,    // Initials that nobody gave.
};
std::string_view NameKindName(NameKind kind);

struct NameVariant {
  Phrase phrase;
  std::string text;  // As a person would write it.
  NameKind kind = NameKind::kCore;
  double strength = 0;     // Log-odds that this text means this school, before any evidence.
  bool everyday = false;   // Also means something else: a known word, a dedication, or in `not_us`.
  bool is_place = false;   // Also the name of its village or of a town.
  bool is_saint = false;   // Also a saint, and so a church and more, most likely in the same town.
  bool is_person = false;  // Also somebody's first or last name.
  bool only_proper = false;  // A word that has a capital whatever it means.
  bool distinct = false;     // Holds a word that no dictionary, list of names or of places knows.
};

// No school has more than this, however long its list of names.
inline constexpr std::size_t kMaxVariants = 400;

// Whether slips of the finger and accounts around a school ("…pta") are among its names. Each of
// them starts with a word of its own, so for thousands of schools they would outgrow the cache that
// makes finding cheap; and among so many a slip of one name is often another's.
enum class Breadth { kAll, kPlain };

// All ways in which `school` may be written, each phrase once, with its best strength; at most
// kMaxVariants. Empty where its name holds no letters or only words like "school".
std::vector<NameVariant> MakeVariants(const core::School& school, Breadth breadth = Breadth::kAll);

}  // namespace schoolwatch::matchers
