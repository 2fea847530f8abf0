#pragma once

#include <cstddef>
#include <cstdint>
#include <filesystem>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "config/diagnostics.h"
#include "core/result.h"

namespace schoolwatch::config {

// A view of one value in a parsed YAML file, which knows where it was written. Copies are cheap and
// keep the whole file's tree alive, so views of strings live as long as any Section of the file.
// Immutable, so safe to share between threads.
class Section {
 public:
  enum class Kind { kNull, kScalar, kList, kMap };
  struct Entry;

  Section();  // Null, from nowhere.

  Kind kind() const;
  bool is_null() const { return kind() == Kind::kNull; }
  bool is_scalar() const { return kind() == Kind::kScalar; }
  bool is_list() const { return kind() == Kind::kList; }
  bool is_map() const { return kind() == Kind::kMap; }

  // Where the value starts. Columns count characters, not bytes.
  Location where() const;
  // Where its key stands; `where()` for list items and the root.
  Location key_where() const;
  // The file's name as it was given to ParseYaml.
  const std::string& file() const;

  // A scalar's text, quotes and escapes undone; empty for other kinds.
  std::string_view text() const;
  // True for a scalar in quotes or in block style: text that was meant to be text.
  bool is_quoted() const;

  // Items of a list or entries of a map; 0 for other kinds.
  std::size_t size() const;
  // A list's items in file order; none for other kinds.
  std::vector<Section> items() const;
  // A map's entries in file order; none for other kinds.
  std::vector<Entry> entries() const;
  // The value under `key` of a map. An entry with an empty value is found and null.
  std::optional<Section> Find(std::string_view key) const;

  // One parsed file; defined in section.cc.
  struct Document;
  // For ParseYaml.
  Section(std::shared_ptr<const Document> document, std::uint32_t node);

 private:
  std::shared_ptr<const Document> document_;
  std::uint32_t node_ = 0;
};

struct Section::Entry {
  std::string_view key;
  Location key_where;
  Section value;
};

// What a file may cost. Checked before and while parsing.
struct YamlLimits {
  std::size_t max_bytes = std::size_t{4} * 1024 * 1024;
  std::size_t max_depth = 50;
  std::size_t max_nodes = 200'000;
};

// For files that may list every school of a country.
inline constexpr YamlLimits kManySchools{std::size_t{64} * 1024 * 1024, 50, 4'000'000};

// Parses one YAML document. Refused, always with file:line:column: invalid UTF-8, control
// characters, keys that stand twice, keys that are not plain text, a second document, anchors and
// aliases (they hide what a setting is, and expand without bound), tags, and what goes past a
// limit. An empty file is null. kBadInput for all of that.
core::Result<Section> ParseYaml(std::string file_name, std::string_view bytes,
                                YamlLimits limits = {});
// The same; what is wrong goes into `problems` with its location, and nothing is returned.
std::optional<Section> ParseYaml(std::string file_name, std::string_view bytes,
                                 Diagnostics& problems, YamlLimits limits = {});

// Reads and parses a file; locations show `path` as it is given. kNotFound, kUnavailable: it cannot
// be read.
core::Result<Section> LoadYamlFile(const std::filesystem::path& path, YamlLimits limits = {});
std::optional<Section> LoadYamlFile(const std::filesystem::path& path, Diagnostics& problems,
                                    YamlLimits limits = {});

// The *.yaml files of a folder by name, hidden ones left out. A folder that does not exist holds
// none; one that cannot be read is a problem.
std::vector<std::filesystem::path> FindYamlFiles(const std::filesystem::path& folder,
                                                 Diagnostics& problems);
// Those files parsed, each with its name without ".yaml". What is wrong with one goes into
// `problems`; the others are there. Empty files hold nothing.
struct NamedSection {
  std::string name;
  Section section;
};
std::vector<NamedSection> LoadYamlFolder(const std::filesystem::path& folder, Diagnostics& problems,
                                         YamlLimits limits = {});

}  // namespace schoolwatch::config
