#pragma once

#include <cstddef>
#include <filesystem>
#include <map>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "config/diagnostics.h"
#include "config/section.h"
#include "core/post.h"
#include "crawler/readers/document.h"
#include "crawler/readers/engines.h"

namespace schoolwatch::config {
template <class T>
class Schema;
}  // namespace schoolwatch::config

namespace schoolwatch::crawler {

struct RecipeProgram;  // crawler/readers/recipe_program.h

// What follows is a recipe as it is written. Places and templates are explained in recipe_place.h.

// Something counts only where a value at `pointer`, a place, is one of `values` (as text; "null"
// for null and for what is not there, "true", "false"), or with `negate`, where none is. A place
// with "*" stands for several values.
struct RecipeFilter {
  std::string pointer;
  std::vector<std::string> values{};
  bool negate = false;
};

// One alternative of a field.
struct RecipeSource {
  std::string at;                                        // A place or a template.
  std::vector<RecipeFilter> when{};                      // It counts only where all hold.
  std::optional<std::vector<std::string>> transforms{};  // Instead of the field's.
};

// Parts of a value that are given elsewhere in whole: shortened links, mentions by number.
struct RecipeReplace {
  std::vector<std::string> each;     // Places of elements; an array there stands for its elements.
  std::vector<std::string> find{};   // The text to replace, from the element: places, templates.
  std::vector<std::string> bytes{};  // Or the range of UTF-8 bytes, two places.
  std::vector<std::string> with;     // What to put there, from the element; the first not empty.
};

// How one value of a platform's JSON answer is made.
struct RecipeField {
  // Tried in order; the first that is not empty counts. With `join`, all that are there, joined by
  // it.
  std::vector<RecipeSource> from;
  std::optional<std::string> join;
  // Values that mean nothing: "0", "[deleted]". Looked at first.
  std::vector<std::string> empty_values;
  // Value → words instead of it; "*" for all that are not listed.
  std::map<std::string, std::string> map;
  // Applied in order: names of text_transforms.h.
  std::vector<std::string> transforms;
  // Selectors for "html": only these elements' words; without these; these are somebody else's.
  std::string take, skip, quote;
  // After the transforms.
  std::vector<RecipeReplace> replace;
  // Put around a value that is not empty: "https://x.example/post/" + value.
  std::string prefix;
  std::string suffix;
};

struct RecipeItems {
  std::string at;
  std::optional<core::PostKind> kind{};
};

struct RecipeUnwrap {
  std::string at;
  std::vector<RecipeFilter> when{};
};

// Elements that items name by number: `user:/username` is then a place.
struct RecipeLookup {
  std::string in;     // Where they are, from the root.
  std::string where;  // What tells them apart, from the element.
  std::string is;     // What the item names them by: a place or template.
};

// What an answer that is an error looks like, and what it means. Places are from the root.
struct RecipeError {
  std::vector<RecipeFilter> when;  // Empty: it is one where `say` is not empty.
  AnswerMeaning means = AnswerMeaning::kOther;
  std::vector<std::string> say;  // Its own words; the first that is not empty.
};

struct RecipeLink {
  RecipeField address;  // From the root and from each item.
  LinkKind kind = LinkKind::kOther;
};

// What is peculiar to a platform's feed.
struct RecipeFeed {
  std::string take, skip, quote;        // As in RecipeField, of the entry's text.
  std::vector<std::string> drop_lines;  // Lines that the platform writes; "*" stands for anything.
  // <source> names who wrote it, and a headline that ends in " - SOURCE" loses that.
  bool source_is_author = false;
  bool headline_only = false;  // The text is the platform's own listing, or not to be kept.
};

// How a platform's answers map to posts: data, from config/answers/*.yaml and the `answers` of
// config/platforms/*.yaml. Plain and immutable once made; shared freely.
struct Recipe {
  std::string name;   // Of its file, without ".yaml".
  std::string title;  // "Mastodon-API servers"
  std::string about;
  std::string reader = "json";  // json | feed | html
  core::PostKind kind = core::PostKind::kEntry;
  // Where the item says which kind it is, and what its words mean; `kind` for others.
  std::string kind_at;
  std::map<std::string, core::PostKind> kinds;
  // Where the items are: an array there stands for its elements; "" is the whole answer.
  std::vector<RecipeItems> items;
  // Read this part of the item instead, where it is there and an object (a boost's inner status).
  RecipeUnwrap unwrap;
  std::map<std::string, RecipeLookup> lookups;
  std::vector<RecipeFilter> filters;  // Items count only where all hold.
  // Where one holds, the item says that the post `id` is deleted.
  std::vector<RecipeFilter> gone;

  RecipeField id, url, title_of_post, text, quoted, picture_texts, summary, author, author_url,
      published, updated, parent, language;
  // The title of what the item stands under…
  RecipeField thread_title_of_post;
  // …and of the whole answer, from its root.
  RecipeField thread_title;

  // Where the address of the next page is, from the root; empty: it is not in the body.
  RecipeField next_page;
  std::vector<RecipeLink> links;
  // Where an error message is, from the root: short for the last of `errors`.
  std::string error;
  std::vector<RecipeError> errors;  // The first that holds wins.

  RecipeFeed feed;
  std::optional<EngineText> page;  // Of `reader: html`.

  // Made by ReadRecipe. A recipe without is compiled at each reading.
  std::shared_ptr<const RecipeProgram> program;
};

// How a recipe is written in YAML, for the binder, the editors' schema and the reference.
const config::Schema<Recipe>& RecipeSchema();
// One filter, for what else has them.
const config::Schema<RecipeFilter>& RecipeFilterSchema();

// One recipe; `name` is its file's, for messages and for Post::platform.
std::optional<Recipe> ReadRecipe(std::string name, const config::Section& section,
                                 config::Diagnostics& problems);

// Every *.yaml of a folder, by name. What is wrong goes into `problems`; the others are there. A
// missing folder holds none.
std::map<std::string, std::shared_ptr<const Recipe>> LoadRecipes(
    const std::filesystem::path& folder, config::Diagnostics& problems);

}  // namespace schoolwatch::crawler
