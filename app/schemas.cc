#include "app/schemas.h"

#include "config/settings_schema.h"

namespace schoolwatch::app {

std::map<std::string, std::string> AllSchemas() { return config::AllSchemas(); }

}  // namespace schoolwatch::app
