#pragma once

#include <cstddef>
#include <filesystem>
#include <map>
#include <memory>
#include <string>
#include <vector>

#include "core/result.h"
#include "crawler/readers/engines.h"
#include "crawler/readers/recipe.h"
#include "crawler/readers/redirects.h"

namespace schoolwatch::app {

// What platforms' answers are read by.
struct AnswerReaders {
  // By name; the samples of "x/posts" lie in the folder of that name.
  std::map<std::string, std::shared_ptr<const crawler::Recipe>> recipes;
  crawler::EngineSet engines;
  crawler::RedirectTable redirects;
};

// An answer that is kept as a sample, read.
struct SampleResult {
  std::string name;        // "bluesky/search"
  std::string difference;  // Lines for people; empty: it gives what it should.
};

struct PlatformTestResult {
  std::vector<SampleResult> samples;  // By name.
  std::size_t posts = 0;              // That were expected.
  std::vector<std::string> untested;  // Recipes without a sample.
  bool is_fine() const;
};

// Reads every sample below `folder`, as tests/data/platforms/README.md describes them: CASE.json,
// CASE.xml or CASE.html, with CASE.posts.jsonl or CASE.error. Samples without a recipe of their
// folder's name are read as anything is. `only`: the recipe or folder to look at, empty for all.
// kNotFound, kBadInput, kUnavailable: a file is missing, is none of that or cannot be read.
core::Result<PlatformTestResult> TestPlatforms(const AnswerReaders& readers,
                                               const std::filesystem::path& folder,
                                               const std::string& only);

// The files of a data folder that those are. kBadInput: they have mistakes; all are named.
core::Result<AnswerReaders> LoadAnswerReaders(const std::filesystem::path& data_dir);

// A recipe by its name, or of a file where `name` is a path ("my-forum.yaml"). kNotFound: there is
// none, with the names that are known. kBadInput: the file has mistakes.
core::Result<std::shared_ptr<const crawler::Recipe>> FindRecipe(const AnswerReaders& readers,
                                                                const std::string& name);

}  // namespace schoolwatch::app
