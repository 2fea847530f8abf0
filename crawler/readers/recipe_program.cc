#include "crawler/readers/recipe_program.h"

#include <fmt/format.h>

#include <utility>

namespace schoolwatch::crawler {
namespace {

using core::ErrorKind;
using core::Fail;
using core::Result;

// Where a place stands decides what it may be.
enum class PlaceUse {
  kItems,    // From the root; any depth.
  kRoot,     // From the root.
  kItem,     // From an item.
  kElement,  // From an element that a field looks at; nothing above it is known.
  kFind,     // What a lookup is asked for.
};

class Compiler {
 public:
  Compiler(const Recipe& recipe, RecipeProgram& program) : recipe_(recipe), program_(program) {
    for (const auto& [name, lookup] : recipe.lookups) {
      program.lookups.push_back({.name = name, .in = {}, .where = {}, .is = {}});
    }
  }

  Result<void> Run() {
    for (const RecipeItems& items : recipe_.items) {
      SW_ASSIGN(AnswerPlace at, One(items.at, PlaceUse::kItems));
      program_.items.push_back({std::move(at), items.kind});
    }
    std::size_t number = 0;
    for (const auto& [name, lookup] : recipe_.lookups) {
      RecipeProgram::Lookup& made = program_.lookups[number++];
      SW_ASSIGN(made.in, One(lookup.in, PlaceUse::kRoot));
      SW_ASSIGN(made.where, One(lookup.where, PlaceUse::kElement));
      SW_ASSIGN(made.is, Text(lookup.is, PlaceUse::kFind));
    }
    if (!recipe_.kind_at.empty()) {
      SW_ASSIGN(program_.kind_at, One(recipe_.kind_at, PlaceUse::kItem));
    }
    if (!recipe_.unwrap.at.empty()) {
      SW_ASSIGN(program_.unwrap, One(recipe_.unwrap.at, PlaceUse::kItem));
    }
    SW_ASSIGN(program_.unwrap_when, Filters(recipe_.unwrap.when, PlaceUse::kItem));
    SW_ASSIGN(program_.keep, Filters(recipe_.filters, PlaceUse::kItem));
    SW_ASSIGN(program_.gone, Filters(recipe_.gone, PlaceUse::kItem));
    using From = RecipeField Recipe::*;
    using To = CompiledField RecipeProgram::*;
    static constexpr std::pair<From, To> kFields[] = {
        {&Recipe::id, &RecipeProgram::id},
        {&Recipe::url, &RecipeProgram::url},
        {&Recipe::title_of_post, &RecipeProgram::title_of_post},
        {&Recipe::text, &RecipeProgram::text},
        {&Recipe::quoted, &RecipeProgram::quoted},
        {&Recipe::picture_texts, &RecipeProgram::picture_texts},
        {&Recipe::summary, &RecipeProgram::summary},
        {&Recipe::author, &RecipeProgram::author},
        {&Recipe::author_url, &RecipeProgram::author_url},
        {&Recipe::published, &RecipeProgram::published},
        {&Recipe::updated, &RecipeProgram::updated},
        {&Recipe::parent, &RecipeProgram::parent},
        {&Recipe::language, &RecipeProgram::language},
        {&Recipe::thread_title_of_post, &RecipeProgram::thread_title_of_post},
    };
    for (const auto& [from, to] : kFields) {
      SW_ASSIGN(program_.*to, Field(recipe_.*from, PlaceUse::kItem));
    }
    SW_ASSIGN(program_.thread_title, Field(recipe_.thread_title, PlaceUse::kRoot));
    SW_ASSIGN(program_.next_page, Field(recipe_.next_page, PlaceUse::kRoot));
    for (const RecipeLink& link : recipe_.links) {
      SW_ASSIGN(CompiledField address, Field(link.address, PlaceUse::kItem));
      program_.links.push_back({std::move(address), link.kind});
    }
    SW_TRY(Errors());
    const RecipeFeed& feed = recipe_.feed;
    SW_ASSIGN(program_.feed_parts, Parts(feed.take, feed.skip, feed.quote));
    if (recipe_.page) {
      SW_ASSIGN(Engine engine, CompileEngine(recipe_.name, *recipe_.page));
      program_.engine.push_back(std::make_shared<const Engine>(std::move(engine)));
    }
    return {};
  }

 private:
  Result<void> Errors() {
    for (const RecipeError& error : recipe_.errors) {
      SW_TRY(AddError(error.when, error.means, error.say));
    }
    return recipe_.error.empty() ? Result<void>()
                                 : AddError({}, AnswerMeaning::kOther, {recipe_.error});
  }

  Result<void> AddError(const std::vector<RecipeFilter>& when, AnswerMeaning means,
                        const std::vector<std::string>& say) {
    RecipeProgram::Error made;
    made.means = means;
    SW_ASSIGN(made.when, Filters(when, PlaceUse::kRoot));
    RecipeField words;
    for (const std::string& place : say) {
      words.from.push_back({.at = place});
    }
    SW_ASSIGN(made.say, Field(words, PlaceUse::kRoot));
    program_.errors.push_back(std::move(made));
    return {};
  }

  Result<void> Settle(AnswerPlace& place, const std::string& written, PlaceUse use) {
    const auto wrong = [&](std::string_view what) {
      return Fail(ErrorKind::kBadInput, fmt::format("'{}': {}", written, what));
    };
    if (place.up > 0 && use != PlaceUse::kItem) {
      return wrong("only a place that begins at an item can lead up");
    }
    program_.leads_up = program_.leads_up || place.up > 0;
    if (use != PlaceUse::kItems) {
      for (const AnswerPlace::Part& part : place.parts) {
        if (part.kind == AnswerPlace::Part::Kind::kAnyDepth) {
          return wrong("'**' is only for 'items'");
        }
      }
    }
    if (place.root != AnswerPlace::Root::kLookup) {
      return {};
    }
    if (use != PlaceUse::kItem) {
      return wrong("a lookup is asked by an item only");
    }
    for (std::size_t i = 0; i < program_.lookups.size(); ++i) {
      if (program_.lookups[i].name == place.lookup) {
        place.lookup_index = i;
        return {};
      }
    }
    return wrong(fmt::format("no lookup is called '{}'", place.lookup));
  }

  Result<AnswerPlace> One(const std::string& written, PlaceUse use) {
    Result<AnswerPlace> place = AnswerPlace::Parse(written);
    if (!place) {
      return Fail(ErrorKind::kBadInput, fmt::format("'{}': {}", written, place.error().message));
    }
    SW_TRY(Settle(*place, written, use));
    return place;
  }

  Result<AnswerTemplate> Text(const std::string& written, PlaceUse use) {
    Result<AnswerTemplate> text = AnswerTemplate::Parse(written);
    if (!text) {
      return Fail(ErrorKind::kBadInput, fmt::format("'{}': {}", written, text.error().message));
    }
    SW_TRY(Settle(text->place, written, use));
    for (AnswerTemplate::Piece& piece : text->pieces) {
      SW_TRY(Settle(piece.place, written, use));
    }
    return text;
  }

  Result<std::vector<CompiledFilter>> Filters(const std::vector<RecipeFilter>& filters,
                                              PlaceUse use) {
    std::vector<CompiledFilter> made;
    for (const RecipeFilter& filter : filters) {
      SW_ASSIGN(AnswerPlace at, One(filter.pointer, use));
      made.push_back({std::move(at), filter.values, filter.negate});
    }
    return made;
  }

  static Result<std::vector<TextTransform>> Transforms(const std::vector<std::string>& names) {
    std::vector<TextTransform> transforms;
    for (const std::string& name : names) {
      const auto transform = FindTextTransform(name);
      if (!transform) {
        return Fail(ErrorKind::kBadInput, fmt::format("no transform is called '{}'", name));
      }
      transforms.push_back(*transform);
    }
    return transforms;
  }

  static Result<std::optional<HtmlParts>> Parts(const std::string& take, const std::string& skip,
                                                const std::string& quote) {
    if (take.empty() && skip.empty() && quote.empty()) {
      return std::optional<HtmlParts>();
    }
    SW_ASSIGN(HtmlParts parts, HtmlParts::Compile(take, skip, quote));
    return std::optional<HtmlParts>(std::move(parts));
  }

  Result<CompiledField> Field(const RecipeField& field, PlaceUse use) {
    CompiledField made;
    for (const RecipeSource& source : field.from) {
      CompiledSource one;
      SW_ASSIGN(one.at, Text(source.at, use));
      SW_ASSIGN(one.when, Filters(source.when, use));
      SW_ASSIGN(one.transforms,
                Transforms(source.transforms ? *source.transforms : field.transforms));
      made.from.push_back(std::move(one));
    }
    for (const RecipeReplace& replace : field.replace) {
      CompiledReplace one;
      for (const std::string& written : replace.each) {
        SW_ASSIGN(AnswerPlace place, One(written, use));
        one.each.push_back(std::move(place));
      }
      for (const std::string& written : replace.bytes) {
        SW_ASSIGN(AnswerPlace place, One(written, PlaceUse::kElement));
        one.bytes.push_back(std::move(place));
      }
      for (const auto& [from, to] :
           {std::pair(&replace.find, &one.find), std::pair(&replace.with, &one.with)}) {
        for (const std::string& written : *from) {
          SW_ASSIGN(AnswerTemplate text, Text(written, PlaceUse::kElement));
          to->push_back(std::move(text));
        }
      }
      if (one.bytes.empty() == one.find.empty() || one.bytes.size() == 1) {
        return Fail(ErrorKind::kBadInput, "'replace' needs 'find', or two places of 'bytes'");
      }
      made.replace.push_back(std::move(one));
    }
    made.join = field.join;
    made.empty_values = field.empty_values;
    made.map = field.map;
    SW_ASSIGN(made.parts, Parts(field.take, field.skip, field.quote));
    made.prefix = field.prefix;
    made.suffix = field.suffix;
    return made;
  }

  const Recipe& recipe_;
  RecipeProgram& program_;
};

}  // namespace

Result<RecipeProgram> RecipeProgram::Compile(const Recipe& recipe) {
  RecipeProgram program;
  SW_TRY(Compiler(recipe, program).Run());
  return program;
}

}  // namespace schoolwatch::crawler
