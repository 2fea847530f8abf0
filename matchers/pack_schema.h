#pragma once

#include <map>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "config/diagnostics.h"
#include "core/judgement.h"
#include "matchers/rule_set.h"

namespace schoolwatch::config {
template <class T>
class Schema;
}  // namespace schoolwatch::config

// A pack file as it is written, before macros, overrides and other files come into it.
namespace schoolwatch::matchers {

// Patterns are kept with their places: what is wrong with one shows when its macros are in place.
using WrittenPatterns = std::vector<config::Located<std::string>>;

struct WrittenRule : Rule {
  WrittenPatterns re2;
  WrittenPatterns unless_re2;
  WrittenPatterns unless_post_re2;
  std::vector<std::string> needed;   // "named_person|known_staff".
  std::vector<std::string> done_by;  // Subjects, any of which.
  std::optional<bool> may_be_doubted;
  std::string expires_text;
  std::string note;
};

struct WrittenCue : Cue {
  WrittenPatterns re2;
  WrittenPatterns except_re2;
};

// Names one of `rule`, `cue` and `group`; the other two are empty.
struct WrittenOverride {
  config::Located<std::string> rule;
  config::Located<std::string> cue;
  config::Located<std::string> group;
  std::optional<double> weight;
  std::optional<core::Severity> severity;
  std::optional<double> cap;
  WrittenPatterns unless_re2;
  bool shadow = false;
  bool off = false;
  std::string note;
};

struct PackHead {
  std::string name;
  std::string version;
  std::optional<core::Category> category;  // None: what it holds is shared by all packs.
  bool doubted = false;                    // Of its rules that say nothing of it themselves.
};

struct WrittenPack {
  std::optional<PackHead> head;  // None where a file only overrides.
  std::map<std::string, config::Located<std::string>> macros;
  std::vector<Group> groups;
  std::vector<WrittenRule> rules;
  std::vector<WrittenCue> cues;
  std::map<std::string, config::Located<std::string>> subjects;
  std::vector<WrittenOverride> overrides;
};

const config::Schema<WrittenPack>& PackSchema();

}  // namespace schoolwatch::matchers
