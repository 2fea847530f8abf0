#pragma once

#include <cstddef>
#include <optional>
#include <string>
#include <vector>

#include "core/result.h"
#include "crawler/readers/engines.h"
#include "crawler/readers/html_parts.h"
#include "crawler/readers/recipe.h"
#include "crawler/readers/recipe_place.h"

namespace schoolwatch::crawler {

// A recipe with its places, templates and selectors parsed: what the readers run.

struct CompiledFilter {
  AnswerPlace at;
  std::vector<std::string> values;
  bool negate = false;
};

struct CompiledSource {
  AnswerTemplate at;
  std::vector<CompiledFilter> when;
  std::vector<TextTransform> transforms;
};

struct CompiledReplace {
  std::vector<AnswerPlace> each;
  std::vector<AnswerTemplate> find;
  std::vector<AnswerPlace> bytes;  // None or two.
  std::vector<AnswerTemplate> with;
};

struct CompiledField {
  std::vector<CompiledSource> from;
  std::optional<std::string> join;
  std::vector<std::string> empty_values;
  std::map<std::string, std::string> map;
  std::optional<HtmlParts> parts;
  std::vector<CompiledReplace> replace;
  std::string prefix, suffix;
};

struct RecipeProgram {
  struct Items {
    AnswerPlace at;
    std::optional<core::PostKind> kind;
  };
  struct Lookup {
    std::string name;
    AnswerPlace in, where;
    AnswerTemplate is;
  };
  struct Error {
    std::vector<CompiledFilter> when;
    AnswerMeaning means = AnswerMeaning::kOther;
    CompiledField say;
  };
  struct Link {
    CompiledField address;
    LinkKind kind = LinkKind::kOther;
  };

  std::vector<Items> items;
  std::optional<AnswerPlace> kind_at, unwrap;
  std::vector<CompiledFilter> unwrap_when, keep, gone;
  std::vector<Lookup> lookups;
  CompiledField id, url, title_of_post, text, quoted, picture_texts, summary, author, author_url,
      published, updated, parent, language, thread_title_of_post, thread_title, next_page;
  std::vector<Link> links;
  std::vector<Error> errors;
  std::optional<HtmlParts> feed_parts;
  EngineSet engine;       // The page's, or none.
  bool leads_up = false;  // Some place is relative, so items must know what they stand in.

  // kBadInput: what is wrong, with the place as it is written.
  static core::Result<RecipeProgram> Compile(const Recipe& recipe);
};

}  // namespace schoolwatch::crawler
