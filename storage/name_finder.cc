#include "storage/name_finder.h"

#include <algorithm>
#include <cstddef>
#include <vector>

#include "core/text/fold.h"

namespace schoolwatch::storage {
namespace {

constexpr std::size_t kLongName = 10;

bool IsSpace(char c) { return c == ' ' || c == '\t' || c == '\n' || c == '\r'; }

// Of a folded text: what a word is made of. Other scripts count as letters.
bool IsWordByte(char c) {
  return (c >= 'a' && c <= 'z') || (c >= '0' && c <= '9') || c == '_' ||
         static_cast<unsigned char>(c) >= 0x80U;
}

// Every place of `name` in the folded text that is no part of a longer word.
template <class Found>
void ForEachPlace(std::string_view text, std::string_view name, Found found) {
  if (name.empty()) {
    return;
  }
  for (std::size_t at = text.find(name); at != std::string_view::npos;
       at = text.find(name, at + 1)) {
    const std::size_t end = at + name.size();
    const bool begins = at == 0 || !IsWordByte(text[at - 1]) || !IsWordByte(name.front());
    const bool ends = end == text.size() || !IsWordByte(text[end]) || !IsWordByte(name.back());
    if (begins && ends && !found(at, end)) {
      return;
    }
  }
}

}  // namespace

std::string FoldName(std::string_view name) {
  const std::string folded = core::Fold(name).text;
  std::string result;
  for (const char c : folded) {
    if (!IsSpace(c)) {
      result += c;
    } else if (!result.empty() && result.back() != ' ') {
      result += ' ';
    }
  }
  while (result.ends_with(' ')) {
    result.pop_back();
  }
  if (result.size() > 1 && result.front() == '@') {
    result.erase(0, 1);
  }
  return result;
}

NameFinder::NameFinder(std::string_view name) : folded_(FoldName(name)) {
  const bool plain =
      std::ranges::all_of(folded_, [](char c) { return (c >= 'a' && c <= 'z') || c == '-'; });
  is_distinct_ = folded_.size() >= 3 && (!plain || folded_.size() >= kLongName);
}

bool NameFinder::Is(std::string_view text) const {
  return !folded_.empty() && FoldName(text) == folded_;
}

bool NameFinder::IsIn(std::string_view text) const {
  bool is_in = false;
  ForEachPlace(core::Fold(text).text, folded_, [&](std::size_t /*at*/, std::size_t /*end*/) {
    is_in = true;
    return false;
  });
  return is_in;
}

bool NameFinder::Mask(std::string& text) const {
  const core::FoldedText folded = core::Fold(text);
  bool masked = false;
  ForEachPlace(folded.text, folded_, [&](std::size_t at, std::size_t end) {
    const core::FoldedText::Range range = folded.Original(at, end);
    std::fill(text.begin() + static_cast<std::ptrdiff_t>(range.start),
              text.begin() + static_cast<std::ptrdiff_t>(range.end), '*');
    masked = true;
    return true;
  });
  return masked;
}

}  // namespace schoolwatch::storage
