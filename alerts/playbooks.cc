#include "alerts/playbooks.h"

#include <algorithm>
#include <string_view>
#include <utility>

#include "alerts/clean_text.h"
#include "alerts/wording.h"
#include "config/diagnostics.h"
#include "config/section.h"

namespace schoolwatch::alerts {
namespace {

constexpr std::size_t kMaxStepBytes = 600;

std::vector<std::string> ReadTexts(const config::Section& list, config::Diagnostics& problems) {
  std::vector<std::string> texts;
  if (!list.is_list()) {
    problems.Add(list.where(), "must be a list of sentences, each after '- '");
    return texts;
  }
  for (const config::Section& item : list.items()) {
    if (!item.is_scalar() || item.text().empty()) {
      problems.Add(item.where(), "must be text");
    } else if (item.text().size() > kMaxStepBytes) {
      problems.Add(item.where(), "is longer than 600 letters; nobody reads that in an alert");
    } else {
      texts.push_back(CleanLine(item.text(), kMaxStepBytes));
    }
  }
  return texts;
}

Playbook ReadPlaybook(const config::Section& map, config::Diagnostics& problems) {
  Playbook playbook;
  if (!map.is_map()) {
    problems.Add(map.where(), "must be a playbook: name, category, steps");
    return playbook;
  }
  for (const config::Section::Entry& entry : map.entries()) {
    if (entry.key == "name") {
      playbook.name = entry.value.text();
    } else if (entry.key == "category") {
      const core::Result<core::Category> category = core::ParseCategory(entry.value.text());
      if (category.has_value()) {
        playbook.category = *category;
      } else {
        problems.Add(entry.value.where(), category.error().message);
      }
    } else if (entry.key == "at_least") {
      const core::Result<core::Severity> severity = core::ParseSeverity(entry.value.text());
      if (severity.has_value()) {
        playbook.at_least = *severity;
      } else {
        problems.Add(entry.value.where(), severity.error().message);
      }
    } else if (entry.key == "topics") {
      playbook.topics = ReadTexts(entry.value, problems);
    } else if (entry.key == "steps") {
      playbook.steps = ReadTexts(entry.value, problems);
    } else if (entry.key == "avoid") {
      playbook.avoid = ReadTexts(entry.value, problems);
    } else {
      problems.Add(entry.key_where, "'" + std::string(entry.key) +
                                        "' is not known here; a playbook has name, category, "
                                        "at_least, topics, steps and avoid");
    }
  }
  for (const std::string_view needed : {"name", "category", "steps"}) {
    if (!map.Find(needed).has_value()) {
      problems.Add(map.where(), "a playbook needs '" + std::string(needed) + "'");
    }
  }
  return playbook;
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
    } else if (entry.key != "nation") {
      problems.Add(entry.key_where, "'" + std::string(entry.key) +
                                        "' is not known here; the file has nation and playbooks");
    }
  }
  for (const core::Category category : core::kCategories) {
    const bool covered = std::ranges::any_of(playbooks.playbooks_, [&](const Playbook& playbook) {
      return playbook.category == category && playbook.topics.empty() &&
             playbook.at_least <= core::Severity::kLow && !playbook.steps.empty();
    });
    if (!covered) {
      problems.Add(root.where(), "there must be a playbook for every '" +
                                     std::string(core::CategoryName(category)) +
                                     "' finding: one without 'topics' and 'at_least'");
    }
  }
  SW_TRY(problems.ToResult());
  return playbooks;
}

void AppendNew(std::span<const std::string> from, std::vector<std::string>& to) {
  for (const std::string& text : from) {
    if (std::ranges::find(to, text) == to.end()) {
      to.push_back(text);
    }
  }
}

Guidance Playbooks::For(const core::Judgement& judgement) const {
  const core::Category category = LeadingCategory(judgement.categories);
  const core::Severity severity = std::max(judgement.severity, core::Severity::kLow);
  Guidance guidance;
  for (const Playbook& playbook : playbooks_) {
    const bool fits = playbook.category == category && severity >= playbook.at_least &&
                      (playbook.topics.empty() ||
                       std::ranges::any_of(judgement.topics, [&](const std::string& topic) {
                         return std::ranges::find(playbook.topics, topic) != playbook.topics.end();
                       }));
    if (fits) {
      AppendNew(playbook.steps, guidance.steps);
      AppendNew(playbook.avoid, guidance.avoid);
    }
  }
  return guidance;
}

}  // namespace schoolwatch::alerts
