#pragma once

#include <cstddef>
#include <memory>
#include <mutex>
#include <string>

namespace re2 {
class RE2;
}  // namespace re2

namespace schoolwatch::matchers {

// What RE2 says against a pattern; empty where nothing. Makes no automaton.
std::string SyntaxError(const std::string& pattern);

// A pattern, already known to be a good one, whose automaton is made when it is first asked for.
// Thread-safe.
class LazyRegex {
 public:
  LazyRegex();
  ~LazyRegex();
  void Set(std::string pattern) { pattern_ = std::move(pattern); }
  const std::string& pattern() const { return pattern_; }
  // Throws std::logic_error where RE2 refuses the pattern after all: a regex that is not ok matches
  // nothing, and a rule that never matches must not go unnoticed.
  const re2::RE2& Get() const;
  // The same, or null where RE2 refuses it.
  const re2::RE2* TryGet() const;

 private:
  std::string pattern_;
  mutable std::once_flag once_;
  mutable std::unique_ptr<const re2::RE2> regex_;
};

}  // namespace schoolwatch::matchers
