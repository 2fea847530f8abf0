#include "app/schemas.h"

#include "config/settings_schema.h"
#include "crawler/readers/recipe.h"
#include "matchers/rule_pack.h"

namespace schoolwatch::app {

std::map<std::string, std::string> AllSchemas() {
  std::map<std::string, std::string> schemas = config::AllSchemas();
  schemas.emplace("platform.yaml", crawler::RecipeSchema().ToJsonSchema());
  schemas.emplace("rules.yaml", matchers::RulePackJsonSchema());
  return schemas;
}

}  // namespace schoolwatch::app
