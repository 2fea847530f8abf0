#include "config/diagnostics.h"

#include <algorithm>
#include <tuple>

namespace schoolwatch::config {

std::string Format(const Location& where) {
  std::string text = where.file;
  if (where.line > 0) {
    text += ":" + std::to_string(where.line);
    if (where.column > 0) {
      text += ":" + std::to_string(where.column);
    }
  }
  return text;
}

std::string Diagnostics::ToText() const {
  std::vector<const Diagnostic*> sorted;
  sorted.reserve(all_.size());
  for (const Diagnostic& one : all_) {
    sorted.push_back(&one);
  }
  std::ranges::stable_sort(sorted, {}, [](const Diagnostic* one) {
    return std::tie(one->where.file, one->where.line, one->where.column);
  });
  std::string text;
  for (const Diagnostic* one : sorted) {
    text += Format(one->where) + ": " + one->message + "\n";
  }
  return text;
}

core::Result<void> Diagnostics::ToResult() const {
  if (all_.empty()) {
    return {};
  }
  return core::Fail(core::ErrorKind::kBadInput, ToText());
}

}  // namespace schoolwatch::config
