#include <algorithm>
#include <cstddef>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "core/text/evasion_chars.h"
#include "core/text/fold.h"
#include "core/text/utf8.h"

namespace schoolwatch::core {
namespace {

struct Unit {
  char32_t code_point;
  std::uint32_t from;  // Byte of the original.
};
using Units = std::vector<Unit>;

// Emoji spelled out, decorated letters made plain, overlays dropped.
bool SpellOut(Units& units) {
  if (std::ranges::all_of(units, [](const Unit& unit) { return unit.code_point < 0x80; })) {
    return false;
  }
  bool changed = false;
  Units out;
  out.reserve(units.size());
  for (const Unit& unit : units) {
    const char32_t c = unit.code_point;
    if (c < 0x80) {
      out.push_back(unit);
      continue;
    }
    if (const std::string_view* const word = FindEmojiWord(c)) {
      out.push_back({U' ', unit.from});
      for (const char letter : *word) {
        out.push_back({static_cast<unsigned char>(letter), unit.from});
      }
      out.push_back({U' ', unit.from});
      changed = true;
    } else if (const char32_t letter = DecoratedLetter(c); letter != 0) {
      out.push_back({letter, unit.from});
      changed = true;
    } else if (IsOverlay(c)) {
      changed = true;
    } else {
      out.push_back(unit);
    }
  }
  if (changed) {
    units = std::move(out);
  }
  return changed;
}

// Where a run of single letters from `start` ends: each followed by the same one to three
// separators and another ("k n i f e", "k . n . i"). Returns `start` where there is none.
std::size_t FindSpacedRun(const Units& units, std::size_t start, std::size_t& separator_size) {
  const auto at = [&](std::size_t i) { return i < units.size() ? units[i].code_point : U'\n'; };
  const auto is_single = [&](std::size_t i) {
    return IsLetterLike(at(i)) && !IsWordPart(at(i + 1)) && !LeetLetter(at(i + 1));
  };
  separator_size = 0;
  while (separator_size < 3 && IsSeparator(at(start + 1 + separator_size))) {
    ++separator_size;
  }
  if (separator_size == 0 || !is_single(start)) {
    return start;
  }
  const auto separates = [&](std::size_t i) {
    for (std::size_t k = 0; k < separator_size; ++k) {
      if (at(i + k) != at(start + 1 + k)) {
        return false;
      }
    }
    return true;
  };
  std::size_t elements = 1;
  std::size_t letters = IsLetter(at(start)) ? 1 : 0;
  std::size_t last = start;
  while (separates(last + 1) && is_single(last + 1 + separator_size)) {
    last += 1 + separator_size;
    ++elements;
    letters += IsLetter(at(last)) ? 1u : 0u;
  }
  // Three make a word; figures in a row do not.
  return elements >= 3 && letters >= 2 && letters * 2 > elements ? last + 1 : start;
}

// "a k n i f e" and "i h a t e": the first letter is a word, unless the next makes it the start of
// the words that are hidden most (ass…, idiot).
bool IsWordOfItsOwn(const Units& units, std::size_t start, std::size_t end) {
  const char32_t first = units[start].code_point;
  const char32_t separator = units[start + 1].code_point;
  const char32_t second = units[start + 2].code_point;
  return end - start >= 7 && separator == ' ' &&
         ((first == 'a' && second != 's') || (first == 'i' && second != 'd'));
}

bool JoinSpacedLetters(Units& units) {
  bool changed = false;
  Units out;
  out.reserve(units.size());
  for (std::size_t i = 0; i < units.size();) {
    const bool starts_word = i == 0 || (!IsWordPart(units[i - 1].code_point) &&
                                        LeetLetter(units[i - 1].code_point) == 0);
    std::size_t separator_size = 0;
    const std::size_t end = starts_word ? FindSpacedRun(units, i, separator_size) : i;
    if (end == i) {
      out.push_back(units[i++]);
      continue;
    }
    changed = true;
    if (IsWordOfItsOwn(units, i, end)) {
      out.push_back(units[i]);
      out.push_back(units[i + 1]);
      i += 1 + separator_size;
    }
    for (; i < end; i += 1 + separator_size) {
      out.push_back(units[i]);
    }
    i = end;
  }
  if (changed) {
    units = std::move(out);
  }
  return changed;
}

// Maps the leet characters of one token, which is units [start, end) without spaces.
bool UnmaskToken(Units& units, std::size_t start, std::size_t end) {
  const auto at = [&](std::size_t i) { return i >= start && i < end ? units[i].code_point : U' '; };
  bool has_leet = false;
  for (std::size_t i = start; i < end; ++i) {
    has_leet |= LeetLetter(at(i)) != 0;
  }
  if (!has_leet || IsAddress(start, end, at)) {
    return false;
  }
  bool changed = false;
  for (std::size_t i = start; i < end;) {
    LeetRun run{.first = at(i), .second = at(i + 1), .starts_token = i == start};
    while (LeetLetter(at(i + run.size)) != 0) {
      ++run.size;
    }
    if (run.size == 0) {
      ++i;
      continue;
    }
    const std::size_t run_end = i + run.size;
    run.after_letter = i > start && IsLetter(at(i - 1));
    while (IsLetter(at(run_end + run.letters_behind))) {
      ++run.letters_behind;
    }
    for (std::size_t k = i; run.IsHidden() && k < run_end; ++k) {
      // Signs at the end of a sentence: "a$$!" ends in no letter.
      if (run.letters_behind == 0 && (at(k) == '!' || at(k) == '|')) {
        break;
      }
      units[k].code_point = run.IsDoubleL() ? U'l' : LeetLetter(at(k));
      changed = true;
    }
    i = run_end;
  }
  return changed;
}

bool UnmaskLeet(Units& units) {
  bool changed = false;
  for (std::size_t i = 0; i < units.size();) {
    const auto is_space = [](const Unit& unit) { return unit.code_point <= ' '; };
    const auto begin = units.begin() + static_cast<std::ptrdiff_t>(i);
    const auto end = std::find_if(begin, units.end(), is_space);
    const auto next = static_cast<std::size_t>(end - units.begin());
    changed |= UnmaskToken(units, i, next);
    i = next + 1;
  }
  return changed;
}

// How many of a drawn-out letter English would write, from what stands around it: killll keeps two,
// knifeee one. A guess, but only drawn-out words are guessed at, and view 1 has them as they are.
std::size_t LettersKept(char32_t before, char32_t before_that, char32_t c, char32_t after,
                        char32_t after_that) {
  const bool is_last = !IsLetter(after);
  if (c == 'o' || c == 'e') {
    const bool is_closed = !is_last && !IsVowel(after) && IsLetter(before) && !IsVowel(before);
    // shoot, bleed; but help, and knife.
    return is_closed && (!IsLetter(after_that) || IsVowel(after_that) || c == 'o') ? 2 : 1;
  }
  if (IsVowel(c) || !IsVowel(before)) {
    return 1;
  }
  if (is_last) {
    // kill, piss, off; but school.
    return (c == 'l' || c == 's' || c == 'f') && !IsVowel(before_that) ? 2 : 1;
  }
  return IsVowel(after) || after == 'y' ? 2 : 1;  // killing, stabbing, shitty.
}

bool ShortenRuns(Units& units) {
  bool changed = false;
  Units out;
  out.reserve(units.size());
  const auto at = [&](std::size_t i) { return i < units.size() ? units[i].code_point : U' '; };
  for (std::size_t i = 0; i < units.size();) {
    std::size_t end = i + 1;
    while (end < units.size() && units[end].code_point == units[i].code_point) {
      ++end;
    }
    std::size_t kept = end - i;
    const bool is_web = at(i) == 'w' && kept == 3 && at(end) == '.';
    if (IsLetter(at(i)) && kept >= 3 && !is_web) {
      const auto before = [&out](std::size_t back) {
        return out.size() >= back ? out[out.size() - back].code_point : U' ';
      };
      kept = LettersKept(before(1), before(2), at(i), at(end), at(end + 1));
      changed = true;
    }
    for (std::size_t k = 0; k < kept; ++k) {
      out.push_back(units[i + k]);
    }
    i = end;
  }
  if (changed) {
    units = std::move(out);
  }
  return changed;
}

}  // namespace

FoldedText EvasionView(const FoldedText& folded) {
  const std::string_view text = folded.text;
  if (!MayHideWords(text)) {
    return {};
  }
  Units units;
  units.reserve(text.size());
  for (std::size_t i = 0; i < text.size();) {
    if (const auto byte = static_cast<unsigned char>(text[i]); byte < 0x80) {
      units.push_back({byte, folded.map[i]});
      ++i;
      continue;
    }
    const Utf8Step step = DecodeUtf8(text, i);
    units.push_back({step.code_point, folded.map[i]});
    i += step.size;
  }
  bool changed = SpellOut(units);
  changed |= JoinSpacedLetters(units);
  changed |= UnmaskLeet(units);
  changed |= ShortenRuns(units);
  if (!changed) {
    return {};
  }
  FoldedText view;
  view.text.reserve(text.size());
  view.map.reserve(text.size() + 1);
  for (const Unit& unit : units) {
    if (unit.code_point < 0x80) {
      view.text += static_cast<char>(unit.code_point);
    } else {
      AppendUtf8(unit.code_point, view.text);
    }
    view.map.resize(view.text.size(), unit.from);
  }
  view.map.push_back(folded.map.back());
  return view;
}

}  // namespace schoolwatch::core
