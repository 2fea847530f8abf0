#pragma once

#include <cstddef>
#include <string>
#include <string_view>
#include <vector>

#include "core/result.h"
#include "crawler/readers/text_transforms.h"

namespace schoolwatch::crawler {

// Where something stands in a platform's answer, parsed once. As it is written:
//   /account/acct    a JSON pointer (RFC 6901) from the item; "" is the item itself
//   /tags/*/name     "*" is any element of an array or object
//   /**/data         every "data" at any depth; once a place, and only where the items are
//   2/url            so many levels up first (draft-bhutton-relative-json-pointer)
//   root:/title      from the root of the answer
//   request:/video   values the request was made with
//   http:/status     the answer's status
//   user:/name       from the element that a lookup finds
struct AnswerPlace {
  enum class Root { kItem, kWhole, kRequest, kHttp, kLookup };
  struct Part {
    enum class Kind { kKey, kEach, kAnyDepth } kind = Kind::kKey;
    std::string key;
    std::size_t index = kNoIndex;  // The key as an array's index.
  };
  static constexpr std::size_t kNoIndex = static_cast<std::size_t>(-1);

  Root root = Root::kItem;
  std::size_t up = 0;
  std::string lookup;            // Name.
  std::size_t lookup_index = 0;  // In RecipeProgram::lookups; set by the compiler.
  std::vector<Part> parts;
  bool is_single = true;  // No "*" in it.

  // kBadInput: what is wrong with it.
  static core::Result<AnswerPlace> Parse(std::string_view written);
};

// A place, or a template with places in braces: "https://x.example/{/user}/{/uri|basename}". A
// template counts only where every part of it is there and not empty. Braces that are text are
// written twice.
struct AnswerTemplate {
  struct Piece {
    std::string text;  // Before the place.
    bool has_place = false;
    AnswerPlace place{};
    std::vector<TextTransform> transforms{};
  };
  bool is_template = false;
  AnswerPlace place;          // Of what is no template.
  std::vector<Piece> pieces;  // Of a template.

  static core::Result<AnswerTemplate> Parse(std::string_view written);
};

}  // namespace schoolwatch::crawler
