#include "storage/name_finder.h"

#include <algorithm>
#include <cstddef>
#include <vector>

#include "core/text/fold.h"
#include "core/text/plain_latin.h"

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

// Told from everyday words.
bool IsDistinct(std::string_view folded) {
  const bool plain =
      std::ranges::all_of(folded, [](char c) { return (c >= 'a' && c <= 'z') || c == '-'; });
  return folded.size() >= 3 && (!plain || folded.size() >= kLongName);
}

std::string Plain(std::string_view name) {
  return core::WithoutLatinMarks(core::Fold(FoldName(name))).text;
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

NameFinder::NameFinder(std::string_view name) : plain_(Plain(name)), sought_(FoldName(name)) {
  is_distinct_ = IsDistinct(sought_);
  if (IsDistinct(plain_)) {
    sought_ = plain_;
  }
}

core::FoldedText NameFinder::Read(std::string_view text) const {
  const core::FoldedText folded = core::Fold(text);
  return sought_ == plain_ ? core::WithoutLatinMarks(folded) : folded;
}

bool NameFinder::Is(std::string_view text) const {
  return !plain_.empty() && Plain(text) == plain_;
}

bool NameFinder::IsIn(std::string_view text) const {
  bool is_in = false;
  ForEachPlace(Read(text).text, sought_, [&](std::size_t /*at*/, std::size_t /*end*/) {
    is_in = true;
    return false;
  });
  return is_in;
}

bool NameFinder::Mask(std::string& text) const {
  const core::FoldedText read = Read(text);
  bool masked = false;
  ForEachPlace(read.text, sought_, [&](std::size_t at, std::size_t end) {
    const core::FoldedText::Range range = read.Original(at, end);
    std::fill(text.begin() + static_cast<std::ptrdiff_t>(range.start),
              text.begin() + static_cast<std::ptrdiff_t>(range.end), '*');
    masked = true;
    return true;
  });
  return masked;
}

}  // namespace schoolwatch::storage
