#pragma once

#include <filesystem>
#include <iosfwd>
#include <memory>
#include <optional>
#include <string>

#include "app/exit_code.h"
#include "crawler/readers/engines.h"
#include "crawler/readers/recipe.h"
#include "crawler/readers/redirects.h"
#include "matchers/judge.h"

namespace schoolwatch::app {

// The `inspect` commands: one JSON answer a JSON line, in order, flushed; a line that cannot be
// answered gets {id, error} and the others go on. None of them needs a configuration.

// {id, robots, agent, url} -> {id, allowed}
ExitCode InspectRobots(std::istream& in, std::ostream& out);
// {id, url, base?} -> {id, url, key}
ExitCode InspectUrl(std::istream& in, std::ostream& out);
// What documents are read by; all borrowed.
struct ReadBy {
  const crawler::EngineSet& engines;
  const crawler::Recipe* recipe = nullptr;
  const crawler::RedirectTable* redirects = nullptr;
};
// {id, url, content_type?, body_b64} -> {id, kind, encoding, posts, …}
ExitCode InspectRead(const ReadBy& by, std::istream& in, std::ostream& out);
// {id, platform, author?, title?, text, page_of?} -> {id, mentions, schools, categories, …}
enum class Explanation { kNone, kForPeople };
ExitCode InspectJudge(const matchers::Judge& judge, Explanation explanation, std::istream& in,
                      std::ostream& out);
// {id, text, url?} -> {id, group}; answers after the last line, as every post may join any group.
ExitCode InspectGroup(Explanation explanation, std::istream& in, std::ostream& out);

// One page or feed from a file, as a readable outline. `url` is where it is from.
struct ReadFileOptions {
  std::filesystem::path file;
  std::string url;
  std::string content_type;
  bool as_json = false;
};
ExitCode InspectFile(const ReadFileOptions& options, const ReadBy& by, std::ostream& out,
                     std::ostream& errors);

}  // namespace schoolwatch::app
