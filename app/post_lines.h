#pragma once

#include <cstddef>
#include <filesystem>
#include <functional>
#include <iosfwd>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "config/diagnostics.h"
#include "core/judgement.h"
#include "core/post.h"

namespace schoolwatch::app {

// What a person says a post is (docs/rules.md, "Labelled posts").
struct PostLabel {
  std::string school;  // Key of the one that is watched when it is read.
  bool mentions = false;
  std::vector<core::Category> categories;
  core::Severity severity = core::Severity::kNone;
  std::vector<std::string> also_about;  // Other watched schools that it is really about.
  std::string why;
};

// One line of a JSON Lines file of posts.
struct PostLine {
  std::string id;
  core::Post post;
  PostLabel label;  // Empty where none was asked for.
  config::Location where;
};

enum class Labels { kNone, kNeeded };
// Which posts count: all, or those whose id has an odd or an even number at its end ("post-17"), so
// that rules can be written on one half of a corpus and measured on the other.
enum class Half { kBoth, kOdd, kEven };
// "odd", "even", or nothing for both.
core::Result<Half> ParseHalf(std::string_view name);

struct PostsWanted {
  Labels labels = Labels::kNone;
  Half half = Half::kBoth;
};

// Reads posts, one JSON object a line (`{id, platform?, author?, title?, text, page_of?, …}`), and
// their labels where asked for, and gives each to `take`. What is wrong with a line goes into
// `problems` with line and column, at most 20 times, and the others go on. Lines of over 1 MB are
// refused unread. `name` stands in messages.
void ReadPostLines(std::istream& in, const std::string& name, const PostsWanted& wanted,
                   config::Diagnostics& problems, const std::function<void(PostLine)>& take);

// The same of a file, "-" for standard input. kNotFound, kBadInput: it cannot be opened, or any
// line is wrong; the message has them all.
core::Result<void> ReadPostFile(const std::filesystem::path& file, const PostsWanted& wanted,
                                const std::function<void(PostLine)>& take);

}  // namespace schoolwatch::app
