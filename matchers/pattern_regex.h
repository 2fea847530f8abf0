#pragma once

#include <re2/re2.h>

#include <cstddef>
#include <memory>
#include <mutex>
#include <string>

namespace schoolwatch::matchers {

RE2::Options PatternOptions();

// What RE2 says against a pattern; empty where nothing. Makes no automaton.
std::string SyntaxError(const std::string& pattern);

// A pattern, already known to be a good one, whose automaton is made when it is first asked for.
// Thread-safe.
class LazyRegex {
 public:
  void Set(std::string pattern) { pattern_ = std::move(pattern); }
  const std::string& pattern() const { return pattern_; }
  // Throws std::logic_error where RE2 refuses the pattern after all: a regex that is not ok matches
  // nothing, and a rule that never matches must not go unnoticed.
  const RE2& Get() const;
  // The same, or null where RE2 refuses it.
  const RE2* TryGet() const;

 private:
  std::string pattern_;
  mutable std::once_flag once_;
  mutable std::unique_ptr<const RE2> regex_;
};

}  // namespace schoolwatch::matchers
