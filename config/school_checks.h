#pragma once

#include <functional>
#include <string>
#include <vector>

#include "core/result.h"
#include "core/school.h"

// Whether a school can be told from everything else by what its configuration says of it.
namespace schoolwatch::config {

// As in checks.h: kBadInput with what is wrong and what would be right.

// A school's name that can be told from everyday words: "The Academy", "Oak" and "Alice" cannot.
core::Result<void> CheckSchoolName(const std::string& name);

// An adult's name as an adult's role shows it. Words that mark a pupil ("pupil", "Year 7") are
// refused: pupils are never named in the configuration.
core::Result<void> CheckNotAPupil(const std::string& name);

// What only shows when a school's settings are seen together.
struct SchoolProblem {
  std::string field;     // "name", "also", "not_us", "headteacher", "others".
  std::size_t item = 0;  // Of a list.
  std::string message;
};
// A name of everyday words, of first names or of a saint that many schools share, without a place
// to tell it by; other names that say nothing; a `not_us` that is the school's own name; staff with
// a surname alone.
std::vector<SchoolProblem> FindSchoolProblems(const core::School& school);

}  // namespace schoolwatch::config
