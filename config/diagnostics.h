#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "core/result.h"

namespace schoolwatch::config {

// A place in a file that a person wrote. Lines and columns count from 1; 0 means the whole file.
struct Location {
  std::string file;
  int line = 0;
  int column = 0;
  bool operator==(const Location&) const = default;
};

// A value and where it was written, for what can only be checked later.
template <class V>
struct Located {
  V value{};
  Location where;
};

// "sources.yaml:14:5", without what is 0.
std::string Format(const Location& where);

// `text` fit to be quoted in a message: one line, no control bytes, at most about 60 bytes.
std::string ForMessage(std::string_view text);

struct Diagnostic {
  Location where;
  std::string message;  // What is wrong, and what would be right.
};

// Collects everything that is wrong, so that one run of `check` shows it all. Not thread-safe.
class Diagnostics {
 public:
  void Add(Location where, std::string message) {
    all_.push_back({std::move(where), std::move(message)});
  }
  // What makes a setting of little use, though it can be read: wrong, unless TakeAdviceAsWarnings.
  void Advise(Location where, std::string message) {
    (advice_warns_ ? warnings_ : all_).push_back({std::move(where), std::move(message)});
  }
  // For what is only tried out, as a file of schools for `inspect`.
  void TakeAdviceAsWarnings() { advice_warns_ = true; }
  bool advice_warns() const { return advice_warns_; }
  // True if nothing is wrong; there may be warnings all the same.
  bool empty() const { return all_.empty(); }
  const std::vector<Diagnostic>& all() const { return all_; }
  // What runs should go on with, since no alert at all is worse, and what `check` refuses.
  void AddForCheck(Location where, std::string message) {
    for_check_.push_back({std::move(where), std::move(message)});
  }
  const std::vector<Diagnostic>& for_check() const { return for_check_; }
  std::string ForCheckToText() const;
  // What works but is hardly meant so.
  void Warn(Location where, std::string message) {
    warnings_.push_back({std::move(where), std::move(message)});
  }
  const std::vector<Diagnostic>& warnings() const { return warnings_; }
  // One "file:line:column: message" a line, by file and line.
  std::string ToText() const;
  // The same for the warnings, with "warning: " before each message.
  std::string WarningsToText() const;
  // kBadInput with ToText(), or nothing where nothing is wrong.
  core::Result<void> ToResult() const;

 private:
  std::vector<Diagnostic> all_;
  std::vector<Diagnostic> warnings_;
  std::vector<Diagnostic> for_check_;
  bool advice_warns_ = false;
};

}  // namespace schoolwatch::config
