#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "config/section.h"

// How a parsed file is kept. For section.cc and yaml_parser.cc only.
namespace schoolwatch::config {

// Lines and columns from 1; 0 where nothing is known.
struct YamlPlace {
  int line = 0;
  int column = 0;
};

struct YamlNode {
  Section::Kind kind = Section::Kind::kNull;
  bool quoted = false;
  YamlPlace where;
  YamlPlace key_where;
  std::uint32_t first_child = 0;  // 0: none, since node 0 is the root.
  std::uint32_t next = 0;         // The next sibling; 0: none.
  std::uint32_t size = 0;
  std::string key;
  std::string text;
};

// A flat tree: no recursion when it is built, walked or destroyed.
struct Section::Document {
  std::string file;
  std::vector<YamlNode> nodes;
};

}  // namespace schoolwatch::config
