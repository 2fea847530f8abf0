#pragma once

#include <filesystem>
#include <string>
#include <string_view>

#include "core/result.h"

namespace schoolwatch::config {

// What `schoolwatch init` is told. Only `school`, `to` and `folder` must be given.
struct InitOptions {
  std::string school;  // Its name.
  std::string type;    // "secondary academy".
  std::string town;
  std::string postcode;
  std::string to;       // The headteacher's address.
  std::string dsl;      // The designated safeguarding lead's.
  std::string chair;    // The chair of governors'.
  std::string contact;  // Whom site owners may ask; `to` where it is empty.
  std::filesystem::path folder;
};

// The three files that a configuration starts from, commented for whoever edits them next.
struct StarterFiles {
  std::string schoolwatch_yaml;
  std::string sources_yaml;
  std::string local_rules_yaml;  // rules/local.yaml
};

// Makes them in memory; what comes back passes ReadConfiguration. kBadInput names the option that
// is wrong and what would be right.
core::Result<StarterFiles> MakeStarterFiles(const InitOptions& options);

// Writes them into `options.folder`, which is created: files 0640, folders 0750. Returns what to
// tell the person: what was written and what to do next. kBadInput: an option is wrong, or one of
// the files is there already; then nothing is written. kUnavailable: the disk said no; what had
// been written is taken away again.
core::Result<std::string> WriteConfiguration(const InitOptions& options);

// A short key for a school: "Quillbrook Church of England Academy" gives "quillbrook".
std::string KeyFromName(std::string_view name);

}  // namespace schoolwatch::config
