#include "alerts/playbooks.h"

#include <algorithm>
#include <array>
#include <cstddef>
#include <functional>
#include <optional>
#include <utility>

#include "alerts/clean_text.h"
#include "alerts/wording.h"
#include "config/diagnostics.h"
#include "config/section.h"
#include "core/school.h"

namespace schoolwatch::alerts {
namespace {

constexpr std::size_t kMaxStepBytes = 600;
constexpr std::array<std::string_view, 5> kRoles{"headteacher", "dsl", "deputy", "chair", "it"};

std::optional<std::string> ReadText(const config::Section& item, config::Diagnostics& problems) {
  if (!item.is_scalar() || item.text().empty()) {
    problems.Add(item.where(), "must be text");
  } else if (item.text().size() > kMaxStepBytes) {
    problems.Add(item.where(), "is longer than 600 letters; nobody reads that in an alert");
  } else {
    return CleanLine(item.text(), kMaxStepBytes);
  }
  return std::nullopt;
}

std::vector<std::string> ReadTexts(const config::Section& list, config::Diagnostics& problems) {
  std::vector<std::string> texts;
  if (!list.is_list()) {
    problems.Add(list.where(), "must be a list, each after '- '");
    return texts;
  }
  for (const config::Section& item : list.items()) {
    if (std::optional<std::string> text = ReadText(item, problems)) {
      texts.push_back(*std::move(text));
    }
  }
  return texts;
}

// A sentence, or one after `check:`, which nobody could confirm.
void ReadStep(const config::Section& item, std::vector<Step>& steps,
              config::Diagnostics& problems) {
  const std::optional<config::Section> check =
      item.is_map() && item.entries().size() == 1 ? item.Find("check") : std::nullopt;
  if (item.is_map() && !check) {
    problems.Add(item.where(),
                 "must be a sentence, or one after 'check:'; a sentence with a colon in it needs "
                 "quotation marks");
    return;
  }
  if (std::optional<std::string> text = ReadText(check ? *check : item, problems)) {
    steps.push_back({.text = *std::move(text), .unconfirmed = check.has_value()});
  }
}

std::vector<Step> ReadSteps(const config::Section& list, config::Diagnostics& problems) {
  std::vector<Step> steps;
  if (!list.is_list()) {
    problems.Add(list.where(), "must be a list of sentences, each after '- '");
    return steps;
  }
  for (const config::Section& item : list.items()) {
    ReadStep(item, steps, problems);
  }
  return steps;
}

void ReadField(const config::Section::Entry& entry, Playbook& playbook,
               config::Diagnostics& problems) {
  const auto keep = [&](auto parsed, auto& into) {
    if (parsed.has_value()) {
      into = *parsed;
    } else {
      problems.Add(entry.value.where(), parsed.error().message);
    }
  };
  if (entry.key == "name") {
    playbook.name = entry.value.text();
  } else if (entry.key == "category") {
    keep(core::ParseCategory(entry.value.text()), playbook.category);
  } else if (entry.key == "at_least") {
    keep(core::ParseSeverity(entry.value.text()), playbook.at_least);
  } else if (entry.key == "topics") {
    playbook.topics = ReadTexts(entry.value, problems);
  } else if (entry.key == "withheld") {
    playbook.withheld = ReadTexts(entry.value, problems);
  } else if (entry.key == "unless_withheld") {
    playbook.unless_withheld = ReadTexts(entry.value, problems);
  } else if (entry.key == "first") {
    ReadStep(entry.value, playbook.first, problems);
  } else if (entry.key == "steps") {
    playbook.steps = ReadSteps(entry.value, problems);
  } else if (entry.key == "avoid") {
    playbook.avoid = ReadSteps(entry.value, problems);
  } else {
    problems.Add(entry.key_where,
                 "'" + std::string(entry.key) +
                     "' is not known here; a playbook has name, category, "
                     "at_least, topics, withheld, unless_withheld, first, steps and avoid");
  }
}

Playbook ReadPlaybook(const config::Section& map, config::Diagnostics& problems) {
  Playbook playbook;
  if (!map.is_map()) {
    problems.Add(map.where(), "must be a playbook: name, category, steps");
    return playbook;
  }
  for (const config::Section::Entry& entry : map.entries()) {
    ReadField(entry, playbook, problems);
  }
  for (const std::string_view needed : {"name", "category"}) {
    if (!map.Find(needed).has_value()) {
      problems.Add(map.where(), "a playbook needs '" + std::string(needed) + "'");
    }
  }
  if (!map.Find("steps").has_value() && !map.Find("first").has_value()) {
    problems.Add(map.where(), "a playbook needs 'steps' or 'first'");
  }
  return playbook;
}

bool SharesOne(const std::vector<std::string>& wanted, const std::vector<std::string>& there) {
  return std::ranges::any_of(there, [&](const std::string& one) {
    return std::ranges::find(wanted, one) != wanted.end();
  });
}

// `topics` are those that decided the leading category.
bool Fits(const Playbook& playbook, const core::Judgement& judgement,
          const std::vector<std::string>& topics, const std::vector<std::string>& withheld) {
  return playbook.category == LeadingCategory(judgement.categories) &&
         std::max(judgement.severity, core::Severity::kLow) >= playbook.at_least &&
         (playbook.topics.empty() || SharesOne(playbook.topics, topics)) &&
         (playbook.withheld.empty() || SharesOne(playbook.withheld, withheld)) &&
         !SharesOne(playbook.unless_withheld, withheld);
}

}  // namespace

core::Result<Playbooks> Playbooks::Load(const std::filesystem::path& file) {
  SW_ASSIGN(const config::Section root, config::LoadYamlFile(file));
  config::Diagnostics problems;
  Playbooks playbooks;
  for (const config::Section::Entry& entry : root.entries()) {
    if (entry.key == "playbooks") {
      for (const config::Section& item : entry.value.items()) {
        playbooks.playbooks_.push_back(ReadPlaybook(item, problems));
      }
    } else if (entry.key == "roles" && entry.value.is_map()) {
      for (const config::Section::Entry& role : entry.value.entries()) {
        if (std::ranges::find(kRoles, role.key) == kRoles.end()) {
          problems.Add(role.key_where, "'" + std::string(role.key) +
                                           "' is no role; there are headteacher, dsl, deputy, "
                                           "chair and it");
        } else if (std::optional<std::string> name = ReadText(role.value, problems)) {
          playbooks.roles_.insert_or_assign(std::string(role.key), *std::move(name));
        }
      }
    } else if (entry.key == "based_on") {
      playbooks.based_on_ = ReadText(entry.value, problems).value_or("");
    } else {
      problems.Add(entry.key_where, "'" + std::string(entry.key) +
                                        "' is not known here; the file has roles, based_on and "
                                        "playbooks");
    }
  }
  for (const core::Category category : core::kCategories) {
    const bool covered = std::ranges::any_of(playbooks.playbooks_, [&](const Playbook& playbook) {
      return playbook.category == category && playbook.topics.empty() &&
             playbook.withheld.empty() && playbook.unless_withheld.empty() &&
             playbook.at_least <= core::Severity::kLow && !playbook.steps.empty();
    });
    if (!covered) {
      problems.Add(root.where(), "there must be a playbook for every '" +
                                     std::string(core::CategoryName(category)) +
                                     "' finding: one without conditions");
    }
  }
  SW_TRY(problems.ToResult());
  return playbooks;
}

void AppendNew(std::span<const Step> from, std::vector<Step>& to) {
  for (const Step& step : from) {
    if (std::ranges::find(to, step.text, &Step::text) == to.end()) {
      to.push_back(step);
    }
  }
}

Guidance Playbooks::For(const core::Judgement& judgement,
                        const std::vector<std::string>& withheld) const {
  Guidance guidance;
  // A weak sign among strong ones is no reason for a page of advice about it.
  const std::vector<std::string> topics =
      core::DecidingTopics(judgement, LeadingCategory(judgement.categories));
  for (const Playbook& playbook : playbooks_) {
    if (!Fits(playbook, judgement, topics, withheld)) {
      continue;
    }
    if (guidance.first.empty()) {
      guidance.first = playbook.first;
    }
    AppendNew(playbook.steps, guidance.steps);
    AppendNew(playbook.avoid, guidance.avoid);
  }
  return guidance;
}

std::string Playbooks::RoleName(std::string_view role) const {
  const auto found = roles_.find(role);
  return found != roles_.end() ? found->second : CleanLine(role, 60);
}

core::Result<std::map<std::string, Playbooks, std::less<>>> LoadAllPlaybooks(
    const std::filesystem::path& folder) {
  std::map<std::string, Playbooks, std::less<>> all;
  for (const std::string_view nation : core::kNations) {
    SW_ASSIGN(Playbooks playbooks, Playbooks::Load(folder / (std::string(nation) + ".yaml")));
    all.emplace(nation, std::move(playbooks));
  }
  return all;
}

}  // namespace schoolwatch::alerts
