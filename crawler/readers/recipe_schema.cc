// How a recipe is written in YAML.
#include <fmt/format.h>

#include <utility>

#include "config/schema.h"
#include "crawler/readers/recipe.h"
#include "crawler/readers/recipe_place.h"
#include "crawler/readers/recipe_program.h"
#include "crawler/readers/text_transforms.h"

namespace schoolwatch::crawler {
namespace {

using config::ListOf;
using config::Nested;
using config::Schema;
using config::Text;

config::Value<std::string> PlaceText() {
  return Text({.min_bytes = 0, .max_bytes = 300})
      .Check([](const std::string& written) -> core::Result<void> {
        SW_TRY(AnswerPlace::Parse(written));
        return {};
      })
      .Words("place");
}

config::Value<std::string> WrittenText() {
  return Text({.min_bytes = 0, .max_bytes = 500})
      .Check([](const std::string& written) -> core::Result<void> {
        SW_TRY(AnswerTemplate::Parse(written));
        return {};
      })
      .Words("place or template");
}

config::Value<std::string> SelectorText() {
  return Text({.max_bytes = 500})
      .Check([](const std::string& written) -> core::Result<void> {
        SW_TRY(Selector::Compile(written));
        return {};
      })
      .Words("selector");
}

config::Value<core::PostKind> Kind() {
  return config::EnumOf<core::PostKind>({{"entry", core::PostKind::kEntry},
                                         {"article", core::PostKind::kArticle},
                                         {"thread_post", core::PostKind::kThreadPost},
                                         {"comment", core::PostKind::kComment},
                                         {"review", core::PostKind::kReview}});
}

config::Value<std::vector<std::string>> Transforms() {
  return ListOf(config::OneOf(TextTransformNames()), {.max_items = 5, .one_or_more = true});
}

config::Value<std::vector<RecipeFilter>> Filters() {
  return ListOf(RecipeFilterSchema(), {.max_items = 20, .one_or_more = true, .noun = "filter"});
}

config::Value<std::vector<std::string>> Places() {
  return ListOf(PlaceText(), {.min_items = 1, .max_items = 10, .one_or_more = true});
}
config::Value<std::vector<std::string>> WrittenTexts() {
  return ListOf(WrittenText(), {.min_items = 1, .max_items = 10, .one_or_more = true});
}

const Schema<RecipeSource>& SourceSchema() {
  static const Schema<RecipeSource> kSchema =
      Schema<RecipeSource>("RecipeSource", "One alternative of a field.")
          .Field("at", &RecipeSource::at, WrittenText(),
                 {.help = "Where it stands, or a template: https://x.example/{/user}/{/id}.",
                  .required = true})
          .Field("when", &RecipeSource::when, Filters(),
                 {.help = "It counts only where all of these hold."})
          .Field("transform", &RecipeSource::transforms, config::OptionalOf(Transforms()),
                 {.help = "What is done with it, instead of the field's transforms."});
  return kSchema;
}

const Schema<RecipeReplace>& ReplaceSchema() {
  static const Schema<RecipeReplace> kSchema =
      Schema<RecipeReplace>("RecipeReplace", "Parts that are given elsewhere in whole.")
          .Field("each", &RecipeReplace::each, Places(),
                 {.help = "Where the elements are that say what to replace.", .required = true})
          .Field("find", &RecipeReplace::find, WrittenTexts(),
                 {.help = "The text to replace, from the element."})
          .Field("bytes", &RecipeReplace::bytes,
                 ListOf(PlaceText(), {.min_items = 2, .max_items = 2}),
                 {.help = "Or where it begins and ends, in bytes of UTF-8."})
          .Field("with", &RecipeReplace::with, WrittenTexts(),
                 {.help = "What to put there, from the element.", .required = true});
  return kSchema;
}

const Schema<RecipeField>& FieldSchema() {
  static const Schema<RecipeField> kSchema =
      Schema<RecipeField>("RecipeField", "How one value of a post is made from an item.")
          .Field("from", &RecipeField::from,
                 ListOf(Nested(SourceSchema(), "at"),
                        {.min_items = 1, .max_items = 20, .one_or_more = true}),
                 {.help = "Where it stands. Of several the first that is not empty.",
                  .required = true,
                  .example = "/content"})
          .Field("join", &RecipeField::join,
                 config::OptionalOf(Text({.min_bytes = 1, .max_bytes = 20, .many_lines = true})),
                 {.help = "Take all that are there, with this between them."})
          .Field("empty", &RecipeField::empty_values,
                 ListOf(Text(), {.max_items = 20, .one_or_more = true}),
                 {.help = "Values that mean nothing."})
          .Field("map", &RecipeField::map,
                 config::MapOf(Text({.min_bytes = 0}), {.max_entries = 200, .noun = "value"}),
                 {.help = "What values mean; '*' for all that are not listed."})
          .Field("transform", &RecipeField::transforms, Transforms(),
                 {.help = "What is done with each, in order."})
          .Field("take", &RecipeField::take, SelectorText(),
                 {.help = "With html: only these elements' words."})
          .Field("skip", &RecipeField::skip, SelectorText(),
                 {.help = "With html: without these elements."})
          .Field("quote", &RecipeField::quote, SelectorText(),
                 {.help = "With html: what these hold is somebody else's."})
          .Field("replace", &RecipeField::replace,
                 ListOf(ReplaceSchema(), {.max_items = 5, .one_or_more = true}),
                 {.help = "Shortened links, mentions by number: made whole afterwards."})
          .Field("prefix", &RecipeField::prefix, Text({.max_bytes = 300}),
                 {.help = "Put before a value that is not empty."})
          .Field("suffix", &RecipeField::suffix, Text({.max_bytes = 300}),
                 {.help = "Put behind a value that is not empty."});
  return kSchema;
}

const Schema<RecipeItems>& ItemsSchema() {
  static const Schema<RecipeItems> kSchema =
      Schema<RecipeItems>("RecipeItems", "Where items are.")
          .Field("at", &RecipeItems::at, PlaceText(), {.help = "The place.", .required = true})
          .Field("kind", &RecipeItems::kind, config::OptionalOf(Kind()),
                 {.help = "What these are, where they differ."});
  return kSchema;
}

const Schema<RecipeUnwrap>& UnwrapSchema() {
  static const Schema<RecipeUnwrap> kSchema =
      Schema<RecipeUnwrap>("RecipeUnwrap", "What to read instead of an item.")
          .Field("at", &RecipeUnwrap::at, PlaceText(), {.help = "The place.", .required = true})
          .Field("when", &RecipeUnwrap::when, Filters(),
                 {.help = "Only where all of these hold of the item."});
  return kSchema;
}

const Schema<RecipeLookup>& LookupSchema() {
  static const Schema<RecipeLookup> kSchema =
      Schema<RecipeLookup>("RecipeLookup", "Elements that items name by number.")
          .Field("in", &RecipeLookup::in, PlaceText(),
                 {.help = "Where they are, from the root.", .required = true})
          .Field("where", &RecipeLookup::where, PlaceText(),
                 {.help = "What tells them apart, from the element.", .required = true})
          .Field("is", &RecipeLookup::is, WrittenText(),
                 {.help = "What the item names them by.", .required = true});
  return kSchema;
}

const Schema<RecipeError>& ErrorSchema() {
  static const Schema<RecipeError> kSchema =
      Schema<RecipeError>("RecipeError", "What an answer that is an error means.")
          .Field("when", &RecipeError::when, Filters(),
                 {.help = "It is one where all of these hold; without: where it says something."})
          .Field("means", &RecipeError::means,
                 config::EnumOf<AnswerMeaning>({{"dead_credential", AnswerMeaning::kDeadCredential},
                                                {"no_permission", AnswerMeaning::kNoPermission},
                                                {"slow_down", AnswerMeaning::kSlowDown},
                                                {"budget_spent", AnswerMeaning::kBudgetSpent},
                                                {"nothing_there", AnswerMeaning::kNothingThere},
                                                {"other", AnswerMeaning::kOther}}),
                 {.help = "What follows from it."})
          .Field("say", &RecipeError::say, WrittenTexts(),
                 {.help = "Where its own words are.", .required = true});
  return kSchema;
}

const Schema<RecipeLink>& LinkSchema() {
  static const Schema<RecipeLink> kSchema =
      Schema<RecipeLink>("RecipeLink", "An address that an item leads to.")
          .Field("address", &RecipeLink::address, Nested(FieldSchema()),
                 {.help = "The address.", .required = true})
          .Field("kind", &RecipeLink::kind,
                 config::EnumOf<LinkKind>({{"feed", LinkKind::kFeed},
                                           {"comment_feed", LinkKind::kCommentFeed},
                                           {"thread", LinkKind::kThread},
                                           {"article", LinkKind::kArticle},
                                           {"other", LinkKind::kOther}}),
                 {.help = "What is there."});
  return kSchema;
}

const Schema<RecipeFeed>& FeedSchema() {
  static const Schema<RecipeFeed> kSchema =
      Schema<RecipeFeed>("RecipeFeed", "What is peculiar to a platform's feed.")
          .Field("take", &RecipeFeed::take, SelectorText(),
                 {.help = "Only these elements of an entry's text."})
          .Field("skip", &RecipeFeed::skip, SelectorText(), {.help = "Without these elements."})
          .Field("quote", &RecipeFeed::quote, SelectorText(),
                 {.help = "What these hold is somebody else's."})
          .Field("drop_lines", &RecipeFeed::drop_lines,
                 ListOf(Text(), {.max_items = 20, .one_or_more = true}),
                 {.help = "Lines that the platform writes; '*' stands for anything.",
                  .example = "\"submitted by *\""})
          .Field("source_is_author", &RecipeFeed::source_is_author, config::Flag(),
                 {.help = "<source> names who wrote it, and a headline loses ' - SOURCE'."})
          .Field("headline_only", &RecipeFeed::headline_only, config::Flag(),
                 {.help = "Only headline and link are read."});
  return kSchema;
}

// The first scalar below `section` that is `text`.
std::optional<config::Location> FindScalar(const config::Section& section, std::string_view text) {
  if (section.is_scalar()) {
    return section.text() == text ? std::optional(section.where()) : std::nullopt;
  }
  for (const config::Section& item : section.items()) {
    if (auto found = FindScalar(item, text)) {
      return found;
    }
  }
  for (const config::Section::Entry& entry : section.entries()) {
    if (auto found = FindScalar(entry.value, text)) {
      return found;
    }
  }
  return std::nullopt;
}

void CheckRecipe(const Recipe& recipe, const config::Section& section,
                 config::Diagnostics& problems) {
  const auto needs = [&](bool is_there, std::string_view key, std::string_view why) {
    if (!is_there) {
      problems.Add(section.key_where(), fmt::format("'{}' is missing: {}", key, why));
    }
  };
  const auto takes_no = [&](std::string_view key) {
    if (const auto found = section.Find(key)) {
      problems.Add(found->key_where(),
                   fmt::format("'{}' means nothing to the reader '{}'", key, recipe.reader));
    }
  };
  // AnswerTemplate wrongly counts as there: that has been said.
  const auto has = [&](std::string_view key) { return section.Find(key).has_value(); };
  if (recipe.reader == "json") {
    needs(has("items"), "items", "where the answer holds its items");
    needs(has("id"), "id", "what tells posts apart");
    needs(has("text") || has("title_of_post"), "text", "its words, or a 'title_of_post'");
    takes_no("feed");
    takes_no("page");
  } else {
    for (const char* key : {"items", "id", "text", "title_of_post", "errors", "error"}) {
      takes_no(key);
    }
    takes_no(recipe.reader == "feed" ? "page" : "feed");
    needs(recipe.reader != "html" || has("page"), "page", "where the page holds its posts");
  }
  const core::Result<RecipeProgram> program = RecipeProgram::Compile(recipe);
  if (program) {
    return;
  }
  // "'user:/name': no lookup is called 'user'". What cannot be parsed at all has been said.
  const std::string& message = program.error().message;
  const std::size_t end = message.find("': ");
  if (message[0] != '\'' || end == std::string::npos) {
    problems.Add(section.where(), message);
  } else if (const std::string written = message.substr(1, end - 1);
             AnswerTemplate::Parse(written)) {
    problems.Add(FindScalar(section, written).value_or(section.where()), message);
  }
}

}  // namespace

const Schema<RecipeFilter>& RecipeFilterSchema() {
  static const Schema<RecipeFilter> kSchema =
      Schema<RecipeFilter>("RecipeFilter", "Something that holds of an item, or does not.")
          .Field("at", &RecipeFilter::pointer, PlaceText(),
                 {.help = "Where the value stands.", .required = true})
          .Field(
              "is", &RecipeFilter::values,
              ListOf(Text(), {.min_items = 1, .max_items = 50, .one_or_more = true}),
              {.help = "The values that count; \"null\" for what is not there.", .required = true})
          .Field("not", &RecipeFilter::negate, config::Flag(),
                 {.help = "It holds where none of them is there."});
  return kSchema;
}

const Schema<Recipe>& RecipeSchema() {
  const auto field = [] { return Nested(FieldSchema()); };
  static const Schema<Recipe> kSchema =
      Schema<Recipe>("Recipe", "How a platform's answers become posts.")
          .Field("title", &Recipe::title, Text(), {.help = "The platform's name for people."})
          .Field("about", &Recipe::about, Text({.max_bytes = 2'000, .many_lines = true}),
                 {.help = "What is read, under which terms, and what is not covered."})
          .Field("reader", &Recipe::reader, config::OneOf({"json", "feed", "html"}),
                 {.help = "What the answers are."})
          .Field("kind", &Recipe::kind, Kind(), {.help = "What kind of posts the items are."})
          .Field("kind_at", &Recipe::kind_at, PlaceText(),
                 {.help = "Where an item says which kind it is."})
          .Field("kinds", &Recipe::kinds, config::MapOf(Kind(), {.noun = "kind"}),
                 {.help = "What its words mean."})
          .Field("items", &Recipe::items,
                 ListOf(Nested(ItemsSchema(), "at"),
                        {.min_items = 1, .max_items = 20, .one_or_more = true}),
                 {.help = "Where the items are: '*' stands for every element, '**' before a key "
                          "for any depth; \"\" is the whole answer.",
                  .example = "/data/children/*/data"})
          .Field("unwrap", &Recipe::unwrap, Nested(UnwrapSchema(), "at"),
                 {.help = "Read this part of an item instead, where it is there."})
          .Field("lookup", &Recipe::lookups,
                 config::MapOf(Nested(LookupSchema()), {.max_entries = 20, .noun = "lookup"}),
                 {.help = "Elements that items name by number; NAME:/x is a place in them."})
          .Field("keep", &Recipe::filters, Filters(),
                 {.help = "Items count only where all of these hold."})
          .Field("gone", &Recipe::gone, Filters(),
                 {.help = "Where one of these holds, the item says that its post is deleted."})
          .Field("id", &Recipe::id, field(), {.help = "What tells posts apart."})
          .Field("url", &Recipe::url, field(), {.help = "The permalink."})
          .Field("title_of_post", &Recipe::title_of_post, field(), {.help = "Its headline."})
          .Field("text", &Recipe::text, field(), {.help = "Its words."})
          .Field("quoted", &Recipe::quoted, field(),
                 {.help = "What it quotes of others, beside what its mark-up sets apart."})
          .Field("picture_texts", &Recipe::picture_texts, field(),
                 {.help = "Its pictures' descriptions; those that say something join the text."})
          .Field("summary", &Recipe::summary, field(), {.help = "A summary beside the text."})
          .Field("author", &Recipe::author, field(), {.help = "The name shown."})
          .Field("author_url", &Recipe::author_url, field(), {.help = "The author's page."})
          .Field("published", &Recipe::published, field(), {.help = "When it was written."})
          .Field("updated", &Recipe::updated, field(), {.help = "When it was changed."})
          .Field("parent", &Recipe::parent, field(), {.help = "What it answers."})
          .Field("language", &Recipe::language, field(), {.help = "Its language."})
          .Field("thread_title_of_post", &Recipe::thread_title_of_post, field(),
                 {.help = "The title of what it stands under, from the item."})
          .Field("thread_title", &Recipe::thread_title, field(),
                 {.help = "The title of the whole answer, from its root."})
          .Field("next_page", &Recipe::next_page, field(),
                 {.help = "The next page's address, from the root."})
          .Field("links", &Recipe::links, ListOf(LinkSchema(), {.max_items = 10, .noun = "link"}),
                 {.help = "Addresses that items lead to, to be followed."})
          .Field("error", &Recipe::error, PlaceText(),
                 {.help = "Where an answer says that it is an error, from the root."})
          .Field("errors", &Recipe::errors,
                 ListOf(ErrorSchema(), {.max_items = 30, .noun = "error"}),
                 {.help = "What errors look like and mean; the first that holds wins. Before all "
                          "else, whatever the status."})
          .Field("feed", &Recipe::feed, Nested(FeedSchema()),
                 {.help = "With the reader feed: what is peculiar to the platform's."})
          .Field("page", &Recipe::page, config::OptionalOf(Nested(EngineSchema())),
                 {.help = "With the reader html: where the page holds its posts."})
          .Check(CheckRecipe);
  return kSchema;
}

}  // namespace schoolwatch::crawler
