#pragma once

#include <filesystem>
#include <map>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "core/finding.h"
#include "core/result.h"

namespace schoolwatch::alerts {

// One sentence of advice.
struct Step {
  std::string text;
  bool unconfirmed = false;  // To be checked with the school's authority before it is relied on.
  bool operator==(const Step&) const = default;
};

// What to do next about one kind of finding, as a nation's file in config/templates/playbooks says.
struct Playbook {
  std::string name;
  core::Category category = core::Category::kReputational;
  core::Severity at_least = core::Severity::kNone;
  std::vector<std::string> topics;  // Any of them among those that decided; empty for all.
  // Roles of whom any may be meant by the post, and so is not told; empty: whoever is meant.
  std::vector<std::string> withheld;
  std::vector<std::string> unless_withheld;  // Not where any of them may be meant.
  std::vector<Step> first;  // At most one: what stands at the very top of the mail.
  std::vector<Step> steps;
  std::vector<Step> avoid;
};

// The advice for one finding or several.
struct Guidance {
  std::vector<Step> first;  // At most one.
  std::vector<Step> steps;
  std::vector<Step> avoid;
  bool operator==(const Guidance&) const = default;
};

// Appends what is not there yet.
void AppendNew(std::span<const Step> from, std::vector<Step>& to);

// The advice of one nation, in its own words. Immutable, thread-safe.
class Playbooks {
 public:
  // kBadInput: what is wrong, each with file:line:column; a category without a playbook for all its
  // topics and severities counts, since a mail must never come without advice.
  static core::Result<Playbooks> Load(const std::filesystem::path& file);

  // The steps of every playbook that fits, in the file's order, none twice. Only playbooks of the
  // leading category fit. `first` is that of the first one that has any.
  Guidance For(const core::Judgement& judgement, const std::vector<std::string>& withheld) const;

  // What the nation calls a contact's role: "designated safeguarding lead"; the role where the file
  // says nothing.
  std::string RoleName(std::string_view role) const;
  // Which guidance the advice follows, as a clause; may be empty.
  const std::string& based_on() const { return based_on_; }

 private:
  std::vector<Playbook> playbooks_;
  std::map<std::string, std::string, std::less<>> roles_;
  std::string based_on_;
};

// The playbooks of every nation (core::kNations), from `folder`/NATION.yaml.
core::Result<std::map<std::string, Playbooks, std::less<>>> LoadAllPlaybooks(
    const std::filesystem::path& folder);

}  // namespace schoolwatch::alerts
