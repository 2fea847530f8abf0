#pragma once

#include <filesystem>
#include <memory>
#include <optional>
#include <span>
#include <string>
#include <vector>

#include "app/exit_code.h"
#include "config/diagnostics.h"
#include "core/result.h"
#include "matchers/rule_pack.h"
#include "matchers/rule_set.h"

namespace schoolwatch::app {

// Where the rules come from that a `rules` command works on.
struct RuleSources {
  std::filesystem::path data_dir;                   // The shipped ones.
  std::optional<std::filesystem::path> config_dir;  // Its rules/ folder is the school's own.
  std::vector<std::filesystem::path> extra;         // Files to be tried beside them.
};

// The files themselves, shipped ones first, as a run reads them; `extra` ones that stand in one of
// the folders are there once. What cannot be read goes into `problems`.
struct RuleFiles {
  std::vector<matchers::PackFile> files;
  std::vector<std::string> shipped;    // Names of those that are shipped.
  std::vector<std::string> asked_for;  // Names of the `extra` ones.
};
RuleFiles ReadRuleFiles(const RuleSources& sources, config::Diagnostics& problems);

// Compiles them; kBadInput with every mistake, one a line.
core::Result<std::shared_ptr<const matchers::RuleSet>> CompileRules(const RuleFiles& files);

// The files of one folder, after those of `first`.
core::Result<RuleFiles> ReadRuleFolder(std::span<const matchers::PackFile> first,
                                       const std::filesystem::path& folder);

}  // namespace schoolwatch::app
