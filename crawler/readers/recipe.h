#pragma once

#include <filesystem>
#include <map>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "config/diagnostics.h"
#include "config/section.h"
#include "core/post.h"

namespace schoolwatch::config {
template <class T>
class Schema;
}  // namespace schoolwatch::config

namespace schoolwatch::crawler {

// How one value of a platform's JSON answer is made.
struct RecipeField {
  // JSON pointers (RFC 6901) from the item, tried in order; the first that is not empty counts.
  // With `join`, all that are there, joined by it.
  std::vector<std::string> from;
  std::optional<std::string> join;
  // Applied in order: "html" (mark-up to plain text, what it quotes apart), "unescape" (character
  // references), "basename" (the last part of a path), "path_parent" (the last but one part of a
  // dotted path).
  std::vector<std::string> transforms;
  // Put around a value that is not empty: "https://x.example/post/" + value.
  std::string prefix;
  std::string suffix;
  // Values that mean nothing: "0", "[deleted]".
  std::vector<std::string> empty_values;
};

// An item counts only where the value at `pointer` is one of `values` (as text; "null" for null and
// for what is not there, "true", "false"), or with `negate`, is none of them.
struct RecipeFilter {
  std::string pointer;
  std::vector<std::string> values;
  bool negate = false;
};

// How a platform's JSON answers map to posts: data, from config/answers/*.yaml. Plain and
// immutable once made; shared freely.
struct Recipe {
  std::string name;   // Of its file, without ".yaml".
  std::string title;  // "Mastodon-API servers"
  std::string about;
  core::PostKind kind = core::PostKind::kEntry;
  // Where the item says which kind it is, and what its words mean; `kind` for others.
  std::string kind_at;
  std::map<std::string, core::PostKind> kinds;
  // Where the items are: pointers in which "*" stands for every element of an array or object; ""
  // is the whole answer (an array is its elements). "**" before a key finds it at any depth.
  std::vector<std::string> items;
  // Read this part of the item instead, where it is there and not null (a boost's inner status).
  std::string unwrap;
  std::vector<RecipeFilter> filters;

  RecipeField id, url, title_of_post, text, summary, author, author_url, published, updated, parent,
      language;
  // A thread's or page's own title, from the root of the answer.
  RecipeField thread_title;

  // Where the address of the next page is, from the root; empty: it is not in the body.
  RecipeField next_page;
  // Where an error message is, from the root: an answer that has one is an error.
  std::string error;
};

// How a recipe is written in YAML, for the binder, the editors' schema and the reference.
const config::Schema<Recipe>& RecipeSchema();

// One recipe; `name` is its file's, for messages and for Post::platform.
std::optional<Recipe> ReadRecipe(std::string name, const config::Section& section,
                                 config::Diagnostics& problems);

// Every *.yaml of a folder, by name. What is wrong goes into `problems`; the others are there. A
// missing folder holds none.
std::map<std::string, std::shared_ptr<const Recipe>> LoadRecipes(
    const std::filesystem::path& folder, config::Diagnostics& problems);

}  // namespace schoolwatch::crawler
