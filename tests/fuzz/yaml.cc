#include <cstddef>
#include <cstdint>
#include <cstdlib>
#include <string>
#include <string_view>
#include <vector>

#include "config/section.h"
#include "config/settings.h"
#include "config/settings_schema.h"
#include "config/yaml_text.h"
#include "core/text/fold.h"

namespace {

using namespace schoolwatch;

void Require(bool holds) {
  if (!holds) {
    std::abort();
  }
}

// Walks everything, as every user of a Section may; depth is bounded by the limits.
std::size_t Count(const config::Section& section, std::size_t depth) {
  Require(depth <= config::YamlLimits().max_depth);
  std::size_t count = 1;
  for (const config::Section& item : section.items()) {
    count += Count(item, depth + 1);
  }
  for (const config::Section::Entry& entry : section.entries()) {
    Require(section.Find(entry.key).has_value());
    Require(core::IsValidUtf8(entry.key));
    count += Count(entry.value, depth + 1);
  }
  Require(core::IsValidUtf8(section.text()));
  return count;
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  const std::vector<char> copy(data, data + size);
  const std::string_view bytes(copy.data(), copy.size());
  const core::Result<config::Section> root = config::ParseYaml("fuzz.yaml", bytes);
  if (root) {
    Require(Count(*root, 0) <= config::YamlLimits().max_nodes);
  } else {
    Require(root.error().message.starts_with("fuzz.yaml"));
  }
  // Never reads secrets: a fuzzer must not open files or look at the environment.
  config::Diagnostics problems;
  const auto read = config::ReadConfiguration("", bytes, bytes, problems, config::Secrets::kLeave);
  Require(read.has_value() == problems.empty());
  config::Diagnostics sources_problems;
  if (root) {
    config::SourcesSchema().Read(*root, sources_problems, config::Secrets::kLeave);
  }
  if (core::IsValidUtf8(bytes)) {
    const core::Result<config::Section> back =
        config::ParseYaml("quoted.yaml", "key: " + config::QuoteYaml(bytes));
    Require(back.has_value() && back->Find("key")->text() == bytes);
  }
  return 0;
}
