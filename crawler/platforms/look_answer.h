#pragma once

#include <optional>
#include <string_view>
#include <vector>

#include "crawler/platforms/api_call.h"
#include "crawler/readers/document.h"

namespace schoolwatch::crawler {

// What an answer says of a post that it was asked for by its id.
enum class Stands {
  kYes,      // It is there, whether or not its words could be read.
  kNo,       // A real answer, and there is no such post.
  kUnknown,  // Errors, refusals and what cannot be read say nothing.
};

// An answer to a call with `looks`.
struct LookAnswer {
  const ApiCall* call = nullptr;
  int status = 0;
  std::string_view body;
  bool whole = true;  // Nothing was cut off, and it came from where it was asked of.
  std::optional<AnswerError> error{};  // What its recipe takes it for.
};

// One for each of the call's posts. A post is missing where the array that the route names holds
// others or none, or where a question for it alone is answered that there is nothing there.
std::vector<Stands> ReadLook(const LookAnswer& answer);

}  // namespace schoolwatch::crawler
