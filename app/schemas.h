#pragma once

#include <map>
#include <string>

namespace schoolwatch::app {

// The JSON Schema (2020-12) of every kind of file that people write, by the file's name:
// schoolwatch.yaml, sources.yaml, rules.yaml, answer.yaml, … Generated from the tables that the
// files are read by; config/schema/ holds them for editors, and a test compares.
std::map<std::string, std::string> AllSchemas();

}  // namespace schoolwatch::app
