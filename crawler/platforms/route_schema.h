#pragma once

#include <map>
#include <string>

#include "config/schema.h"
#include "crawler/platforms/platform.h"

// The rows of one route, and the values that platform_schema.cc shares with them.
namespace schoolwatch::crawler {

config::Value<std::string> PointerValue();
config::Value<std::string> TemplateValue();
config::Value<std::string> TemplateAddress();
config::Value<std::map<std::string, std::string>> TemplateMap(std::string noun);
config::Value<Certainty> CertaintyValue();

const config::Schema<Route>& RouteSchema();

}  // namespace schoolwatch::crawler
