#include "core/text/plain_latin.h"

#include <unicode/unorm2.h>

#include <algorithm>
#include <array>
#include <cstddef>
#include <string_view>
#include <utility>

#include "core/text/utf8.h"

namespace schoolwatch::core {
namespace {

// Those that Unicode does not take apart. Folded text has small letters only.
constexpr std::array<std::pair<char32_t, std::string_view>, 9> kWholeLetters{{
    {U'æ', "ae"},
    {U'ð', "d"},
    {U'ø', "o"},
    {U'þ', "th"},
    {U'đ', "d"},
    {U'ħ', "h"},
    {U'ı', "i"},
    {U'ł', "l"},
    {U'œ', "oe"},
}};

bool IsLetter(char32_t c) { return c >= U'a' && c <= U'z'; }
bool IsMark(char32_t c) { return c >= 0x300 && c <= 0x36F; }

// The plain letters of one that is no ASCII; empty: it stays.
std::string_view PlainLetters(char32_t c) {
  constexpr std::string_view kAlphabet = "abcdefghijklmnopqrstuvwxyz";
  const auto whole =
      std::ranges::find(kWholeLetters, c, &decltype(kWholeLetters)::value_type::first);
  if (whole != kWholeLetters.end()) {
    return whole->second;
  }
  UErrorCode error = U_ZERO_ERROR;
  const UNormalizer2* const decomposer = unorm2_getNFDInstance(&error);
  if (U_FAILURE(error)) {
    return "";
  }
  std::array<UChar, 8> parts{};
  const int32_t size = unorm2_getDecomposition(decomposer, static_cast<UChar32>(c), parts.data(),
                                               static_cast<int32_t>(parts.size()), &error);
  const bool is_letter = U_SUCCESS(error) && size > 1 && IsLetter(parts[0]) &&
                         std::all_of(parts.begin() + 1, parts.begin() + size, IsMark);
  return is_letter ? kAlphabet.substr(static_cast<std::size_t>(parts[0] - u'a'), 1) : "";
}

}  // namespace

FoldedText WithoutLatinMarks(const FoldedText& folded) {
  FoldedText plain;
  plain.text.reserve(folded.text.size());
  plain.map.reserve(folded.map.size());
  bool after_letter = false;
  for (std::size_t at = 0; at < folded.text.size();) {
    const Utf8Step step = DecodeUtf8(folded.text, at);
    if (!after_letter || !IsMark(step.code_point)) {
      const std::string_view letters = step.code_point < 0x80 ? "" : PlainLetters(step.code_point);
      if (letters.empty()) {
        plain.text.append(folded.text, at, step.size);
        plain.map.insert(plain.map.end(), folded.map.data() + at,
                         folded.map.data() + at + step.size);
      } else {
        plain.text += letters;
        plain.map.insert(plain.map.end(), letters.size(), folded.map[at]);
      }
      after_letter = !letters.empty() || IsLetter(step.code_point);
    }
    at += step.size;
  }
  plain.map.push_back(folded.map.back());
  return plain;
}

}  // namespace schoolwatch::core
