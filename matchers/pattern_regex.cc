#include "matchers/pattern_regex.h"

#include <re2/re2.h>

#include <cstdint>
#include <stdexcept>

namespace schoolwatch::matchers {
namespace {

constexpr std::int64_t kPatternMemory = 16 << 20;

RE2::Options PatternOptions() {
  RE2::Options options;
  options.set_log_errors(false);
  options.set_dot_nl(false);
  options.set_max_mem(kPatternMemory);
  return options;
}

}  // namespace

LazyRegex::LazyRegex() = default;
LazyRegex::~LazyRegex() = default;

// Parsing alone shows it, and costs a tenth of making the automaton: with no memory to make it in,
// RE2 stops there with an error of its own.
std::string SyntaxError(const std::string& pattern) {
  RE2::Options options = PatternOptions();
  options.set_max_mem(3);
  const RE2 parsed(pattern, options);
  return parsed.ok() || parsed.error_code() == RE2::ErrorPatternTooLarge ? "" : parsed.error();
}

const RE2* LazyRegex::TryGet() const {
  std::call_once(once_,
                 [this] { regex_ = std::make_unique<const RE2>(pattern_, PatternOptions()); });
  return regex_->ok() ? regex_.get() : nullptr;
}

const RE2& LazyRegex::Get() const {
  const RE2* const regex = TryGet();
  if (regex == nullptr) {
    throw std::logic_error("RE2 refuses a pattern that was found good: '" + pattern_ +
                           "': " + regex_->error());
  }
  return *regex;
}

}  // namespace schoolwatch::matchers
