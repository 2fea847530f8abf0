#include "crawler/platforms/platform.h"

#include <algorithm>

#include "crawler/platforms/platform_checks.h"

namespace schoolwatch::crawler {
namespace {

template <class T>
const T* FindByName(const std::vector<T>& all, std::string_view name) {
  const auto found = std::ranges::find(all, name, &T::name);
  return found == all.end() ? nullptr : &*found;
}

// A file that is one answer's mapping and nothing else.
std::optional<Platform> ReadAnswerAlone(const std::string& name, const config::Section& section,
                                        config::Diagnostics& problems) {
  std::optional<Recipe> recipe = ReadRecipe(name, section, problems);
  if (!recipe) {
    return std::nullopt;
  }
  Platform platform;
  platform.name = name;
  platform.title = recipe->title;
  platform.about = recipe->about;
  platform.status = PlatformStatus::kOn;
  platform.answers.emplace(name, std::make_shared<const Recipe>(std::move(*recipe)));
  return platform;
}

}  // namespace

const Route* Platform::FindRoute(std::string_view name_of_route) const {
  return FindByName(routes, name_of_route);
}
const ValueSpec* Platform::FindValue(std::string_view name_of_value) const {
  return FindByName(values, name_of_value);
}
const CredentialSpec* Platform::FindCredential(std::string_view name_of_credential) const {
  return FindByName(credentials, name_of_credential);
}

Answers AnswersOf(const Platforms& platforms) {
  Answers answers;
  for (const auto& [name, platform] : platforms) {
    for (const auto& [answer, recipe] : platform->answers) {
      answers.emplace(recipe->name, recipe);
    }
  }
  return answers;
}

Platforms LoadPlatforms(const std::filesystem::path& folder, const Answers& shared,
                        config::Diagnostics& problems) {
  Platforms platforms;
  for (const config::NamedSection& file : config::LoadYamlFolder(folder, problems)) {
    std::optional<Platform> platform =
        file.section.Find("items") ? ReadAnswerAlone(file.name, file.section, problems)
                                   : ReadPlatform(file.name, file.section, shared, problems);
    if (platform) {
      platforms.emplace(file.name, std::make_shared<const Platform>(std::move(*platform)));
    }
  }
  return platforms;
}

}  // namespace schoolwatch::crawler
