#pragma once

#include <cstddef>
#include <map>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "core/result.h"
#include "crawler/readers/recipe.h"

namespace schoolwatch::crawler {

// What routes want to know of a JSON answer beside its posts: cursors, ids, what is gone on from.
// Pointers are RFC 6901's, with "*" for every element of an array or object. Numbers are given as
// they are written, without ".0"; null and what is not there as nothing.
class RouteValues {
 public:
  class Element;

  // kBadInput: not JSON.
  static core::Result<RouteValues> Parse(std::string_view body);

  // The first that is not empty.
  std::string Text(std::string_view pointer) const;
  std::vector<std::string> Texts(std::string_view pointer) const;
  // How many there are; the elements of an array that stands there.
  std::size_t Count(std::string_view pointer) const;
  // Whether an array stands there.
  bool HasArray(std::string_view pointer) const;
  // The members of an object that are no objects or arrays themselves.
  std::map<std::string, std::string> Members(std::string_view pointer) const;
  // At most `most`; an array that stands there is its elements. Borrowed from this.
  std::vector<Element> Elements(std::string_view pointer, std::size_t most) const;

 private:
  struct Parsed;
  explicit RouteValues(std::shared_ptr<const Parsed> parsed) : parsed_(std::move(parsed)) {}
  std::shared_ptr<const Parsed> parsed_;
};

class RouteValues::Element {
 public:
  std::string Text(std::string_view pointer) const;
  bool Passes(const std::vector<RecipeFilter>& filters) const;
  // All its texts, one a line.
  std::string Words() const;

 private:
  friend class RouteValues;
  explicit Element(const void* value) : value_(value) {}
  const void* value_;  // boost::json::value, which no header of ours needs to know.
};

// How a value is put into JSON.
enum class JsonForm {
  kText,
  kAsWritten,  // What reads as a number, true or false is one.
};

// `body` (a JSON object) with one member set; "" where it is none.
std::string WithMember(std::string_view body, std::string_view name, const std::string& value,
                       JsonForm form);

}  // namespace schoolwatch::crawler
