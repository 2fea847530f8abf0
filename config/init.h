#pragma once

#include <filesystem>
#include <set>
#include <string>
#include <string_view>
#include <vector>

#include "core/result.h"

namespace schoolwatch::config {

struct StarterPack;

// What `schoolwatch init` is told. Only `school`, `to` and `folder` must be given.
struct InitOptions {
  std::string school;  // Its name.
  std::string type;    // "secondary academy".
  std::string town;
  std::string postcode;
  std::string to;                       // The headteacher's address.
  std::string dsl;                      // The designated safeguarding lead's.
  std::string chair;                    // The chair of governors'.
  std::string contact;                  // Whom site owners may ask; `to` where it is empty.
  std::string site{};                   // Host of its own web site.
  std::vector<std::string> handles{};   // "@QuillbrookAcad", "#QuillbrookAcademy"
  std::vector<std::string> papers{};    // Addresses of local papers' sites or feeds…
  std::vector<std::string> forums{};    // …and of boards that list threads.
  std::vector<std::string> telegram{};  // Names of public channels.
  std::filesystem::path folder{};
};

// The files that a configuration starts from, commented for whoever edits them next.
struct StarterFiles {
  std::string schoolwatch_yaml;
  std::string sources_yaml;
  std::string local_rules_yaml;    // rules/local.yaml
  std::string platforms_to_do_md;  // Not written where it is empty.
};

// Makes them in memory, but for the last one; what comes back passes ReadConfiguration. `platforms`
// are the names of the platform files that are there. kBadInput names the option that is wrong and
// what would be right.
core::Result<StarterFiles> MakeStarterFiles(const InitOptions& options, const StarterPack& pack,
                                            const std::set<std::string>& platforms);

// Writes them into `options.folder`, which is created: files 0640, folders 0750. Returns what to
// tell the person: what was written and what to do next. kBadInput: one of the files is there
// already; then nothing is written. kUnavailable: the disk said no; what had been written is taken
// away again.
core::Result<std::string> WriteConfiguration(const InitOptions& options, const StarterFiles& files);

// A short key for a school: "Quillbrook Church of England Academy" gives "quillbrook".
std::string KeyFromName(std::string_view name);

}  // namespace schoolwatch::config
