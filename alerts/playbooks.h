#pragma once

#include <filesystem>
#include <span>
#include <string>
#include <vector>

#include "core/finding.h"
#include "core/result.h"

namespace schoolwatch::alerts {

// What to do next about one kind of finding, as config/templates/playbooks.yaml says.
struct Playbook {
  std::string name;
  core::Category category = core::Category::kReputational;
  core::Severity at_least = core::Severity::kNone;
  std::vector<std::string> topics;  // Any of them; empty for all.
  std::vector<std::string> steps;
  std::vector<std::string> avoid;
};

// The advice for one finding or several.
struct Guidance {
  std::vector<std::string> steps;
  std::vector<std::string> avoid;
  bool operator==(const Guidance&) const = default;
};

// Appends what is not there yet.
void AppendNew(std::span<const std::string> from, std::vector<std::string>& to);

// Immutable, thread-safe.
class Playbooks {
 public:
  // kBadInput: what is wrong, each with file:line:column; a category without a playbook for all its
  // topics and severities counts, since a mail must never come without advice.
  static core::Result<Playbooks> Load(const std::filesystem::path& file);

  // The steps of every playbook that fits, in the file's order, none twice. Only playbooks of the
  // leading category fit.
  Guidance For(const core::Judgement& judgement) const;

 private:
  std::vector<Playbook> playbooks_;
};

}  // namespace schoolwatch::alerts
