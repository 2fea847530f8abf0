#pragma once

#include <cstddef>
#include <optional>
#include <span>
#include <string_view>

#include "core/post.h"
#include "core/school.h"

namespace schoolwatch::matchers {

// What a condition may look at. All views belong to the caller of `holds`.
struct ConditionInput {
  const core::Post& post;
  std::span<const core::School* const> schools;  // Those that the post is about.
  std::string_view title;                        // Folded.
  std::string_view text;                         // Folded.
  std::string_view sentence;                     // Folded: the one in which the rule matched.
  std::size_t words = 0;                         // Of title and text.
  bool mention_in_sentence = false;
  std::size_t match_start = 0;  // Bytes of `sentence`.
  std::size_t match_end = 0;
  std::string_view subject = {};  // Who did it (RulePack::subjects); empty where that is not said.
};

// Something that a rule's `needs` can ask for beside the cues of the packs.
struct Condition {
  std::string_view name;
  std::string_view help;  // For docs/rules.md and error messages.
  // `value` is what follows "name=".
  bool (*holds)(const ConditionInput& input, std::string_view value);
  // What may follow "name=", in words; empty: nothing does. Subjects are the pack's.
  std::string_view values = {};
  bool (*takes)(std::string_view value) = nullptr;
};

// All conditions; the order is fixed while the program runs.
std::span<const Condition> Conditions();
// Index into Conditions().
std::optional<std::size_t> FindCondition(std::string_view name);

}  // namespace schoolwatch::matchers
