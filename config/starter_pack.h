#pragma once

#include <filesystem>
#include <map>
#include <optional>
#include <set>
#include <string>
#include <string_view>
#include <vector>

#include "config/diagnostics.h"
#include "config/init.h"

// What `init` writes of places to look: data, in starter-pack.yaml of the shipped files.
namespace schoolwatch::config {

// One source as sources.yaml will have it. Its texts are templates: "{site}" is what the person
// gave for the site. A place that several values are given for becomes several sources.
struct StarterSource {
  std::string name;
  std::string title;
  std::string sees;  // What it finds, as a comment for whoever edits the file.
  std::string url;
  std::string reader;
  std::string recipe;
  std::string platform;  // With `url` a word; without it the file that says how it is read.
  std::vector<std::string> routes;
  std::map<std::string, std::vector<std::string>> with;
  std::string follow;
  std::string page_of;
  std::string interval;
  std::string max_pages;
  // What stands in for a value that was not given: the source is then written switched off. One
  // that lacks a value without any is left out.
  std::map<std::string, std::string> examples;
  bool off = false;  // Written switched off in any case.
};

// A platform that needs an account or a key, in the order in which it is worth the trouble.
struct ChecklistEntry {
  std::string platform;  // Its file.
  std::string why;       // What it is worth to a school.
  std::string effort;    // "10 minutes, free"
};

struct StarterPack {
  std::vector<StarterSource> sources;
  std::vector<ChecklistEntry> checklist;
};

// nullopt where it cannot be read; whatever is wrong goes into `problems`.
std::optional<StarterPack> LoadStarterPack(const std::filesystem::path& file,
                                           Diagnostics& problems);

// What the templates may name, each with its values.
using StarterValues = std::map<std::string, std::vector<std::string>, std::less<>>;
// Of checked options. No name of a person is among them, nor can one get in.
StarterValues StarterValuesOf(const InitOptions& options, std::string_view key);

// The text of sources.yaml. A source of a platform that is not among `platforms` is left out.
std::string StarterSources(const StarterPack& pack, const StarterValues& values,
                           const std::set<std::string>& platforms);

}  // namespace schoolwatch::config
