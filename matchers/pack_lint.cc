// What rule_lint.h finds in the files as they are written.
#include <fmt/format.h>

#include <algorithm>
#include <map>
#include <optional>
#include <set>
#include <string>
#include <utility>

#include "config/schema.h"
#include "config/section.h"
#include "matchers/pack_schema.h"
#include "matchers/pattern_typos.h"
#include "matchers/rule_lint.h"

namespace schoolwatch::matchers {
namespace {

std::string Named(std::string_view what, std::string_view id) {
  return fmt::format("{} '{}'", what, id);
}

// The place of `offset` of a pattern that starts at `where`, as far as it stands there as it is: a
// pattern with escapes in double quotes, or over several lines, has the place of its beginning.
config::Location Pinpoint(std::string_view bytes, config::Location where, std::string_view pattern,
                          std::size_t offset) {
  std::size_t begin = 0;
  for (int line = 1; line < where.line; ++line) {
    begin = bytes.find('\n', begin);
    if (begin == std::string_view::npos) {
      return where;
    }
    ++begin;
  }
  const std::string_view line = bytes.substr(begin, bytes.find('\n', begin) - begin);
  // Columns count characters.
  std::size_t at = 0;
  for (int column = 1; column < where.column && at < line.size(); ++column) {
    do {
      ++at;
    } while (at < line.size() && (static_cast<unsigned char>(line[at]) & 0xC0) == 0x80);
  }
  // In single quotes an apostrophe is doubled.
  const bool single = at < line.size() && line[at] == '\'';
  const bool quoted = single || (at < line.size() && line[at] == '"');
  std::string written;
  std::size_t written_offset = 0;
  for (std::size_t byte = 0; byte < pattern.size(); ++byte) {
    if (byte == offset) {
      written_offset = written.size();
    }
    written += pattern[byte];
    if (single && pattern[byte] == '\'') {
      written += '\'';
    }
  }
  const std::size_t start = at + (quoted ? 1 : 0);
  if (start > line.size() || !line.substr(start).starts_with(written)) {
    return where;
  }
  for (std::size_t byte = at; byte < start + written_offset; ++byte) {
    where.column += (static_cast<unsigned char>(line[byte]) & 0xC0) == 0x80 ? 0 : 1;
  }
  return where;
}

struct ReadFile {
  std::string_view bytes;
  WrittenPack pack;
};

class PackLinter {
 public:
  explicit PackLinter(std::span<const PackFile> files) {
    for (const PackFile& file : files) {
      config::Diagnostics ignored;  // Loading says what is wrong with a file.
      if (const auto root = config::ParseYaml(file.name, file.bytes, ignored)) {
        files_.push_back({file.bytes, PackSchema().Read(*root, ignored)});
      }
    }
  }

  std::vector<LintFinding> Lint() {
    for (const ReadFile& file : files_) {
      LintPatterns(file);
    }
    LintUnused();
    LintOverrides();
    return std::move(findings_);
  }

 private:
  void Add(LintLevel level, config::Location where, std::string owner, std::string_view check,
           std::string message) {
    findings_.push_back({.level = level,
                         .where = std::move(where),
                         .owner = std::move(owner),
                         .check = std::string(check),
                         .message = std::move(message)});
  }

  void LintPattern(const ReadFile& file, const config::Located<std::string>& pattern,
                   const std::string& owner) {
    for (PatternTypo& typo : FindPatternTypos(pattern.value)) {
      Add(typo.level, Pinpoint(file.bytes, pattern.where, pattern.value, typo.offset), owner,
          typo.check, std::move(typo.message));
    }
    // For LintUnused.
    const std::string_view text = pattern.value;
    for (std::size_t open = text.find("{{"); open != std::string_view::npos;) {
      const std::size_t close = text.find("}}", open);
      if (close == std::string_view::npos) {
        break;
      }
      used_macros_.emplace(text.substr(open + 2, close - open - 2));
      open = text.find("{{", close);
    }
  }

  void LintPatterns(const ReadFile& file) {
    for (const auto& [name, fragment] : file.pack.macros) {
      LintPattern(file, fragment, Named("macro", name));
    }
    for (const WrittenRule& rule : file.pack.rules) {
      for (const WrittenPatterns* patterns : {&rule.re2, &rule.unless_re2, &rule.unless_post_re2}) {
        for (const config::Located<std::string>& pattern : *patterns) {
          LintPattern(file, pattern, Named("rule", rule.id));
        }
      }
      used_groups_.insert(rule.group);
      used_cues_.insert(rule.damped_by.begin(), rule.damped_by.end());
      for (const std::string& need : rule.needed) {
        needed_ += "|" + need + "|";
      }
    }
    for (const WrittenCue& cue : file.pack.cues) {
      for (const WrittenPatterns* patterns : {&cue.re2, &cue.except_re2}) {
        for (const config::Located<std::string>& pattern : *patterns) {
          LintPattern(file, pattern, Named("cue", cue.id));
        }
      }
    }
  }

  // Whether "a|not b" of any rule names it.
  bool IsNeeded(const std::string& cue) const {
    for (std::size_t at = needed_.find(cue); at != std::string::npos;
         at = needed_.find(cue, at + 1)) {
      const char before = needed_[at - 1];  // There is always a bar before.
      const std::size_t end = at + cue.size();
      if ((before == '|' || before == ' ') && (needed_[end] == '|' || needed_[end] == ' ')) {
        return true;
      }
    }
    return false;
  }

  void LintUnused() {
    for (const ReadFile& file : files_) {
      for (const auto& [name, fragment] : file.pack.macros) {
        if (!used_macros_.contains(name)) {
          Add(LintLevel::kHint, fragment.where, Named("macro", name), "unused",
              "no pattern uses it");
        }
      }
      for (const WrittenCue& cue : file.pack.cues) {
        if (!used_cues_.contains(cue.id) && !IsNeeded(cue.id)) {
          Add(LintLevel::kHint, cue.where, Named("cue", cue.id), "unused",
              "no rule names it under damp or needs, so it does nothing");
        }
      }
      for (const Group& group : file.pack.groups) {
        if (!used_groups_.contains(group.id)) {
          Add(LintLevel::kHint, group.where, Named("group", group.id), "unused",
              "no rule belongs to it");
        }
      }
    }
  }

  void LintOverrides() {
    std::map<std::string, const WrittenRule*, std::less<>> rules;
    for (const ReadFile& file : files_) {
      for (const WrittenRule& rule : file.pack.rules) {
        rules.emplace(rule.id, &rule);
      }
    }
    std::map<std::string, config::Location> seen;
    for (const ReadFile& file : files_) {
      for (const WrittenOverride& change : file.pack.overrides) {
        const config::Located<std::string>& target = !change.rule.value.empty()  ? change.rule
                                                     : !change.cue.value.empty() ? change.cue
                                                                                 : change.group;
        const std::string owner = Named("override of", target.value);
        const auto [before, is_new] = seen.emplace(target.value, target.where);
        if (!is_new) {
          Add(LintLevel::kWarning, target.where, owner, "twice",
              fmt::format("is overridden at {}, too; the later one wins: keep one",
                          config::Format(before->second)));
        }
        const auto rule = rules.find(change.rule.value);
        if (change.rule.value.empty() || rule == rules.end()) {
          continue;
        }
        const bool same_weight = !change.weight || *change.weight == rule->second->weight;
        const bool same_severity = !change.severity || *change.severity == rule->second->severity;
        if (!change.off && same_weight && same_severity) {
          Add(LintLevel::kHint, target.where, owner, "no-change",
              fmt::format("changes nothing: the rule at {} says the same",
                          config::Format(rule->second->where)));
        }
      }
    }
  }

  std::vector<ReadFile> files_;
  std::vector<LintFinding> findings_;
  std::set<std::string, std::less<>> used_macros_;
  std::set<std::string, std::less<>> used_cues_;
  std::set<std::string, std::less<>> used_groups_;
  std::string needed_;
};

}  // namespace

std::vector<LintFinding> LintFiles(std::span<const PackFile> files) {
  return PackLinter(files).Lint();
}

}  // namespace schoolwatch::matchers
