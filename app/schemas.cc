#include "app/schemas.h"

#include "config/schema.h"
#include "config/settings_schema.h"
#include "crawler/platforms/platform.h"
#include "crawler/readers/engines.h"
#include "crawler/readers/recipe.h"
#include "crawler/readers/redirects.h"
#include "matchers/rule_pack.h"

namespace schoolwatch::app {

std::map<std::string, std::string> AllSchemas() {
  std::map<std::string, std::string> schemas = config::AllSchemas();
  schemas.emplace("engine.yaml", crawler::EngineSchema().ToJsonSchema());
  schemas.emplace("answer.yaml", crawler::RecipeSchema().ToJsonSchema());
  schemas.emplace("platform.yaml", crawler::PlatformJsonSchema());
  schemas.emplace("redirects.yaml", crawler::RedirectSchema().ToJsonSchema());
  schemas.emplace("rules.yaml", matchers::RulePackJsonSchema());
  return schemas;
}

}  // namespace schoolwatch::app
