#include "crawler/readers/recipe.h"

#include <utility>

#include "config/schema.h"
#include "crawler/readers/recipe_program.h"

namespace schoolwatch::crawler {

std::optional<Recipe> ReadRecipe(std::string name, const config::Section& section,
                                 config::Diagnostics& problems) {
  const std::size_t before = problems.all().size();
  Recipe recipe = RecipeSchema().Read(section, problems);
  if (problems.all().size() != before) {
    return std::nullopt;
  }
  recipe.name = std::move(name);
  if (core::Result<RecipeProgram> program = RecipeProgram::Compile(recipe)) {
    recipe.program = std::make_shared<const RecipeProgram>(*std::move(program));
  } else {
    problems.Add(section.where(), program.error().message);
    return std::nullopt;
  }
  return recipe;
}

std::map<std::string, std::shared_ptr<const Recipe>> LoadRecipes(
    const std::filesystem::path& folder, config::Diagnostics& problems) {
  std::map<std::string, std::shared_ptr<const Recipe>> recipes;
  for (const config::NamedSection& file : config::LoadYamlFolder(folder, problems)) {
    if (auto recipe = ReadRecipe(file.name, file.section, problems)) {
      recipes.emplace(file.name, std::make_shared<const Recipe>(std::move(*recipe)));
    }
  }
  return recipes;
}

}  // namespace schoolwatch::crawler
