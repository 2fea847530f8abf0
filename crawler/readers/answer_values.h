#pragma once

#include <cstddef>
#include <functional>
#include <map>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "crawler/readers/recipe_program.h"

namespace boost::json {
class value;
}  // namespace boost::json

namespace schoolwatch::crawler {

// A value of an answer, and what it stands in where the recipe asks for that.
struct JsonNode {
  const boost::json::value* value = nullptr;
  const JsonNode* outer = nullptr;
};

// One platform's answer, asked for what a recipe says. Looks at a bounded number of values, in
// proportion to the answer's size: what a hostile answer wants beyond that is not found. Borrows
// all that it is made of.
class AnswerValues {
 public:
  // `request`: what the answer was asked with; may be null. `status`: 0 where it is not known.
  AnswerValues(const boost::json::value& root, std::size_t bytes, const RecipeProgram& program,
               const std::map<std::string, std::string>* request, int status);
  ~AnswerValues();
  AnswerValues(const AnswerValues&) = delete;
  AnswerValues& operator=(const AnswerValues&) = delete;

  JsonNode root() const { return {root_, nullptr}; }
  // What a place of `items` finds, arrays' elements one by one, in document order. The nodes live
  // as long as this.
  std::vector<JsonNode> Items(const AnswerPlace& place);
  // The object at a single place of an item; a null node where there is none.
  JsonNode ObjectAt(const AnswerPlace& place, const JsonNode& item);
  // The first value at a place as text; empty for none.
  std::string Text(const AnswerPlace& place, const JsonNode& item);

  bool Holds(const CompiledFilter& filter, const JsonNode& item);
  bool HoldAll(const std::vector<CompiledFilter>& filters, const JsonNode& item);

  // What its mark-up quotes of others is added to `quoted`.
  std::string Value(const CompiledField& field, const JsonNode& item, std::string& quoted);
  std::string Value(const CompiledField& field, const JsonNode& item);
  // All values of a field, as a list.
  std::vector<std::string> Values(const CompiledField& field, const JsonNode& item);

  // True: something was not looked for, as too much was asked.
  bool is_spent() const { return left_ == 0; }

 private:
  struct Index;
  using Nodes = std::vector<const boost::json::value*>;

  // A value as text: null, what is not there and what holds values as nothing. Numbers are written
  // into `scratch`.
  static std::string_view TextOf(const boost::json::value* value, std::string& scratch);
  // False: too much was asked.
  bool Take(std::size_t work);
  void Descend(const std::vector<AnswerPlace::Part>& parts, Nodes& at);
  void Find(const AnswerPlace& place, const JsonNode& item, Nodes& out);
  // Calls `take` with each text of an alternative until it returns false.
  void ForEachText(const AnswerTemplate& written, const JsonNode& item,
                   const std::function<bool(std::string_view)>& take);
  std::string FirstText(const std::vector<AnswerTemplate>& all, const JsonNode& item);
  std::string Made(std::string_view text, const CompiledField& field, const CompiledSource& source,
                   const JsonNode& item, std::string& quoted);
  std::string Replaced(std::string text, const CompiledReplace& replace, const JsonNode& item);
  const Nodes* Looked(std::size_t lookup, const std::string& key);

  const boost::json::value* root_;
  const RecipeProgram& program_;
  std::unique_ptr<boost::json::value> request_, http_;
  std::vector<std::unique_ptr<Index>> lookups_;  // Made when first asked.
  std::vector<std::unique_ptr<JsonNode>> outer_;
  std::size_t left_;
};

}  // namespace schoolwatch::crawler
