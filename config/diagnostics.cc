#include "config/diagnostics.h"

#include <algorithm>
#include <tuple>

namespace schoolwatch::config {
namespace {

std::string Lines(const std::vector<Diagnostic>& diagnostics, std::string_view label) {
  std::vector<const Diagnostic*> sorted;
  sorted.reserve(diagnostics.size());
  for (const Diagnostic& one : diagnostics) {
    sorted.push_back(&one);
  }
  std::ranges::stable_sort(sorted, {}, [](const Diagnostic* one) {
    return std::tie(one->where.file, one->where.line, one->where.column);
  });
  std::string text;
  for (const Diagnostic* one : sorted) {
    text += Format(one->where) + ": " + std::string(label) + one->message + "\n";
  }
  return text;
}

}  // namespace

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

std::string ForMessage(std::string_view text) {
  constexpr std::size_t kMaxBytes = 60;
  std::string shown;
  for (const char c : text) {
    if (shown.size() >= kMaxBytes && (static_cast<unsigned char>(c) & 0xC0U) != 0x80U) {
      return shown + "…";
    }
    const auto byte = static_cast<unsigned char>(c);
    shown += byte < 0x20U || byte == 0x7FU ? ' ' : c;
  }
  return shown;
}

std::string Diagnostics::ToText() const { return Lines(all_, ""); }

std::string Diagnostics::ForCheckToText() const { return Lines(for_check_, ""); }

std::string Diagnostics::WarningsToText() const { return Lines(warnings_, "warning: "); }

core::Result<void> Diagnostics::ToResult() const {
  if (all_.empty()) {
    return {};
  }
  return core::Fail(core::ErrorKind::kBadInput, ToText());
}

}  // namespace schoolwatch::config
