#include "app/schemas.h"

#include "config/settings_schema.h"
#include "crawler/readers/recipe.h"

namespace schoolwatch::app {

std::map<std::string, std::string> AllSchemas() {
  std::map<std::string, std::string> schemas = config::AllSchemas();
  schemas.emplace("platform.yaml", crawler::RecipeSchema().ToJsonSchema());
  return schemas;
}

}  // namespace schoolwatch::app
