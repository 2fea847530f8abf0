#include "crawler/readers/recipe.h"

#include <utility>

#include "config/schema.h"

namespace schoolwatch::crawler {
namespace {

using config::FieldOptions;
using config::ListOf;
using config::Schema;
using config::Text;

config::Value<std::string> Pointer() {
  return Text({.min_bytes = 0, .max_bytes = 300})
      .Check([](const std::string& pointer) -> core::Result<void> {
        if (!pointer.empty() && pointer[0] != '/') {
          return core::Fail(core::ErrorKind::kBadInput,
                            "a JSON pointer is empty or begins with '/', as /account/acct does");
        }
        return {};
      })
      .Words("JSON pointer");
}

config::Value<core::PostKind> Kind() {
  return config::EnumOf<core::PostKind>({{"entry", core::PostKind::kEntry},
                                         {"article", core::PostKind::kArticle},
                                         {"thread_post", core::PostKind::kThreadPost},
                                         {"comment", core::PostKind::kComment},
                                         {"review", core::PostKind::kReview}});
}

const Schema<RecipeField>& FieldSchema() {
  static const Schema<RecipeField> kSchema =
      Schema<RecipeField>("RecipeField", "How one value of a post is made from a JSON item.")
          .Field("from", &RecipeField::from,
                 ListOf(Pointer(), {.min_items = 1, .max_items = 20, .one_or_more = true}),
                 {.help = "Where it stands in the item. Of several the first that is not empty.",
                  .required = true,
                  .example = "/content"})
          .Field("join", &RecipeField::join,
                 config::OptionalOf(Text({.min_bytes = 1, .max_bytes = 20, .many_lines = true})),
                 {.help = "Take all that are there, with this between them."})
          .Field("transform", &RecipeField::transforms,
                 ListOf(config::OneOf({"html", "unescape", "basename", "path_parent"}),
                        {.max_items = 5, .one_or_more = true}),
                 {.help = "What is done with each, in order."})
          .Field("prefix", &RecipeField::prefix, Text({.max_bytes = 300}),
                 {.help = "Put before a value that is not empty."})
          .Field("suffix", &RecipeField::suffix, Text({.max_bytes = 300}),
                 {.help = "Put behind a value that is not empty."})
          .Field("empty", &RecipeField::empty_values,
                 ListOf(Text(), {.max_items = 20, .one_or_more = true}),
                 {.help = "Values that mean nothing."});
  return kSchema;
}

const Schema<RecipeFilter>& FilterSchema() {
  static const Schema<RecipeFilter> kSchema =
      Schema<RecipeFilter>("RecipeFilter", "Which items count.")
          .Field("at", &RecipeFilter::pointer, Pointer(),
                 {.help = "Where the value stands in the item.", .required = true})
          .Field(
              "is", &RecipeFilter::values,
              ListOf(Text(), {.min_items = 1, .max_items = 50, .one_or_more = true}),
              {.help = "The values that count; \"null\" for what is not there.", .required = true})
          .Field("not", &RecipeFilter::negate, config::Flag(),
                 {.help = "All other values count instead."});
  return kSchema;
}

}  // namespace

const Schema<Recipe>& RecipeSchema() {
  const auto field = [] { return config::Nested(FieldSchema()); };
  static const Schema<Recipe> kSchema =
      Schema<Recipe>("Recipe", "How a platform's JSON answers become posts.")
          .Field("title", &Recipe::title, Text(),
                 {.help = "The platform's name for people.", .required = true})
          .Field("about", &Recipe::about, Text({.max_bytes = 2'000, .many_lines = true}),
                 {.help = "What is read, under which terms, and what is not covered."})
          .Field("kind", &Recipe::kind, Kind(), {.help = "What kind of posts the items are."})
          .Field("kind_at", &Recipe::kind_at, Pointer(),
                 {.help = "Where an item says which kind it is."})
          .Field("kinds", &Recipe::kinds, config::MapOf(Kind(), {.noun = "kind"}),
                 {.help = "What its words mean."})
          .Field("items", &Recipe::items,
                 ListOf(Pointer(), {.min_items = 1, .max_items = 20, .one_or_more = true}),
                 {.help = "Where the items are: '*' stands for every element, '**' before a key "
                          "for any depth; \"\" is the whole answer.",
                  .required = true,
                  .example = "/data/children/*/data"})
          .Field("unwrap", &Recipe::unwrap, Pointer(),
                 {.help = "Read this part of an item instead, where it is there."})
          .Field("keep", &Recipe::filters, ListOf(FilterSchema(), {.noun = "filter"}),
                 {.help = "Items count only where all of these hold."})
          .Field("id", &Recipe::id, field(), {.help = "What tells posts apart.", .required = true})
          .Field("url", &Recipe::url, field(), {.help = "The permalink."})
          .Field("title_of_post", &Recipe::title_of_post, field(), {.help = "Its headline."})
          .Field("text", &Recipe::text, field(), {.help = "Its words.", .required = true})
          .Field("summary", &Recipe::summary, field(), {.help = "A summary beside the text."})
          .Field("author", &Recipe::author, field(), {.help = "The name shown."})
          .Field("author_url", &Recipe::author_url, field(), {.help = "The author's page."})
          .Field("published", &Recipe::published, field(), {.help = "When it was written."})
          .Field("updated", &Recipe::updated, field(), {.help = "When it was changed."})
          .Field("parent", &Recipe::parent, field(), {.help = "What it answers."})
          .Field("language", &Recipe::language, field(), {.help = "Its language."})
          .Field("thread_title", &Recipe::thread_title, field(),
                 {.help = "The title of the whole answer, from its root."})
          .Field("next_page", &Recipe::next_page, field(),
                 {.help = "The next page's address, from the root."})
          .Field("error", &Recipe::error, Pointer(),
                 {.help = "Where an answer says that it is an error, from the root."});
  return kSchema;
}

std::optional<Recipe> ReadRecipe(std::string name, const config::Section& section,
                                 config::Diagnostics& problems) {
  const std::size_t before = problems.all().size();
  Recipe recipe = RecipeSchema().Read(section, problems);
  if (problems.all().size() != before) {
    return std::nullopt;
  }
  recipe.name = std::move(name);
  return recipe;
}

std::map<std::string, std::shared_ptr<const Recipe>> LoadRecipes(
    const std::filesystem::path& folder, config::Diagnostics& problems) {
  std::map<std::string, std::shared_ptr<const Recipe>> recipes;
  for (const config::NamedSection& file : config::LoadYamlFolder(folder, problems)) {
    if (auto recipe = ReadRecipe(file.name, file.section, problems)) {
      recipes.emplace(file.name, std::make_shared<const Recipe>(std::move(*recipe)));
    }
  }
  return recipes;
}

}  // namespace schoolwatch::crawler
